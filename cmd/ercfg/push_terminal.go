package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/ercfg/ercfg/internal/push"
	"github.com/ercfg/ercfg/internal/tty"
)

// A progress shows a person, or a program, how a run goes. On a terminal it is a
// picture that is drawn anew in its place: a line for each router. Elsewhere lines
// are added, and none is ever taken back.
type progress struct {
	w    io.Writer
	form progressForm
	size func() (rows, columns int) // of the terminal
	now  func() time.Time

	mu      sync.Mutex
	routers []progressRouter
	stands  tty.Picture
}

type progressForm uint8

const (
	progressLines progressForm = iota
	progressPicture
	progressJSON
)

// A progressRouter is the last that is known of a router.
type progressRouter struct {
	name    string
	begun   bool
	event   push.Event
	failing bool      // of its tests
	said    string    // the last line of progressLines, without what changes every second
	undo    time.Time // the last deadline that a line has told of
}

// redrawEvery is how often the picture is drawn: a countdown needs once a second,
// an eye takes no more than this.
const redrawEvery = 200 * time.Millisecond

// newProgress shows the progress of routers on the standard error of a.
func (a *app) newProgress(routers []string) *progress {
	p := &progress{w: a.stderr, now: time.Now}
	if file, ok := a.stderr.(*os.File); ok {
		if _, _, ok := tty.Size(file.Fd()); ok && os.Getenv("TERM") != "dumb" {
			p.form = progressPicture
			p.size = func() (int, int) { rows, columns, _ := tty.Size(file.Fd()); return rows, columns }
		}
	}
	if a.output == "json" {
		p.form = progressJSON
	}
	for _, name := range routers {
		p.routers = append(p.routers, progressRouter{name: name})
	}
	return p
}

// observe takes an event.
func (p *progress) observe(e push.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.form == progressJSON {
		line, err := json.Marshal(e)
		if err != nil {
			panic("an event is no JSON: " + err.Error())
		}
		fmt.Fprintf(p.w, "%s\n", line)
	}
	i := slices.IndexFunc(p.routers, func(r progressRouter) bool { return r.name == e.Router })
	if i < 0 {
		if e.Router == "" && e.Text != "" && p.form != progressJSON {
			p.above(e.Text)
		}
		return
	}
	r := &p.routers[i]
	if e.Tests != nil {
		r.failing = slices.ContainsFunc(e.Tests, func(t push.TestResult) bool { return !t.Pass })
	}
	r.begun, r.event = true, e
	if p.form == progressLines {
		p.line(r)
	}
}

// phase is the last that was begun with a router.
func (p *progress) phase(router string) push.Phase {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.routers, func(r progressRouter) bool { return r.name == router })
	if i < 0 {
		return push.Connect
	}
	return p.routers[i].event.Phase
}

// line adds the line of an event, unless it says what the line before said: not
// every command, and not every look at the tests, is news.
func (p *progress) line(r *progressRouter) {
	e := &r.event
	text, _, _ := strings.Cut(e.Text, ";")
	said := e.Phase.String() + text
	if e.Outcome != nil {
		said = e.Outcome.String()
	}
	if said == r.said || e.Phase == push.Apply && e.Lines == 0 && e.Outcome == nil { // the first command follows at once
		return
	}
	r.said = said
	fmt.Fprintf(p.w, "%s %s: %s\n", p.now().Format("15:04:05"), r.name, strings.Join(r.words(p.now(), false), "  "))
	r.undo = e.Deadline
}

// words are what is told of a router: where it is, when it undoes, and how it goes.
func (r *progressRouter) words(now time.Time, counted bool) []string {
	e := &r.event
	if !r.begun {
		return []string{"waits"}
	}
	if e.Outcome != nil {
		return slices.DeleteFunc([]string{e.Outcome.String(), printable(e.Text)}, func(s string) bool { return s == "" })
	}
	out := []string{e.Phase.String()}
	if e.Lines > 0 && counted {
		out[0] += fmt.Sprintf(" %d/%d", e.Line, e.Lines)
	} else if e.Lines > 0 {
		out = append(out, count(e.Lines, "command"))
	}
	switch left := e.Deadline.Sub(now); {
	case e.Deadline.IsZero() || !counted && e.Deadline.Equal(r.undo):
	case !counted:
		out = append(out, "the router undoes it at "+e.Deadline.Local().Format("15:04:05"))
	case left > 0:
		out = append(out, "undo in "+clock(left))
	default:
		out = append(out, "the router undoes it now")
	}
	if e.Text != "" {
		out = append(out, printable(e.Text))
	}
	return out
}

