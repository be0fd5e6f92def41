package confdiff

import (
	"iter"
	"strings"
)

// An frrTerminal is a text as it comes from a file, a session or a terminal's
// log.
type frrTerminal struct {
	text          string
	begins, ended bool // the frame of show running-config
}

// cut says whether the text has the beginning of the frame and not its end.
func (t *frrTerminal) cut() bool { return t.begins && !t.ended }

// all yields the lines of the configuration, and of each whether it is a bare !.
// Blank lines, comments and what the terminal adds are left out. The words of a
// line last until the next.
func (t *frrTerminal) all() iter.Seq2[frrLine, bool] {
	return func(yield func(frrLine, bool) bool) {
		reading := true // not what another command printed
		number := 0
		var words []string // of one line, and then of the next
		for raw := range strings.SplitSeq(strings.TrimPrefix(t.text, "\ufeff"), "\n") {
			number++
			text := frrClean(raw)
			if command, prompt := frrPrompt(text); prompt {
				reading = reading && command == "" || frrShows(command)
				continue
			}
			words = frrFields(words[:0], text)
			if !reading || len(words) == 0 || t.frame(words, text) {
				continue
			}
			if words[0][0] == '!' || words[0][0] == '#' {
				if words[0] == "!" && len(words) == 1 && !yield(frrLine{}, true) {
					return
				}
				continue
			}
			if !yield(frrLine{number: number, indent: frrIndent(text), text: strings.TrimLeft(text, " \t"), words: words}, false) {
				return
			}
		}
	}
}

// frrFields appends the words of text to words.
func frrFields(words []string, text string) []string {
	start := -1
	for i := range len(text) {
		blank := text[i] == ' ' || text[i] == '\t'
		switch {
		case blank && start >= 0:
			words, start = append(words, text[start:i]), -1
		case !blank && start < 0:
			start = i
		}
	}
	if start >= 0 {
		words = append(words, text[start:])
	}
	return words
}

// frame says whether a line is of vtysh or the terminal and not of the
// configuration.
func (t *frrTerminal) frame(words []string, text string) bool {
	switch first := words[0]; {
	case first == "Building" && text == "Building configuration...":
		t.begins, t.ended = true, false
		return true
	case first == "end" && len(words) == 1:
		t.ended = true
	case first == "Current" && strings.HasPrefix(text, "Current configuration:"),
		first == "Hello," && strings.HasPrefix(text, "Hello, this is FRRouting"),
		first == "Copyright", first[0] == '%',
		first == "configure" && text == "configure terminal",
		first == "Script" && len(words) > 1 && (words[1] == "started" || words[1] == "done"):
		return true
	default:
		return frrDate(words)
	}
	return false
}

// frrIndent counts the blanks that text begins with; a tab goes to the next
// multiple of eight.
func frrIndent(text string) int {
	n := 0
	for i := range len(text) {
		switch text[i] {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		default:
			return n
		}
	}
	return n
}

// frrClean is a line as it looks after the terminal has printed it: without
// pager, time stamp of a log, escape sequences and line end of Windows.
func frrClean(raw string) string {
	text := strings.TrimRight(raw, " \t\r")
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' {
			text = strings.TrimRight(frrOverlay(text), " \t\r")
			break
		}
	}
	if i := strings.Index(text, "--More--"); i >= 0 {
		text = text[i+len("--More--"):]
		if rest, found := strings.CutPrefix(text, "("); found {
			_, text, _ = strings.Cut(rest, ")")
		}
	}
	if strings.HasPrefix(text, "[") {
		if stamp, rest, found := strings.Cut(text[1:], "]"); found && strings.Count(stamp, ":") >= 2 {
			text = strings.TrimPrefix(rest, " ")
		}
	}
	return text
}

// frrOverlay prints text on a line of a terminal. A backspace goes one column
// back, a carriage return to the first; what comes then is printed over.
func frrOverlay(text string) string {
	screen, column := make([]byte, 0, len(text)), 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\b':
			column = max(column-1, 0)
		case c == '\r':
			column = 0
		case c == '\x1b':
			i = frrEscape(text, i)
		case c < ' ' && c != 0 && c != '\t' || c == 0x7f:
		case column < len(screen):
			screen[column] = c
			column++
		default:
			screen = append(screen, c)
			column++
		}
	}
	return string(screen)
}

// frrEscape is the index of the last byte of the escape sequence at i.
func frrEscape(text string, i int) int {
	if i+1 >= len(text) || text[i+1] != '[' {
		return min(i+1, len(text)-1)
	}
	for i += 2; i < len(text); i++ {
		if text[i] >= '@' && text[i] <= '~' {
			return i
		}
	}
	return len(text) - 1
}

// frrPrompt returns what was typed after a prompt of vtysh or a shell: ce1#,
// ce1(config)#, root@ce1:~#, [root@ce1 ~]#.
func frrPrompt(text string) (command string, prompt bool) {
	if text == "" || text[0] == ' ' || text[0] == '!' || text[0] == '#' {
		return "", false
	}
	end := strings.IndexAny(text, "#>$")
	if end < 0 || end+1 < len(text) && text[end+1] != ' ' {
		return "", false
	}
	name := text[:end]
	blank := strings.ContainsAny(name, " \t")
	if name == "" || blank && !(name[0] == '[' && name[len(name)-1] == ']' || strings.Contains(strings.Fields(name)[0], "@")) {
		return "", false
	}
	return strings.TrimSpace(text[end+1:]), true
}

// frrShows says whether a command prints the configuration.
func frrShows(command string) bool {
	for _, part := range []string{"sh", "ru"} { // abbreviated or not, in vtysh or for it
		if !strings.Contains(command, part) {
			return strings.Contains(command, "frr.conf") || strings.HasPrefix(command, "wr") && strings.Contains(command, " t")
		}
	}
	return true
}

// frrDate says whether a line is a time stamp, or a daemon's message behind
// one: Thu Nov 26 22:06:17 UTC 2026, 2026/11/26 22:11:56 ZEBRA: …
func frrDate(words []string) bool {
	const weekdays, digits = "Mon Tue Wed Thu Fri Sat Sun", "0123456789"
	first := words[0]
	if len(first) >= 10 && (first[4] == '-' || first[4] == '/') && first[7] == first[4] {
		return strings.Trim(first[:4]+first[5:7]+first[8:10], digits) == ""
	}
	first = strings.TrimSuffix(first, ",")
	return len(first) == 3 && strings.Contains(weekdays, first) && len(words) >= 4 && strings.Count(strings.Join(words, " "), ":") >= 2
}
