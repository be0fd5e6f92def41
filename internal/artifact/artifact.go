// Package artifact holds the rendered configuration of one router: its text,
// its companion files, its digest and its place on disk.
//
// In comes finished text; out go bytes. The package renders nothing, knows no
// vendor and never holds the value of a secret: the text carries placeholders.
// It is the one pure package that also reads and writes files.
package artifact
