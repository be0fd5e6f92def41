package confdiff

import (
	"strconv"
	"strings"
)

// iosxeSecret takes the secret out of a line in canonical form and leaves the
// mark. The digit that says how it is encrypted goes with it, so that the same
// key in two forms is one statement.
func iosxeSecret(line, parent string) (string, Secret) {
	if !iosxeSuspect(line) {
		return line, Secret{}
	}
	var l iosxeLine
	l.split(line)
	from, to := iosxeFindSecret(l.words, parent)
	if from >= len(l.words) || from == to {
		return iosxeLogin(line)
	}
	start, end := l.at[from], len(line)
	if to > from {
		end = l.at[to-1] + len(l.words[to-1])
	}
	text := line[start:end]
	if l.words[0] == "ntp" && len(l.words) == from+2 {
		text = l.words[from+1] + " " + l.words[from]
	}
	return line[:start] + SecretMark + line[end:], iosxeReadSecret(text)
}

// iosxeSuspect reports whether it is worth to look for a secret: whether a line
// has the beginning of one of the words that iosxeFindSecret knows.
func iosxeSuspect(line string) bool {
	if strings.HasPrefix(line, "description ") {
		return false
	}
	for i := 0; i+2 < len(line); i++ {
		a, b, c := line[i]|0x20, line[i+1]|0x20, line[i+2]|0x20
		switch a {
		case 'p': // password, passphrase, pre-shared-key, psk
			if b == 'a' && c == 's' || b == 'r' && c == 'e' || b == 's' && c == 'k' {
				return true
			}
		case 's': // secret, set-key, sha, snmp-server
			if b == 'e' && c == 'c' || b == 'h' && c == 'a' || b == 'n' && c == 'm' {
				return true
			}
		case 'k': // key, key-string, server-key
			if b == 'e' && c == 'y' {
				return true
			}
		case 'm': // md5
			if b == 'd' && line[i+2] == '5' {
				return true
			}
		case 'a': // authentication
			if b == 'u' && c == 't' {
				return true
			}
		case ':': // a URL
			if line[i+1] == '/' && line[i+2] == '/' {
				return true
			}
		}
	}
	return false
}

// iosxeFindSecret returns the words that are the secret and its type; to is -1
// where that is all the rest, and both are zero where there is none. Where a
// line of others may hold one it rather hides too much.
// Source: Cisco IOS Security Command Reference and the command references of
// the features.
func iosxeFindSecret(w []string, parent string) (from, to int) {
	switch w[0] {
	case "snmp-server", "snmp":
		return iosxeFindSNMP(w)
	case "key":
		return iosxeFindKey(w, parent)
	case "ntp":
		if len(w) > 4 && w[1] == "authentication-key" {
			return 4, -1 // the type stands behind it
		}
	case "standby", "vrrp", "glbp":
		if i := iosxeIndex(w, "authentication"); i > 0 && i+1 < len(w) && w[i+1] != "md5" {
			return iosxeSkip(w, i+1, "text"), -1
		}
	}
	digest := w[0] == "authentication" || iosxeIndex(w, "message-digest-key") > 0
	nhrp := iosxeIndex(w, "nhrp") > 0
	for i, word := range w {
		switch {
		case word == "description" || word == "remark":
			return 0, 0
		case i > 0 && iosxeNames(w[i-1]):
			continue
		case digest && iosxeDigest(word), nhrp && word == "authentication":
			return i + 1, -1
		}
		if from := iosxeAfter(w, i, word); from > 0 {
			return from, -1
		}
		if i > 0 && w[0] == "crypto" && w[1] == "isakmp" && word == "key" {
			return iosxeBeforeAddress(w, i+1)
		}
	}
	return 0, 0
}

// iosxeNames reports whether the name of something follows a word: a VRF may
// well be called SEC.
func iosxeNames(word string) bool {
	switch word {
	case "vrf", "definition", "forwarding", "route-map", "prefix-list", "peer-group", "standard", "profile", "class":
		return true
	}
	return false
}

// iosxeAfter returns where a secret begins that follows the i-th word; zero:
// none does.
func iosxeAfter(w []string, i int, word string) int {
	switch {
	case iosxeAbbreviates("password", word, 3):
		if i == 0 && len(w) > 1 && w[1] == "encryption" {
			return 0
		}
		if i+2 < len(w) && (w[i+1] == "level" || w[i+1] == "peer") {
			return i + 3
		}
		return i + 1
	case iosxeAbbreviates("secret", word, 3):
		if i+2 < len(w) && w[i+1] == "level" {
			return i + 3
		}
		return i + 1
	case word == "key-string", word == "server-key", word == "set-key", word == "wpa-psk", word == "passphrase", word == "psk",
		word == "password-encrypt":
		return iosxeSkip(w, i+1, "ascii", "hex")
	case iosxeAbbreviates("pre-shared-key", word, 10):
		if i+1 < len(w) && (w[i+1] == "key-chain" || w[i+1] == "address" || w[i+1] == "hostname") {
			return 0
		}
		return iosxeSkip(w, i+1, "local", "remote", "hex")
	case word == "authentication-key":
		return i + 1
	case word == "key" && i > 0:
		switch w[0] {
		case "tacacs-server", "radius-server", "server-private", "server", "client", "pre-shared-key", "authentication":
			return i + 1
		}
	}
	return 0
}

