package verify

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// where says in words what find makes of a record.
func where(pl *Placer, r Record) string {
	at, k := pl.find(pl.exporter(r.Exporter), &r)
	text := "no statement"
	if k.control {
		text = "control"
	}
	if !k.none() {
		text = pl.plan.Statements[traffic(k.row).Statement].Name + " " + traffic(k.row).Family.String() + " " + traffic(k.row).Direction.String()
		if traffic(k.row).Default {
			text += " default"
		}
	}
	if k.ambiguous {
		text += ", ambiguous"
	}
	switch at.kind {
	case onLeg:
		return text + ": " + pl.legs[at.leg].String() + " by " + at.rung.String()
	case noLeg:
		return text + ": transit"
	}
	return text + ": not placed"
}

// A placeCase is a record and what becomes of it.
type placeCase struct {
	name   string
	record Record
	want   string
}

func checkPlaces(t *testing.T, pl *Placer, cases []placeCase) {
	t.Helper()
	for _, c := range cases {
		if got := where(pl, c.record); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// flowOf is a record of an exporter.
func flowOf(exporter, src, dst string, edit ...func(*Record)) Record {
	r := Record{Exporter: addr(exporter), Src: addr(src), Dst: addr(dst), Protocol: IPFIX, Packets: 1, Bytes: 100, Sampling: 1}
	for _, e := range edit {
		e(&r)
	}
	return r
}

func via(in, out uint32) func(*Record) { return func(r *Record) { r.In, r.Out = in, out } }

// Two routers with one link each: by their numbers in the intent, both directions, one
// interface for both, and what a router hands to the other.
func TestPlaceByIntent(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "01-two-ce-private")
	numbered(p)
	pl := NewPlacer(p, PlaceOptions{})
	const primary, secondary = "er-london.primary on ce1 by interface index of the intent", "er-london.secondary on ce2 by interface index of the intent"
	checkPlaces(t, pl, []placeCase{
		{"to Azure", flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 101)), "campus-to-hub ipv4 →: " + primary},
		{"from Azure", flowOf("10.10.255.1", "10.100.1.1", "10.10.1.1", via(101, 7)), "campus-to-hub ipv4 ←: " + primary},
		{"one interface for both", flowOf("10.10.255.1", "10.100.1.1", "10.10.1.1", via(101, 101)), "campus-to-hub ipv4 ←: " + primary},
		{"the other router", flowOf("10.10.255.2", "10.11.8.1", "10.101.0.1", via(7, 101)), "campus-to-hub ipv4 →: " + secondary},
		{"by a link's address", flowOf("172.16.200.5", "10.11.8.1", "10.101.0.1", via(7, 101)), "campus-to-hub ipv4 →: " + secondary},
		{"mapped into IPv6", flowOf("::ffff:10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 101)), "campus-to-hub ipv4 →: " + primary},
		{"handed to the other router", flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 8)), "campus-to-hub ipv4 →: transit"},
		{"egress not told", flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(101, 0)), "campus-to-hub ipv4 →: not placed"},
		{"nobody's exporter", flowOf("10.10.255.9", "10.10.1.1", "10.100.1.1", via(7, 101)), "campus-to-hub ipv4 →: not placed"},
		{"no statement", flowOf("10.10.255.1", "10.10.1.1", "10.11.8.1", via(7, 101)), "no statement: not placed"},
		{"VNet to VNet", flowOf("10.10.255.1", "10.100.1.1", "10.101.0.1", via(101, 101)), "no statement: not placed"},
		{"BGP with the MSEE", flowOf("10.10.255.1", "172.16.200.1", "172.16.200.2", via(0, 101)), "control: not placed"},
		{"BGP between the routers", flowOf("10.10.255.1", "10.10.255.1", "10.10.255.2", via(0, 9)), "control: not placed"},
		{"a router reaches into Azure", flowOf("10.10.255.1", "10.10.255.1", "10.100.1.1", via(0, 101)), "campus-to-hub ipv4 →: " + primary},
	})
}

