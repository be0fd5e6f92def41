package ticket

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
)

func (r *Router) title() string { return "Router " + r.Name }

// state says in a few words what is to be done.
func (r *Router) state() []span {
	out := []span{word(r.Platform), {Text: ", "}}
	switch c := r.Change; {
	case c == nil:
		return append(out, span{Text: "not compared with its running configuration"})
	case c.Same():
		return append(out, span{Text: "nothing to do"})
	case c.Refused != "":
		return append(out, span{Text: "no commands: a person decides first", Strong: true})
	default:
		return append(out, span{Text: "worst impact: "}, span{Text: c.Worst().String(), Strong: grave(c.Worst())})
	}
}

// grave reports whether a class costs traffic.
func grave(c confdiff.Class) bool { return c >= confdiff.SessionReset }

// parts are a router's share of the document, in the order of the work: what
// differs, what that does, then what is typed.
func (r *Router) parts(id string) []part {
	top := title(2, r.title())
	top.ID = id
	out := []part{top, {Kind: aText, Spans: r.state()}}
	switch c := r.Change; {
	case c == nil:
		return append(out, r.whole()...)
	case c.Same():
		return append(out, r.same()...)
	}
	if r.Change.Refused != "" {
		out = append(out, part{Kind: aNote, Spans: labelled("No commands.", r.Change.Refused)})
	}
	out = append(out, objectBlocks(r.Change)...)
	out = append(out, doubts(r.Change)...)
	out = append(out, impactTable(r.Change)...)
	out = append(out, under("Expected interruption", r.Interruption)...)
	out = append(out, ticked("Checks before", r.Pre)...)
	out = append(out, r.commands()...)
	out = append(out, r.companions()...)
	out = append(out, ticked("Checks after", r.Post)...)
	return append(out, r.rollback()...)
}

// whole is the part of a router whose own configuration nobody has read.
func (r *Router) whole() []part {
	out := []part{{Kind: aNote, Spans: labelled("Not compared.", "What follows is the whole rendered configuration. What of it the router has already, and what it has too much, is not known here.")}}
	out = append(out, under("Expected interruption", r.Interruption)...)
	out = append(out, ticked("Checks before", r.Pre)...)
	out = append(out, title(3, "Configuration"))
	if len(r.Begin) > 0 {
		out = append(out, sentenceList(r.Begin))
	}
	out = append(out, r.secrets(r.Config.Text)...)
	config := typed(aFold, strings.Split(strings.TrimSuffix(r.Config.Text, "\n"), "\n"))
	config.Spans = []span{word(configName(&r.Config))}
	out = append(out, config)
	out = append(out, r.companions()...)
	out = append(out, ticked("Checks after", r.Post)...)
	return append(out, r.rollback()...)
}

// doubts names what is left alone.
func doubts(c *confdiff.Change) []part {
	if len(c.Doubtful) == 0 {
		return nil
	}
	names := part{Kind: aList}
	for _, o := range c.Doubtful {
		names.Items = append(names.Items, bullet{Spans: []span{{Text: string(o.Kind) + " "}, word(o.Name)}})
	}
	return []part{{Kind: aNote, Spans: labelled("Left alone.", "These bear the intent's name and were not rendered. They may be another's, so no command touches them:")}, names}
}

// same is the part of a router that has everything.
func (r *Router) same() []part {
	out := []part{{Kind: aText, Spans: plain("Nothing to do: the router has what was rendered for it.")}}
	if n := r.Change.Unknown(); n > 0 {
		keys := "One key"
		if n > 1 {
			keys = fmt.Sprintf("%d keys", n)
		}
		out[0].Spans = plain("Nothing to do, as far as it can be read: the router has what was rendered for it. " + keys + " cannot be compared.")
		out = append(out, objectBlocks(r.Change)...)
	}
	return append(out, doubts(r.Change)...)
}

// under is a heading and sentences, if there are any.
func under(heading string, sentences []string) []part {
	if len(sentences) == 0 {
		return nil
	}
	return []part{title(3, heading), sentenceList(sentences)}
}

