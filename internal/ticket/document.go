package ticket

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/ercfg/ercfg/internal/artifact"
)

// A part is one block of the document. Markdown and HTML have the same parts in
// the same order; only their spelling differs.
type part struct {
	Kind  kind
	Level int      // of a heading, 1 to 3
	ID    string   // of a router's heading; empty: nothing refers to it
	Spans []span   // of a heading, a text, a note, a fold's title
	Items []bullet // of the lists
	Head  []string
	Rows  [][][]span
	Lang  string // of code: what a viewer colours it as
	Lines []CodeLine
}

// A kind is what a part is.
type kind string

// The kinds.
const (
	aHeading kind = "heading"
	aText    kind = "text"
	aLead    kind = "lead"  // a text that stands above the code that follows
	aNote    kind = "note"  // a text that must be seen
	aList    kind = "list"  // of items
	aSteps   kind = "steps" // a list whose order means something
	aBoxes   kind = "boxes" // a list whose items are ticked off
	aTable   kind = "table"
	aBlock   kind = "block" // lines of code
	aFold    kind = "fold"  // lines of code that a reader may fold away
	aPicture kind = "picture"
	aPaths   kind = "paths"
)

// A bullet is an item of a list.
type bullet struct {
	Spans []span
	Link  string // ID of the heading that the first span leads to; empty: none
	Sub   []bullet
}

// A CodeLine is a line of code. Sign is that of a difference: -, + or ?; a blank for
// what only says where the others stand. Zero: the code is no difference.
type CodeLine struct {
	Sign byte
	Text string
}

// The titles of the document, the same in both forms.
const (
	titleWarnings = "Warnings"
	titleDiagram  = "Diagram"
	titlePaths    = "Paths"
	titleOrder    = "Order of work"
	titleMade     = "What this was made from"
)

// shortDocument is how many routers a document has that needs no contents.
const shortDocument = 3

// parts are the document, one router at a time: that of 500 routers is never in
// memory as a whole.
func (t *Ticket) parts() iter.Seq[part] {
	return func(yield func(part) bool) {
		ids := t.ids()
		pages := [](func() []part){
			func() []part { return t.head(ids) }, t.Summary.parts, t.warnings,
			func() []part {
				return []part{title(2, titleDiagram), {Kind: aPicture}, title(2, titlePaths), {Kind: aPaths}}
			},
			t.order,
		}
		if t.Bare {
			pages = pages[:0]
			pages = append(pages, func() []part { return t.head(ids) }, t.warnings)
		}
		for i := range t.Routers {
			pages = append(pages, func() []part { return t.Routers[i].parts(ids[i]) })
		}
		if !t.Bare {
			pages = append(pages, t.made)
		}
		for _, page := range pages {
			for _, p := range page() {
				if !yield(p) {
					return
				}
			}
		}
	}
}

func title(level int, text string) part {
	return part{Kind: aHeading, Level: level, Spans: plain(text)}
}

// sentenceList is a list of sentences.
func sentenceList(sentences []string) part {
	p := part{Kind: aList}
	for _, s := range sentences {
		p.Items = append(p.Items, bullet{Spans: sentence(s)})
	}
	return p
}

// typed is code as it is typed.
func typed(kind kind, all []string) part {
	p := part{Kind: kind, Lang: "text"}
	for _, l := range all {
		p.Lines = append(p.Lines, CodeLine{Text: l})
	}
	return p
}

// ids name the headings of the routers as GitHub and GitLab name them by
// themselves, so that one link leads there in both forms.
func (t *Ticket) ids() []string {
	seen := make(map[string]int)
	var out []string
	for i := range t.Routers {
		id := slug(t.Routers[i].title())
		if n := seen[id]; n > 0 {
			out = append(out, fmt.Sprintf("%s-%d", id, n))
		} else {
			out = append(out, id)
		}
		seen[id]++
	}
	return out
}

// slug is a heading in lower case, with hyphens for blanks and without other
// signs.
func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// Title is that of the document.
func (t *Ticket) Title() string {
	if t.Bare {
		return "Differences: " + t.Intent
	}
	return "Change: " + t.Intent
}

