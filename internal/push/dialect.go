package push

import (
	"bytes"
	"regexp"
	"strings"
)

// A dialect is how one platform's command line looks. Its values are the three below.
type dialect struct {
	platform string
	// prompt matches the whole line in which the router waits, without blanks at its end:
	// name, mode, and the character of exec or configuration.
	prompt *regexp.Regexp
	// opening are commands that make the terminal plain. Their answers do not count: a
	// release that does not know one is read all the same.
	opening []string
	// noise matches a line that the router prints when it likes, into anything.
	noise *regexp.Regexp
	// broadcast matches text that comes after a prompt, which is not shown again then.
	broadcast *regexp.Regexp
	// frame matches lines that belong to the prompt and stand before it.
	frame *regexp.Regexp
	// refusals match an answer to a line of configuration.
	refusals []*regexp.Regexp
	// harmless match lines that begin with % and refuse nothing.
	harmless *regexp.Regexp
	// silent says that a line of configuration that is taken has no answer at all.
	silent bool
	// quotes says that quotation marks keep ? from asking for help.
	quotes bool
	// cuts says that prompts of configuration modes may cut the name off.
	cuts bool
}

func frrDialect() dialect {
	return dialect{
		platform: "frr",
		// Measured on FRR 8.4.4: "ce1# ", "ce1(config-router-af)# ".
		prompt:  regexp.MustCompile(`^([\w.-]+)(\([\w.@/:+-]*\))?(#)$`),
		opening: []string{"terminal length 0"},
		silent:  true,
	}
}

func iosxeDialect() dialect {
	return dialect{
		platform: "ios-xe",
		// Cisco, "Using the Command-Line Interface": Router>, Router#, Router(config-if)#.
		prompt:    regexp.MustCompile(`^([\w.-]+)(\([\w.:/+-]+\))?([>#])$`),
		opening:   []string{"terminal length 0", "terminal width 511"},
		noise:     regexp.MustCompile(iosUnasked + `|` + iosStamp),
		broadcast: regexp.MustCompile(`\A(?:[ \t]*\n)*(?:(?m:` + iosUnasked + `)\n(?:[ \t]*\n)*)+\z`),
		refusals: []*regexp.Regexp{
			regexp.MustCompile(`(?i)% ?error`),
			regexp.MustCompile(`(?m)^ERROR:`),
			regexp.MustCompile(`(?i)% ?bad secret`),
			regexp.MustCompile(`(?i)% ?invalid|invalid input`),
			regexp.MustCompile(`(?i)(?:incomplete|ambiguous) command`),
			regexp.MustCompile(`(?i)not found`),
			regexp.MustCompile(`(?i)returned error code`),
			regexp.MustCompile(`(?i)bad mask`),
			regexp.MustCompile(`(?i)overlaps with`),
			regexp.MustCompile(`(?i)command authorization failed`),
			regexp.MustCompile(`(?i)command rejected`),
			regexp.MustCompile(`(?i)general session commands not allowed under the address family`),
			regexp.MustCompile(`(?i)error initializing topology`),
			regexp.MustCompile(`(?m)^\s*%`),
			regexp.MustCompile(`(?m)^\s*\^\s*$`), // the marker below what is wrong
		},
		harmless: regexp.MustCompile(`(?i)^\s*%\s*(?:` + strings.Join(iosHarmless, "|") + `)\s*$`),
		cuts:     true,
	}
}

// iosHarmless are what IOS-XE says of a line that it has taken, behind the sign of a
// refusal. That it has taken it the configuration shows, which is read back. Sources:
// public transcripts, BGP Command Reference (neighbor timers), and the warnings that the
// NED cisco-ios of Cisco's NSO lets pass. Other warnings stop the change.
var iosHarmless = []string{
	// An interface that enters a VRF, and one whose VRF goes, loses its addresses; the
	// artifact types them after that line.
	`Interface \S+ IPv[46] disabled and address(?:\(es\)|es)? removed due to (?:enabling|disabling) VRF \S+`,
	`IPv[46](?: and IPv6)? addresses from all interfaces in VRF \S+ have been removed`,
	`.*for VRF \S+ scheduled for deletion`,                                                   // no rd
	`Not all config may be removed and may reappear after reactivating .*`,                   // no interface
	`Warning: A hold time of less than \d+ seconds increases the chances of peer flapping.*`, // neighbor timers
	`Warning: .*fragmentation may occur.*`,                                                   // ip mtu of a tunnel
}

// iosSyslog is a line of the log as a terminal shows it (Cisco, "System Message
// Logging"): sequence number and time, each where configured, then
// %FACILITY-SEVERITY-MNEMONIC: text. A zone has any name (clock timezone), and the undo
// writes a line of its own.
const iosSyslog = `^(?:\d{1,10}: )?(?:[*.]?(?:[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? [\d:.]+(?: [A-Za-z][\w+-]*)?|[\dwdhmy:]+): )?(?:%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+: .*|Rollback: ?Acquired Configuration lock\.)$`

