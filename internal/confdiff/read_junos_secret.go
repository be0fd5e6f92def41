package confdiff

import (
	"strings"
)

// hides reports whether a word below a node is a secret: by what stands in front
// of it, or by its own look.
func (t *junosTree) hides(at int32, w *junosToken) bool {
	if w.masked || junosCrypt(w.text) || junosPlaceholder(w.text) {
		return true
	}
	if t.nodes[at].up == junosRoot {
		return false
	}
	// What the vendor's models (24.4R1) type as unreadable, and what they should.
	switch t.nodes[at].word {
	case "authentication-key": // of NTP it is a number
		return t.above(at, 1) != "ntp"
	case "value":
		return t.above(at, 4) == "authentication-key"
	case "hello-authentication-key", "encrypted-password", "plain-text-password-value",
		"secret", "simple-password", "authentication-password", "privacy-password", "privacy-key", "ascii-text",
		"hexadecimal", "cak", "ckn", "challenge-password", "community-name", "passphrase", "local-password",
		"pap-password", "default-password", "chap-secret", "default-chap-secret", "preauthentication-secret", "ila-password":
		return true
	case "ssh-rsa", "ssh-dsa", "ssh-ecdsa", "ssh-ed25519":
		return t.above(at, 1) == "authentication" || t.above(at, 1) == "root-authentication"
	case "password":
		return t.above(at, 1) != "login"
	case "community":
		return t.above(at, 1) == "snmp"
	case "key":
		return t.above(at, 2) == "md5"
	}
	return false
}

// junosCrypt reports whether a word is what Junos makes of a secret: $9$ and its
// like.
func junosCrypt(word string) bool {
	if len(word) < 3 || word[0] != '$' {
		return false
	}
	switch id, _, ok := strings.Cut(word[1:], "$"); id {
	case "1", "5", "6", "8", "9", "md5", "sha1":
		return ok
	}
	return false
}

// junosPlaceholder reports whether a word stands for a secret in what ercfg
// rendered.
func junosPlaceholder(word string) bool {
	if len(word) < 3 || word[0] != '<' || word[len(word)-1] != '>' {
		return false
	}
	scheme, _, ok := strings.Cut(word[1:], ":")
	return ok && (scheme == "env" || scheme == "file" || scheme == "exec")
}

// junosSecret is the secret in a word as it is written.
func junosSecret(raw string) Secret {
	word := raw
	if len(raw) > 1 && raw[0] == '"' {
		word = junosUnescaped(raw[1 : len(raw)-1])
	}
	switch {
	case junosPlaceholder(word):
		return NewSecret(Reference, word)
	case strings.HasPrefix(word, "$9$"):
		if clear, ok := junosClear(word); ok {
			return NewSecret(Reversible, clear)
		}
		return NewSecret(Hashed, word)
	case junosCrypt(word), word == "", word == "<removed>":
		return NewSecret(Hashed, word)
	}
	return NewSecret(Plain, word)
}

// junosBoth is what a statement with two secrets holds: it can be read where
// both can.
func junosBoth(a, b Secret) Secret {
	if b.form == NoSecret {
		return a
	}
	form := a.form
	if a.form != b.form {
		form = Hashed
	}
	return NewSecret(form, *a.value+"\x00"+*b.value)
}

// junosUnescaped takes the backslashes from a string.
func junosUnescaped(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		out = append(out, text[i])
	}
	return string(out)
}

// junosNoPassword puts the mark into a URL that holds a password.
func junosNoPassword(word string) string {
	scheme := strings.Index(word, "://")
	if scheme < 0 {
		return word
	}
	from := scheme + len("://")
	end := strings.IndexByte(word[from:], '/')
	if end < 0 {
		end = len(word) - from
	}
	at := strings.LastIndexByte(word[from:from+end], '@')
	colon := strings.IndexByte(word[from:], ':')
	if at < 0 || colon < 0 || colon > at {
		return word
	}
	return word[:from+colon+1] + SecretMark + word[from+at:]
}

// The alphabet of $9$, in its four families. A character of the first family in
// front says that three random ones follow, of the last that none do.
const junosFamilies = "QzF3n6/9CAtpu0O" + "B1IREhcSyrleKvMW8LXx" + "7N-dVbwsY2g4oaJZGUDj" + "iHkq.mPf5T"

// junosWeights are what the gaps between the characters of one byte count, by
// the byte's place.
func junosWeights() [7][]int {
	return [...][]int{{1, 4, 32}, {1, 16, 32}, {1, 8, 32}, {1, 64}, {1, 32}, {1, 4, 16, 128}, {1, 32, 64}}
}

// junosClear decodes $9$, which hides a secret from a glance and no more. Each
// byte is the sum of the distances in the alphabet from one character to the
// next, each with its weight.
// Source: Crypt::Juniper, https://metacpan.org/dist/Crypt-Juniper (read 2026-11-26).
func junosClear(word string) (string, bool) {
	text := strings.TrimPrefix(word, "$9$")
	if text == "" {
		return "", false
	}
	place := func(c byte) int { return strings.IndexByte(junosFamilies, c) }
	salt := 0
	switch p := place(text[0]); {
	case p < 0:
		return "", false
	case p < 15:
		salt = 3
	case p < 35:
		salt = 2
	case p < 55:
		salt = 1
	}
	if len(text) < 1+salt {
		return "", false
	}
	before, text := place(text[0]), text[1+salt:]
	weights := junosWeights()
	var out []byte
	for len(text) > 0 {
		w := weights[len(out)%len(weights)]
		if len(text) < len(w) {
			return "", false
		}
		sum := 0
		for i, weight := range w {
			p := place(text[i])
			if p < 0 {
				return "", false
			}
			sum += ((p-before+len(junosFamilies))%len(junosFamilies) - 1 + len(junosFamilies)) % len(junosFamilies) * weight
			before = p
		}
		out, text = append(out, byte(sum)), text[len(w):]
	}
	return string(out), len(out) > 0
}