// head says what the change is, and where each router's part begins.
func (t *Ticket) head(ids []string) []part {
	out := []part{title(1, t.Title())}
	facts := part{Kind: aList}
	for _, f := range [...]struct{ label, value string }{{"Reference:", t.Reference}, {"Owner:", t.Owner}} {
		if f.value != "" {
			facts.Items = append(facts.Items, bullet{Spans: append([]span{{Text: f.label, Strong: true}, {Text: " "}}, plain(f.value)...)})
		}
	}
	if len(facts.Items) > 0 {
		out = append(out, facts)
	}
	if t.Description != "" {
		out = append(out, part{Kind: aText, Spans: plain(t.Description)})
	}
	if len(t.Routers) <= shortDocument {
		return out
	}
	contents := part{Kind: aList}
	for i := range t.Routers {
		r := &t.Routers[i]
		spans := append([]span{{Text: r.title()}, {Text: ": "}}, r.state()...)
		contents.Items = append(contents.Items, bullet{Spans: spans, Link: ids[i]})
	}
	return append(out, contents)
}

func (s *Summary) parts() []part {
	out := []part{title(2, "Summary")}
	for _, b := range [...]struct {
		title     string
		sentences []string
	}{{"What changes", s.Change}, {"Preferred paths", s.Preferred}, {"Advertised prefixes", s.Advertised}, {"Timers", s.Timers}, {"Failover", s.Failover}} {
		if len(b.sentences) > 0 {
			out = append(out, title(3, b.title), sentenceList(b.sentences))
		}
	}
	return out
}

func (t *Ticket) warnings() []part {
	if len(t.Warnings) == 0 {
		return nil
	}
	return []part{title(2, titleWarnings), sentenceList(t.Warnings)}
}

func (t *Ticket) order() []part {
	if len(t.Order) == 0 {
		return nil
	}
	all := part{Kind: aSteps}
	for _, s := range t.Order {
		i := bullet{Spans: []span{{Text: s.Router, Strong: true}}}
		if len(s.Links) > 0 {
			i.Spans = append(append(i.Spans, span{Text: ": "}), wordList(s.Links)...)
		}
		if s.Wait != "" {
			i.Sub = append(i.Sub, bullet{Spans: labelled("Wait:", s.Wait)})
		}
		if s.Note != "" {
			i.Sub = append(i.Sub, bullet{Spans: labelled("Note:", s.Note)})
		}
		all.Items = append(all.Items, i)
	}
	return []part{title(2, titleOrder), all}
}

// made says what the document holds for, so that a reader can tell whether it
// still does.
func (t *Ticket) made() []part {
	p := part{Kind: aTable, Head: []string{"what", "SHA-256"}}
	row := func(what []span, digest string) {
		if digest != "" {
			p.Rows = append(p.Rows, [][]span{what, {word(digest)}})
		}
	}
	row(plain("intent"), t.Digests.Intent)
	row(plain("templates"), t.Digests.Templates)
	left := maps.Clone(t.Digests.Running)
	for i := range t.Routers {
		c := &t.Routers[i].Config
		if c.Text != "" {
			row([]span{{Text: "rendered: "}, word(configName(c))}, c.Digest())
		}
		row(sliceOf(t.Routers[i].Name), left[t.Routers[i].Name])
		delete(left, t.Routers[i].Name)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		row(sliceOf(name), left[name])
	}
	out := []part{title(2, titleMade)}
	if v := t.Digests.Version; v != "" {
		out = append(out, part{Kind: aText, Spans: []span{{Text: "Made by ercfg "}, word(v), {Text: ". When one of these digests has changed, this document is out of date."}}})
	}
	if len(p.Rows) > 0 {
		out = append(out, p)
	}
	return out
}

func sliceOf(router string) []span {
	return []span{{Text: "ercfg's part of the running configuration of "}, word(router)}
}

func configName(c *artifact.Config) string {
	if c.Name != "" {
		return c.Name
	}
	return c.Router
}
