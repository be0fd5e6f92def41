package intent

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ercfg/ercfg/internal/diag"
)

// decode fills target (a pointer to a struct of this package) from n. A value
// of the wrong kind is left out: the schema has reported it, and its place
// stays set, so that it does not pass for absent. What is surely meant by a slip
// of the pen (a key with a typo, one value in place of a list, yes for true) is
// taken, so that nothing is said of what is only seemingly missing; since the
// schema refuses it, nothing is rendered from it.
func decode(n *node, target any) {
	into(reflect.ValueOf(target).Elem(), n, n)
}

// nodeDecoder is implemented by the types that YAML writes in two ways.
type nodeDecoder interface{ decodeNode(at, n *node) }

// into decodes n into v. The place of a mapping is its key's, at: that is
// where a person looks for it.
func into(v reflect.Value, at, n *node) {
	if n.kind == null {
		return
	}
	if d, ok := v.Addr().Interface().(nodeDecoder); ok {
		d.decodeNode(at, n)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if n.kind != mapping {
			if _, ok := v.Interface().(nodeDecoder); !ok {
				return
			}
		}
		v.Set(reflect.New(v.Type().Elem()))
		into(v.Elem(), at, n)
	case reflect.Slice:
		intoSlice(v, n)
	case reflect.Struct:
		if n.kind == mapping {
			intoStruct(v, at, n)
		}
	default:
		panic(fmt.Sprintf("intent: cannot decode into %s", v.Type()))
	}
}

// intoSlice decodes a list, or a mapping into a Map.
func intoSlice(v reflect.Value, n *node) {
	isMap := v.Type().Implements(reflect.TypeFor[interface{ isMap() }]())
	switch {
	case isMap && n.kind == mapping:
		v.Set(reflect.MakeSlice(v.Type(), len(n.content)/2, len(n.content)/2))
		for i := range v.Len() {
			key, value := &n.content[2*i], &n.content[2*i+1]
			entry := v.Index(i)
			entry.Field(0).Set(reflect.ValueOf(At[string]{V: key.text, Pos: key.pos()}))
			into(entry.Field(1), key, value)
		}
	case !isMap && n.kind == sequence:
		v.Set(reflect.MakeSlice(v.Type(), len(n.content), len(n.content)))
		for i := range n.content {
			into(v.Index(i), &n.content[i], &n.content[i])
		}
	case !isMap && (n.kind == mapping) == isRecord(v.Type().Elem()):
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		into(v.Index(0), n, n)
	}
}

// isRecord reports whether YAML writes t as a mapping and in no other way.
func isRecord(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(reflect.TypeFor[nodeDecoder]())
}

func intoStruct(v reflect.Value, at, n *node) {
	shape := shapeOf(v.Type())
	if shape.pos >= 0 {
		v.Field(shape.pos).Set(reflect.ValueOf(at.pos()))
	}
	var slips []int
	for i := 0; i < len(n.content); i += 2 {
		key, value := &n.content[i], &n.content[i+1]
		if field, ok := shape.fields[key.text]; ok {
			into(v.Field(field), key, value)
		} else {
			slips = append(slips, i)
		}
	}
	for _, i := range slips {
		key, value := &n.content[i], &n.content[i+1]
		// Behind a key that nothing defines may stand a secret of another form.
		meant := diag.Nearest(key.text, shape.names)
		if field, ok := shape.fields[meant]; ok && !secretKeys[meant] && v.Field(field).IsZero() {
			into(v.Field(field), key, value)
		}
	}
}

// A shape is what decode must know of a struct: which field a key fills, and
// which one holds the place.
type shape struct {
	fields map[string]int
	names  []string // of the fields
	pos    int      // -1: none
}

// shapes is a cache of pure facts about types; it never changes a result.
var shapes sync.Map // reflect.Type → shape

func shapeOf(t reflect.Type) shape {
	if s, ok := shapes.Load(t); ok {
		return s.(shape)
	}
	s := shape{fields: make(map[string]int), pos: -1}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		switch {
		case t.Field(i).Type == reflect.TypeFor[diag.Pos]():
			s.pos = i
		case name != "" && name != "-":
			s.fields[name], s.names = i, append(s.names, name)
		}
	}
	slices.Sort(s.names) // as the hint of the schema chooses among equally near ones
	shapes.Store(t, s)
	return s
}

func (Map[T]) isMap() {}

func (a *At[T]) decodeNode(_, n *node) {
	if n.kind == mapping || n.kind == sequence {
		return
	}
	a.Pos = n.pos()
	switch v := any(&a.V).(type) {
	case *string:
		if n.kind == text {
			*v = n.text
		}
	case *ASN:
		*v = ASN(n.text)
	case *int:
		if n.kind == integer {
			// A number beyond int64 becomes the largest one, which no key takes.
			*v, _ = strconv.Atoi(n.text)
		}
	case *bool:
		switch n.kind {
		case boolean:
			*v = strings.EqualFold(n.text, "true")
		case text: // as YAML 1.1 has it
			*v = strings.EqualFold(n.text, "yes") || strings.EqualFold(n.text, "on")
		}
	default:
		panic(fmt.Sprintf("intent: no scalar %T", a.V))
	}
}

func (v *VLAN) decodeNode(at, n *node) {
	v.Pos = at.pos()
	if n.kind == mapping {
		intoStruct(reflect.ValueOf(v).Elem(), at, n)
		return
	}
	v.Inner.decodeNode(at, n)
}

func (b *BFD) decodeNode(at, n *node) {
	b.Pos = at.pos()
	if n.kind == mapping {
		intoStruct(reflect.ValueOf(b).Elem(), at, n)
		return
	}
	b.Off.decodeNode(at, n)
	b.Off.V = n.kind == boolean && strings.EqualFold(n.text, "false")
}

func (o *Originate) decodeNode(at, n *node) {
	o.Pos = at.pos()
	if n.kind != mapping {
		o.Word.decodeNode(at, n)
		return
	}
	intoStruct(reflect.ValueOf(o).Elem(), at, n)
	// via takes one next hop, or one of each family.
	if _, via := n.get("via"); via != nil && via.kind == text {
		o.Via = []At[string]{{V: via.text, Pos: via.pos()}}
	}
}

func (p *Prepend) decodeNode(at, n *node) {
	p.Pos = at.pos()
	if n.kind == sequence {
		intoSlice(reflect.ValueOf(&p.ASNs).Elem(), n)
		return
	}
	p.Count.decodeNode(at, n)
}

func (r *RetiredPeering) decodeNode(at, _ *node) { r.Pos = at.pos() }
