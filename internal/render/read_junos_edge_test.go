package render_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// A junosEdge is what stands around the sessions, as it is read: objects by
// their path, each with its attributes.
type junosEdge struct {
	objects   map[string]map[string]string
	routerIDs map[string]string // by VRF
	units     map[string]*junosUnit
	mss       int
	zones     map[string]string   // interface → zone
	hears     map[string][]string // interface or zone → what may come in
	policies  map[string][2]string
	vrfTypes  map[string]string
	kept      map[string][]int // filter → DSCP values
	zeroes    map[string]bool  // filter → sets what is left to 0
	slots     map[string]bool  // sampling instance N
	sampling  map[string]bool  // names of instances
}

// A junosUnit is an interface with its unit.
type junosUnit struct {
	addresses []netip.Prefix
	mtu       map[string]int    // by family
	filters   map[string]string // of what goes out, by family
}

func newJunosEdge() junosEdge {
	return junosEdge{
		objects: make(map[string]map[string]string), routerIDs: make(map[string]string), units: make(map[string]*junosUnit), zones: make(map[string]string), hears: make(map[string][]string),
		policies: make(map[string][2]string), vrfTypes: make(map[string]string), kept: make(map[string][]int), zeroes: make(map[string]bool), slots: make(map[string]bool), sampling: make(map[string]bool),
	}
}

// via is the interface of a VRF whose subnet holds an address.
func (e *junosEdge) via(members map[string]string, table string, a netip.Addr) string {
	for name, u := range e.units {
		if members[name] == table && slices.ContainsFunc(u.addresses, func(p netip.Prefix) bool { return p.Contains(a) }) {
			return name
		}
	}
	return ""
}

func (r *junosReading) edgeCommand(w []string) {
	switch {
	case is(w, "interfaces * unit * …"):
		r.unit(w[1]+"."+w[3], w[4:])
	case is(w, "interfaces * vlan-tagging"), is(w, "interfaces * flexible-vlan-tagging"):
	case is(w, "security zones security-zone * …"):
		r.zone(w[3], w[4:])
	case is(w, "security flow tcp-mss ipsec-vpn mss *"):
		r.edge.mss = r.number(w[5])
	case is(w, "security macsec interfaces * connectivity-association *"):
		r.object("port "+w[3], w[4:], "connectivity-association *")
	case is(w, "security macsec connectivity-association * …"):
		r.object("association "+w[3], w[4:], "cipher-suite *", "security-mode static-cak", "include-sci", "pre-shared-key ckn *", "pre-shared-key cak *")
	case is(w, "security ike proposal * …"):
		r.object("ike proposal "+w[3], w[4:], "authentication-method pre-shared-keys", "dh-group *", "authentication-algorithm *", "encryption-algorithm *", "lifetime-seconds *")
	case is(w, "security ike policy * …"):
		r.object("ike policy "+w[3], w[4:], "mode main", "proposals *", "pre-shared-key ascii-text *")
	case is(w, "security ike gateway * …"):
		r.object("gateway "+w[3], w[4:], "ike-policy *", "address *", "dead-peer-detection interval *", "dead-peer-detection threshold *", "external-interface *", "local-address *", "version *")
	case is(w, "security ipsec proposal * …"):
		r.object("ipsec proposal "+w[3], w[4:], "protocol esp", "authentication-algorithm *", "encryption-algorithm *", "lifetime-seconds *", "lifetime-kilobytes *")
	case is(w, "security ipsec policy * …"):
		r.object("ipsec policy "+w[3], w[4:], "perfect-forward-secrecy keys *", "proposals *")
	case is(w, "security ipsec vpn * …"):
		r.object("vpn "+w[3], w[4:], "bind-interface *", "ike gateway *", "ike ipsec-policy *", "establish-tunnels *")
	case is(w, "firewall family * filter * term …"):
		r.filter(w[2], w[4], w[6:])
	case is(w, "chassis fpc * sampling-instance *"):
		r.edge.slots[w[4]+" "+w[2]] = true
	case is(w, "services flow-monitoring * template * flow-key *"):
		r.object("flow-key "+w[4]+" "+w[6], w[5:], "flow-key flow-direction", "flow-key vlan-id")
	case is(w, "services flow-monitoring * template * …"):
		r.object("template "+w[2]+" "+w[4], w[5:], "flow-active-timeout *", "flow-inactive-timeout *", "ipv4-template", "ipv6-template", "nexthop-learning enable")
	case is(w, "forwarding-options sampling instance * …"):
		r.edge.sampling[w[3]] = true
		r.object("sampling "+w[3], w[4:], "input rate *", "family * output flow-server * port *", "family * output flow-server * version-ipfix template *",
			"family * output flow-server * version9 template *", "family * output inline-jflow source-address *")
	default:
		r.fail("unknown command")
	}
}

