package render_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
)

// A linuxReading reads what a Linux router does beside FRR out of the companion
// files: VRFs, tunnels, segment sizes, DSCP and flow export.
type linuxReading struct {
	reading
	families map[string][2]bool // interface → families that frr.conf gives it an address of
	inside   map[string]netip.Prefix
	devices  map[string]linuxTunnel // XFRM interface
	segments map[string][2]int      // tunnel device → clamp inbound, outbound
	edge     []string               // devices whose packets are sampled
}

// A linuxTunnel is a line of the script that makes tunnel devices.
type linuxTunnel struct{ id, mtu, outside, vrf string }

// readLinux adds to the device of an frr.conf what its companions say.
func readLinux(c artifact.Config, d *device) error {
	r := &linuxReading{
		reading: reading{device: d}, families: make(map[string][2]bool), inside: make(map[string]netip.Prefix), devices: make(map[string]linuxTunnel),
		segments: make(map[string][2]int),
	}
	r.interfaces(c.Text)
	for _, f := range c.Companions {
		switch name := strings.TrimPrefix(f.Name, c.Router+".frr."); {
		case name == "vlans", name == "tunnels":
			r.script(f.Text)
		case name == "nft":
			r.nft(f.Text)
		case name == "uacctd.conf":
			r.uacctd(f.Text)
		case name == "swanctl.conf", name == "daemons", name == "sysctl", strings.HasSuffix(name, ".service"), strings.HasSuffix(name, ".service.conf"):
		default:
			r.line = name
			r.fail("unknown companion")
		}
	}
	for _, f := range c.Companions {
		if strings.HasSuffix(f.Name, ".swanctl.conf") {
			r.swanctl(f.Text)
		}
	}
	for name := range r.devices {
		if _, ok := r.tunnels[name]; !ok {
			r.line = name
			r.fail("a tunnel device without a connection")
		}
	}
	r.sampled()
	return r.err
}

// interfaces notes the addresses of frr.conf.
func (r *linuxReading) interfaces(text string) {
	name := ""
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		switch {
		case !strings.HasPrefix(line, " "):
			if name = ""; is(w, "interface *") || is(w, "interface * vrf *") {
				name = w[1]
			}
		case name == "":
		case is(w, "ip address *"), is(w, "ipv6 address *"):
			used := r.families[name]
			used[map[string]plan.Family{"ip": plan.IPv4, "ipv6": plan.IPv6}[w[0]]] = true
			r.families[name] = used
			r.inside[name], _ = netip.ParsePrefix(w[2])
		}
	}
}

// script reads the calls at the end of a script: vrf NAME TABLE, vlan PARENT
// NAME ID MTU [VRF [INDEX]], tunnel NAME ID MTU OUTSIDE [VRF [INDEX]].
func (r *linuxReading) script(text string) {
	for line := range strings.Lines(text) {
		r.line = strings.TrimRight(line, "\n")
		w := append(strings.Fields(line), "-", "-")
		switch {
		case strings.HasPrefix(line, "vlan ") && len(w) >= 7:
			r.member(w[2], w[5])
		case strings.HasPrefix(line, "tunnel ") && len(w) >= 7:
			r.member(w[1], w[5])
			r.devices[w[1]] = linuxTunnel{w[2], w[3], w[4], w[5]}
		}
	}
}

func (r *linuxReading) member(name, table string) {
	if table != "-" {
		r.members[name] = table
	}
}

