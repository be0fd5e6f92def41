package confdiff

import "strings"

// iosxePager is what IOS-XE prints at the foot of a page.
const iosxePager = "--More--"

// iosxeClean takes the line end off and plays the control characters, as the
// screen would have shown the line: IOS-XE takes its pager back with backspaces
// and blanks.
func iosxeClean(line string) string {
	line = strings.TrimRight(line, "\r\n")
	for i := 0; i < len(line); i++ {
		if line[i] < ' ' && line[i] != '\t' && line[i] != 3 { // 3 ends banners
			line = iosxePlay(line)
			break
		}
	}
	if line != "" && line[0] == '[' {
		line = iosxeStamp(line)
	}
	if i := strings.Index(line, iosxePager); i >= 0 {
		// The backspaces are lost, and the blanks between them are left.
		rest := strings.TrimPrefix(line[i+len(iosxePager):], " ")
		line = line[:i] + strings.TrimPrefix(rest, "        ")
		if strings.TrimSpace(line[:i]) == "" {
			line = line[i:]
		}
	}
	return line
}

// iosxePlay is a terminal of one line: backspace, carriage return and the
// escape sequences that erase or colour.
func iosxePlay(line string) string {
	screen, at := make([]byte, 0, len(line)), 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\b':
			at = max(at-1, 0)
		case c == '\r':
			at = 0
		case c == 0x1b:
			end, erase := iosxeEscape(line[i:])
			if erase {
				screen = screen[:at]
			}
			i += end - 1
		case c < ' ' && c != '\t' && c != 3:
		case at < len(screen):
			screen[at] = c
			at++
		default:
			screen = append(screen, c)
			at++
		}
	}
	return strings.TrimRight(string(screen), " ")
}

// iosxeEscape measures an escape sequence and reports whether it erases to the
// end of the line (ECMA-48, CSI and EL).
func iosxeEscape(s string) (length int, erase bool) {
	if len(s) < 2 || s[1] != '[' {
		return 1, false
	}
	for i := 2; i < len(s); i++ {
		if s[i] >= '@' && s[i] <= '~' {
			return i + 1, s[i] == 'K' && (i == 2 || s[2] == '0')
		}
	}
	return len(s), false
}

// iosxeStamp takes off the time that a terminal program writes before each
// line: [2026-03-01 10:00:00.123].
func iosxeStamp(line string) string {
	end := strings.IndexByte(line, ']')
	if end < 0 || end > 40 || strings.Count(line[:end], ":") < 2 || strings.Trim(line[1:end], "0123456789-/:.,+TZ ") != "" {
		return line
	}
	return strings.TrimPrefix(line[end+1:], " ")
}

// iosxeChatter begins the lines that IOS-XE prints around a configuration.
var iosxeChatter = []string{
	"Building configuration", "Current configuration", "Last configuration change", "NVRAM config last updated",
	"Using ", "Uncompressed configuration from", "Load for five secs", "Time source is", "No time source",
	"Enter configuration commands", "User Access Verification", "Password:", "Username:", "ntp clock-period ",
	"show ", "sh run", "terminal length", "terminal width", "terminal exec", "configure terminal", "more ", "write memory", "copy running-config",
}

// iosxeNoise reports whether an unindented line is no configuration: what the
// router says around it, a prompt with or without a command, a log message, an
// error message.
func iosxeNoise(text string) bool {
	if text[0] == '%' || iosxeIsPrompt(text) || iosxeIsLog(text) || text == "enable" {
		return true
	}
	for _, c := range iosxeChatter {
		if strings.HasPrefix(text, c) {
			return true
		}
	}
	return false
}

// iosxeIsPrompt recognises NAME>, NAME# and NAME(config-if)#, whatever was
// typed after it.
func iosxeIsPrompt(text string) bool {
	i := 0
	for i < len(text) && (isLetterOrDigit(text[i]) || strings.IndexByte("._-/:@~", text[i]) >= 0) {
		i++
	}
	if i == 0 || i == len(text) {
		return false
	}
	if text[i] == '(' {
		end := strings.IndexByte(text, ')')
		if end < 0 || end+1 >= len(text) {
			return false
		}
		i = end + 1
	}
	return text[i] == '#' || text[i] == '>'
}

func isLetterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// iosxeIsLog recognises a message of the system log: %FACILITY-SEVERITY-NAME.
func iosxeIsLog(text string) bool {
	_, message, found := strings.Cut(text, "%")
	if !found {
		return false
	}
	facility, rest, found := strings.Cut(message, "-")
	return found && facility != "" && facility == strings.ToUpper(facility) && !strings.Contains(facility, " ") &&
		len(rest) > 2 && rest[0] >= '0' && rest[0] <= '7' && rest[1] == '-'
}