// Interface names of option data and of the router, in the short forms of the vendors.
func TestPlaceByName(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "07-two-sites-standby-telemetry")
	pl := NewPlacer(p, PlaceOptions{Asked: map[string]map[uint32]string{"ce-lon": {3: "eth1.410", 4: "eth2.410@eth2", 5: "eth0"}}})
	for index, name := range map[uint32]string{1: "Tu1", 2: "Tunnel 2", 3: "Gi0/0/0"} {
		pl.Interface(Interface{Exporter: addr("10.80.255.3"), Index: index, Name: name})
	}
	for index, name := range map[uint32]string{11: "xe-0/0/1.420", 12: "xe-0/0/1", 13: "xe-0/0/2"} {
		pl.Interface(Interface{Exporter: addr("10.80.255.2"), Index: index, Name: name})
	}
	pl.Interface(Interface{Exporter: addr("192.0.2.1"), Index: 1, Name: "eth1.410"})
	to := func(exporter string, out uint32) Record {
		return flowOf(exporter, "10.80.1.1", "10.90.1.1", via(99, out))
	}
	const s = "emea ipv4 →: "
	checkPlaces(t, pl, []placeCase{
		{"short tunnel", to("10.80.255.3", 1), s + "s2s-emea.a on ce-vpn by interface names of the exporter"},
		{"tunnel with a space", to("10.80.255.3", 2), s + "s2s-emea.b on ce-vpn by interface names of the exporter"},
		{"the tunnels' port", to("10.80.255.3", 3), s + "transit"},
		{"all legs have a number, and this is none", to("10.80.255.3", 77), s + "transit"},
		{"subinterface", to("10.80.255.2", 11), s + "er-ams.primary on ce-ams by interface names of the exporter"},
		{"the port under one leg", to("10.80.255.2", 12), s + "er-ams.primary on ce-ams by interface names of the exporter"},
		{"the port under the other leg", to("10.80.255.2", 13), s + "er-ams.secondary on ce-ams by interface names of the exporter"},
		{"a port does not make the router's numbers known", to("10.80.255.2", 77), s + "not placed"},
		{"asked", to("10.80.255.1", 3), s + "er-lon.primary on ce-lon by interface index asked of the router"},
		{"asked, with its parent", to("10.80.255.1", 4), s + "er-lon.secondary on ce-lon by interface index asked of the router"},
		{"asked, the LAN", to("10.80.255.1", 5), s + "transit"},
	})
}

// A router that restarts numbers its interfaces anew, and what two sources contradict
// is believed of neither.
func TestPlaceContradiction(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "01-two-ce-private")
	numbered(p)
	pl := NewPlacer(p, PlaceOptions{})
	to := func(out uint32) Record { return flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, out)) }
	const s = "campus-to-hub ipv4 →: "
	name := func(index uint32, text string) {
		pl.Interface(Interface{Exporter: addr("10.10.255.1"), Index: index, Name: text})
	}
	name(101, "Te0/0/1.150")
	checkPlaces(t, pl, []placeCase{{"both agree", to(101), s + "er-london.primary on ce1 by interface index of the intent"}})
	name(101, "Gi0/0/0")
	name(55, "Te0/0/1.150")
	checkPlaces(t, pl, []placeCase{
		{"the intent is of before the restart", to(101), s + "not placed"},
		{"as the exporter says", to(55), s + "er-london.primary on ce1 by interface names of the exporter"},
	})
	want := []string{"interface 101 of ce1 is not believed: the intent says that it is TenGigabitEthernet0/0/1.150, and the exporter that it is Gi0/0/0"}
	if diff := cmp.Diff(want, pl.Contradictions()); diff != "" {
		t.Errorf("contradictions (-want +got):\n%s", diff)
	}
	name(56, "Te0/0/1.150")
	checkPlaces(t, pl, []placeCase{
		{"moved once more", to(56), s + "er-london.primary on ce1 by interface names of the exporter"},
		{"and left its number", to(55), s + "transit"},
	})
}

