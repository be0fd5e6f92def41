package confdiff

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
)

// Digest is the SHA-256, in lower-case hexadecimal, of our slice of a router's
// configuration: the statements of have that Compare looks at. It changes when
// somebody changes one of them, and not when others change their own lines, the
// order of lines or their spelling. Of a secret it tells that it is there, not
// which.
func Digest(want, have Config, intent string) string {
	c := newComparison(want, have, intent, true)
	var keys []string
	for _, o := range c.slice() {
		for _, s := range c.have.of[o] {
			key := s.Key()
			if _, rendered := c.want.by[sameKey(c.platform, s)]; !rendered && c.shared(o) && !c.rival(o, s) {
				continue
			}
			if s.Inactive {
				key += "\ninactive"
			}
			keys = append(keys, key)
		}
	}
	if c.platform != Junos { // whose terms have no numbers
		slices.Sort(keys)
		keys = slices.Compact(keys)
	}
	sum := sha256.New()
	for _, k := range keys {
		_, _ = io.WriteString(sum, k+"\n\n") // a hash does not fail
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// rival reports whether a statement of a shared object has the place of one that
// was rendered.
func (c *comparison) rival(o Object, s Statement) bool {
	return c.anchor(o, s) || c.follows(o, s) || c.replaced(&Difference{Object: o, Missing: c.want.of[o]}, s)
}
