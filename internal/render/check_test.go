package render

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// The handmade plan is what the vendors can express, but for what they cannot
// do as asked.
func TestCheckHandmade(t *testing.T) {
	t.Parallel()
	var got []string
	for _, d := range Check(handmade(t)) {
		got = append(got, string(d.Code)+" "+d.Severity.String()+" "+d.Path)
	}
	want := []string{
		"ER964 warning vpn.ike.dhGroup", "ER964 warning vpn.esp.encryption", // ios: an old VPN
		"ER962 info link.interface", "ER933 info router", // mx
		"ER952 info vpn.tunnel.source", "ER952 info vpn.tunnel.source", "ER952 info vpn.tunnel.source", "ER952 info vpn.tunnel.source", "ER952 info vpn.tunnel.source",
		"ER962 info link.interface", "ER933 info router", "ER937 info router", // srx
		"ER981 error vpn.tunnel.vrf", "ER951 warning vpn.pin", // linux
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const ios, mx, srx, linux = 0, 1, 2, 3
	for _, c := range []struct {
		name   string
		router int
		change func(r *plan.Router)
		want   diag.Diagnostic
	}{
		{"shortened name", ios, func(r *plan.Router) { r.Links[2].Interface = "Te0/0/1" }, diag.Diagnostic{
			Code: "ER926", Path: "link.interface", Summary: "Te0/0/1 is no interface name of ios-xe", Hint: "write it as the router prints it, without a unit: TenGigabitEthernet0/0/1",
		}},
		{"name of another vendor", ios, func(r *plan.Router) { r.Links[2].Interface = "xe-0/0/1" }, diag.Diagnostic{
			Code: "ER926", Path: "link.interface", Summary: "xe-0/0/1 is no interface name of ios-xe", Hint: "write it as the router prints it, without a unit: TenGigabitEthernet0/0/1",
		}},
		{"unit in the name", mx, func(r *plan.Router) { r.Links[2].Interface = "xe-0/0/1.100" }, diag.Diagnostic{
			Code: "ER926", Path: "link.interface", Summary: "xe-0/0/1.100 is no interface name of junos", Hint: "write it as the router prints it, without a unit: xe-0/0/1",
		}},
		{"loopback of another vendor", mx, func(r *plan.Router) { r.Loopback.Interface = "Loopback0" }, diag.Diagnostic{
			Code: "ER926", Path: "loopback.interface", Summary: "Loopback0 is no loopback name of junos", Hint: "write lo0, or lo0.N for a unit",
		}},
		{"loopback in small letters", ios, func(r *plan.Router) { r.Loopback.Interface = "loopback0" }, diag.Diagnostic{
			Code: "ER926", Path: "loopback.interface", Summary: "loopback0 is no loopback name of ios-xe", Hint: "write it as the router prints it: Loopback0",
		}},
		{"slash in a Linux name", linux, func(r *plan.Router) { r.Links[2].Interface = "wan0/1" }, diag.Diagnostic{
			Code: "ER926", Path: "link.interface", Summary: "wan0/1 is no interface name of frr", Hint: "write the Linux device: eth1",
		}},
		{"long device", linux, func(r *plan.Router) { r.Links[2].Interface = "enp94s0f0np0" }, diag.Diagnostic{
			Code: "ER920", Path: "link.interface", Summary: "the device enp94s0f0np0.102 has 16 characters, and Linux takes 15", Hint: "unit: N gives the link a shorter number; or rename the interface",
		}},
		{"long device of the outer tag", linux, func(r *plan.Router) { r.Links[0].Interface, r.Links[0].Unit = "enp94s0f0np", 1 }, diag.Diagnostic{
			Code: "ER920", Path: "link.interface", Summary: "the device enp94s0f0np.s900 has 16 characters, and Linux takes 15", Hint: "rename the interface",
		}},
		{"long loopback", linux, func(r *plan.Router) { r.Loopback.Interface = "loopback-of-ce1x" }, diag.Diagnostic{
			Code: "ER920", Path: "loopback.interface", Summary: "the device loopback-of-ce1x has 16 characters, and Linux takes 15",
		}},
		{"old IOS-XE", ios, func(r *plan.Router) { r.Version = plan.Version{Major: 16, Minor: 12, Text: "16.12"} }, diag.Diagnostic{
			Code: "ER931", Path: "router.version", Summary: "ios-xe 16.12 is older than what ercfg renders", Hint: "17.1 and later are rendered",
		}},
		{"old Junos", mx, func(r *plan.Router) { r.Version = plan.Version{Major: 18, Minor: 4, Text: "18.4R3"} }, diag.Diagnostic{
			Code: "ER931", Path: "router.version", Summary: "junos 18.4R3 is older than what ercfg renders", Hint: "19.1 and later are rendered",
		}},
		{"old FRR", linux, func(r *plan.Router) { r.Version = plan.Version{Major: 8, Minor: 3, Text: "8.3"} }, diag.Diagnostic{
			Code: "ER931", Path: "router.version", Summary: "frr 8.3 is older than what ercfg renders", Hint: "8.4 and later are rendered",
		}},
		{"FRR from documents", linux, func(r *plan.Router) { r.Version = plan.Version{Major: 10, Minor: 1, Text: "10.1"} }, diag.Diagnostic{
			Code: "ER932", Severity: diag.Info, Path: "router.version", Summary: "frr 10.1 is rendered from its documents; the tests run 8.4",
		}},
		{"anchor over a peer's loopback", linux, func(r *plan.Router) { r.IBGP[0].Neighbor = r.Origins[1].Prefix.Addr().Next() }, diag.Diagnostic{
			Code: "ER934", Severity: diag.Info, Path: "router", Summary: "the anchor 10.0.0.0/8 covers the loopback of an iBGP peer: frr keeps a dead peer's paths until the hold timer", Hint: "originate: network or via makes no anchor",
		}},
		{"anchor over a peer's IPv6 loopback", ios, func(r *plan.Router) {
			r.IBGP[0].Family, r.IBGP[0].Neighbor = plan.IPv6, r.Origins[7].Prefix.Addr().Next()
		}, diag.Diagnostic{
			Code: "ER934", Severity: diag.Info, Path: "router", Summary: "the anchor 2001:db8:ab::/48 covers the loopback of an iBGP peer: ios-xe keeps a dead peer's paths until the hold timer", Hint: "originate: network or via makes no anchor",
		}},
		{"loopback in the zone of a link", srx, func(r *plan.Router) { r.Loopback.Zone, r.Links[2].Sessions = "dmz", nil }, diag.Diagnostic{
			Code: "ER935", Severity: diag.Info, Path: "loopback", Summary: "lo0.0 of srx joins the security zone dmz, because iBGP uses it", Hint: "loopback: {zone: NAME} says where it sits; the policy from the LAN's zone to it is yours",
		}},
		{"IPv6 through a firewall", srx, func(*plan.Router) {}, diag.Diagnostic{
			Code: "ER937", Severity: diag.Info, Path: "router", Summary: "srx forwards IPv6 only in flow mode, which is not rendered", Hint: "see that the box has: security forwarding-options family inet6 mode flow-based; a change may need a reboot",
		}},
		{"IPv6 of iBGP through a firewall", srx, func(r *plan.Router) { r.IBGP[0].Family, r.Links[2].Sessions = plan.IPv6, nil }, diag.Diagnostic{
			Code: "ER937", Severity: diag.Info, Path: "router", Summary: "srx forwards IPv6 only in flow mode, which is not rendered", Hint: "see that the box has: security forwarding-options family inet6 mode flow-based; a change may need a reboot",
		}},
		{"fast BFD on IOS-XE", ios, bfdOf(49*time.Millisecond, 3), diag.Diagnostic{
			Code: "ER936", Path: "bfd.interval", Summary: "ios-xe has no BFD interval of 49ms, which ios would get", Hint: "write 50ms to 9999ms",
		}},
		{"slow BFD on IOS-XE", ios, bfdOf(10*time.Second, 50), diag.Diagnostic{
			Code: "ER936", Path: "bfd.interval", Summary: "ios-xe has no BFD interval of 10s, which ios would get", Hint: "write 50ms to 9999ms",
		}},
		{"nervous BFD on IOS-XE", ios, bfdOf(50*time.Millisecond, 2), diag.Diagnostic{
			Code: "ER936", Path: "bfd.multiplier", Summary: "ios-xe has no BFD multiplier of 2, which ios would get", Hint: "write 3 to 50",
		}},
		{"patient BFD on IOS-XE", ios, bfdOf(9999*time.Millisecond, 51), diag.Diagnostic{
			Code: "ER936", Path: "bfd.multiplier", Summary: "ios-xe has no BFD multiplier of 51, which ios would get", Hint: "write 3 to 50",
		}},
		{"slow BFD on Junos", mx, bfdOf(256*time.Second, 1), diag.Diagnostic{
			Code: "ER936", Path: "bfd.interval", Summary: "junos has no BFD interval of 4m16s, which mx would get", Hint: "write 1ms to 255000ms",
		}},
		{"patient BFD on Junos", mx, bfdOf(255*time.Second, 256), diag.Diagnostic{
			Code: "ER936", Path: "bfd.multiplier", Summary: "junos has no BFD multiplier of 256, which mx would get", Hint: "write 1 to 255",
		}},
		{"fast BFD on FRR", linux, bfdOf(9*time.Millisecond, 2), diag.Diagnostic{
			Code: "ER936", Path: "bfd.interval", Summary: "frr has no BFD interval of 9ms, which linux would get", Hint: "write 10ms to 60000ms",
		}},
		{"tunnel on an MX", mx, func(r *plan.Router) {
			r.Tunnels = []plan.Tunnel{{Path: "s2s", Interface: "st0.1", Source: "lo0.5", Origin: "vpn.tunnel"}}
		}, diag.Diagnostic{
			Code: "ER949", Path: "vpn.tunnel.router", Summary: "mx is an MX, which has no IPsec without a services card", Hint: "end the tunnels of s2s on an SRX (model: srx), on IOS-XE or on Linux",
		}},
		{"tunnel of another platform", ios, func(r *plan.Router) { r.Tunnels[0].Interface = "st0.1" }, diag.Diagnostic{
			Code: "ER926", Path: "vpn.tunnel.interface", Summary: "st0.1 is no tunnel interface of ios-xe", Hint: "write it as the router prints it: Tunnel1",
		}},
		{"MACsec on FRR", linux, func(r *plan.Router) {
			r.Ports = []plan.Port{{Interface: "eth9", MACsec: plan.MACsec{Cipher: "gcm-aes-256", Origin: "port.macsec"}}}
		}, diag.Diagnostic{
			Code: "ER950", Path: "port.macsec.cipher", Summary: "FRR on linux has no MACsec for the port eth9", Hint: "end the port pair on IOS-XE or Junos, or take macsec away here and in Azure",
		}},
		{"SCI that cannot be left out", ios, func(r *plan.Router) {
			r.Version = plan.Version{Major: 17, Minor: 9, Text: "17.9"}
			r.Tunnels = nil
			r.Ports = r.Ports[:1]
			r.Ports[0].MACsec.SCI = false
		}, diag.Diagnostic{
			Code: "ER950", Path: "port.macsec.cipher", Summary: "IOS-XE 17.9 on ios always sends the secure channel identifier", Hint: "write sci: true, and enable it on the port in Azure; or 17.12 and later",
		}},
		{"GCM with another function", srx, func(r *plan.Router) {
			r.Tunnels = r.Tunnels[:1]
			r.Tunnels[0].IPsec.IKE.Encryption, r.Tunnels[0].IPsec.IKE.Integrity = "gcmaes256", "sha256"
		}, diag.Diagnostic{
			Code: "ER957", Path: "vpn.ike.integrity", Summary: "Junos has sha384 beside gcmaes256 in IKE, and not sha256", Hint: "write integrity: sha384, and set it in Azure",
		}},
		{"no encryption on Junos", srx, func(r *plan.Router) {
			r.Tunnels = r.Tunnels[:1]
			r.Tunnels[0].IPsec.ESP.Encryption, r.Tunnels[0].IPsec.ESP.Integrity = "none", "sha256"
		}, diag.Diagnostic{
			Code: "ER957", Path: "vpn.esp.encryption", Summary: "junos, where s2s-a ends, has no ESP without encryption", Hint: "choose another algorithm, in Azure's custom policy, too",
		}},
		{"no encryption behind the shield", ios, func(r *plan.Router) {
			r.Version = plan.Version{Major: 17, Minor: 12, Text: "17.12"}
			r.Tunnels = r.Tunnels[:1]
			r.Tunnels[0].IPsec.ESP.Encryption, r.Tunnels[0].IPsec.ESP.Integrity = "none", "sha256"
		}, diag.Diagnostic{
			Code: "ER964", Severity: diag.Warning, Path: "vpn.esp.encryption", Summary: "IOS-XE 17.12 on ios refuses ESP without encryption",
			Hint: "it is weak: choose another one, in Azure's custom policy, too; crypto engine compliance shield disable and a reload would let it in",
		}},
		{"no group of IKE", linux, func(r *plan.Router) {
			r.Tunnels = r.Tunnels[:1]
			r.Tunnels[0].IPsec.IKE.DHGroup = 0
		}, diag.Diagnostic{
			Code: "ER957", Path: "vpn.ike.dhGroup", Summary: "frr, where s2s-a ends, has no IKE without a Diffie-Hellman group", Hint: "choose a group, in Azure's custom policy, too",
		}},
		{"loopback that sessions of a VPN use", srx, func(r *plan.Router) {
			r.Loopback.Zone, r.IBGP, r.Links[2].Sessions = "dmz", nil, nil
		}, diag.Diagnostic{
			Code: "ER935", Severity: diag.Info, Path: "loopback", Summary: "lo0.0 of srx joins the security zone dmz, because the BGP sessions of s2s-a use it", Hint: "loopback: {zone: NAME} says where it sits; the policy from the LAN's zone to it is yours",
		}},
		{"loopback that tunnels begin on", srx, func(r *plan.Router) {
			r.Loopback.Zone, r.IBGP, r.Links[2].Sessions, r.Tunnels = "dmz", nil, nil, r.Tunnels[3:4]
		}, diag.Diagnostic{
			Code: "ER935", Severity: diag.Info, Path: "loopback", Summary: "lo0.0 of srx joins the security zone dmz, because the tunnels of ipsec-d begin on it", Hint: "loopback: {zone: NAME} says where it sits; the policy from the LAN's zone to it is yours",
		}},
		{"long name of a gateway", srx, func(r *plan.Router) {
			r.Tunnels = r.Tunnels[:1]
			r.Tunnels[0].Path = strings.Repeat("x", 31)
		}, diag.Diagnostic{
			Code: "ER959", Path: "vpn.tunnel.instance", Summary: strings.Repeat("X", 31) + "-A has 33 characters, and Junos takes 32 in the name of an IKE gateway", Hint: "shorten the name of the VPN or of the gateway's instance",
		}},
		{"small volume", ios, func(r *plan.Router) { r.Tunnels[0].IPsec.ESP.Kilobytes = 1024 }, diag.Diagnostic{
			Code: "ER960", Path: "vpn.lifetimes.espKilobytes", Summary: "ios-xe has no IPsec lifetime of 1024 KB, which ios would get", Hint: "write 2560 KB to 4294967295 KB",
		}},
		{"export from nowhere", mx, func(r *plan.Router) { r.Flow.Source = netip.Addr{} }, diag.Diagnostic{
			Code: "ER961", Path: "router", Summary: "Junos asks for the source address of flow export, and mx has none of the collector's family, ipv4", Hint: "write exporter: ADDRESS, or loopback: {ipv4: ADDRESS}",
		}},
		{"nervous BFD on FRR", linux, bfdOf(10*time.Millisecond, 1), diag.Diagnostic{
			Code: "ER936", Path: "bfd.multiplier", Summary: "frr has no BFD multiplier of 1, which linux would get", Hint: "write 2 to 255",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := handmade(t)
			p.Routers = p.Routers[c.router : c.router+1]
			before := Check(p)
			c.change(&p.Routers[0])
			got := slices.DeleteFunc(Check(p), func(d diag.Diagnostic) bool {
				return !cmp.Equal(d, c.want) && slices.ContainsFunc(before, func(b diag.Diagnostic) bool { return cmp.Equal(b, d) })
			})
			if diff := cmp.Diff(diag.List{c.want}, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// A family whose next hops a policy keeps off the anchors needs no word.
func TestCheckGuarded(t *testing.T) {
	t.Parallel()
	for _, router := range []int{0, 1} { // IOS-XE and Junos
		p := handmade(t)
		r := &p.Routers[router]
		r.IBGP[0].Neighbor = r.Origins[1].Prefix.Addr().Next()
		for _, d := range Check(p) {
			if d.Code == noNextHopGuard {
				t.Errorf("%s: %s", r.Name, d.Summary)
			}
		}
	}
}

// bfdOf gives two links one BFD; it is reported once.
func bfdOf(interval time.Duration, multiplier int) func(r *plan.Router) {
	return func(r *plan.Router) {
		for i := range r.Links[:2] {
			r.Links[i].BFD = plan.BFD{Interval: interval, Multiplier: multiplier, Origin: "bfd"}
		}
	}
}

// FRR's own parser draws the limits of BFD where they are drawn here.
func TestBFDLimitsOfFRR(t *testing.T) {
	t.Parallel()
	limits := bfdLimitsOf(plan.FRR)
	for _, c := range []struct {
		word        string
		least, most int
	}{
		{"transmit-interval", limits.least, limits.most},
		{"receive-interval", limits.least, limits.most},
		{"detect-multiplier", limits.fewest, limits.largest},
	} {
		for value, taken := range map[int]bool{c.least - 1: false, c.least: true, c.most: true, c.most + 1: false} {
			said := frrtest.SyntaxCheck(t, fmt.Sprintf("bfd\n profile P\n  %s %d\n exit\nexit\n", c.word, value))
			if (said == "") != taken {
				t.Errorf("%s %d: taken %t, want %t: %s", c.word, value, !taken, taken, said)
			}
		}
	}
}

// What the platforms call their own ports is taken.
func TestInterfaceNames(t *testing.T) {
	t.Parallel()
	for platform, ports := range map[plan.Platform][]string{
		plan.IOSXE: {"GigabitEthernet1", "GigabitEthernet0/0/0", "TenGigabitEthernet0/1/2", "TwentyFiveGigE1/0/1", "FortyGigabitEthernet0/0/0", "HundredGigE0/1/0", "FourHundredGigE0/0/1", "Port-channel10"},
		plan.Junos: {"ge-0/0/0", "xe-1/2/3", "et-0/0/48:1", "mge-0/0/1", "ae0", "reth1"},
		plan.FRR:   {"eth0", "ens1f0", "enp94s0f0np0", "bond0", "wan-a", "lan_1"},
	} {
		for _, port := range ports {
			if !namesOf(platform).port.MatchString(port) {
				t.Errorf("%s is refused on %s", port, platform)
			}
		}
	}
}
