package frrtest

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
)

// reloadScript turns the running configuration into that of a file. Debian
// ships it in a package of its own, frr-pythontools.
const reloadScript = "frr-reload.py"

// reloadFile is where Reload puts the file: not frr.conf, so that a test can
// still see whether the script wrote that one.
const reloadFile = "/etc/frr/ercfg-reload.conf"

// Reload lets frr-reload.py compare conf with the running configuration and,
// unless testOnly, make the router run conf. It returns the script's plan and
// its exit code, which is 0 for --test whether or not there is a plan. A file
// that the script cannot read has no plan: the script prints one all the same,
// and it would wipe the router.
//
// A file without a host name gets the router's own, because the script would
// take the name away.
//
// An entry of the plan is one change with the contexts it stands in, lines
// joined by line feeds, as the script prints them. Deletions of static routes
// and prefix-list lines stand in toAdd with a leading no: that is how FRR 8.4
// plans them.
func (r *Router) Reload(conf string, testOnly bool) (toDelete, toAdd []string, rc int) {
	r.t.Helper()
	if !strings.Contains("\n"+conf, "\nhostname ") {
		conf = "hostname " + r.Name + "\n" + conf
	}
	r.WriteFile(reloadFile, conf)
	out, rc := r.runReload("--test")
	if rc != 0 {
		return nil, nil, rc
	}
	toDelete, toAdd = parsePlan(out)
	if testOnly {
		return toDelete, toAdd, rc
	}
	// --reload does not print its plan, only the lines as it applies them.
	_, rc = r.runReload("--reload")
	return toDelete, toAdd, rc
}

// runReload runs the script once and returns its output and exit code.
func (r *Router) runReload(mode string) (out string, rc int) {
	r.t.Helper()
	out, err := r.Exec(r.t.Context(), filepath.Join(daemonDir, reloadScript), mode, "--stdout", reloadFile)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		r.t.Logf("%s: %v", r.Name, err)
		return out, exit.ExitCode()
	}
	if err != nil {
		r.t.Fatalf("%s: %v", r.Name, err)
	}
	return out, 0
}

// parsePlan reads the two lists that frr-reload.py --test prints among its log
// lines.
func parsePlan(out string) (toDelete, toAdd []string) {
	var list *[]string
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "Lines To Delete":
			list = &toDelete
		case line == "Lines To Add":
			list = &toAdd
		case list == nil, line == "", strings.Trim(line, "=") == "":
		case strings.HasPrefix(line, " ") && len(*list) > 0:
			(*list)[len(*list)-1] += "\n" + line
		default:
			*list = append(*list, line)
		}
	}
	return toDelete, toAdd
}
