package push

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/secret"
)

func values(texts ...string) []secret.Value {
	var out []secret.Value
	for _, t := range texts {
		out = append(out, secret.NewValue(t))
	}
	return out
}

func TestTranscript(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secrets []secret.Value
		steps   []string // > or <, then the bytes
		want    string
	}{
		"both ways":              {nil, []string{"<ce1#", ">show clock\n", "<show clock\r\n04:00\r\nce1#"}, "< ce1#\n> show clock\n< show clock\n< 04:00\n< ce1#\n"},
		"control characters":     {nil, []string{"<\x1b[Ka\rb\a\r\n", ">a\x16?\n"}, "< \\x1b[Ka\\rb\\x07\n> a\\x16?\n"},
		"line end in pieces":     {nil, []string{"<a\r", "<\nb\r\n"}, "< a\n< b\n"},
		"secret":                 {values("hunter2"), []string{">password hunter2\n", "<password hunter2 hunter\r\n"}, "> password (secret)\n< password (secret) hunter\n"},
		"secret in pieces":       {values("hunter2"), []string{"<password hu", "<nte", "<r2\r\n"}, "< password (secret)\n"},
		"no secret after all":    {values("hunter2"), []string{"<password hu", "<nted\r\n"}, "< password hunted\n"},
		"pieces both ways":       {values("hunter2"), []string{"<password hun", ">hun", "<ter2\r\n", ">ter2\n"}, "< password (secret)\n> (secret)\n"},
		"beginning of a secret":  {values("hunter2"), []string{"<password hunter"}, "< password (secret)\n"},
		"one in another":         {values("abcd", "abcdef"), []string{"<abcd", "<ef abcd", "<x abcd\n"}, "< (secret) (secret)x (secret)\n"},
		"overlapping":            {values("abcd", "cdef"), []string{"<abcd", "<efg\n"}, "< (secret)g\n"},
		"several lines":          {values("line one\nline two\n"), []string{"<line one\r\nline two\r\n"}, "< (secret)\n< (secret)\n"},
		"question mark as typed": {values("what?"), []string{">key what\x16?\n", "<key what?\r\n"}, "> key (secret)\n< key (secret)\n"},
		"short secret":           {values("abc"), []string{"<xabcx"}, "< xabcx\n"},
		"empty secret":           {values(""), []string{"<axb"}, "< axb\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text bytes.Buffer
			log := NewTranscript(&text, c.secrets)
			for _, step := range c.steps {
				log.record([]byte(step[1:]), step[0] == '>')
			}
			if err := log.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, text.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	log := NewTranscript(io.Discard, values("hunter2", "r2d2"))
	if got := log.Mask("a hunter2d2 b hunte"); got != "a (secret) b hunte" {
		t.Error(got)
	}
	var none *Transcript
	if got := none.Mask("text"); got != "text" || none.Close() != nil {
		t.Error(got)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestTranscriptCannotBeWritten(t *testing.T) {
	t.Parallel()
	log := NewTranscript(full{}, nil)
	log.sent([]byte("line\n"))
	if err := log.Close(); err == nil || err.Error() != "disk full" {
		t.Error(err)
	}
}

func TestTranscriptOfMany(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	log := NewTranscript(&text, values("hunter2"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				log.sent([]byte("out hunter2\n"))
				log.received([]byte("in\n"))
			}
		})
	}
	wg.Wait()
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text.String(), "> out (secret)\n"); n != 800 || strings.Count(text.String(), "< in\n") != 800 {
		t.Errorf("%d lines", n)
	}
}

// However the bytes come, no secret is in the text, and the text is the same.
func FuzzTranscript(f *testing.F) {
	f.Add("password hunter2 hunter\n", "hunter2", "ter", uint8(3))
	f.Add("aaaa", "aa", "aaa", uint8(1))
	f.Add("ababab\n", "abab", "ba", uint8(2))
	f.Fuzz(func(t *testing.T, text, one, two string, size uint8) {
		if strings.ContainsAny(one+two, "\r\n") || strings.Contains("(secret)(secret)", one) || strings.Contains("(secret)(secret)", two) || size == 0 {
			t.Skip()
		}
		write := func(step int) string {
			var out bytes.Buffer
			log := NewTranscript(&out, values(one, two))
			for at := 0; at < len(text); at += step {
				log.received([]byte(text[at:min(at+step, len(text))]))
			}
			log.received([]byte("\n"))
			_ = log.Close()
			return out.String()
		}
		whole, pieces := write(len(text)+1), write(int(size))
		if whole != pieces {
			t.Errorf("%q whole, %q in pieces", whole, pieces)
		}
	})
}