// Tags and next hops place what no number does; one VLAN on both links of a router is
// no place.
func TestPlaceByTag(t *testing.T) {
	t.Parallel()
	qinq := NewPlacer(examplePlan(t, "06-direct-qinq-pe"), PlaceOptions{})
	one := NewPlacer(examplePlan(t, "02-dual-stack-one-ce"), PlaceOptions{})
	two := NewPlacer(examplePlan(t, "01-two-ce-private"), PlaceOptions{})
	out := func(outer, inner uint16) func(*Record) { return func(r *Record) { r.OutTags = Tags{outer, inner} } }
	in := func(outer, inner uint16) func(*Record) { return func(r *Record) { r.InTags = Tags{outer, inner} } }
	hop := func(a string) func(*Record) { return func(r *Record) { r.NextHop = addr(a) } }
	checkPlaces(t, qinq, []placeCase{
		{"both tags", flowOf("10.64.255.1", "10.64.1.1", "10.200.1.1", out(301, 100)), "prod ipv4 →: er-prod.primary on pe1 by VLAN tags"},
		{"from Azure", flowOf("10.64.255.1", "10.200.1.1", "10.64.1.1", in(301, 100)), "prod ipv4 ←: er-prod.primary on pe1 by VLAN tags"},
		{"of the wrong side", flowOf("10.64.255.1", "10.200.1.1", "10.64.1.1", via(3, 4), out(301, 100)), "prod ipv4 ←: not placed"},
		{"the outer alone", flowOf("10.64.255.2", "10.68.1.1", "10.201.1.1", out(302, 0)), "dev ipv4 →: er-dev.secondary on pe2 by VLAN tags"},
		{"the inner alone is of both", flowOf("10.64.255.2", "10.68.1.1", "10.201.1.1", out(0, 100)), "dev ipv4 →: not placed"},
		{"an outer tag of nobody", flowOf("10.64.255.2", "10.68.1.1", "10.201.1.1", out(303, 100)), "dev ipv4 →: not placed"},
		{"the other VRF's prefixes", flowOf("10.64.255.2", "10.68.1.1", "10.201.1.1", out(301, 100)), "no statement: er-prod.secondary on pe2 by VLAN tags"},
	})
	checkPlaces(t, one, []placeCase{
		{"one tag on both links", flowOf("10.40.255.1", "10.40.1.1", "10.160.1.1", out(210, 0)), "sites-to-core ipv4 →: not placed"},
		{"IPv6 next hop", flowOf("10.40.255.1", "2001:db8:1000::1", "2001:db8:a000::1", hop("2001:db8:ff:10::6")), "sites-to-core ipv6 →: er-reston.secondary on ce1 by next hop (a hint)"},
		{"no hint from Azure", flowOf("10.40.255.1", "2001:db8:a000::1", "2001:db8:1000::1", hop("2001:db8:ff:10::6")), "sites-to-core ipv6 ←: not placed"},
		{"next hop of nobody", flowOf("10.40.255.1", "10.40.1.1", "10.160.1.1", hop("0.0.0.0")), "sites-to-core ipv4 →: not placed"},
	})
	for index, name := range map[uint32]string{2: "eth2", 3: "eth3"} {
		one.Interface(Interface{Exporter: addr("10.40.255.1"), Index: index, Name: name})
	}
	checkPlaces(t, one, []placeCase{
		{"the port, with the tag of its leg", flowOf("10.40.255.1", "10.40.1.1", "10.160.1.1", via(3, 3), in(210, 0)), "sites-to-core ipv4 →: er-reston.secondary on ce1 by interface names of the exporter"},
		{"the port, with another tag", flowOf("10.40.255.1", "10.40.1.1", "10.160.1.1", via(3, 3), in(99, 0)), "sites-to-core ipv4 →: not placed"},
	})
	checkPlaces(t, two, []placeCase{
		{"watched at one point", flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", in(150, 0)), "campus-to-hub ipv4 →: er-london.primary on ce1 by VLAN tags"},
	})
}

// A port under two subinterfaces is neither, but for the tags.
func TestPlacePort(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "06-direct-qinq-pe")
	pl := NewPlacer(p, PlaceOptions{Asked: map[string]map[uint32]string{"pe1": {9: "Hu0/1/0"}}})
	r := flowOf("10.64.255.1", "10.64.1.1", "10.200.1.1", via(4, 9))
	tagged := r
	tagged.OutTags = Tags{301, 100}
	checkPlaces(t, pl, []placeCase{
		{"no tags", r, "prod ipv4 →: not placed"},
		{"tags", tagged, "prod ipv4 →: er-prod.primary on pe1 by VLAN tags"},
	})
}

