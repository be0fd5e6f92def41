package render_test

import (
	"fmt"
	"net/netip"
	"strings"
)

// iosxeCrypto is what a text says of IKE, IPsec and MACsec, by block and name.
type iosxeCrypto struct {
	lines map[string]map[string][]string // block → first words → the rest, a line each
	keys  map[string]map[string]string   // keyring → address → key
	peer  string                         // address of the peer that is read
}

func newIOSXECrypto() iosxeCrypto {
	return iosxeCrypto{lines: make(map[string]map[string][]string), keys: make(map[string]map[string]string)}
}

// forms are the blocks and the lines of each: the words before the value.
func (c *iosxeCrypto) forms(block []string) []string {
	switch strings.Join(block[:min(3, len(block))], " ") {
	case "crypto ikev2 proposal":
		return []string{"encryption", "integrity", "prf", "group"}
	case "crypto ikev2 policy":
		return []string{"match fvrf", "match address local", "proposal"}
	case "crypto ikev2 keyring":
		return []string{"peer", "address", "pre-shared-key"}
	case "crypto ikev2 profile":
		return []string{"match fvrf", "match address local", "match identity remote address", "authentication", "keyring local", "lifetime", "dpd", "no config-exchange"}
	case "crypto isakmp policy":
		return []string{"encryption", "hash", "authentication", "group", "lifetime"}
	case "crypto isakmp profile":
		return []string{"keyring", "match identity address", "keepalive", "local-address"}
	case "crypto ipsec transform-set":
		return []string{"mode"}
	case "crypto ipsec profile":
		return []string{"set security-association lifetime kilobytes", "set security-association lifetime seconds", "set transform-set", "set pfs", "set ikev2-profile", "set isakmp-profile", "responder-only"}
	}
	switch {
	case is(block, "crypto keyring *"), is(block, "crypto keyring * vrf *"):
		return []string{"local-address", "pre-shared-key address"}
	case is(block, "key chain * macsec"):
		return []string{"key", "cryptographic-algorithm", "key-string"}
	case is(block, "mka policy *"):
		return []string{"macsec-cipher-suite", "ssci-based-on-sci"}
	}
	return nil
}

// id is the name of a block: its first three words, or two of those with a
// shorter form.
func (c *iosxeCrypto) id(block []string) string {
	switch block[0] + " " + block[1] {
	case "crypto keyring", "key chain", "mka policy":
		return strings.Join(block[:3], " ")
	}
	return strings.Join(block[:4], " ")
}

func (c *iosxeCrypto) top(r *iosxeReading, w []string) bool {
	if len(w) < 3 || c.forms(w) == nil {
		return false
	}
	id := c.id(w)
	if c.lines[id] != nil {
		r.fail("the same object twice")
	}
	c.lines[id] = map[string][]string{"": w[len(strings.Fields(id)):]}
	return true
}

func (c *iosxeCrypto) inside(r *iosxeReading, w []string) {
	id, line := c.id(r.block), strings.Join(w, " ")
	for _, form := range c.forms(r.block) {
		if rest, ok := strings.CutPrefix(line+" ", form+" "); ok {
			c.lines[id][form] = append(c.lines[id][form], strings.TrimSpace(rest))
			c.key(id, form, w)
			return
		}
	}
	r.fail("unknown line of " + id)
}

// key collects the pre-shared keys of a keyring.
func (c *iosxeCrypto) key(id, form string, w []string) {
	if c.keys[id] == nil {
		c.keys[id] = make(map[string]string)
	}
	switch {
	case form == "address":
		c.peer = w[1]
	case form == "pre-shared-key":
		c.keys[id][c.peer] = w[1]
	case is(w, "pre-shared-key address * key *"):
		c.keys[id][w[2]] = w[4]
	}
}

