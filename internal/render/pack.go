package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/templates"
)

// A pack is the parsed templates of one platform.
type pack struct {
	sections   []*template.Template // in the order of the text
	companions []companionTemplate
}

// A companion is a file that belongs beside a router's own configuration.
type companion struct {
	file string      // name below companions/ without .tmpl
	ext  string      // <router>.<platform>.<ext>
	mode fs.FileMode // permission bits
}

type companionTemplate struct {
	companion
	template *template.Template
}

// Marks begin a line that says where the following text comes from: mark for
// everything up to the next one, markOne for the next line only. No router's
// text holds these bytes.
const (
	mark    = '\x01'
	markOne = '\x02'
)

// marks are the two templates that a pack may call.
const marks = `{{ define "at" }}` + "\n\x01" + `{{ . }}{{ end }}{{ define "of" }}` + "\n\x02" + `{{ . }}{{ end }}`

// withoutMarks takes the calls of the two out of a template. They are control
// lines of their own, and a rendering that nobody asked to annotate would pay
// for them more than for anything else.
func withoutMarks(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimLeft(line, " "), "{{- template ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// sectionsOf lists the files of a pack in the order of the text.
func sectionsOf(p plan.Platform) []string {
	switch p {
	case plan.IOSXE:
		return iosxeSections()
	case plan.Junos:
		return junosSections()
	case plan.FRR:
		return frrSections()
	}
	panic(fmt.Sprintf("render: no pack for platform %d", uint8(p)))
}

func companionsOf(p plan.Platform) []companion {
	if p == plan.FRR {
		return frrCompanions()
	}
	return nil
}

// loadPack parses a platform's templates.
func loadPack(p plan.Platform, annotate bool) (*pack, error) {
	root, err := template.New(p.String()).Funcs(funcs()).Option("missingkey=error").Parse(marks)
	if err != nil {
		return nil, err
	}
	parse := func(name string) (*template.Template, error) {
		path := p.String() + "/" + name + ".tmpl"
		text, err := fs.ReadFile(templates.FS, path)
		if err != nil {
			return nil, err
		}
		if !annotate {
			return root.New(path).Parse(withoutMarks(string(text)))
		}
		return root.New(path).Parse(string(text))
	}
	out := &pack{}
	for _, name := range sectionsOf(p) {
		t, err := parse(name)
		if err != nil {
			return nil, err
		}
		out.sections = append(out.sections, t)
	}
	for _, c := range companionsOf(p) {
		t, err := parse("companions/" + c.file)
		if err != nil {
			return nil, err
		}
		out.companions = append(out.companions, companionTemplate{c, t})
	}
	return out, nil
}

// text executes the sections one after the other, without the blank lines at
// their edges. The result is good until the writer is used again.
func (p *pack) text(view any, w *writer) ([]byte, error) {
	w.text.Reset()
	for _, t := range p.sections {
		if err := execute(t, view, w); err != nil {
			return nil, err
		}
	}
	return w.text.Bytes(), nil
}

// files renders the companions of one router: those that have something to
// say.
func (p *pack) files(router string, view any, w *writer) ([]artifact.File, error) {
	var out []artifact.File
	for _, c := range p.companions {
		w.text.Reset()
		if err := execute(c.template, view, w); err != nil {
			return nil, err
		}
		if w.text.Len() == 0 {
			continue
		}
		out = append(out, artifact.File{Name: router + ".frr." + c.ext, Mode: c.mode, Text: w.text.String()})
	}
	return out, nil
}

// execute appends one section to the text: whole lines, or nothing.
func execute(t *template.Template, view any, w *writer) error {
	w.section.Reset()
	if err := t.Execute(&w.section, view); err != nil {
		return err
	}
	if text := trimBlankLines(w.section.Bytes()); len(text) > 0 {
		w.text.Write(text)
		w.text.WriteByte('\n')
	}
	return nil
}

// trimBlankLines takes the newlines off both ends. Blanks that indent the
// first line stay.
func trimBlankLines(text []byte) []byte {
	for len(text) > 0 && text[0] == '\n' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	return text
}

// Digest returns the SHA-256 of all template packs in lower-case hexadecimal:
// their names and texts in the order of their names.
func Digest() string {
	sum := sha256.New()
	err := fs.WalkDir(templates.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templates.FS, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n%s\n", path, len(text), text)
		return nil
	})
	if err != nil {
		panic("render: the embedded templates cannot be read: " + err.Error())
	}
	return hex.EncodeToString(sum.Sum(nil))
}
