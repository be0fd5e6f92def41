package confdiff

// junosDepth is how many blocks may stand in each other. The deepest hierarchy
// of the vendor's models has fewer than forty.
const junosDepth = 64

// A junosBraceReader holds what has been read of the statement at hand.
type junosBraceReader struct {
	tree   *junosTree
	lexer  junosLexer
	blocks []int32 // nodes of the open blocks
	words  []junosToken
	list   []junosToken
	inList bool
	listed bool // a list is closed
	off    bool // inactive:
	skip   int  // blocks open within one that is tagged delete:
	drop   bool // delete:
}

// readJunosBraces reads text in braces from a line on. Such text comes from a
// router, which cuts no keyword short; and other languages have braces, too.
func readJunosBraces(t *junosTree, lines []string, first int) error {
	t.nodes[junosRoot].rule = nil
	r := junosBraceReader{tree: t, lexer: junosLexer{lines: lines, line: first, braces: true}}
	for {
		token, ok, err := r.lexer.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if err := r.token(token); err != nil {
			return err
		}
	}
	if len(r.blocks)+r.skip > 0 || r.inList {
		return junosFault(len(lines)-1, "the text ends within a block")
	}
	return nil
}

// token takes the next. Outside of all blocks a line that ends without ; or { is
// none of the configuration's.
func (r *junosBraceReader) token(t junosToken) error {
	if t.first && !t.mark && !r.inList && len(r.blocks)+r.skip == 0 {
		r.clear()
	}
	switch {
	case !t.mark && r.inList:
		r.list = append(r.list, t)
	case !t.mark && r.listed:
		return junosFault(t.line, "a word after a list")
	case !t.mark:
		r.word(t)
	case t.text == "[":
		if len(r.words) == 0 || r.inList || r.listed {
			return junosFault(t.line, "a list without a name")
		}
		r.inList = true
	case t.text == "]":
		if !r.inList {
			return junosFault(t.line, "] without [")
		}
		r.inList, r.listed = false, true
	case r.inList:
		return junosFault(t.line, "a list without an end")
	case t.text == ";":
		return r.statement(t.line)
	case t.text == "{":
		return r.open(t.line)
	default:
		return r.close(t.line)
	}
	return nil
}

// word takes a word, or a tag in front of a statement.
func (r *junosBraceReader) word(t junosToken) {
	if len(r.words) == 0 && !t.quoted {
		switch t.text {
		case "inactive:":
			r.off = true
			return
		case "delete:":
			r.drop = true
			return
		case "protect:", "unprotect:", "replace:", "active:":
			return
		}
	}
	r.words = append(r.words, t)
}

// statement ends one. A bare ; is none.
func (r *junosBraceReader) statement(line int) error {
	defer r.clear()
	if r.skip > 0 || r.drop || len(r.words) == 0 {
		return nil
	}
	secret := r.lexer.flagged()
	if !r.listed {
		r.tree.off(r.tree.add(r.top(), r.words, secret), r.off)
		return nil
	}
	node := r.tree.add(r.top(), r.words, false)
	r.tree.off(node, r.off)
	for i := range r.list {
		r.tree.add(node, r.list[i:i+1], secret)
	}
	return nil
}

func (r *junosBraceReader) open(line int) error {
	if r.listed || len(r.words) == 0 {
		return junosFault(line, "a block without a name")
	}
	if len(r.blocks)+r.skip >= junosDepth {
		return junosFault(line, "more blocks in each other than Junos has")
	}
	if r.skip > 0 || r.drop {
		r.skip++
	} else {
		node := r.tree.add(r.top(), r.words, r.lexer.flagged())
		r.tree.off(node, r.off)
		r.blocks = append(r.blocks, node)
	}
	r.clear()
	return nil
}

func (r *junosBraceReader) close(line int) error {
	switch {
	case len(r.words) > 0:
		return junosFault(line, "a statement without ;")
	case r.skip > 0:
		r.skip--
	case len(r.blocks) == 0:
		return junosFault(line, "} without {")
	default:
		r.blocks = r.blocks[:len(r.blocks)-1]
	}
	return nil
}

func (r *junosBraceReader) top() int32 {
	if n := len(r.blocks); n > 0 {
		return r.blocks[n-1]
	}
	return junosRoot
}

func (r *junosBraceReader) clear() {
	r.words, r.list, r.listed, r.off, r.drop = r.words[:0], r.list[:0], false, false, false
}
