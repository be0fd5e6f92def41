package confdiff

import (
	"strings"
	"unicode/utf8"
)

// An iosxeOpaqueKind says what ends lines that are no configuration.
type iosxeOpaqueKind uint8

const (
	iosxeNoOpaque iosxeOpaqueKind = iota
	iosxeBanner                   // a delimiter, anywhere in a line
	iosxeHex                      // quit, or the first line that is no hexadecimal
	iosxeQuit                     // quit or exit
	iosxeMacro                    // a line that is the end mark alone
)

// An iosxeOpaque is what is being skipped.
type iosxeOpaque struct {
	kind iosxeOpaqueKind
	end  string
	from int // line of the text
}

// holds reports whether a line still belongs to it, and ends it.
func (o *iosxeOpaque) holds(line string) bool {
	text := strings.TrimSpace(line)
	ends, holds := false, true
	switch o.kind {
	case iosxeBanner:
		ends = strings.Contains(line, o.end)
	case iosxeHex:
		ends = text == "quit"
		holds = ends || text == "" || strings.Trim(text, "0123456789abcdefABCDEF \t") == ""
		ends = ends || !holds
	case iosxeQuit:
		ends = text == "quit" || text == "exit"
	case iosxeMacro:
		ends = text == o.end
	}
	if ends {
		o.kind = iosxeNoOpaque
	}
	return holds
}

// iosxeOpens reports what a line begins that is no configuration, and the line
// up to there; both are empty for a line that is configuration. A text that ends
// in its own line begins nothing.
func iosxeOpens(text, parent string, number int) (iosxeOpaque, string) {
	switch {
	case strings.HasPrefix(text, "certificate ") && strings.HasPrefix(parent, "crypto ") && strings.Contains(parent, " certificate chain "):
		return iosxeOpaque{iosxeHex, "", number}, text
	case text == "key-string":
		return iosxeOpaque{iosxeQuit, "", number}, text
	case strings.HasPrefix(text, "macro name "):
		return iosxeOpaque{iosxeMacro, "@", number}, text
	case strings.HasPrefix(text, "macro ") && strings.HasSuffix(text, "{"):
		return iosxeOpaque{iosxeMacro, "}", number}, text
	}
	at, end := iosxeDelimited(text)
	if end == "" {
		return iosxeOpaque{}, ""
	}
	first := text[:at] + strings.Replace(end, "\x03", "^C", 1)
	if strings.Contains(text[at+len(end):], end) {
		return iosxeOpaque{}, first
	}
	return iosxeOpaque{iosxeBanner, end, number}, first
}

// iosxeDelimited finds the delimiter of free text and its place: the character after the kind
// of banner, or the control character (as itself or as ^C) that the box prints.
// Source: Cisco IOS Configuration Fundamentals Command Reference, banner motd.
func iosxeDelimited(text string) (at int, end string) {
	switch {
	case strings.HasPrefix(text, "banner "):
		rest := strings.TrimLeft(text[len("banner "):], " ")
		if !strings.HasPrefix(rest, "^C") && rest[0] != 3 {
			_, rest, _ = strings.Cut(rest, " ")
		}
		at = len(text) - len(strings.TrimLeft(rest, " "))
	case !strings.Contains(text, "^C") && !strings.Contains(text, "\x03"):
		return 0, ""
	case strings.HasPrefix(text, "aaa authentication "), strings.HasPrefix(text, "menu "), strings.HasPrefix(text, "vacant-message "),
		strings.HasPrefix(text, "refuse-message "), strings.HasPrefix(text, "busy-message "):
		at = strings.IndexAny(text, "^\x03")
	}
	switch rest := text[at:]; {
	case at == 0 || rest == "":
		return 0, ""
	case strings.HasPrefix(rest, "^C"):
		return at, "^C"
	default:
		_, size := utf8.DecodeRuneInString(rest)
		return at, rest[:size]
	}
}