// object keeps an attribute in one of the known forms: its value is the last
// word, or itself where it has none.
func (r *junosReading) object(name string, w []string, known ...string) {
	if !slices.ContainsFunc(known, func(form string) bool { return is(w, form) }) {
		r.fail("unknown attribute")
		return
	}
	if r.edge.objects[name] == nil {
		r.edge.objects[name] = make(map[string]string)
	}
	key := strings.Join(w[:max(1, len(w)-1)], " ")
	if r.edge.objects[name][key] != "" {
		r.fail("twice")
	}
	r.edge.objects[name][key] = w[len(w)-1]
}

func (r *junosReading) unit(name string, w []string) {
	u := r.edge.units[name]
	if u == nil {
		u = &junosUnit{mtu: make(map[string]int), filters: make(map[string]string)}
		r.edge.units[name] = u
	}
	family := plan.IPv4
	if is(w, "family inet6 …") {
		family = plan.IPv6
	}
	switch {
	case is(w, "description *"), is(w, "vlan-id *"), is(w, "vlan-tags outer * inner *"):
	case is(w, "family * mtu *"):
		u.mtu[w[1]] = r.number(w[3])
	case is(w, "family * address *"):
		p, err := netip.ParsePrefix(w[3])
		if err != nil || plan.FamilyOf(p.Addr()) != family {
			r.fail("no address of the family")
		}
		u.addresses = append(u.addresses, p)
	case is(w, "family * filter output *"):
		u.filters[w[1]] = w[4]
	case is(w, "family * sampling input"), is(w, "family * sampling output"):
		r.samples[sample{name, family, w[3] == "output"}] = true
	default:
		r.fail("unknown command of a unit")
	}
}

func (r *junosReading) filter(family, name string, w []string) {
	word := map[string]string{"inet": "dscp", "inet6": "traffic-class"}[family]
	name = family + " " + name
	switch {
	case is(w, "10 from * *") && w[2] == word:
		r.edge.kept[name] = append(r.edge.kept[name], r.number(w[3]))
	case is(w, "10 then accept"), is(w, "20 then accept"):
	case is(w, "20 then * 0") && w[2] == word:
		r.edge.zeroes[name] = true
	default:
		r.fail("unknown term of a filter")
	}
}

func (r *junosReading) instance(name string, w []string) {
	v := r.vrfs[name]
	switch {
	case is(w, "instance-type vrf"), is(w, "instance-type virtual-router"):
		r.edge.vrfTypes[name] = w[1]
	case is(w, "routing-options …"):
		r.routingOptions(name, w[1:])
	case is(w, "protocols bgp …"):
		r.bgp(name, w[2:])
	case is(w, "interface *"):
		r.members[w[1]] = name
	case is(w, "route-distinguisher *"):
		v.rd = junosShort(w[1])
	case is(w, "vrf-target *"):
		v.imports = junosShort(strings.TrimPrefix(w[1], "target:"))
		v.exports = v.imports
	case is(w, "vrf-target import *"):
		v.imports = junosShort(strings.TrimPrefix(w[2], "target:"))
	case is(w, "vrf-target export *"):
		v.exports = junosShort(strings.TrimPrefix(w[2], "target:"))
	case is(w, "vrf-import *"):
		r.edge.policies[name] = [2]string{w[1], r.edge.policies[name][1]}
	case is(w, "vrf-export *"):
		r.edge.policies[name] = [2]string{r.edge.policies[name][0], w[1]}
	case is(w, "vrf-table-label"):
		r.object("vrf "+name, w, "vrf-table-label")
	default:
		r.fail("unknown command of a routing instance")
	}
	r.vrfs[name] = v
}