// iosStamp are the lines above the output of a command where a line of the router has
// "exec prompt timestamp" (Cisco, Terminal Services Command Reference; seen in many
// captures): they tell another time and load each time.
const iosStamp = `^(?:Load for five secs: \d+%/\d+%; one minute: \d+%; five minutes: \d+%|(?:Time source is [^,]+|No time source), [*.]?\d\d:\d\d:\d\d.*)$`

// iosUnasked is what the terminal shows without having been asked: the log, and what
// the undo says of itself, a minute before it comes and when it has come. Cisco prints
// that with no documented form; the words are those of captures.
const iosUnasked = `(?:` + iosSyslog + `|^(?:Rollback Confirmed Change: (?:Rollback will begin|[Rr]olling to).*|Enter "configure confirm" if you wish.*|Total number of passes: \d+|Rollback Done)[ \t]*$)`

// junosReminder begins the line above a prompt while a commit waits for its confirmation.
const junosReminder = "# commit confirmed will be rolled back in "

func junosDialect() dialect {
	return dialect{
		platform: "junos",
		// Juniper, "CLI User Guide": user@host> in operational mode, user@host# in
		// configuration mode, [edit …] and {master:0} on lines before it.
		prompt:  regexp.MustCompile(`^([\w.-]+@[\w.:-]+)()([>#])$`),
		opening: []string{"set cli screen-length 0", "set cli screen-width 0", "set cli complete-on-space off"},
		// The CLI tells every session of a rollback that the timer has done.
		broadcast: regexp.MustCompile(`\A\s*Broadcast Message from (?s:.*)\n\z`),
		// While a commit waits for its confirmation every prompt is told so, in operational
		// mode, too (netmiko pull request 2758: the line comes "in and out of config mode").
		frame: regexp.MustCompile(`^(?:(?:\{[\w:-]+\})?(?:\[edit[^\]]*\])?|` + junosReminder + `.*)$`),
		refusals: []*regexp.Regexp{
			regexp.MustCompile(`(?im)^\s*error:`),
			regexp.MustCompile(`(?im)^\s*(?:syntax error|unknown command|missing argument|missing or|missing mandatory|invalid |permission denied)`),
			regexp.MustCompile(`(?im)is ambiguous\.?$`),
			regexp.MustCompile(`(?m)^\s*\^\s*$`), // the marker below what is wrong
			regexp.MustCompile(`(?im)^load complete \([1-9]\d* errors?\)`),
		},
		quotes: true,
	}
}

// question matches the end of a line in which a router waits for a person: a question
// mark, a choice in brackets, a password, a pager.
var question = regexp.MustCompile(`(?i)(?:\?|\?\s*\[[^\[\]]*\]\s*:?(?:\s*\(\w*\))?|\?\s*\(\w+\)|\[[^\[\]]*\]\s*[?:]|\[confirm\]|\[(?:yes|y)[/,](?:no|n)\]\s*:?|(?:password|passphrase|username|login|user)\s*:|-+\s*\(?more[^-]*-+)$`)

// shellPrompt matches the end of the line in which something else than a router's
// command line waits.
var shellPrompt = regexp.MustCompile(`[$%#>]$`)

// maxPromptBytes is more than a prompt has: names have 64 characters at most, Junos
// users 64, and modes 32.
const maxPromptBytes = 255

// at returns the prompt if the line is one; name, where not empty, is the only name
// that counts.
func (d *dialect) at(line []byte, name string) (prompt string, ok bool) {
	line = bytes.TrimRight(line, " ")
	if len(line) == 0 || len(line) > maxPromptBytes {
		return "", false
	}
	m := d.prompt.FindSubmatch(line)
	if m == nil {
		return "", false
	}
	// Cisco documents 30 characters for a prompt of configuration mode.
	cut := d.cuts && len(m[2]) > 0 && len(m[1]) >= 8 && strings.HasPrefix(name, string(m[1]))
	return string(line), name == "" || string(m[1]) == name || cut
}

// name is the name in a prompt.
func (d *dialect) name(prompt string) string {
	if m := d.prompt.FindStringSubmatch(prompt); m != nil {
		return m[1]
	}
	return ""
}

// isNoise reports whether a line is none of the answer.
func (d *dialect) isNoise(line []byte) bool {
	return d.noise != nil && d.noise.Match(line)
}

// refused returns the part of an answer to a line of configuration that says no;
// empty: the router has taken the line.
func (d *dialect) refused(answer string) string {
	var kept []string
	for line := range strings.Lines(answer) {
		if d.harmless == nil || !d.harmless.MatchString(strings.TrimRight(line, "\n")) {
			kept = append(kept, line)
		}
	}
	text := strings.Join(kept, "")
	no := d.silent && strings.TrimSpace(text) != ""
	for _, r := range d.refusals {
		no = no || r.MatchString(text)
	}
	if !no {
		return ""
	}
	return strings.TrimSpace(text)
}

// typed is a line as it is typed: ? asks for help unless Ctrl-V is before it (Cisco and
// FRR document that), or it is quoted (Junos).
func (d *dialect) typed(line string) string {
	if d.quotes {
		return line
	}
	return literal(line)
}

func literal(line string) string { return strings.ReplaceAll(line, "?", "\x16?") }
