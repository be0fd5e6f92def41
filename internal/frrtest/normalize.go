package frrtest

import (
	"regexp"
	"strings"
)

// boxLines are the lines of a running configuration that belong to the box and
// its packaging and that no rendered file carries. This is the whole table:
// what differs after it is a real difference.
//
// "no ip forwarding" shows a sysctl that is off, not a command.
var boxLines = regexp.MustCompile(`^(` + strings.Join([]string{
	`Building configuration\.\.\.`,
	`Current configuration:`,
	`end`,
	`frr version .*`,
	`frr defaults .*`,
	`hostname .*`,
	`log syslog .*`,
	`no ip(v6)? forwarding`,
	`(no )?service integrated-vtysh-config`,
	`[ ]*[!#].*[^ !].*`, // a comment; a bare ! is structure and stays
}, "|") + `)$`)

// Normalize makes the text of a file and a running configuration comparable
// byte for byte: it drops the lines of the box, comments, and what is blank or
// a lone ! at either edge. It changes no line and no order.
func Normalize(conf string) string {
	var kept []string
	for line := range strings.Lines(conf) {
		line = strings.TrimRight(line, "\n")
		edge := len(kept) == 0 && strings.Trim(line, " !") == ""
		if !edge && !boxLines.MatchString(line) {
			kept = append(kept, line)
		}
	}
	for len(kept) > 0 && strings.Trim(kept[len(kept)-1], " !") == "" {
		kept = kept[:len(kept)-1]
	}
	if len(kept) == 0 {
		return ""
	}
	return strings.Join(kept, "\n") + "\n"
}
