package render

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/plan"
)

// Codes of what a vendor cannot express, or cannot in the way asked for.
const (
	longDevice     diag.Code = "ER920" // a Linux device name over 15 characters
	foreignName    diag.Code = "ER926" // an interface name of another platform, or shortened
	oldRelease     diag.Code = "ER931" // older than what the templates are written for
	unseenRelease  diag.Code = "ER932" // rendered from documents, never run (I)
	noEarlyWarning diag.Code = "ER933" // Junos has no warning below the limit (I)
	noNextHopGuard diag.Code = "ER934" // a platform cannot keep next hops off the anchors (I)
	loopbackInZone diag.Code = "ER935" // an SRX's loopback joins the zone of a link (I)
	bfdOutOfRange  diag.Code = "ER936" // BFD that a platform's parser refuses
	flowBasedIPv6  diag.Code = "ER937" // an SRX forwards IPv6 only when told to (I)
	noIPsec        diag.Code = "ER949" // a platform without IPsec
	noMACsec       diag.Code = "ER950" // a platform without MACsec
	noTracking     diag.Code = "ER951" // a platform cannot track a static route by BFD (W)
	ownersZone     diag.Code = "ER952" // the zone of a tunnel's source has to hear IKE (I)
	noAlgorithm    diag.Code = "ER957" // an algorithm that a platform has not
	noSource       diag.Code = "ER958" // a tunnel without what a platform sources it from
	longObject     diag.Code = "ER959" // an object name that a platform refuses
	outOfRange     diag.Code = "ER960" // a value that a platform's parser refuses
	noFlowSource   diag.Code = "ER961" // flow export without the source address that a platform asks for
	oneIKEDaemon   diag.Code = "ER981" // tunnels in two routing tables, and one daemon
	behindShield   diag.Code = "ER964" // an algorithm that IOS-XE refuses by default (W)
	portOfUnits    diag.Code = "ER962" // flow export on an aggregated interface (I)
)

// Check reports what the routers' vendors cannot express. The findings carry
// intent paths and no places: the caller knows the file.
func Check(p *plan.Plan) diag.List {
	c := checker{names: make(map[plan.Platform]names)}
	for i := range p.Routers {
		c.router(&p.Routers[i])
	}
	return c.diags
}

// A checker collects findings. It keeps the forms of names, which are compiled
// once a platform.
type checker struct {
	diags diag.List
	names map[plan.Platform]names
}

func (c *checker) add(code diag.Code, severity diag.Severity, path, summary, hint string) {
	c.diags = append(c.diags, diag.Diagnostic{Code: code, Severity: severity, Path: path, Summary: summary, Hint: hint})
}

func (c *checker) router(r *plan.Router) {
	names, ok := c.names[r.Platform]
	if !ok {
		names = namesOf(r.Platform)
		c.names[r.Platform] = names
	}
	c.release(r)
	if lo := &r.Loopback; lo.Interface != "" {
		if !names.loopback.MatchString(lo.Interface) {
			c.add(foreignName, diag.Error, lo.Origin+".interface", fmt.Sprintf("%s is no loopback name of %s", lo.Interface, r.Platform), names.loopbackHint)
		}
		if r.Platform == plan.FRR {
			c.device(lo.Interface, lo.Origin+".interface", "")
		}
	}
	for i := range r.Links {
		l := &r.Links[i]
		if !names.port.MatchString(l.Interface) {
			c.add(foreignName, diag.Error, l.Origin+".interface", fmt.Sprintf("%s is no interface name of %s", l.Interface, r.Platform), names.portHint)
		}
		if r.Platform == plan.FRR {
			c.device(l.Subinterface(), l.Origin+".interface", "unit: N gives the link a shorter number; or rename the interface")
			if l.Tag.QinQ() {
				c.device(outerName(l), l.Origin+".interface", "rename the interface")
			}
		}
	}
	for i := range r.Tunnels {
		c.tunnel(r, &r.Tunnels[i], names)
	}
	c.ikeDaemon(r)
	c.ports(r, names)
	c.flow(r)
	c.tracking(r)
	c.bfd(r)
	c.guard(r)
	if r.Platform == plan.Junos {
		c.warnings(r)
		c.loopbackZone(r)
		c.flowBased(r)
	}
}

// maxDevice is the longest name of a Linux network device, in bytes
// (IFNAMSIZ less the final zero, netdevice(7)).
const maxDevice = 15

func (c *checker) device(name, path, hint string) {
	if len(name) > maxDevice {
		c.add(longDevice, diag.Error, path, fmt.Sprintf("the device %s has %d characters, and Linux takes %d", name, len(name), maxDevice), hint)
	}
}

// A release range of a platform. Text below floor is refused; at or beyond
// unseen it follows the vendor's documents only.
type releases struct {
	floor, unseen plan.Version
	hint          string
}