// objectBlocks shows what the router lacks and has too much, object by object.
func objectBlocks(c *confdiff.Change) []part {
	out := []part{
		title(3, "Differences"),
		{Kind: aText, Spans: sentence("`-`: the router has it and it goes. `+`: the router lacks it. `?`: it holds a key that cannot be compared here. A line without a sign says where the others stand.")},
	}
	for i := range c.Differences {
		d := &c.Differences[i]
		name := []span{{Text: d.Object.String(), Strong: true}}
		if d.Order {
			name = append(name, span{Text: ": its terms stand in another order"})
		}
		if sameButKey(d) {
			name = append(name, sentence(": of two lines that look the same, the keys differ")...)
		}
		out = append(out, part{Kind: aLead, Spans: name})
		if all := DifferenceLines(c.Platform, d); len(all) > 0 {
			out = append(out, part{Kind: aBlock, Lang: "diff", Lines: all})
		}
	}
	return out
}

// sameButKey reports whether a line goes and comes: its key was compared, and
// neither is shown.
func sameButKey(d *confdiff.Difference) bool {
	keys := make(map[string]bool)
	for _, s := range d.Extra {
		keys[s.Key()] = s.Secret.Form() != confdiff.NoSecret
	}
	return slices.ContainsFunc(d.Missing, func(s confdiff.Statement) bool { return keys[s.Key()] })
}

// DifferenceLines are the statements of a difference in the contexts that they
// stand in: what goes, what comes, and what cannot be compared. A context is named
// once.
func DifferenceLines(platform string, d *confdiff.Difference) []CodeLine {
	root := new(lineTree)
	var out []CodeLine
	for _, group := range [...]struct {
		sign       byte
		statements []confdiff.Statement
	}{{'-', d.Extra}, {'+', d.Missing}, {'?', d.Unknown}} {
		for _, s := range group.statements {
			if platform == confdiff.Junos {
				out = append(out, CodeLine{group.sign, junosText(s)})
				continue
			}
			n := root.add(s.Path)
			n.signs = append(n.signs, group.sign)
		}
	}
	return root.lines(out, 0)
}

// A lineTree is the lines of a difference by their contexts.
type lineTree struct {
	line  string
	signs []byte // none: a context that stays
	below []*lineTree
}

// add returns the node of a path, which it makes where it is not there.
func (t *lineTree) add(path []string) *lineTree {
	for _, line := range path {
		i := slices.IndexFunc(t.below, func(n *lineTree) bool { return n.line == line })
		if i < 0 {
			i = len(t.below)
			t.below = append(t.below, &lineTree{line: line})
		}
		t = t.below[i]
	}
	return t
}

// lines appends what is below the node.
func (t *lineTree) lines(out []CodeLine, depth int) []CodeLine {
	for _, n := range t.below {
		signs := n.signs
		if len(signs) == 0 {
			signs = []byte{' '}
		}
		for _, sign := range signs {
			out = append(out, CodeLine{sign, strings.Repeat(" ", depth) + n.line})
		}
		out = n.lines(out, depth+1)
	}
	return out
}

func junosText(s confdiff.Statement) string {
	if s.Inactive {
		return "inactive: " + s.Text(confdiff.Junos)
	}
	return s.Text(confdiff.Junos)
}

// impactTable says what the change does to sessions, worst first. Objects for which
// the same holds share a row.
func impactTable(c *confdiff.Change) []part {
	type row struct {
		objects []confdiff.Object
		impact  confdiff.Impact
	}
	var rows []row
	for i, impact := range c.Impacts {
		object := c.Differences[i].Object
		alike := func(r row) bool {
			return r.impact.Class == impact.Class && r.impact.Reason == impact.Reason && r.impact.Evidence == impact.Evidence
		}
		if at := slices.IndexFunc(rows, alike); at >= 0 {
			rows[at].objects = append(rows[at].objects, object)
			continue
		}
		rows = append(rows, row{[]confdiff.Object{object}, impact})
	}
	if len(rows) == 0 {
		return nil
	}
	slices.SortStableFunc(rows, func(a, b row) int { return int(b.impact.Class) - int(a.impact.Class) })
	p := part{Kind: aTable, Head: []string{"object", "impact", "reason", "evidence"}}
	for _, r := range rows {
		class := span{Text: r.impact.Class.String(), Strong: grave(r.impact.Class)}
		p.Rows = append(p.Rows, [][]span{plain(objectNames(r.objects)), {class}, sentence(r.impact.Reason), sentence(r.impact.Evidence)})
	}
	return []part{title(3, "What this does to sessions"), p}
}

