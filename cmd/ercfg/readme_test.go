package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/golden"
)

// What the README shows is what ercfg prints. Its YAML block is site.yaml;
// every line of a console block that begins with $ is run, and what follows is
// compared with the output, standard error included.
func TestReadme(t *testing.T) {
	t.Parallel()
	const path = "../../README.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var out strings.Builder
	language := ""
	var site strings.Builder
	for line := range strings.Lines(string(text)) {
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && language == "":
			language = strings.TrimSpace(fence) + " block"
		case isFence:
			if language == "yaml block" {
				if err := os.WriteFile(filepath.Join(dir, "site.yaml"), []byte(site.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			language = ""
		case language == "yaml block":
			site.WriteString(line)
		case language == "console block":
			command, isCommand := strings.CutPrefix(line, "$ ")
			if !isCommand {
				continue // what the command printed last time
			}
			out.WriteString(line + run(t, dir, command))
			continue
		}
		out.WriteString(line)
	}
	golden.Equal(t, path, out.String())
}

// run returns what a shell prints for command, in dir.
func run(t *testing.T, dir, command string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return string(output)
}