// Tunnels over private peering: traffic in the tunnel is the statement's, the tunnel
// itself is control, and clear text is on the link.
func TestPlaceTunnel(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "04-encrypted-over-private")
	numbered(p) // links 101 and 102, tunnels 103 and 104
	pl := NewPlacer(p, PlaceOptions{})
	const ce = "10.20.255.1"
	if i := slices.IndexFunc(pl.legs, func(l Leg) bool { return l.Instance == "a" }); pl.add(pl.legs[i], "", false) != int32(i) {
		t.Error("a second tunnel of a router to one instance is a leg of its own")
	}
	checkPlaces(t, pl, []placeCase{
		{"in the tunnel", flowOf(ce, "10.20.30.1", "10.70.1.1", via(1, 104)), "payroll ipv4 →: ipsec-zurich.b on ce1 by interface index of the intent"},
		{"in clear text", flowOf(ce, "10.20.30.1", "10.70.1.1", via(1, 101)), "payroll ipv4 →: er-zurich.primary on ce1 by interface index of the intent"},
		{"the supernet", flowOf(ce, "10.70.1.1", "10.20.32.1", via(102, 1)), "everything-else ipv4 ←: er-zurich.secondary on ce1 by interface index of the intent"},
		{"ESP", flowOf(ce, ce, "10.70.255.6", via(0, 101)), "control: not placed"},
		{"BGP in the tunnel", flowOf(ce, "169.254.21.1", "169.254.21.2", via(0, 103)), "control: not placed"},
	})
}

// Microsoft peering: a pool's traffic with anywhere that is public, and with nothing
// else.
func TestPlaceMicrosoft(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "05-microsoft-peering")
	numbered(p)
	pl := NewPlacer(p, PlaceOptions{})
	checkPlaces(t, pl, []placeCase{
		{"to a service", flowOf("198.18.0.1", "203.0.113.130", "13.69.0.1", via(1, 101)), "ams-to-weu ipv4 →: er-ams.microsoft.primary on ce-ams by interface index of the intent"},
		{"from a service, to the other pool", flowOf("198.18.0.2", "13.69.0.1", "203.0.113.161", via(102, 1)), "dub-to-neu ipv4 ←: er-dub.microsoft.secondary on ce-dub by interface index of the intent"},
		{"private space is no service", flowOf("198.18.0.1", "203.0.113.130", "10.1.1.1", via(1, 101)), "no statement: not placed"},
		{"between the pools", flowOf("198.18.0.1", "203.0.113.130", "203.0.113.161", via(1, 101)), "no statement: not placed"},
		{"BGP", flowOf("198.18.0.1", "198.51.100.1", "198.51.100.2", via(1, 101)), "control: not placed"},
	})
}

// VRFs may have the same addresses: the leg tells which is meant, and nothing else
// does.
func TestPlaceVRF(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "06-direct-qinq-pe")
	numbered(p)
	byName := func(name string) *plan.Statement {
		return &p.Statements[slices.IndexFunc(p.Statements, func(s plan.Statement) bool { return s.Name == name })]
	}
	dev, prod := byName("dev"), byName("prod")
	dev.Onprem, dev.Azure = prod.Onprem, prod.Azure
	vnetOf(p, "dev-hub").Prefixes = vnetOf(p, "prod-hub").Prefixes
	pl := NewPlacer(p, PlaceOptions{})
	leg := func(path string) uint32 {
		for i := range p.Routers[0].Links {
			if p.Routers[0].Links[i].Path == path {
				return uint32(101 + i)
			}
		}
		t.Fatalf("no link of %s", path)
		return 0
	}
	const by = " on pe1 by interface index of the intent"
	checkPlaces(t, pl, []placeCase{
		{"PROD", flowOf("10.64.255.1", "10.64.1.1", "10.200.1.1", via(1, leg("er-prod"))), "prod ipv4 →: er-prod.primary" + by},
		{"DEV", flowOf("10.64.255.1", "10.200.1.1", "10.64.1.1", via(leg("er-dev"), 1)), "dev ipv4 ←: er-dev.primary" + by},
		{"one or the other, to another router", flowOf("10.64.255.1", "10.64.1.1", "10.200.1.1", via(1, 2)), "prod ipv4 →, ambiguous: transit"},
		{"nobody's exporter", flowOf("192.0.2.1", "10.64.1.1", "10.200.1.1"), "prod ipv4 →, ambiguous: not placed"},
		{"the leg of the wrong side", flowOf("10.64.255.1", "10.64.1.1", "10.200.1.1", via(leg("er-prod"), 0)), "prod ipv4 →: not placed"},
	})
	for i := range p.Circuits {
		if c := &p.Circuits[i]; c.Name == "er-prod" {
			c.Peerings[0].Links = c.Peerings[0].Links[:1]
		}
	}
	checkPlaces(t, NewPlacer(p, PlaceOptions{}), []placeCase{
		{"a router with one of the VRFs", flowOf("10.64.255.2", "10.64.1.1", "10.200.1.1"), "dev ipv4 →: not placed"},
	})
}

