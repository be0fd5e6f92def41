package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// A build is what the Go linker recorded about this program.
type build struct {
	Schema   string `json:"$schema"`
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of the commit; empty when built without version control
	Modified bool   `json:"modified"`           // the tree was not the commit's
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// versionSchemaID is the $id of the published schema of a build.
const versionSchemaID = "https://github.com/ercfg/ercfg/schema/v1/version.schema.json"

// readBuild returns what is known of this build. A program that was built from
// a bare directory says (devel).
func readBuild() build {
	b := build{Schema: versionSchemaID, Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of ercfg",
		Long:    `version prints the version of ercfg and of the Go toolchain that built it.`,
		Example: `  ercfg version`,
		Args:    exactly(),
		RunE:    func(*cobra.Command, []string) error { return product(a.version(readBuild())) },
	}
}

func (a *app) version(b build) error {
	if a.output == "json" {
		return writeJSON(a.stdout, b)
	}
	text := "ercfg " + b.Version
	if b.Revision != "" {
		text += ", revision " + b.Revision
	}
	if b.Modified {
		text += " (modified)"
	}
	_, err := fmt.Fprintf(a.stdout, "%s\n%s %s\n", text, b.Go, b.Platform)
	return err
}
