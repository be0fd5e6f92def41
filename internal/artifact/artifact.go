// Package artifact holds the rendered configuration of one router: its text,
// its companion files, its digest and its place on disk.
//
// In comes finished text; out go bytes. The package renders nothing, knows no
// vendor and never holds the value of a secret: the text carries placeholders.
// It is the one pure package that also reads and writes files.
package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"

	"github.com/ercfg/ercfg/internal/secret"
)

// Config is everything that ercfg makes for one router.
type Config struct {
	Router   string // name in the intent
	Platform string // the intent's word: ios-xe, junos, frr
	Name     string // file name of Text, such as ce1.ios-xe.cfg
	Text     string // complete lines, secrets as placeholders
	// Lines are the lines of Text without the comments of an annotated
	// rendering, each with the intent path that made it. Nil unless annotated.
	Lines []Line
	// Companions belong on the router beside its own configuration: on Linux
	// the VLAN devices and the daemons. Sorted by name.
	Companions []File
	// Secrets are the references whose placeholders stand in Text, each once,
	// sorted by their text.
	Secrets []secret.Ref
}

// Line is a line of a configuration.
type Line struct {
	Text   string // without the newline
	Origin string // intent path; empty for brackets and separators
}

// File is a companion file.
type File struct {
	Name string      // file name, such as ce1.frr.daemons
	Mode fs.FileMode // permission bits
	Text string
}

// Digest returns the SHA-256 of the text in lower-case hexadecimal.
func (c Config) Digest() string { return digest(c.Text) }

// Digest returns the SHA-256 of the text in lower-case hexadecimal.
func (f File) Digest() string { return digest(f.Text) }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
