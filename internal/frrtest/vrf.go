package frrtest

import (
	"slices"
	"strings"
)

// VRF gives the router VRFs, before its daemons start. Each is a network
// namespace, which zebra takes for a VRF when it is told to (-n): not every
// kernel has VRF devices. BGP, BFD and static routes do in it what they do in a
// VRF device; what the kernel's VRF itself does, such as a look-up that goes on
// in the main table, does not show.
func (r *Router) VRF(names ...string) {
	r.t.Helper()
	for _, name := range names {
		for _, argv := range [][]string{
			{"ip", "netns", "add", name},
			{"ip", "-netns", name, "link", "set", "lo", "up"},
			{"ip", "netns", "exec", name, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad"},
		} {
			if _, err := r.Exec(r.t.Context(), argv...); err != nil {
				r.t.Fatalf("%s: VRF %s: %v", r.Name, name, err)
			}
		}
	}
	r.vrfs = append(r.vrfs, names...)
	slices.Sort(r.vrfs)
}

// Enslave puts an interface into a VRF and brings it up there.
func (r *Router) Enslave(name, vrf string) {
	r.t.Helper()
	for _, argv := range [][]string{{"ip", "link", "set", name, "netns", vrf}, {"ip", "-netns", vrf, "link", "set", name, "up"}} {
		if _, err := r.Exec(r.t.Context(), argv...); err != nil {
			r.t.Fatalf("%s: %s: %v", r.Name, name, err)
		}
	}
	if r.members == nil {
		r.members = make(map[string]string)
	}
	r.members[name] = vrf
}

// InVRFs returns conf, which is for VRF devices, as the router with its
// namespaces for VRFs reads and prints it: a VRF has a block that names its
// namespace, and an interface says its VRF, which is otherwise a matter of
// Linux. Without VRFs it is conf.
func (r *Router) InVRFs(conf string) string {
	if len(r.vrfs) == 0 {
		return conf
	}
	var out strings.Builder
	left := r.vrfs
	for line := range strings.Lines(conf) {
		word, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		// The VRFs come before the interfaces, in the order of their names.
		for len(left) > 0 && (word == "vrf" && left[0] < name || word == "interface" || word == "router") {
			out.WriteString("vrf " + left[0] + "\n" + netnsOf(left[0]) + "exit-vrf\n!\n")
			left = left[1:]
		}
		switch {
		case word == "vrf" && len(left) > 0 && left[0] == name:
			line += netnsOf(name)
			left = left[1:]
		case word == "interface" && r.members[name] != "":
			line = "interface " + name + " vrf " + r.members[name] + "\n"
		}
		out.WriteString(line)
	}
	return out.String()
}

// netnsOf is the line by which zebra says which namespace a VRF is.
func netnsOf(vrf string) string { return " netns /run/netns/" + vrf + "\n" }