// clock writes a duration as 3:12.
func clock(d time.Duration) string {
	s := int((d + time.Second - 1) / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// printable is text on one line without what drives a terminal: routers have said
// some of it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}

// note says something beside the picture.
func (p *progress) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.form != progressJSON {
		p.above(fmt.Sprintf(format, args...))
	}
}

// above prints a line where the picture was, and the picture below it.
func (p *progress) above(text string) {
	p.stands.Erase(p.w)
	fmt.Fprintln(p.w, printable(text))
	p.draw()
}

// while draws the picture until do has returned, and leaves its last state.
func (p *progress) while(do func()) {
	if p.form != progressPicture {
		do()
		return
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(redrawEvery)
		defer tick.Stop()
		for {
			p.mu.Lock()
			p.draw()
			p.mu.Unlock()
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	})
	do()
	close(done)
	wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draw()
	p.stands.Leave() // what is printed next stands below it
}

// draw draws the picture over the last one, where it is another.
func (p *progress) draw() {
	if p.form != progressPicture {
		return
	}
	p.stands.Draw(p.w, p.picture(p.size()))
}

// picture is a line for each router where the terminal has the rows, and otherwise
// counts, and the routers that matter most.
func (p *progress) picture(rows, columns int) []string {
	width := 0
	for i := range p.routers {
		width = max(width, utf8.RuneCountInString(p.routers[i].name))
	}
	width = min(width, 24)
	var lines []string
	shown := p.routers
	room := max(rows-2, 3) // the prompt's line stays, and one for what comes
	if len(shown) > room {
		lines = append(lines, tty.Cut(p.counts(), columns-1))
		shown = p.foremost(room - 2)
	}
	now := p.now()
	for i := range shown {
		r := &shown[i]
		lines = append(lines, tty.Cut(fmt.Sprintf("%-*s  %s", width, tty.Cut(r.name, width), strings.Join(r.words(now, true), "  ")), columns-1))
	}
	if rest := len(p.routers) - len(shown); rest > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more", rest))
	}
	return lines
}

// counts says how many routers are in which phase or have ended how.
func (p *progress) counts() string {
	n := make(map[string]int)
	var order []string
	for i := range p.routers {
		word := p.routers[i].words(time.Time{}, false)[0]
		if n[word] == 0 {
			order = append(order, word)
		}
		n[word]++
	}
	slices.Sort(order)
	for i, word := range order {
		order[i] = fmt.Sprintf("%d %s", n[word], word)
	}
	return strings.Join(order, ", ")
}

// foremost are the routers that a person has to see, the most urgent first, n at
// most.
func (p *progress) foremost(n int) []progressRouter {
	urgency := func(r *progressRouter) int {
		e := &r.event
		switch {
		case e.Outcome != nil && e.Outcome.ExitCode() > 3:
			return 6
		case e.Outcome == nil && r.begun && e.Phase == push.Revert:
			return 5
		case e.Outcome != nil && *e.Outcome == push.Untouched:
			return 4
		case e.Outcome == nil && r.failing && e.Phase == push.Test:
			return 3
		case e.Outcome == nil && !e.Deadline.IsZero():
			return 2
		case e.Outcome == nil && r.begun:
			return 1
		}
		return 0
	}
	out := slices.Clone(p.routers)
	slices.SortStableFunc(out, func(a, b progressRouter) int { return urgency(&b) - urgency(&a) })
	return out[:min(max(n, 0), len(out))]
}

// abandoned says what becomes of the routers when nobody waits any longer.
func (p *progress) abandoned() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var last time.Time
	n := 0
	for i := range p.routers {
		e := &p.routers[i].event
		if e.Outcome == nil && e.Deadline.After(p.now()) {
			n++
			if e.Deadline.After(last) {
				last = e.Deadline
			}
		}
	}
	if n == 0 {
		return "interrupted again: look at the routers; ercfg status says how far it came"
	}
	return fmt.Sprintf("interrupted again: %s by itself, until %s; ercfg status says how far it came",
		map[bool]string{true: "the router undoes the change", false: fmt.Sprintf("%d routers undo the change, each", n)}[n == 1], last.Local().Format("15:04:05"))
}
