package push

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func show(pieces ...string) (lines, line string) {
	var p plain
	var s screen
	for _, piece := range pieces {
		s.write(p.take(nil, []byte(piece)))
	}
	return string(s.lines), string(s.current())
}

func TestScreen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, lines, line string }{
		"lines":                 {"a\r\nb\nc", "a\nb\n", "c"},
		"colours":               {"\x1b[1;32mok\x1b[0m\n", "ok\n", ""},
		"title":                 {"\x1b]0;ce1\x07a\x1b]2;x\x1b\\b\n", "ab\n", ""},
		"character set":         {"\x1b(B\x1b)0a\x1b=b\x1b>\n", "ab\n", ""},
		"carriage return":       {"abc\rX\n", "Xbc\n", ""},
		"erased":                {"abc\r\x1b[Kx\n", "x\n", ""},
		"erased by blanks":      {"--More--\r        \rtext\n", "text\n", ""},
		"blanks at the end":     {"text  \n", "text  \n", ""},
		"backspace":             {"abd\bc\n", "abc\n", ""},
		"backspace at the edge": {"\b\ba\n", "a\n", ""},
		"left and right":        {"abcd\x1b[3DX\x1b[1CY\n", "aXcY\n", ""},
		"column":                {"abcd\x1b[2GX\x1b[6GY\n", "aXcd Y\n", ""},
		"bell and null":         {"a\a\x00b\x7f\n", "ab\n", ""},
		"tab stays":             {"a\tb\n", "a\tb\n", ""},
		"open sequence":         {"a\x1b[12", "", "a"},
		"overlong sequence":     {"\x1b[1111111111111111111111111111111111111111Cx\n", "1111111Cx\n", ""},
		"nonsense as a number":  {"\x1b[99999999Da\n", "a\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, line := show(c.in)
			if diff := cmp.Diff([]string{c.lines, c.line}, []string{lines, line}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A screen does not depend on how its bytes come, and a prompt is found in any.
func FuzzPrompt(f *testing.F) {
	f.Add("\x1b[?2004hce1(config)# ", uint8(1))
	f.Add("[edit]\r\nnetops@ce1# ", uint8(5))
	f.Add("abc\r\x1b[Kce1#\r\n*Nov 27 04:00:00.123: %SYS-5-CONFIG_I: x\r\n", uint8(7))
	f.Add(" --More-- \b\b\b\x1b[5Gx\x1b[2C\x1b[3D", uint8(2))
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		step := int(size) + 1
		var pieces []string
		for at := 0; at < len(text); at += step {
			pieces = append(pieces, text[at:min(at+step, len(text))])
		}
		lines, line := show(text)
		if pieceLines, pieceLine := show(pieces...); pieceLines != lines || pieceLine != line {
			t.Errorf("%q, %q whole; %q, %q in pieces", lines, line, pieceLines, pieceLine)
		}
		for _, d := range []dialect{frrDialect(), iosxeDialect(), junosDialect()} {
			s := shell{conn: &Conn{}, d: d, name: "ce1", screen: screen{lines: []byte(lines), line: []byte(line)}}
			if prompt, ok := s.atPrompt("", true); ok && d.name(prompt) == "" {
				t.Errorf("the prompt %q has no name", prompt)
			}
			_, _, _ = s.isQuestion("x"), s.text("x"), s.seen()
		}
	})
}