// nft reads the packet filter's table. What it does not know is an error.
func (r *linuxReading) nft(text string) {
	clamp := regexp.MustCompile(`^([io])ifname "(\S+)" tcp flags syn tcp option maxseg size set (\d+)$`)
	remark := regexp.MustCompile(`^oifname "(\S+)" (ip6?) dscp != \{ ([0-9, ]+) \} (ip6?) dscp set 0$`)
	kept := make(map[string][]string) // interface → values of IPv4, then of IPv6
	for line := range strings.Lines(text) {
		r.line = strings.TrimSpace(line)
		if m := clamp.FindStringSubmatch(r.line); m != nil {
			both := r.segments[m[2]]
			both[map[string]int{"i": 0, "o": 1}[m[1]]] = r.number(m[3])
			r.segments[m[2]] = both
			continue
		}
		if m := remark.FindStringSubmatch(r.line); m != nil && m[2] == m[4] {
			kept[m[1]] = append(kept[m[1]], m[3])
			continue
		}
		w := strings.Fields(r.line)
		switch {
		case r.line == "", strings.HasPrefix(r.line, "#"), is(w, "table inet ercfg"), is(w, "delete table inet ercfg"), is(w, "table inet ercfg {"), is(w, "chain * {"), r.line == "}":
		case is(w, "type filter hook …"), is(w, "set edge {"), is(w, "type ifname"):
		case is(w, "elements = { …"):
			for _, name := range w[3 : len(w)-1] {
				r.edge = append(r.edge, strings.Trim(name, `",`))
			}
		case is(w, "oifname @edge jump sample"), is(w, "oifname != @edge iifname @edge jump sample"):
		case is(w, "log group * queue-threshold 1"):
			r.flow.sampling = 1
		case is(w, "numgen random mod * == 0 log group * queue-threshold 1"):
			r.flow.sampling = r.number(w[3])
		default:
			r.fail("unknown line of nft")
		}
	}
	for name, values := range kept {
		if len(values) != 2 || values[0] != values[1] || !strings.HasPrefix(values[0]+",", "0,") {
			r.line = strings.Join(values, "; ")
			r.fail(name + " keeps other values of IPv4 than of IPv6, or not 0")
		}
		r.remarks[name] = "[" + strings.Join(strings.Split(values[0], ", ")[1:], " ") + "]"
	}
}

// uacctd reads the exporter's configuration.
func (r *linuxReading) uacctd(text string) {
	rate := 1
	for line := range strings.Lines(text) {
		r.line = strings.TrimSpace(line)
		key, value, ok := strings.Cut(strings.Replace(r.line, "[ercfg]", "", 1), ": ")
		switch {
		case strings.HasPrefix(r.line, "!"):
		case !ok:
			r.fail("no key")
		case key == "nfprobe_version":
			r.flow.protocol = map[string]string{"9": "netflow9", "10": "ipfix"}[value]
		case key == "nfprobe_receiver":
			r.flow.collector, _ = netip.ParseAddrPort(value)
		case key == "nfprobe_source_ip":
			r.flow.source = value
		case key == "uacctd_ext_sampling_rate":
			rate = r.number(value)
		case key == "nfprobe_timeouts":
			if _, err := fmt.Sscanf(value[strings.Index(value, ":general="):], ":general=%d:maxlife=%d", &r.flow.inactive, &r.flow.active); err != nil {
				r.fail("no timeouts")
			}
		case key == "aggregate":
			if !strings.Contains(value, "in_iface, out_iface") {
				r.fail("records without interfaces")
			}
		case !slices.Contains([]string{"daemonize", "uacctd_group", "uacctd_threshold", "uacctd_nl_size", "plugins"}, key):
			r.fail("unknown key of uacctd")
		}
	}
	if rate != r.flow.sampling {
		r.fail("the records tell another rate than nft samples at")
	}
}

// sampled makes the samples of every device of the set: both directions of the
// families that it has. A tunnel without an address has IPv4.
func (r *linuxReading) sampled() {
	for _, name := range r.edge {
		used := r.families[name]
		if _, ok := r.devices[name]; ok {
			used = [2]bool{true, false}
		}
		for f, ok := range used {
			if ok {
				r.samples[sample{name, plan.Family(f), false}], r.samples[sample{name, plan.Family(f), true}] = true, true
			}
		}
	}
	if (len(r.edge) > 0) != (r.flow != flow{}) {
		r.line = strings.Join(r.edge, " ")
		r.fail("samples without an exporter, or the reverse")
	}
}