// What a VNet sends to the Internet is a default's where a circuit advertises one.
func TestPlaceDefault(t *testing.T) {
	t.Parallel()
	with := func(s string) string {
		s = strings.Replace(s, "      vlan: 150\n", "      vlan: 150\n      advertiseDefault: true\n", 1)
		s = strings.Replace(s, "[10.10.0.0/16, 10.11.8.0/21]}", "[10.10.0.0/16]}\n    other: {prefixes: [10.11.8.0/21]}", 1)
		s = strings.Replace(s, "region: uksouth}", "region: uksouth}\n    spoke: {prefixes: [10.102.0.0/16], region: uksouth}", 1)
		return s + "  - {name: other, onprem: [other], azure: [spoke], prefer: [er-london]}\n"
	}
	p := examplePlan(t, "01-two-ce-private", with)
	numbered(p)
	out := flowOf("10.10.255.1", "10.100.1.1", "198.51.100.1", via(101, 7))
	back := flowOf("10.10.255.1", "198.51.100.1", "10.100.1.1", via(7, 101))
	checkPlaces(t, NewPlacer(p, PlaceOptions{}), []placeCase{
		{"to the Internet", out, "campus-to-hub ipv4 ← default: er-london.primary on ce1 by interface index of the intent"},
		{"its way back", back, "no statement: not placed"},
		{"to a network of another statement", flowOf("10.10.255.1", "10.100.1.1", "10.11.8.1", via(101, 7)), "no statement: not placed"},
		{"to the site", flowOf("10.10.255.1", "10.100.1.1", "10.10.1.1", via(101, 7)), "campus-to-hub ipv4 ←: er-london.primary on ce1 by interface index of the intent"},
	})
	p = examplePlan(t, "01-two-ce-private")
	numbered(p)
	checkPlaces(t, NewPlacer(p, PlaceOptions{}), []placeCase{{"nothing advertised", out, "no statement: not placed"}})
}

// Two routers with one address are none.
func TestPlaceExporters(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "07-two-sites-standby-telemetry", func(s string) string {
		return strings.Replace(s, "ce-lon: {platform: frr, ", "ce-lon: {platform: frr, exporter: 10.80.9.9, ", 1)
	})
	got := make(map[string]string)
	for a, e := range exporters(p) {
		got[a.String()] = fmt.Sprintf("%s: %s", p.Routers[e.router].Name, e.by)
	}
	want := map[string]string{
		"10.80.9.9": "ce-lon: exporter address of the intent", "10.80.255.1": "ce-lon: loopback", "10.80.255.2": "ce-ams: loopback", "10.80.255.3": "ce-vpn: loopback",
		"172.21.0.1": "ce-lon: address on er-lon.primary", "172.21.0.5": "ce-lon: address on er-lon.secondary",
		"172.21.0.9": "ce-ams: address on er-ams.primary", "172.21.0.13": "ce-ams: address on er-ams.secondary",
		"198.51.100.34": "ce-vpn: outside of the tunnel s2s-emea.a",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exporters (-want +got):\n%s", diff)
	}
	p.Routers[0].Links[0].IPv6 = netip.PrefixFrom(p.Routers[1].Loopback.IPv4, 30)
	if e := exporters(p)[p.Routers[1].Loopback.IPv4]; e.router != 1 {
		t.Errorf("another router's link takes a loopback: %+v", e)
	}
	p.Routers[0].Links[0].IPv4 = p.Routers[1].Links[0].IPv4
	if e := exporters(p)[p.Routers[1].Links[0].IPv4.Addr()]; p.Routers[1].Links[0].IPv4.IsValid() && e.router != -1 {
		t.Errorf("an address of two routers is %+v", e)
	}
}