// releasesOf says what the templates are written for. IOS-XE and Junos are
// checked against the vendors' models of one release (17.18, 24.4), never run
// on a box. FRR 8.4 is what the tests run.
func releasesOf(p plan.Platform) releases {
	switch p {
	case plan.IOSXE:
		return releases{floor: plan.Version{Major: 17}, hint: "17.1 and later are rendered"}
	case plan.Junos:
		// A neighbor's shutdown came with graceful-shutdown, in 19.1.
		return releases{floor: plan.Version{Major: 19, Minor: 1}, hint: "19.1 and later are rendered"}
	case plan.FRR:
		return releases{floor: plan.Version{Major: 8, Minor: 4}, unseen: plan.Version{Major: 9}, hint: "8.4 and later are rendered"}
	}
	panic(fmt.Sprintf("render: no releases of platform %d", uint8(p)))
}

func (c *checker) release(r *plan.Router) {
	known := releasesOf(r.Platform)
	switch {
	case before(r.Version, known.floor):
		c.add(oldRelease, diag.Error, r.Origin+".version", fmt.Sprintf("%s %s is older than what ercfg renders", r.Platform, r.Version.Text), known.hint)
	case known.unseen.Major > 0 && !before(r.Version, known.unseen):
		c.add(unseenRelease, diag.Info, r.Origin+".version", fmt.Sprintf("%s %s is rendered from its documents; the tests run 8.4", r.Platform, r.Version.Text), "")
	}
}

func before(a, b plan.Version) bool {
	return a.Major < b.Major || a.Major == b.Major && a.Minor < b.Minor
}

// warnings tells that Junos logs at the limit and not before it, unless it
// tears the session down.
func (c *checker) warnings(r *plan.Router) {
	for i := range r.Links {
		for j := range r.Links[i].Sessions {
			if m := r.Links[i].Sessions[j].MaxPrefixes; m.Count > 0 && m.Restart == 0 {
				c.add(noEarlyWarning, diag.Info, r.Origin, fmt.Sprintf("Junos warns at %d prefixes and not at %d %% of them", m.Count, m.WarnPercent),
					"maxPrefixes: {action: restart} logs at both, and tears the session down")
				return
			}
		}
	}
}

// guard tells where the short iBGP timers alone notice a dead router, because
// an anchor covers its loopback and no policy keeps next hops off it.
func (c *checker) guard(r *plan.Router) {
	for i := range r.Origins {
		o := &r.Origins[i]
		if o.How != plan.Anchor || guarded(r, plan.FamilyOf(o.Prefix.Addr())) {
			continue
		}
		if slices.ContainsFunc(r.IBGP, func(s plan.IBGP) bool { return o.Prefix.Contains(s.Neighbor) }) {
			c.add(noNextHopGuard, diag.Info, r.Origin, fmt.Sprintf("the anchor %s covers the loopback of an iBGP peer: %s keeps a dead peer's paths until the hold timer", o.Prefix, r.Platform),
				"originate: network or via makes no anchor")
			return
		}
	}
}

// guarded reports whether the text of r keeps the next hops of a family off
// the anchors. FRR's never does, whatever the plan has.
func guarded(r *plan.Router, f plan.Family) bool {
	return r.Platform != plan.FRR && slices.ContainsFunc(r.Resolution, func(x plan.Resolution) bool { return x.Family == f })
}

// bfdLimits are what a platform's parser takes: milliseconds between two
// packets, and lost packets that end a session.
type bfdLimits struct{ least, most, fewest, largest int }

// bfdLimitsOf returns the limits of a platform.
// Sources: Cisco IOS-XE model 17.18 (Cisco-IOS-XE-bfd, bfd interval); Junos
// model 24.4 (junos-conf-protocols, bfd-liveness-detection); the parser of FRR
// 8.4.
func bfdLimitsOf(p plan.Platform) bfdLimits {
	switch p {
	case plan.IOSXE:
		return bfdLimits{50, 9999, 3, 50}
	case plan.Junos:
		return bfdLimits{1, 255000, 1, 255}
	case plan.FRR:
		return bfdLimits{10, 60000, 2, 255}
	}
	panic(fmt.Sprintf("render: no BFD limits of platform %d", uint8(p)))
}

// bfd reports values that the router would refuse, once for each place that
// gives them: both links of a peering have its BFD.
func (c *checker) bfd(r *plan.Router) {
	limits := bfdLimitsOf(r.Platform)
	for i := range r.Links {
		b := r.Links[i].BFD
		if !b.On() || slices.ContainsFunc(r.Links[:i], func(l plan.Link) bool { return l.BFD == b }) {
			continue
		}
		if ms := int(b.Interval / time.Millisecond); ms < limits.least || ms > limits.most {
			c.add(bfdOutOfRange, diag.Error, b.Origin+".interval", fmt.Sprintf("%s has no BFD interval of %s, which %s would get", r.Platform, b.Interval, r.Name),
				fmt.Sprintf("write %dms to %dms", limits.least, limits.most))
		}
		if b.Multiplier < limits.fewest || b.Multiplier > limits.largest {
			c.add(bfdOutOfRange, diag.Error, b.Origin+".multiplier", fmt.Sprintf("%s has no BFD multiplier of %d, which %s would get", r.Platform, b.Multiplier, r.Name),
				fmt.Sprintf("write %d to %d", limits.fewest, limits.largest))
		}
	}
}

