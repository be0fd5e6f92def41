package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/schema"
)

// profiles are the starter intents.
//
//go:embed profile/*.yaml
var profiles embed.FS

// schemaFile is what init calls the schema beside an intent.
const schemaFile = "ercfg.schema.json"

func (a *app) initCommand() *cobra.Command {
	var profile, file string
	names := profileNames()
	cmd := &cobra.Command{
		Use:   "init [--profile NAME] [-o FILE]",
		Short: "Print an intent to start from",
		Long: `init prints a commented intent to start from. Its first line points editors to
the schema, so that they complete keys and mark mistakes. With -o it writes FILE
and, beside it, ` + schemaFile + `. It overwrites nothing.

Profiles:
  private    one circuit, two routers of two vendors, IPv4
  one-ce     one circuit, both links on one router, IPv4 and IPv6`,
		Example: `  ercfg init -o site.yaml
  ercfg init --profile one-ce > site.yaml`,
		Args: exactly(),
		RunE: func(*cobra.Command, []string) error {
			text, err := profiles.ReadFile("profile/" + profile + ".yaml")
			if err != nil {
				panic(fmt.Sprintf("init: profile %s is not embedded: %v", profile, err))
			}
			if file == "" {
				_, err := a.stdout.Write(text)
				return product(err)
			}
			return a.writeStarter(file, text)
		},
	}
	cmd.Flags().Var(newChoice(&profile, names...), "profile", "what the network looks like")
	cmd.Flags().StringVarP(&file, "to", "o", "", "write `FILE` and the schema beside it")
	return cmd
}

// profileNames lists the profiles, the default first.
func profileNames() []string {
	entries, err := profiles.ReadDir("profile")
	if err != nil {
		panic(fmt.Sprintf("init: the profiles are not embedded: %v", err))
	}
	names := []string{"private"}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".yaml"); name != names[0] {
			names = append(names, name)
		}
	}
	return names
}

// writeStarter writes an intent and its schema, or refuses.
func (a *app) writeStarter(file string, text []byte) error {
	beside := filepath.Join(filepath.Dir(file), schemaFile)
	if err := writeNew(file, text); err != nil {
		return err
	}
	err := writeSchema(beside)
	if err != nil {
		return errors.Join(err, os.Remove(file)) // both or none
	}
	a.tell("%s and %s are written; next: ercfg validate %s", shown(file), shown(beside), shown(file))
	return nil
}

// writeSchema writes the intent's schema to path. An older ercfg's is
// replaced; anything else stays.
func writeSchema(path string) error {
	err := writeNew(path, schema.Intent)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	before, err := os.ReadFile(path)
	switch {
	case err != nil:
		return err
	case bytes.Equal(before, schema.Intent):
		return nil
	case !bytes.Contains(before, []byte(intent.SchemaID)):
		return fmt.Errorf("%s is there already and is no schema of ercfg; move it away", shown(path))
	}
	next := path + ".new"
	if err := writeNew(next, schema.Intent); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return nil
}

// writeNew creates a file whole, or not at all. It never overwrites one.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w; nothing was overwritten", shown(path), fs.ErrExist)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: there is no directory %s; make it first", shown(path), shown(filepath.Dir(path)))
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", shown(path), err), os.Remove(path))
	}
	return nil
}