// A record that tells the circuit is of the peering that its tags, or its end in Azure,
// tell.
func TestPlaceWhole(t *testing.T) {
	t.Parallel()
	p := wholePlan(t)
	pl := NewPlacer(p, PlaceOptions{})
	told := func(circuit, src, dst string, tags Tags) Record {
		return Record{Protocol: TrafficCollector, Circuit: circuit, Src: addr(src), Dst: addr(dst), InTags: tags, OutTags: tags, Packets: 1, Bytes: 100, Sampling: 4096}
	}
	const private, microsoft = "er-one (link not told)", "er-one.microsoft (link not told)"
	checkPlaces(t, pl, []placeCase{
		{"by its end, private", told("er-one", "10.10.1.1", "10.100.1.1", Tags{}), "vnets ipv4 →: " + private + " by interface names of the exporter"},
		{"by its end, Microsoft", told("ER-One", "13.69.0.1", "203.0.113.130", Tags{}), "services ipv4 ←: " + microsoft + " by interface names of the exporter"},
		{"by its tags", told("er-one", "10.10.1.1", "10.100.1.1", Tags{77, 150}), "vnets ipv4 →: " + private + " by VLAN tags"},
		{"by its tags, without a name", told("", "10.10.1.1", "10.100.1.1", Tags{77, 150}), "vnets ipv4 →: " + private + " by VLAN tags"},
		{"by its tags, with a name of nobody", told("another", "10.10.1.1", "10.100.1.1", Tags{150, 0}), "vnets ipv4 →: " + private + " by VLAN tags"},
		{"tags of two circuits", told("", "10.10.1.1", "10.100.1.1", Tags{77, 600}), "vnets ipv4 →: not placed"},
		{"one peering, by name", told("er-two", "13.69.0.1", "203.0.113.130", Tags{}), "services ipv4 ←: er-two.microsoft (link not told) by interface names of the exporter"},
		{"nothing told", told("", "10.10.1.1", "10.100.1.1", Tags{}), "vnets ipv4 →: not placed"},
		{"no statement", told("er-one", "10.10.1.1", "10.111.1.1", Tags{}), "no statement: not placed"},
	})
}

// wholePlan has a circuit with both peerings and one with a Microsoft peering of the
// same VLAN.
func wholePlan(t *testing.T) *plan.Plan {
	t.Helper()
	return resolved(t, []byte(`
apiVersion: ercfg/v1
kind: Intent
metadata: {name: whole}
onprem:
  networks:
    campus: {prefixes: [10.10.0.0/16]}
    pool: {prefixes: [203.0.113.128/27], public: true}
azure:
  vnets:
    hub: {prefixes: [10.100.0.0/16], region: westeurope}
  services:
    europe: {communities: ["12076:51002"]}
routers:
  ce1: {platform: ios-xe, version: "17.12", asn: 199524, routerID: 10.10.255.1, loopback: {interface: Loopback0, ipv4: 10.10.255.1/32}}
circuits:
  er-one:
    model: exchange
    layer3: customer
    location: Amsterdam
    sku: premium
    bandwidth: 1Gbps
    private:
      vlan: 150
      primary:   {router: ce1, interface: TenGigabitEthernet0/0/1, ipv4: 172.16.200.0/30}
      secondary: {router: ce1, interface: TenGigabitEthernet0/0/2, ipv4: 172.16.200.4/30}
    microsoft:
      vlan: 600
      primary:   {router: ce1, interface: TenGigabitEthernet0/0/1, ipv4: 198.51.100.0/30}
      secondary: {router: ce1, interface: TenGigabitEthernet0/0/2, ipv4: 198.51.100.4/30}
      routeFilter: ["12076:51002"]
      advertisedPublicPrefixes: [203.0.113.128/27]
  er-two:
    model: exchange
    layer3: customer
    location: Dublin
    sku: premium
    bandwidth: 1Gbps
    microsoft:
      vlan: 600
      primary:   {router: ce1, interface: TenGigabitEthernet0/0/3, ipv4: 198.51.100.8/30}
      secondary: {router: ce1, interface: TenGigabitEthernet0/0/4, ipv4: 198.51.100.12/30}
      routeFilter: ["12076:51002"]
      advertisedPublicPrefixes: [203.0.113.128/27]
traffic:
  - {name: vnets, onprem: [campus], azure: [hub], prefer: [er-one.private]}
  - {name: services, onprem: [pool], azure: [europe], prefer: [er-one.microsoft, er-two.microsoft]}
`))
}
