package render_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (r *junosReading) zone(zone string, w []string) {
	hear := func(what string, w []string) {
		if !is(w, "host-inbound-traffic system-services *") && !is(w, "host-inbound-traffic protocols *") {
			r.fail("unknown command of a zone")
			return
		}
		r.edge.hears[what] = append(r.edge.hears[what], w[2])
	}
	if !is(w, "interfaces * …") && !is(w, "interfaces *") {
		hear("zone "+zone, w)
		return
	}
	if known := r.edge.zones[w[1]]; known != "" && known != zone {
		r.fail("an interface in two zones")
	}
	r.edge.zones[w[1]] = zone
	if len(w) > 2 {
		hear(w[1], w[2:])
	}
}

// hears reports whether something may come in on an interface: what it says
// takes the place of what its zone says.
func (r *junosReading) hears(via, what string) bool {
	if own := r.edge.hears[via]; own != nil {
		return slices.Contains(own, what)
	}
	return slices.Contains(r.edge.hears["zone "+r.edge.zones[via]], what)
}

func (r *junosReading) finishTunnels() {
	get := func(object, key string) string {
		v := r.edge.objects[object][key]
		if v == "" {
			r.fail(object + " has no " + key)
		}
		return v
	}
	number := func(object, key string) int {
		n, _ := strconv.Atoi(strings.TrimPrefix(cmp.Or(r.edge.objects[object][key], "0"), "group"))
		return n
	}
	for name := range r.edge.objects {
		vpn, ok := strings.CutPrefix(name, "vpn ")
		if !ok {
			continue
		}
		r.line = name
		gateway := "gateway " + get(name, "ike gateway")
		ikePolicy := "ike policy " + get(gateway, "ike-policy")
		ike := "ike proposal " + get(ikePolicy, "proposals")
		espPolicy := "ipsec policy " + get(name, "ike ipsec-policy")
		esp := "ipsec proposal " + get(espPolicy, "proposals")
		via, external := get(name, "bind-interface"), get(gateway, "external-interface")
		u := r.edge.units[via]
		if u == nil || vpn == "" || get(ike, "authentication-method") == "" || get(esp, "protocol") == "" {
			r.fail("no unit, key or protocol")
			return
		}
		t := tunnel{
			vrf: r.members[via], outside: r.members[external], local: r.addr(get(gateway, "local-address")), remote: r.addr(get(gateway, "address")),
			mtu: u.mtu["inet"], mss: r.edge.mss, psk: get(ikePolicy, "pre-shared-key ascii-text"),
			dpd:     number(gateway, "dead-peer-detection interval") > 0 && number(gateway, "dead-peer-detection threshold") > 1,
			passive: map[string]bool{"immediately": false, "responder-only": true}[get(name, "establish-tunnels")],
			esp: espWords(azureEncryption(get(esp, "encryption-algorithm")), r.junosIntegrity(esp), number(espPolicy, "perfect-forward-secrecy keys"),
				number(esp, "lifetime-seconds"), number(esp, "lifetime-kilobytes")),
			ike: ikeWords(azureEncryption(get(ike, "encryption-algorithm")), cmp.Or(r.junosIntegrity(ike), map[string]string{"aes-256-gcm": "sha384", "aes-128-gcm": "sha256"}[get(ike, "encryption-algorithm")]),
				number(ike, "dh-group"), number(ike, "lifetime-seconds")),
		}
		if len(u.addresses) > 0 {
			t.inside = u.addresses[0]
		}
		if _, err := fmt.Sscanf(get(gateway, "version"), "v%d-only", &t.version); err != nil || (t.version == 1) != (r.edge.objects[ikePolicy]["mode"] == "main") {
			r.fail("no version of IKE")
		}
		r.tunnels[via] = t
	}
}

// junosIntegrity is Azure's word for what protects a proposal. GCM has none,
// and Junos refuses one beside it.
func (r *junosReading) junosIntegrity(proposal string) string {
	word := r.edge.objects[proposal]["authentication-algorithm"]
	if strings.Contains(r.edge.objects[proposal]["encryption-algorithm"], "gcm") == (word != "") {
		r.fail("GCM with an authentication algorithm, or another cipher without one")
	}
	if word == "" {
		return ""
	}
	return azureIntegrity(word)
}

// finishZones checks that what the sessions and tunnels need may come in. An
// interface that the text does not configure is its owner's.
func (r *junosReading) finishZones() {
	need := func(via, what string) {
		if via != "" && r.edge.units[via] != nil && !r.hears(via, what) {
			r.line = via
			r.fail("its zone does not hear " + what)
		}
	}
	for k, n := range r.neighbors {
		via := r.edge.via(r.members, k.vrf, k.addr)
		if n.source != "" {
			via = r.edge.via(r.members, k.vrf, r.addr(n.source))
		}
		need(via, "bgp")
		if n.bfd != "" {
			need(via, "bfd")
		}
	}
	for name, o := range r.edge.objects {
		if strings.HasPrefix(name, "gateway ") {
			need(o["external-interface"], "ike")
		}
	}
}
