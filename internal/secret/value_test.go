package secret

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// Each printer gets the value bare, behind a pointer, and in exported and
// unexported fields, slices and maps.
func TestValueIsNeverPrinted(t *testing.T) {
	t.Parallel()
	const text = "hunter2"
	v := NewValue(text)
	type holder struct {
		Shown  Value
		hidden Value
		List   []Value
		Map    map[string]Value
		Any    any
	}
	h := holder{v, v, []Value{v}, map[string]Value{"k": v}, v}
	shapes := map[string]any{"bare": v, "pointer": &v, "struct": h, "pointer to struct": &h, "slice": []Value{v}, "key": map[Value]int{v: 1}}
	printers := map[string]func(any) string{
		"JSON": func(x any) string { b, err := json.Marshal(x); return fmt.Sprint(string(b), err) },
		"XML":  func(x any) string { b, err := xml.Marshal(x); return fmt.Sprint(string(b), err) },
		"slog text": func(x any) string {
			var b bytes.Buffer
			slog.New(slog.NewTextHandler(&b, nil)).Info("m", "x", x)
			return b.String()
		},
		"slog JSON": func(x any) string {
			var b bytes.Buffer
			slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "x", x)
			return b.String()
		},
		"error": func(x any) string { return errors.Join(fmt.Errorf("x: %v", x)).Error() },
	}
	for _, verb := range "vsqxXdobtcUpeEfgGT" {
		for _, flags := range []string{"", "+", "#", "020.9", "-", " "} {
			format := "%" + flags + string(verb)
			printers[format] = func(x any) string { return fmt.Sprintf(format, x) }
		}
	}
	forms := []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), fmt.Sprintf("% x", text), fmt.Sprint([]byte(text))}
	for shape, x := range shapes {
		for printer, print := range printers {
			got := print(x)
			for _, form := range forms {
				if strings.Contains(got, form) {
					t.Errorf("%s of %s shows the secret: %s", printer, shape, got)
				}
			}
		}
	}
}

func TestValueSaysThatItHides(t *testing.T) {
	t.Parallel()
	v := NewValue("hunter2")
	text, errText := v.MarshalText()
	encoded, errJSON := json.Marshal(v)
	if errText != nil || errJSON != nil {
		t.Fatal(errText, errJSON)
	}
	for name, got := range map[string]string{
		"String": v.String(), "GoString": v.GoString(), "MarshalText": string(text), "MarshalJSON": strings.Trim(string(encoded), `"`),
		"LogValue": v.LogValue().String(), "%d": fmt.Sprintf("%d", v), "%#v": fmt.Sprintf("%#v", v),
	} {
		if got != redacted {
			t.Errorf("%s gives %q, want %q", name, got, redacted)
		}
	}
}

func TestReveal(t *testing.T) {
	t.Parallel()
	if got := NewValue("hunter2").Reveal(); got != "hunter2" {
		t.Errorf("Reveal gives %q", got)
	}
	if got := (Value{}).Reveal(); got != "" {
		t.Errorf("Reveal of the zero Value gives %q", got)
	}
}
