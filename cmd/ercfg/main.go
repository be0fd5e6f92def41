// Command ercfg turns one intent into the configuration of every router at the
// edge of Azure ExpressRoute.
//
// In come arguments, an intent and the environment; out go findings,
// configurations and an exit code. The command holds no rule and no router's
// word: it reads, calls, prints and decides what a failure means. Only the
// verbs that reach routers run a command that an intent names, and files are
// written all or none.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"
)

// Exit codes, the same for every verb. 4 belongs to verbs that change routers;
// push.Outcome says which outcome is which.
const (
	exitOK        = 0
	exitFindings  = 1  // the intent is not as it should be; findings are printed
	exitDifferent = 2  // a router is not as the intent says
	exitWorld     = 3  // the environment failed and nothing was changed
	exitUnknown   = 5  // a router's state is unknown, or not what it will be: a person must look
	exitUsage     = 64 // EX_USAGE of sysexits(3)
)

// errFindings ends a verb whose findings are printed already.
var errFindings = errors.New("the findings have errors")

// A usageError is a command line that ercfg does not understand.
type usageError struct {
	summary string
	hint    string // may be empty
}

func (e usageError) Error() string { return e.summary }

// An exitStatus ends a verb that runs a command of the user's: the command's
// exit code is the verb's, and the command has said why itself.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// app is one run: its streams and the flags that all verbs share.
type app struct {
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	colour  bool // of severities on stderr
	output  string
	verbose bool
}

// abortOnPanic has a fault of ercfg's own end it like a program that is killed: a Go
// program that panics ends with 2, which says that a router differs. Its memory, which
// may hold keys, stays off the disk.
func abortOnPanic() {
	debug.SetTraceback("crash")
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}

func main() {
	abortOnPanic()
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, colour: wantsColour(os.Stderr)}
	os.Exit(a.run(os.Args[1:]))
}

// run executes one command line and returns the exit code.
func (a *app) run(args []string) int {
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.Execute()
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errFindings) {
		return exitFindings
	}
	if status, ok := errors.AsType[exitStatus](err); ok {
		return int(status)
	}
	for _, e := range independent(err) {
		fmt.Fprintf(a.stderr, "ercfg: %s\n", sentence(e))
	}
	if usage, ok := errors.AsType[usageError](err); ok {
		if usage.hint != "" {
			fmt.Fprintf(a.stderr, "  hint: %s\n", usage.hint)
		}
		return exitUsage
	}
	return exitWorld
}

// independent takes joined errors apart: each gets a line of its own.
func independent(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// sentence words the world's failures for a person: the operating system's
// name of a system call helps nobody.
func sentence(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok && err == error(path) {
		return fmt.Sprintf("%s: %v", shown(path.Path), path.Err)
	}
	return err.Error()
}

// wantsColour reports whether f is a terminal whose user has not opted out
// (no-color.org). A null device passes for a terminal, which hurts nobody.
func wantsColour(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
