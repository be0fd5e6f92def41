package confdiff

import (
	"strings"
)

// junosScreen cuts text into lines as they stood on the screen: without what a
// pager wrote and erased, without prompts and the marks of the routing engine
// and of the place in the configuration. Every line of the text stays a line,
// so that places can be told.
func junosScreen(text string) []string {
	text = strings.TrimPrefix(text, "\ufeff")
	moves := strings.ContainsAny(text, "\b\x1b\x00")
	paged := strings.Contains(text, junosPagerOpens)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		for line != "" && (line[len(line)-1] == ' ' || line[len(line)-1] == '\r' || line[len(line)-1] == '\t') {
			line = line[:len(line)-1]
		}
		if strings.IndexByte(line, '\r') >= 0 || moves && strings.ContainsAny(line, "\b\x1b\x00") {
			line = junosVisible(line)
		}
		if paged {
			line = junosUnpaged(line)
		}
		if junosNoise(strings.TrimSpace(line)) {
			line = ""
		}
		lines[i] = line
	}
	return lines
}

// What the pager writes, ---(more)--- or ---(more 42%)---.
const (
	junosPagerOpens  = "---(more"
	junosPagerCloses = ")---"
)

// junosVisible is what a terminal shows of a line that moves the cursor back:
// carriage returns, backspaces, and sequences that erase.
func junosVisible(line string) string {
	screen := make([]byte, 0, len(line))
	cursor := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case '\r':
			cursor = 0
		case '\b':
			cursor = max(cursor-1, 0)
		case 0:
		case '\x1b':
			final := junosEscape(line[i:])
			if i += final; i < len(line) && line[i] == 'K' {
				screen = screen[:junosKeeps(line[i-1], cursor, len(screen))]
			}
		default:
			for len(screen) < cursor {
				screen = append(screen, ' ')
			}
			if cursor < len(screen) {
				screen[cursor] = c
			} else {
				screen = append(screen, c)
			}
			cursor++
		}
	}
	return strings.TrimRight(string(screen), " \t")
}

// junosEscape is how far the last byte of an escape sequence is from its first
// (ECMA-48: ESC [, parameters, one letter).
func junosEscape(text string) int {
	if len(text) < 2 || text[1] != '[' {
		return min(1, len(text)-1)
	}
	for i := 2; i < len(text); i++ {
		if text[i] >= '@' && text[i] <= '~' {
			return i
		}
	}
	return len(text) - 1
}

// junosKeeps is how much of a line ESC [ K leaves: nothing where it erases the
// whole line (2), what is left of the cursor otherwise.
func junosKeeps(parameter byte, cursor, length int) int {
	if parameter == '2' {
		return 0
	}
	return min(cursor, length)
}

// junosUnpaged drops the pager's own line, and the blanks that it is overwritten
// with.
func junosUnpaged(line string) string {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, " "), junosPagerOpens)
	if !ok {
		return line
	}
	if _, after, ok := strings.Cut(rest, junosPagerCloses); ok {
		return strings.TrimLeft(after, " ")
	}
	return line
}

// junosNoise reports whether a line is the session's and not the
// configuration's: a prompt with what was typed behind it, {master:0}, [edit].
func junosNoise(line string) bool {
	if line == "" {
		return false
	}
	switch line[0] {
	case '{':
		role, _, _ := strings.Cut(strings.TrimSuffix(line[1:], "}"), ":")
		switch role {
		case "master", "backup", "primary", "secondary", "local", "hold", "linecard":
			return strings.HasSuffix(line, "}")
		}
		return false
	case '[':
		return line == "[edit]"
	}
	at := strings.IndexByte(line, '@')
	if at <= 0 {
		return false
	}
	end := strings.IndexAny(line[at:], ">#%")
	if end <= 1 {
		return false
	}
	end += at
	return !strings.ContainsAny(line[:end], " \t\";{/") && (end == len(line)-1 || line[end+1] == ' ')
}
