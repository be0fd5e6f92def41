package expressroute

// MD5MaxLen is the longest MD5 key of a peering, in characters. Source:
// expressroute-howto-routing-portal-resource-manager.md.
const MD5MaxLen = 25

// ValidMD5 reports whether Azure takes the key: 1–25 ASCII letters and digits.
// Source: expressroute-howto-routing-portal-resource-manager.md.
func ValidMD5(key string) bool {
	for i := range len(key) {
		c := key[i]
		if !('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9') {
			return false
		}
	}
	return 1 <= len(key) && len(key) <= MD5MaxLen
}