// objectNames lists objects with every kind once: "prefix list A, B; neighbor C".
func objectNames(objects []confdiff.Object) string {
	var kinds []confdiff.Kind
	of := make(map[confdiff.Kind][]string)
	for _, o := range objects {
		if of[o.Kind] == nil {
			kinds = append(kinds, o.Kind)
		}
		of[o.Kind] = append(of[o.Kind], o.Name)
	}
	var out []string
	for _, k := range kinds {
		out = append(out, confdiff.Object{Kind: k, Name: strings.Join(of[k], ", ")}.String())
	}
	return strings.Join(out, "; ")
}

// ticked is a list to tick off.
func ticked(heading string, all []Check) []part {
	if len(all) == 0 {
		return nil
	}
	p := part{Kind: aBoxes}
	for _, c := range all {
		i := bullet{Spans: []span{word(c.Command)}}
		if c.Why != "" {
			i.Spans = append(append(i.Spans, span{Text: ": "}), sentence(c.Why)...)
		}
		for _, e := range c.Expect {
			i.Sub = append(i.Sub, bullet{Spans: sentence(e)})
		}
		p.Items = append(p.Items, i)
	}
	return []part{title(3, heading), p}
}

// commands are what is typed.
func (r *Router) commands() []part {
	c := r.Change
	if len(c.Commands) == 0 {
		return nil
	}
	out := []part{title(3, "Commands")}
	if len(r.Begin) > 0 {
		out = append(out, sentenceList(r.Begin))
	}
	out = append(out, r.secrets(strings.Join(c.Commands, "\n"))...)
	out = append(out, part{Kind: aLead, Spans: plain("In configuration mode, in this order:")}, typed(aBlock, c.Commands))
	return append(out, then(c)...)
}

// then are the commands of operational mode that belong behind the others, those
// there and those back.
func then(c *confdiff.Change) []part {
	commands := c.Operational()
	if len(commands) == 0 {
		return nil
	}
	return []part{{Kind: aLead, Spans: plain("Then, in operational mode, so that the router uses it now:")}, typed(aBlock, commands)}
}

// secrets names what has to be filled in where a placeholder stands in the text.
func (r *Router) secrets(text string) []part {
	p := part{Kind: aList}
	for _, ref := range r.Config.Secrets {
		if strings.Contains(text, ref.Placeholder()) {
			p.Items = append(p.Items, bullet{Spans: []span{word(ref.String()), {Text: " in place of "}, word(ref.Placeholder())}})
		}
	}
	if len(p.Items) == 0 {
		return nil
	}
	return []part{{Kind: aNote, Spans: labelled("Secrets to fill in.", "They are in no document:")}, p}
}

// rollback is the way back, in words and in commands. Where nothing is typed
// there is no way to go back.
func (r *Router) rollback() []part {
	c := r.Change
	back := c != nil && len(c.Undo) > 0
	if c != nil && c.Refused != "" || len(r.Rollback) == 0 && !back {
		return nil
	}
	out := []part{title(3, "Rollback")}
	if len(r.Rollback) > 0 {
		out = append(out, sentenceList(r.Rollback))
	}
	if !back {
		return out
	}
	out = append(out, r.secrets(strings.Join(c.Undo, "\n"))...)
	if c.Kept {
		out = append(out, part{Kind: aNote, Spans: labelled("Keep a key at hand.", "`"+confdiff.KeptMark+"` stands for a key of the router's own that this document does not hold. Have it before the change.")})
	}
	out = append(out, part{Kind: aLead, Spans: plain("In configuration mode, once all commands above were taken:")}, typed(aBlock, c.Undo))
	return append(out, then(c)...)
}

// companions are the files that belong on the router beside its configuration.
func (r *Router) companions() []part {
	if len(r.Config.Companions) == 0 {
		return nil
	}
	p := part{Kind: aTable, Head: []string{"file", "mode", "SHA-256"}}
	for _, f := range r.Config.Companions {
		p.Rows = append(p.Rows, [][]span{{word(f.Name)}, plain(fmt.Sprintf("%04o", f.Mode.Perm())), {word(f.Digest())}})
	}
	return []part{title(3, "Files beside the configuration"), {Kind: aText, Spans: sentence("ercfg does not read these files on the router: compare their SHA-256 there (`sha256sum`), copy what differs, and apply it before the commands. The first lines of each file say how.")}, p}
}
