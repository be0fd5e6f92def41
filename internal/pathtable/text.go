package pathtable

import (
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// The measures of the text form.
const (
	narrowest = 40 // a terminal of fewer columns is taken to have these
	indent    = "  "
	gap       = "  "
	least     = 10 // a column of words is not made narrower
	shortest  = 4  // a word is broken behind a sign only where this much is left of it
)

// The escape sequences of a mark: bold and red, and back.
const (
	markOn  = "\x1b[1;31m"
	markOff = "\x1b[0m"
)

// Terminal is what text is written for. The zero Terminal is no terminal but a
// pipe or a file.
type Terminal struct {
	Colour  bool // of the marks CLEAR TEXT, DEAD END and none
	Columns int  // where lines are wrapped; 0: nowhere
}

// WriteText writes t for a person. A scenario's name is never wrapped: it is
// there to be copied, and one that is too long has a line of its own. The error
// is the writer's.
func (t Table) WriteText(w io.Writer, on Terminal) error {
	if on.Columns == 0 {
		on.Columns = math.MaxInt
	}
	on.Columns = max(on.Columns, narrowest)
	var out strings.Builder
	for i := range t.Blocks {
		if i > 0 {
			out.WriteByte('\n')
		}
		t.Blocks[i].text(&out, on)
	}
	if len(t.Why) > 0 && len(t.Blocks) > 0 {
		out.WriteByte('\n')
	}
	for _, step := range t.Why {
		body := strings.TrimLeft(step, " ")
		lead := step[:len(step)-len(body)]
		for i, line := range wrap(body, max(on.Columns-len(lead)-len(indent), least)) {
			if i > 0 {
				line = indent + line
			}
			out.WriteString(lead + line + "\n")
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// A line of a grid is a row of cells, which are wrapped when they are written.
type line struct {
	names []string // of the first column; empty: an earlier line of the row has them
	cells []string // of the others; the first is empty
	// follows says that the next line belongs to the same row of the table: what
	// is left of the names goes beside it.
	follows bool
}

func (b *Block) text(out *strings.Builder, on Terminal) {
	for i, l := range wrap(b.title(), on.Columns-len(indent)) {
		if i > 0 {
			l = indent + l
		}
		out.WriteString(l + "\n")
	}
	grid, widths := b.grid()
	fit(grid, widths, on.Columns)
	var left []string
	for _, l := range grid {
		left = l.text(out, widths, left, on.Colour)
	}
	for _, sentence := range b.rest() {
		for _, l := range pack(words(sentence), on.Columns-len(indent)) {
			out.WriteString(indent + l + "\n")
		}
	}
}

// grid lays b out, and measures its columns.
func (b *Block) grid() (grid []line, widths []int) {
	grid = []line{{names: []string{headScenario}, cells: []string{"", "", headTo, headFrom, headWaitTo, headWaitFrom}}}
	for i := range b.Rows {
		r := &b.Rows[i]
		for j, f := range r.Flows {
			l := line{
				cells:   []string{"", r.family(j), to(f), f.From.String(), span(f.To.Wait, false), span(f.From.Wait, false)},
				follows: j < len(r.Flows)-1,
			}
			if j == 0 {
				l.names = each(r.Scenarios)
			}
			grid = append(grid, l)
		}
	}
	for _, i := range []int{4, 5} { // without a wait there is no column
		if !slices.ContainsFunc(grid[1:], func(l line) bool { return l.cells[i] != "" }) {
			grid[0].cells[i] = ""
		}
	}
	widths = make([]int, len(grid[0].cells))
	for _, l := range grid {
		widths[0] = max(widths[0], utf8.RuneCountInString(strings.Join(l.names, " ")))
		for i, cell := range l.cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return grid, widths
}

// width is that of the whole table. An empty column takes no room.
func width(widths []int) int {
	total := len(indent)
	for i, w := range widths {
		if w > 0 && i > 0 {
			total += len(gap)
		}
		total += w
	}
	return total
}

// fit takes from the widest of the names and the paths what the terminal does
// not have: first what breaks between names and at spaces, then the longest
// names, which get lines of their own, and last whatever it may be of the paths.
// The other columns are short and keep theirs.
func fit(grid []line, widths []int, columns int) {
	whole := []int{least, 0, least, least, 0, 0} // what a column needs to keep names and words whole
	for _, l := range grid {
		for i, list := range [][]string{0: l.names, 2: words(l.cells[2]), 3: words(l.cells[3])} {
			for _, w := range list {
				whole[i] = max(whole[i], utf8.RuneCountInString(w))
			}
		}
	}
	for width(widths) > columns {
		widest := -1
		for _, i := range []int{0, 2, 3} {
			if widths[i] > whole[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		switch {
		case widest >= 0:
			widths[widest]--
		case whole[0] > least:
			whole[0] = least
		case whole[2] > least || whole[3] > least:
			whole[2], whole[3] = least, least
		default:
			return
		}
	}
}

// text writes l, whose cells are wrapped to the widths. Left are names that had
// no place beside the line before; it returns those of its own.
func (l line) text(out *strings.Builder, widths []int, left []string, colour bool) []string {
	beside := append(left, pack(l.names, widths[0])...)
	for i := len(beside) - 1; i >= 0; i-- {
		if utf8.RuneCountInString(beside[i]) > widths[0] { // it stands above the cells, with what precedes it
			for _, name := range beside[:i+1] {
				out.WriteString(indent + name + "\n")
			}
			beside = beside[i+1:]
			break
		}
	}
	height := 1
	cells := make([][]string, len(l.cells))
	for i, cell := range l.cells {
		if cell != "" {
			cells[i] = wrap(cell, widths[i])
		}
		height = max(height, len(cells[i]))
	}
	cells[0] = beside
	if left = nil; l.follows && len(beside) > height {
		cells[0], left = beside[:height], beside[height:]
	}
	height = max(height, len(cells[0]))
	for row := range height {
		pending := indent // spaces are written when something follows them
		for i, cell := range cells {
			text := ""
			if row < len(cell) {
				text = cell[row]
			}
			if text != "" {
				out.WriteString(pending)
				pending = ""
				paint(out, text, colour && i > 0)
			}
			if widths[i] > 0 {
				pending += strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)) + gap
			}
		}
		out.WriteByte('\n')
	}
	return left
}

// paint writes a cell with its marks in colour.
func paint(out *strings.Builder, text string, colour bool) {
	for _, p := range pieces(text) {
		if p.marked && colour {
			out.WriteString(markOn + p.text + markOff)
			continue
		}
		out.WriteString(p.text)
	}
}

// wrap breaks text at spaces into lines of width runes at most. A mark stays
// in one piece. A word that is longer than a line is broken behind a sign, or
// anywhere.
func wrap(text string, width int) []string {
	if utf8.RuneCountInString(text) <= width {
		return []string{text}
	}
	var short []string // parts of one word never share a line: chop parts it as late as it can
	for _, w := range words(text) {
		short = append(short, chop(w, width)...)
	}
	return pack(short, width)
}

// pack puts words into lines of width runes at most. A longer word has a line
// of its own.
func pack(words []string, width int) []string {
	var lines []string
	for _, w := range words {
		if n := len(lines); n > 0 && utf8.RuneCountInString(lines[n-1])+1+utf8.RuneCountInString(w) <= width {
			lines[n-1] += " " + w
			continue
		}
		lines = append(lines, w)
	}
	return lines
}

// words splits text at spaces, but for those inside of a mark, between a number
// and its unit, and between the failures of one scenario.
func words(text string) []string {
	var out []string
	for _, w := range strings.Fields(text) {
		if n := len(out); n > 0 {
			joined := out[n-1] + " " + w
			if w == "s" || w == "+" || strings.HasSuffix(out[n-1], " +") || slices.ContainsFunc(marks, func(m string) bool { return joined == m || joined == m+"," }) {
				out[n-1] = joined
				continue
			}
		}
		out = append(out, w)
	}
	return out
}

// chop breaks one word.
func chop(w string, width int) []string {
	var out []string
	for runes := []rune(w); ; {
		if len(runes) <= width {
			return append(out, string(runes))
		}
		at := width
		for i := width; i > shortest; i-- {
			if strings.ContainsRune(".(:/-∥|", runes[i-1]) {
				at = i
				break
			}
		}
		out = append(out, string(runes[:at]))
		runes = runes[at:]
	}
}
