package confdiff

import "slices"

// A junosVerb is what a command does to a configuration.
type junosVerb uint8

const (
	junosNoVerb junosVerb = iota
	junosSets
	junosSwitchesOff
	junosSwitchesOn
	junosSaysNothing // protect
	junosChanges     // what no configuration has
)

func junosVerbOf(word string) junosVerb {
	switch word {
	case "set":
		return junosSets
	case "deactivate":
		return junosSwitchesOff
	case "activate":
		return junosSwitchesOn
	case "protect", "unprotect", "annotate":
		return junosSaysNothing
	case "delete", "insert", "rename", "copy", "replace", "edit", "wildcard", "load":
		return junosChanges
	}
	return junosNoVerb
}

// readJunosSet reads commands, one a line, from a line on. A line that is none
// is an error between two commands and the session's after the last.
func readJunosSet(t *junosTree, lines []string, first int) error {
	stray := -1
	lexer := junosLexer{lines: lines, line: first}
	var words []junosToken
	flush := func() error {
		if len(words) == 0 {
			return nil
		}
		line := words[0].line
		verb := junosNoVerb
		if !words[0].quoted && !words[0].mark {
			verb = junosVerbOf(words[0].text)
		}
		if verb == junosNoVerb {
			if stray < 0 {
				stray = line
			}
			return nil
		}
		if stray >= 0 {
			return junosFault(stray, "neither a set command nor a comment")
		}
		return junosCommand(t, verb, words[1:], line)
	}
	for {
		token, ok, err := lexer.next()
		if err != nil {
			return err
		}
		if !ok {
			err := flush()
			t.applySwitches()
			return err
		}
		if token.first {
			if err := flush(); err != nil {
				return err
			}
			words = words[:0]
			lexer.list = token.mark && token.text == "["
		}
		words = append(words, token)
	}
}

// junosCommand does what a command says.
func junosCommand(t *junosTree, verb junosVerb, words []junosToken, line int) error {
	switch verb {
	case junosChanges:
		return junosFault(line, "a command that changes what is there: a list of changes is no configuration")
	case junosSaysNothing:
		return nil
	}
	head, list, ok := junosList(words)
	if !ok {
		return junosFault(line, "a bracket without its other half")
	}
	if len(head) == 0 {
		return junosFault(line, "a command without a statement")
	}
	if verb != junosSets {
		t.switches = append(t.switches, junosSwitch{slices.Clone(head), verb == junosSwitchesOff})
		return nil
	}
	node := t.add(junosRoot, head, false)
	for i := range list {
		t.add(node, list[i:i+1], false)
	}
	return nil
}

// junosList splits a command into the words in front of a list in brackets and
// its members. A list ends its command.
func junosList(words []junosToken) (head, list []junosToken, ok bool) {
	head = words
	for i, w := range words {
		switch {
		case !w.mark:
		case w.text == "[" && list == nil:
			head, list = words[:i], words[i+1:]
		default:
			return head, list[:max(len(list)-1, 0)], list != nil && i == len(words)-1
		}
	}
	return head, list, list == nil
}