func (r *junosReading) finishEdge() {
	r.finishInstances()
	r.finishTunnels()
	r.finishRemarks()
	r.finishFlow()
	for name, p := range r.edge.objects {
		port, ok := strings.CutPrefix(name, "port ")
		if !ok {
			continue
		}
		a := r.edge.objects["association "+p["connectivity-association"]]
		if a["security-mode"] != "static-cak" {
			r.line = name
			r.fail("no association with a static key")
		}
		r.ports[port] = macsec{a["cipher-suite"], a["pre-shared-key ckn"], a["pre-shared-key cak"], a["include-sci"] != ""}
	}
	if len(r.edge.zones) > 0 {
		r.finishZones()
	}
}

// finishInstances reads the policies that stand for route targets, which are
// no policies of sessions.
func (r *junosReading) finishInstances() {
	for name, v := range r.vrfs {
		r.line = "routing instance " + name
		if p, ok := r.edge.policies[name]; ok {
			v.imports, v.exports = r.policyTargets(p[0], false), r.policyTargets(p[1], true)
			delete(r.policies, p[0])
			delete(r.policies, p[1])
		}
		vpn := r.edge.vrfTypes[name] == "vrf"
		if vpn != (v.rd != "") || vpn != (r.edge.objects["vrf "+name] != nil) || r.edge.routerIDs[name] != r.edge.routerIDs[""] {
			r.fail("no type, route distinguisher, router id or table label that fits")
		}
		r.vrfs[name] = v
	}
	for policy, terms := range r.terms {
		for _, t := range terms {
			if r.passes[t] != "" {
				delete(r.policies, policy)
			}
		}
	}
}

func (r *junosReading) policyTargets(policy string, export bool) string {
	var out []string
	if end := r.terms[policy][""]; end == nil || end.action != "reject" {
		r.fail("a policy of route targets that does not end in reject")
	}
	for name, t := range r.terms[policy] {
		if name == "" {
			continue
		}
		list := t.communities
		if export {
			list = r.adds[t]
		}
		for _, c := range list {
			if out = append(out, r.targets[c]); r.targets[c] == "" || t.action != "accept" {
				r.fail("no route target, or none that is accepted")
			}
		}
	}
	return targets(out)
}

func (r *junosReading) finishRemarks() {
	for via, u := range r.edge.units {
		for family, name := range u.filters {
			r.line = "filter " + name + " of " + via
			name = family + " " + name
			if !r.edge.zeroes[name] {
				r.fail("a filter that rewrites nothing")
			}
			kept := fmt.Sprint(r.edge.kept[name])
			if known, ok := r.remarks[via]; ok && known != kept {
				r.fail("other values in the other family")
			}
			if r.remarks[via] = kept; len(u.filters) < len(u.mtu) {
				r.fail("one family only")
			}
		}
	}
}

func (r *junosReading) finishFlow() {
	for name := range r.edge.sampling {
		r.line = "sampling instance " + name
		o := r.edge.objects["sampling "+name]
		f := flow{sampling: r.number(o["input rate"])}
		families := make(map[plan.Family]bool)
		for key, value := range o {
			w := strings.Fields(key)
			if !is(w, "family * output flow-server * * template") {
				continue
			}
			t := r.edge.objects["template "+w[5]+" "+value]
			server := strings.Join(w[:5], " ")
			port, _ := strconv.Atoi(o[server+" port"])
			active, _ := strconv.Atoi(t["flow-active-timeout"])
			inactive, _ := strconv.Atoi(t["flow-inactive-timeout"])
			family, form := plan.IPv4, "ipv4-template"
			if w[1] == "inet6" {
				family, form = plan.IPv6, "ipv6-template"
			}
			families[family] = true
			next := flow{
				protocol: map[string]string{"version-ipfix": "ipfix", "version9": "netflow9"}[w[5]], collector: netip.AddrPortFrom(r.addr(w[4]), uint16(port)),
				source: o[strings.Join(w[:3], " ")+" inline-jflow source-address"], sampling: f.sampling, active: active, inactive: inactive,
			}
			if t[form] == "" || f.protocol != "" && f != next {
				r.fail("two families that differ, or a template of another")
			}
			f = next
		}
		for s := range r.samples {
			device, _, _ := strings.Cut(s.via, ".")
			_, place, _ := strings.Cut(device, "-")
			slot, _, card := strings.Cut(place, "/")
			if !families[s.family] || card && !r.edge.slots[name+" "+slot] {
				r.fail("nothing samples " + s.via)
			}
		}
		r.flow = f
	}
}