// iosxeFindKey finds the secret of a line that begins with key: the name of a
// MACsec key, what locks the others, or the key of a server or a group. In a key
// chain it is a number.
func iosxeFindKey(w []string, parent string) (from, to int) {
	switch {
	case len(w) < 2 || w[1] == "chain":
		return 0, 0
	case w[1] == "config-key":
		return 3, -1
	case strings.HasPrefix(parent, "key chain "):
		if strings.HasSuffix(parent, " macsec") {
			return 1, -1
		}
		return 0, 0
	}
	return 1, -1
}

// iosxeFindSNMP finds a community, or what a user authenticates with.
func iosxeFindSNMP(w []string) (from, to int) {
	switch {
	case len(w) > 3 && w[2] == "community-map":
		return 3, 4
	case len(w) > 2 && w[1] == "community":
		if len(w) > 3 && len(w[2]) == 1 && w[2][0] >= '0' && w[2][0] <= '9' {
			return 2, 4
		}
		return 2, 3
	case len(w) > 3 && w[1] == "host":
		return 3, -1
	case len(w) > 3 && w[1] == "user":
		for i, word := range w {
			if i > 3 && (word == "auth" || word == "priv" || word == "encrypted") {
				return i + 1, -1
			}
		}
	}
	return 0, 0
}

// iosxeBeforeAddress finds a key with what it is for behind it.
func iosxeBeforeAddress(w []string, from int) (int, int) {
	for i := from + 1; i < len(w); i++ {
		if w[i] == "address" || w[i] == "hostname" {
			return from, i
		}
	}
	return from, -1
}

// iosxeAbbreviates reports whether word is keyword, or begins it with at least
// so many letters.
func iosxeAbbreviates(keyword, word string, letters int) bool {
	return len(word) >= letters && len(word) <= len(keyword) && strings.EqualFold(keyword[:len(word)], word)
}

func iosxeDigest(word string) bool {
	return word == "md5" || strings.HasPrefix(word, "sha") || strings.HasPrefix(word, "hmac-sha")
}

// iosxeIndex is the place of a word; below zero: it is not there.
func iosxeIndex(words []string, word string) int {
	for i, w := range words {
		if w == word {
			return i
		}
	}
	return -1
}

// iosxeSkip goes past optional keywords.
func iosxeSkip(w []string, i int, optional ...string) int {
	for i+1 < len(w) && iosxeIndex(optional, w[i]) >= 0 {
		i++
	}
	return i
}

// iosxeLogin takes the user and the password out of a URL.
func iosxeLogin(line string) (string, Secret) {
	scheme := strings.Index(line, "://")
	if scheme < 0 {
		return line, Secret{}
	}
	start := scheme + len("://")
	end := start + strings.IndexAny(line[start:]+" ", " /")
	at := strings.LastIndexByte(line[start:end], '@')
	if at <= 0 {
		return line, Secret{}
	}
	return line[:start] + SecretMark + line[start+at:], NewSecret(Plain, line[start:start+at])
}

// iosxeReadSecret reads a secret after its type, if there is one. Source: Cisco
// IOS Security Configuration Guide, Passwords and Privileges Commands: 0 is
// clear, 7 is decoded, 4, 5, 8 and 9 are hashes, 6 is encrypted with a key that
// the configuration does not hold.
func iosxeReadSecret(text string) Secret {
	kind, value := byte(0), text
	if len(text) > 2 && text[0] >= '0' && text[0] <= '9' && text[1] == ' ' {
		kind, value = text[0], strings.TrimLeft(text[2:], " ")
	}
	if iosxeIsReference(value) {
		return NewSecret(Reference, value)
	}
	if strings.Trim(value, "*") == "" || value == "<removed>" || value == SecretMark {
		return NewSecret(Hashed, value) // somebody has hidden it
	}
	switch kind {
	case 0, '0':
		return NewSecret(Plain, value)
	case '7':
		if clear, ok := iosxeType7(value); ok {
			return NewSecret(Reversible, clear)
		}
	}
	return NewSecret(Hashed, text)
}

// iosxeIsReference recognises a placeholder of ours.
func iosxeIsReference(s string) bool {
	return strings.HasSuffix(s, ">") && (strings.HasPrefix(s, "<env:") || strings.HasPrefix(s, "<file:") || strings.HasPrefix(s, "<exec:"))
}

// iosxeTable7 is what type 7 is combined with. It hides a key from a glance and
// no more; it is public since 1995.
const iosxeTable7 = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"

// iosxeType7 decodes a key of type 7: two decimal digits of where in the table
// it begins, then each byte in hexadecimal.
func iosxeType7(s string) (string, bool) {
	if len(s) < 4 || len(s)%2 != 0 {
		return "", false
	}
	at, err := strconv.ParseUint(s[:2], 10, 8)
	if err != nil || at >= uint64(len(iosxeTable7)) {
		return "", false
	}
	clear := make([]byte, 0, len(s)/2-1)
	for i := 2; i < len(s); i += 2 {
		b, err := strconv.ParseUint(s[i:i+2], 16, 8)
		if err != nil {
			return "", false
		}
		clear = append(clear, byte(b)^iosxeTable7[(int(at)+i/2-1)%len(iosxeTable7)])
	}
	return string(clear), true
}