// swanctl reads the connections. Which device one belongs to is said by the
// number of the XFRM interface, not by a name.
func (r *linuxReading) swanctl(text string) {
	settings, sections := r.sections(text)
	for _, section := range sections {
		name, ok := strings.CutPrefix(section, "connections.")
		if !ok || strings.Contains(name, ".") {
			continue
		}
		get := func(key string) string {
			value := settings[section+"."+key]
			delete(settings, section+"."+key)
			return value
		}
		child := "children." + name + "."
		in, out := get(child+"if_id_in"), get(child+"if_id_out")
		device := ""
		for candidate, t := range r.devices {
			if t.id == in && t.id == out {
				device = candidate
			}
		}
		t := r.devices[device]
		local, remote := get("local_addrs"), get("remote_addrs")
		r.line = section
		if device == "" || get("local.auth") != "psk" || get("remote.auth") != "psk" || get("local.id") != local || get("remote.id") != remote ||
			get(child+"local_ts") != "0.0.0.0/0" || get(child+"remote_ts") != "0.0.0.0/0" || get("reauth_time") != "0" || get("mobike") != "no" || get("keyingtries") != "0" {
			r.fail("no device, other identities, or less traffic than everything")
		}
		if both := r.segments[device]; both[0] != both[1] {
			r.fail("segments are clamped in one direction")
		}
		outside := ""
		if t.outside != "-" {
			outside = cmp.Or(r.members[t.outside], t.outside)
		}
		inside := r.inside[device]
		start, closed, dead := get(child+"start_action"), get(child+"close_action"), get(child+"dpd_action")
		x := tunnel{
			outside: outside, local: r.addr(local), remote: r.addr(remote), inside: inside, mtu: r.number(t.mtu), mss: r.segments[device][0],
			version: r.number(get("version")), dpd: get("dpd_delay") != "", passive: start == "none" && closed == "none" && dead == "clear",
		}
		if t.vrf != "-" {
			x.vrf = t.vrf
		}
		if !x.passive && (start != "start" || closed != "start" || dead != "restart") {
			r.fail("a tunnel that is not made anew")
		}
		x.ike = r.proposal(get("proposals"), func(e, i string, group int) string {
			return ikeWords(e, i, group, r.seconds(get("rekey_time"))+r.seconds(get("over_time")))
		})
		kilobytes := 0
		if bytes := get(child + "life_bytes"); bytes != "" {
			kilobytes = r.number(bytes) / 1024
			get(child + "rekey_bytes")
		}
		get(child + "rekey_time")
		x.esp = r.proposal(get(child+"esp_proposals"), func(e, i string, group int) string {
			return espWords(e, i, group, r.seconds(get(child+"life_time")), kilobytes)
		})
		for _, secret := range sections {
			if strings.HasPrefix(secret, "secrets.") && settings[secret+".id-local"] == local && settings[secret+".id-remote"] == remote {
				x.psk = strings.Trim(settings[secret+".secret"], `"`)
			}
		}
		r.tunnels[device] = x
	}
	for key := range settings {
		if !strings.HasPrefix(key, "secrets.") {
			r.line = key
			r.fail("unknown key of swanctl")
		}
	}
}

// sections flattens the nested form of strongSwan: settings by their full name,
// and the names of the sections.
func (r *linuxReading) sections(text string) (settings map[string]string, sections []string) {
	settings = make(map[string]string)
	var open []string
	for line := range strings.Lines(text) {
		r.line = strings.TrimSpace(line)
		key, value, assigned := strings.Cut(r.line, " = ")
		switch name, opens := strings.CutSuffix(r.line, " {"); {
		case r.line == "", strings.HasPrefix(r.line, "#"):
		case opens:
			open = append(open, name)
			sections = append(sections, strings.Join(open, "."))
		case r.line == "}" && len(open) > 0:
			open = open[:len(open)-1]
		case assigned:
			settings[strings.Join(append(slices.Clone(open), key), ".")] = value
		default:
			r.fail("no setting")
		}
	}
	return settings, sections
}

func (r *linuxReading) seconds(word string) int { return r.number(strings.TrimSuffix(word, "s")) }

// proposal reads a proposal of strongSwan: aes256-sha256-modp2048,
// aes256gcm16-prfsha384-ecp384, aes256gcm16.
func (r *linuxReading) proposal(word string, compose func(encryption, integrity string, group int) string) string {
	groups := map[string]int{"modp768": 1, "modp1024": 2, "modp2048": 14, "ecp256": 19, "ecp384": 20, "modp2048s256": 24}
	parts := strings.Split(word, "-")
	group := groups[parts[len(parts)-1]]
	if group > 0 {
		parts = parts[:len(parts)-1]
	}
	integrity := ""
	if len(parts) == 2 {
		integrity = azureIntegrity(parts[1])
	} else if len(parts) != 1 {
		r.line = word
		r.fail("no proposal")
	}
	return compose(azureEncryption(parts[0]), integrity, group)
}
