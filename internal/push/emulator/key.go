package emulator

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// hears notes whether both ends sign with the same key. A segment with another signature
// is dropped, and nothing is said of it (RFC 2385 §2.0): a session that is up lives until
// its hold time ends, and one that is not does not come up.
func (w *world) hears(s *session, now time.Time) {
	switch same := w.sameKey(s); {
	case !same && s.deafSince.IsZero():
		s.deafSince = now
	case same && !s.deafSince.IsZero():
		s.deafSince = time.Time{}
		if !s.up {
			s.since = now.Add(w.options.Settle)
		}
	}
}

// sameKey reports whether the other end has the key that is configured.
func (w *world) sameKey(s *session) bool {
	if keys, ok := w.options.Keys[s.peer.addr]; ok {
		return slices.Contains(keys, s.peer.key)
	}
	at := peerKey{s.peer.vrf, s.peer.addr}
	if _, known := w.firstKeys[at]; !known {
		w.firstKeys[at] = s.peer.key
	}
	return s.peer.key == w.firstKeys[at]
}

// expire ends a session that has heard nothing for its hold time (RFC 4271 §6.5; one of
// zero never ends), counted from the change of the key as if a message had come just
// before: no real session lives longer.
func (w *world) expire(s *session, now time.Time) {
	if !s.up || s.deafSince.IsZero() || s.hold == 0 {
		return
	}
	if end := s.deafSince.Add(s.hold); !now.Before(end) {
		s.reset(end.Add(w.options.Settle))
	}
}

// iosxeKey is the key in the words behind "password": the type may stand before it, 0
// for clear text, 7 for Cisco's reversible form.
func iosxeKey(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, " ")
	}
	rest := strings.Join(words[1:], " ")
	switch words[0] {
	case "0":
		return rest
	case "7":
		if clear, ok := iosxeClear(rest); ok {
			return clear
		}
	}
	return strings.Join(words, " ")
}

// iosxeClear decodes type 7, as public implementations do: two digits say where in a
// fixed text it begins, and each byte is in hexadecimal, mixed with a letter of that text.
func iosxeClear(hidden string) (clear string, ok bool) {
	const mixed = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
	if len(hidden) < 4 || len(hidden)%2 != 0 {
		return "", false
	}
	at, err := strconv.Atoi(hidden[:2])
	if err != nil || at < 0 {
		return "", false
	}
	var out []byte
	for i := 2; i < len(hidden); i += 2 {
		b, err := strconv.ParseUint(hidden[i:i+2], 16, 8)
		if err != nil {
			return "", false
		}
		out = append(out, byte(b)^mixed[(at+len(out))%len(mixed)])
	}
	return string(out), true
}