// one is the value of a line that a block has at most once.
func (c *iosxeCrypto) one(r *iosxeReading, id, form string) string {
	values := c.lines[id][form]
	if c.lines[id] == nil || len(values) > 1 {
		r.fail(fmt.Sprintf("%s is not there, or says %q several times", id, form))
	}
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// number is a value or, without a line, the vendor's default.
func (c *iosxeCrypto) number(r *iosxeReading, id, form string, none int) int {
	switch v := c.one(r, id, form); v {
	case "":
		return none
	case "disable":
		return 0
	default:
		return r.number(strings.TrimPrefix(v, "group"))
	}
}

// finish makes the tunnels and the ports of the interfaces.
func (c *iosxeCrypto) finish(r *iosxeReading) {
	used := make(map[string]bool)
	for via, on := range r.ports {
		r.line = "interface " + via
		if on.lines["tunnel mode ipsec"] != "" {
			r.tunnels[via] = c.tunnel(r, on, used)
		}
		if chain := on.lines["mka pre-shared-key key-chain"]; chain != "" {
			r.device.ports[via] = c.port(r, on, "key chain "+chain, used)
		}
	}
	for id := range c.lines {
		r.line = id
		if !used[id] && !strings.HasPrefix(id, "crypto ikev2 p") && !strings.HasPrefix(id, "crypto isakmp policy") {
			r.fail("nothing uses it")
		}
	}
}

func (c *iosxeCrypto) port(r *iosxeReading, on *iosxePort, chain string, used map[string]bool) macsec {
	policy := "mka policy " + on.lines["mka policy"]
	used[chain], used[policy] = true, true
	out := macsec{cipher: c.one(r, policy, "macsec-cipher-suite"), ckn: c.one(r, chain, "key"), cak: c.one(r, chain, "key-string")}
	_, off := on.lines["macsec disable-sci"]
	if on.lines["macsec"] == "disable-sci" {
		off = true
	}
	out.sci = !off
	algorithm := map[bool]string{true: "aes-256-cmac", false: "aes-128-cmac"}[strings.HasSuffix(out.cipher, "256")]
	if _, on := on.lines[""]; !on || c.one(r, chain, "cryptographic-algorithm") != algorithm {
		r.fail("MACsec is off, or its key is of another length")
	}
	if xpn := len(c.lines[policy]["ssci-based-on-sci"]) == 1; xpn != strings.Contains(out.cipher, "xpn") {
		r.fail("XPN counts otherwise than the other end")
	}
	return out
}

func (c *iosxeCrypto) tunnel(r *iosxeReading, on *iosxePort, used map[string]bool) tunnel {
	profile := "crypto ipsec profile " + on.lines["tunnel protection ipsec profile"]
	transform := "crypto ipsec transform-set " + c.one(r, profile, "set transform-set")
	used[profile], used[transform] = true, true
	words := strings.Join(c.lines[transform][""], " ")
	encryption, integrity, _ := strings.Cut(words, " esp-")
	if integrity != "" {
		integrity = azureIntegrity(integrity)
	}
	out := tunnel{
		vrf: on.vrf, outside: on.lines["tunnel vrf"], local: r.addr(on.lines["tunnel source"]), remote: r.addr(on.lines["tunnel destination"]),
		inside: on.addresses[0], mtu: r.number(on.lines["ip mtu"]), mss: r.number(on.lines["ip tcp adjust-mss"]),
		passive: c.lines[profile]["responder-only"] != nil,
		esp: espWords(azureEncryption(encryption), integrity, c.number(r, profile, "set pfs", 0),
			c.number(r, profile, "set security-association lifetime seconds", 3600), c.number(r, profile, "set security-association lifetime kilobytes", 4608000)),
	}
	if out.inside == (netip.Prefix{}) && r.address(on.lines["ip unnumbered"], 0) == "" {
		r.fail("a tunnel without an address")
	}
	if on.lines["tunnel mode ipsec"] != "ipv4" || c.one(r, transform, "mode") != "tunnel" {
		r.fail("not a tunnel of IPv4")
	}
	if name := c.one(r, profile, "set isakmp-profile"); name != "" {
		c.version1(r, &out, name, used)
	} else {
		c.version2(r, &out, c.one(r, profile, "set ikev2-profile"), used)
	}
	return out
}

// version2 follows a tunnel to its profile, its keyring and the policy that
// its address picks.
func (c *iosxeCrypto) version2(r *iosxeReading, t *tunnel, name string, used map[string]bool) {
	profile := "crypto ikev2 profile " + name
	keyring := "crypto ikev2 keyring " + c.one(r, profile, "keyring local")
	used[profile], used[keyring] = true, true
	t.version, t.psk = 2, c.keys[keyring][t.remote.String()]
	t.dpd = c.one(r, profile, "dpd") != ""
	identity := t.remote.String() + " 255.255.255.255"
	if !c.has(profile, "authentication", "remote pre-share") || !c.has(profile, "authentication", "local pre-share") || !c.has(profile, "no config-exchange", "request") {
		r.fail("authentication is not by key, or a configuration is asked for")
	}
	if !c.has(profile, "match identity remote address", identity) || c.one(r, profile, "match address local") != t.local.String() || c.one(r, profile, "match fvrf") != t.outside {
		r.fail("the profile is not of this tunnel")
	}
	policy, proposal := "", ""
	for id := range c.lines {
		if strings.HasPrefix(id, "crypto ikev2 policy ") && c.one(r, id, "match address local") == t.local.String() && c.one(r, id, "match fvrf") == t.outside {
			if policy != "" {
				r.fail("two policies of one address")
			}
			policy, used[id] = id, true
		}
	}
	for _, p := range c.lines[policy]["proposal"] { // ours are named as the profile, which may have a number
		if strings.HasPrefix(name, p) && len(p) > len(proposal) {
			proposal = p
		}
	}
	ike := "crypto ikev2 proposal " + proposal
	used[ike] = true
	encryption, integrity := azureEncryption(c.one(r, ike, "encryption")), c.one(r, ike, "integrity")
	if strings.HasPrefix(encryption, "gcm") != (integrity == "") {
		r.fail("GCM has no integrity of its own, and others need one")
	}
	if integrity == "" {
		integrity = c.one(r, ike, "prf")
	}
	t.ike = ikeWords(encryption, azureIntegrity(integrity), c.number(r, ike, "group", 0), c.number(r, profile, "lifetime", 86400))
}

// version1 is the same of IKEv1, where any policy may be picked: there is one
// in what is read here.
func (c *iosxeCrypto) version1(r *iosxeReading, t *tunnel, name string, used map[string]bool) {
	profile := "crypto isakmp profile " + name
	keyring := "crypto keyring " + c.one(r, profile, "keyring")
	used[profile], used[keyring] = true, true
	t.version, t.psk = 1, c.keys[keyring][t.remote.String()]
	t.dpd = c.one(r, profile, "keepalive") != ""
	identity := strings.TrimSpace(t.remote.String() + " 255.255.255.255 " + t.outside)
	front := strings.TrimPrefix(strings.Join(c.lines[keyring][""], " "), "vrf ")
	if !c.has(profile, "match identity address", identity) || c.one(r, profile, "local-address") != t.local.String() || c.one(r, keyring, "local-address") != t.local.String() || front != t.outside {
		r.fail("the profile is not of this tunnel")
	}
	for id := range c.lines {
		if strings.HasPrefix(id, "crypto isakmp policy ") && c.has(id, "authentication", "pre-share") {
			t.ike = ikeWords(azureEncryption(c.one(r, id, "encryption")), azureIntegrity(c.one(r, id, "hash")), c.number(r, id, "group", 0), c.number(r, id, "lifetime", 86400))
		}
	}
}

func (c *iosxeCrypto) has(id, form, value string) bool {
	for _, v := range c.lines[id][form] {
		if v == value {
			return true
		}
	}
	return false
}
