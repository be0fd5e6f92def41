package render

import (
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// funcs is everything that a template may call beside the language itself.
// Of sprig it takes pure functions only, by name: the whole map has a random
// key order, random numbers, the clock, and an atoi that turns junk into 0.
func funcs() template.FuncMap {
	allowed := template.FuncMap{}
	all := sprig.TxtFuncMap()
	for _, name := range [...]string{
		"join", // join " " .Prepend
	} {
		allowed[name] = all[name]
	}
	return allowed
}
