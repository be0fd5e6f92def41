package ticket

import (
	"encoding/xml"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestSVGGeometry(t *testing.T) {
	t.Parallel()
	for name, d := range pictures(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLayout(d)
			for i := range l.boxes {
				b := &l.boxes[i]
				if b.x < 0 || b.y < headY || b.x+b.w > l.width() || b.y+b.h > l.h-legendY {
					t.Errorf("box %q leaves the picture", b.text())
				}
				for j := range i {
					if o := &l.boxes[j]; b.parent != j && o.parent != i && b.overlaps(o) {
						t.Errorf("boxes %q and %q overlap", b.text(), o.text())
					}
				}
				if b.parent >= 0 && !l.boxes[b.parent].holds(b) {
					t.Errorf("box %q leaves its frame", b.text())
				}
				checkRows(t, l, i)
			}
			for _, w := range l.wires {
				if !l.boxes[w.from].onBorder(w.x1, w.y1) || !l.boxes[w.to].onBorder(w.x2, w.y2) {
					t.Errorf("edge %q ends at %d,%d and %d,%d, not on borders", w.title, w.x1, w.y1, w.x2, w.y2)
				}
				if w.shape == bulging && w.x1-bulge < 0 {
					t.Errorf("edge %q leaves the picture", w.title)
				}
				if w.shape == vertical && w.y2-w.y1 < routerGap {
					t.Errorf("edge %q has no room for its word: from %d to %d", w.title, w.y1, w.y2)
				}
			}
		})
	}
}

// checkRows fails where a line leaves its box, lies on another, or is covered by
// a box in the frame.
func checkRows(t *testing.T, l *layout, at int) {
	t.Helper()
	b := &l.boxes[at]
	for j, r := range b.rows {
		size := sizeOf(r.bold)
		if r.x < b.x+pad || r.x+textWidth(r.text, size, r.bold) > b.x+b.w-pad || r.y-size < b.y || r.y+4 > b.y+b.h {
			t.Errorf("line %q leaves its box", r.text)
		}
		if j > 0 && r.y-b.rows[j-1].y < lineY {
			t.Errorf("line %q lies on the one above", r.text)
		}
		if r.whole != "" && (r.whole == r.text || !strings.Contains(r.text, "…")) {
			t.Errorf("line %q is cut without a sign", r.text)
		}
		line := box{x: r.x, y: r.y - size, w: 1, h: size + 3}
		for k := range l.boxes {
			if l.boxes[k].parent == at && line.overlaps(&l.boxes[k]) {
				t.Errorf("line %q lies under %q", r.text, l.boxes[k].text())
			}
		}
	}
}

func (b *box) text() string { return b.rows[0].text }

func (b *box) overlaps(o *box) bool {
	return b.x < o.x+o.w && o.x < b.x+b.w && b.y < o.y+o.h && o.y < b.y+b.h
}

func (b *box) holds(o *box) bool {
	return b.x < o.x && o.x+o.w < b.x+b.w && b.y < o.y && o.y+o.h < b.y+b.h
}

func (b *box) onBorder(x, y int) bool {
	inX, inY := b.x <= x && x <= b.x+b.w, b.y <= y && y <= b.y+b.h
	return inX && inY && (x == b.x || x == b.x+b.w || y == b.y || y == b.y+b.h)
}

// Boxes that want the same place stand around it, and none comes near another.
func TestSpread(t *testing.T) {
	t.Parallel()
	l := &layout{nodes: []int{0, 1, 2}, boxes: []box{{h: 40}, {h: 60}, {h: 40}}}
	l.spread([]int{0, 1, 2}, map[int]int{0: 500, 1: 500, 2: 500}, 10)
	for i, want := range []int{420, 470, 540} {
		if got := l.boxes[i].y; got != want {
			t.Errorf("box %d at %d, want %d", i, got, want)
		}
	}
}

