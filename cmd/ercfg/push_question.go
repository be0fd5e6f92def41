package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push"
	"github.com/ercfg/ercfg/internal/tty"
)

// answer asks. An interruption is a no, and the end: a read of a terminal ends with
// nothing but a line.
func (p *pushing) answer(found []push.Surveyed, question string) (yes bool, err error) {
	leave := func() {
		fmt.Fprintln(p.stderr)
		p.tell("interrupted; nothing was changed")
		_ = p.report(found, p.notBegun(found, "interrupted"))
		p.end()
		os.Exit(exitWorld)
	}
	watched(leave, leave, func(context.Context) { yes, err = p.question(question) })
	return yes, err
}

// words are the question.
func (p *pushing) words(differ []*push.Surveyed) string {
	worst := confdiff.Class(0)
	for _, s := range differ {
		worst = max(worst, s.Change.Worst())
	}
	who := differ[0].Router
	if len(differ) > 1 {
		who = count(len(differ), "router")
	}
	them, they := "The router undoes", "itself"
	if len(differ) > 1 {
		them, they = "The routers undo", "themselves"
	}
	unless := "all tests pass"
	if p.f.prove > 0 {
		unless += "\nand the traffic proves it"
	}
	return fmt.Sprintf("Change %s (worst impact: %s)?\n%s it by %s after %s unless %s. [y/N] ", who, worst, them, they, brief(p.f.revertAfter), unless)
}

// brief writes whole minutes as 5m.
func brief(d time.Duration) string {
	if text, ok := strings.CutSuffix(d.String(), "m0s"); ok {
		return text + "m"
	}
	return d.String()
}

// interactive reports whether a person can be asked.
func (a *app) interactive() bool {
	for _, stream := range []any{a.stdin, a.stderr} {
		file, ok := stream.(*os.File)
		if !ok {
			return false
		}
		if _, _, ok := tty.Size(file.Fd()); !ok {
			return false
		}
	}
	return true
}

// question asks, and takes y and yes for a yes.
func (a *app) question(text string) (bool, error) {
	fmt.Fprint(a.stderr, text)
	answer, err := bufio.NewReader(a.stdin).ReadString('\n')
	if errors.Is(err, io.EOF) {
		fmt.Fprintln(a.stderr)
		err = nil
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, err
	}
	return false, err
}
