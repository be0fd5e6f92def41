package confdiff

import (
	"errors"
	"fmt"
	"strings"
)

// readJunos reads what "show configuration" prints, in braces or, behind
// "| display set", as commands. Both give the same statements: one for each
// command that display set prints.
//
// An object that is switched off as a whole (inactive:, deactivate) has a
// statement of its own in front of what it holds, and all of them are Inactive.
// Comments, annotations and protect: say nothing about what a router does and
// are dropped. Groups stay as they are written: what apply-groups inherits is
// not spelt out.
func readJunos(text []byte) (Config, error) {
	lines := junosScreen(string(text))
	t := newJunosTree(len(text))
	var err error
	switch form, first := junosForm(lines); form {
	case junosSet:
		err = readJunosSet(t, lines, first)
	case junosBraces:
		err = readJunosBraces(t, lines, first)
	default:
		err = errors.New("no statement of a Junos configuration in the text")
	}
	if err != nil {
		return Config{}, err
	}
	t.joinOneLiners()
	t.dropDefaults()
	statements, err := t.statements(len(text))
	if err != nil {
		return Config{}, err
	}
	if !junosKnown(statements) {
		return Config{}, errors.New("no statement of a Junos configuration in the text")
	}
	return Config{Platform: Junos, Statements: statements}, nil
}

// A junosShape is how a text writes a configuration.
type junosShape uint8

const (
	junosNeither junosShape = iota
	junosSet
	junosBraces
)

// junosForm finds the first line that is configuration, and how it is written.
// What stands before it is a banner, or what was typed.
func junosForm(lines []string) (junosShape, int) {
	comment := false
	for i, line := range lines {
		line = strings.TrimSpace(line)
		verb, _, more := strings.Cut(line, " ")
		switch {
		case comment || strings.HasPrefix(line, "/*"):
			comment = !strings.Contains(line, "*/")
		case line == "" || line[0] == '#':
		case more && (verb == "set" || verb == "deactivate"):
			return junosSet, i
		case line == "{" && i > 0:
			return junosBraces, i - 1
		case junosOpens(line):
			return junosBraces, i
		}
	}
	return junosNeither, 0
}

// junosOpens reports whether a line belongs to a text in braces: it ends a
// statement, opens a block or has a list.
func junosOpens(line string) bool {
	if comment := strings.Index(line, " #"); comment > 0 {
		line = strings.TrimSpace(line[:comment])
	}
	end := line[len(line)-1]
	return end == '{' || end == ';' || end == '}' && strings.Contains(line, "{") || strings.Contains(line, " [ ")
}

// junosKnown reports whether anything in a configuration stands where Junos has
// it: another platform's text has words and semicolons, too.
func junosKnown(statements []Statement) bool {
	for i := range statements {
		switch statements[i].Path[0] {
		case "access", "accounting-options", "applications", "apply-groups", "bridge-domains", "chassis",
			"class-of-service", "dynamic-profiles", "ethernet-switching-options", "event-options", "firewall",
			"forwarding-options", "groups", "interfaces", "logical-systems", "multi-chassis", "multicast-snooping-options",
			"poe", "policy-options", "protocols", "routing-instances", "routing-options", "security", "services",
			"snmp", "switch-options", "system", "tenants", "version", "virtual-chassis", "vlans", "vmhost":
			return true
		}
	}
	return false
}

// junosFault is an error in a line, counted from 0. It never quotes the line,
// which may hold a secret.
func junosFault(line int, fault string) error {
	return fmt.Errorf("line %d: %s", line+1, fault)
}