func TestSVGIsOneCleanElement(t *testing.T) {
	t.Parallel()
	for name, d := range pictures(t) {
		got := d.SVG()
		roots, texts, depth := 0, 0, 0
		in := xml.NewDecoder(strings.NewReader(got))
		for {
			token, err := in.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				switch e.Name.Local {
				case "svg", "title", "desc", "style", "rect", "path", "text":
				default:
					t.Errorf("%s: element %s", name, e.Name.Local)
				}
				if depth == 0 {
					roots++
				}
				if e.Name.Local == "text" {
					texts++
				}
				depth++
			case xml.EndElement:
				depth--
			}
		}
		if roots != 1 || texts < columns {
			t.Errorf("%s: %d roots, %d texts", name, roots, texts)
		}
		for _, want := range []string{`role="img"`, `aria-labelledby="topology-title topology-desc"`, `<title id="topology-title">`, `<desc id="topology-desc">`, `width="100%"`, ` viewBox="0 0 `} {
			if strings.Count(got, want) != 1 {
				t.Errorf("%s: %d times %s", name, strings.Count(got, want), want)
			}
		}
		for _, bad := range []string{"@import", "url(", "href", "@font-face", "http:"} {
			if strings.Contains(strings.Replace(got, `xmlns="http://www.w3.org/2000/svg"`, "", 1), bad) {
				t.Errorf("%s: contains %s", name, bad)
			}
		}
		if d.SVG() != got {
			t.Errorf("%s: differs from run to run", name)
		}
	}
}

// What is cut is whole in a tooltip, and an edge tells what it is.
func TestSVGTells(t *testing.T) {
	t.Parallel()
	got := newDiagram(manySites(4)).SVG()
	for _, want := range []string{
		"<title>" + escaped(string(awkwardLabel)) + "</title>",
		">2001:db8:ffff:ffff:ffff:ffff:ffff:fff1<", ">– 2001:db8:ffff:ffff:ffff:ffff:ffff:fff2<",
		"…-long-000</text>", "<title>router-with-a-name-that-is-long-000</title>",
		"Link er-000 primary from router-with-a-name-that-is-long-000, preferred.",
		"Link er-001 secondary from router-with-a-name-that-is-long-002, backup.",
		"<title>iBGP router-with-a-name-that-is-long-000 – router-with-a-name-that-is-long-003, IPv4</title>",
		">link, preferred<", ">link, backup<", ">iBGP<",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if strings.Contains(got, ">IPsec, ") {
		t.Error("the legend tells of IPsec, and there is none")
	}
}

// The style is in force on the whole page: every rule is the picture's.
func TestSVGStyleStaysInThePicture(t *testing.T) {
	t.Parallel()
	style := regexp.MustCompile(`@media[^{]*\{(.*)\}`).ReplaceAllString(svgStyle, "$1")
	for _, rule := range regexp.MustCompile(`([^{}]+)\{[^{}]*\}`).FindAllStringSubmatch(style, -1) {
		for selector := range strings.SplitSeq(rule[1], ",") {
			if !strings.HasPrefix(strings.TrimSpace(selector), ".topology") {
				t.Errorf("selector %q reaches beyond the picture", selector)
			}
		}
	}
}

// WCAG 2.1: text needs a contrast of 4.5 (success criterion 1.4.3), a line 3
// (1.4.11), on whatever it lies on.
func TestSVGContrast(t *testing.T) {
	t.Parallel()
	schemes := regexp.MustCompile(`\.topology \{ (--t-ink[^}]*) \}`).FindAllStringSubmatch(svgStyle, -1)
	if len(schemes) != 3 {
		t.Fatalf("%d colour schemes, want light, dark and print", len(schemes))
	}
	for i, scheme := range schemes {
		colour := make(map[string]float64)
		for _, m := range regexp.MustCompile(`--t-(\w+): #([0-9a-f]+)`).FindAllStringSubmatch(scheme[1], -1) {
			colour[m[1]] = luminance(t, m[2])
		}
		for _, ground := range []string{"paper", "box", "router", "azure"} {
			for front, least := range map[string]float64{"ink": 4.5, "quiet": 4.5, "edge": 3, "line": 3, "first": 3} {
				a, b := colour[ground], colour[front]
				if c := (max(a, b) + .05) / (min(a, b) + .05); c < least {
					t.Errorf("scheme %d: %s on %s has contrast %.2f, want %.1f", i, front, ground, c, least)
				}
			}
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	var sum float64
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		if c := float64(n) / 255; c <= .04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+.055)/1.055, 2.4)
		}
	}
	return sum
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text  string
		width int
		want  row
	}{
		{"short", 100, row{text: "short"}},
		{"a name that is too long", 80, row{text: "a name th…", whole: "a name that is too long"}},
		{"x", 0, row{whole: "x"}},
		{"router-of-a-site-001", 120, row{text: "router…e-001", whole: "router-of-a-site-001", bold: true}},
	} {
		if got := fit(tt.text, tt.width, sizeOf(tt.want.bold), tt.want.bold); got != tt.want {
			t.Errorf("%q in %d: %+v, want %+v", tt.text, tt.width, got, tt.want)
		}
	}
}