// loopbackZone tells that an SRX's loopback joins the zone of a link, where an
// owner may have it elsewhere: Junos refuses an interface in two zones. A zone
// of the owner's own was asked for and needs no word.
func (c *checker) loopbackZone(r *plan.Router) {
	zone := r.Loopback.Zone
	if inZone(r) && slices.ContainsFunc(r.Links, func(l plan.Link) bool { return l.Zone == zone }) {
		c.add(loopbackInZone, diag.Info, r.Loopback.Origin, fmt.Sprintf("%s of %s joins the security zone %s, because %s", junosLoopbackUnit(r), r.Name, zone, loopbackUse(r)),
			"loopback: {zone: NAME} says where it sits; the policy from the LAN's zone to it is yours")
	}
}

// loopbackUse says what a loopback needs its zone for.
func loopbackUse(r *plan.Router) string {
	if len(r.IBGP) > 0 {
		return "iBGP uses it"
	}
	for i := range r.Tunnels {
		switch t := &r.Tunnels[i]; {
		case t.Session.Loopback:
			return "the BGP sessions of " + t.Path + " use it"
		case fromLoopback(r, t):
			return "the tunnels of " + t.Path + " begin on it"
		}
	}
	panic("render: a loopback in a zone that nothing uses")
}

// flowBased tells that an SRX drops IPv6 unless its forwarding is set to flow
// mode. The mode is the whole box's and may need a reboot, so no text of one
// circuit sets it (Juniper, Flow-Based and Packet-Based Processing User Guide).
func (c *checker) flowBased(r *plan.Router) {
	if r.Model == plan.SRX && slices.ContainsFunc(peers(r), func(p peer) bool { return p.family == plan.IPv6 }) {
		c.add(flowBasedIPv6, diag.Info, r.Origin, fmt.Sprintf("%s forwards IPv6 only in flow mode, which is not rendered", r.Name),
			"see that the box has: security forwarding-options family inet6 mode flow-based; a change may need a reboot")
	}
}

// names are the forms of interface names.
type names struct {
	port, loopback, tunnel             *regexp.Regexp
	portHint, loopbackHint, tunnelHint string
}

// namesOf returns a platform's own names, in full: what a box prints. A
// shortened one would make every comparison with the box a difference.
// Sources: Cisco IOS-XE native model 17.18; Juniper, Interface Naming
// Overview; netdevice(7).
func namesOf(p plan.Platform) names {
	switch p {
	case plan.IOSXE:
		return names{
			port: regexp.MustCompile(`^((FastEthernet|GigabitEthernet|TwoGigabitEthernet|FiveGigabitEthernet|TenGigabitEthernet|TwentyFiveGigE|` +
				`FortyGigabitEthernet|FiftyGigE|HundredGigE|TwoHundredGigE|FourHundredGigE)\d+(/\d+){0,3}|Port-channel\d+)$`),
			loopback:     regexp.MustCompile(`^Loopback\d+$`),
			tunnel:       regexp.MustCompile(`^Tunnel\d+$`),
			portHint:     "write it as the router prints it, without a unit: TenGigabitEthernet0/0/1",
			loopbackHint: "write it as the router prints it: Loopback0",
			tunnelHint:   "write it as the router prints it: Tunnel1",
		}
	case plan.Junos:
		return names{
			port:         regexp.MustCompile(`^((fe|ge|mge|xe|et)-\d+/\d+/\d+(:\d+)?|(ae|reth)\d+)$`),
			loopback:     regexp.MustCompile(`^lo0(\.\d+)?$`),
			tunnel:       regexp.MustCompile(`^st0\.\d+$`),
			portHint:     "write it as the router prints it, without a unit: xe-0/0/1",
			loopbackHint: "write lo0, or lo0.N for a unit",
			tunnelHint:   "write st0 with its unit: st0.1",
		}
	case plan.FRR:
		return names{
			port:         regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`),
			tunnel:       regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`), // a dot would part the names of strongSwan
			loopback:     regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`),
			portHint:     "write the Linux device: eth1",
			loopbackHint: "write the Linux device: lo",
			tunnelHint:   "write the Linux device: ipsec1",
		}
	}
	panic(fmt.Sprintf("render: no names of platform %d", uint8(p)))
}
