package push

import (
	"strings"
	"testing"
)

// A route that is not the neighbor's, or lacks what decides, is an error.
func TestJunosRouteErrors(t *testing.T) {
	t.Parallel()
	answer := func(destination, entry string) string {
		return `{"route-information":[{"route-table":[{"table-name":[{"data":"inet.0"}],"rt":[{"rt-destination":[{"data":"` + destination + `"}],"rt-entry":[{` + entry + `}]}]}]}]}`
	}
	const gateway, preference = `"gateway":[{"data":"172.16.0.2"}]`, `"local-preference":[{"data":"200"}]`
	for name, tt := range map[string]struct{ answer, want string }{
		"whole":                 {answer("10.1.0.0/16", gateway+","+preference), ""},
		"another gateway":       {answer("10.1.0.0/16", strings.Replace(gateway, "0.2", "0.6", 1)+","+preference), "comes from"},
		"no gateway":            {answer("10.1.0.0/16", preference), "comes from"},
		"no preference":         {answer("10.1.0.0/16", gateway), "no local preference"},
		"a preference too high": {answer("10.1.0.0/16", gateway+`,"local-preference":[{"data":"4294967296"}]`), "no local preference"},
		"no length":             {answer("10.1.0.0", gateway+","+preference), "no prefix"},
		"another answer":        {`{"bgp-information":[{}]}`, "no table"},
		"a word":                {`{"output":[{"data":"table not found"}]}`, "table not found"},
		"a list":                {`[]`, "cannot unmarshal"},
		"two documents":         {answer("10.1.0.0/16", gateway+","+preference) + "{}", "text after the answer"},
		"a text behind":         {answer("10.1.0.0/16", gateway+","+preference) + "\nerror: connection lost\n", "text after the answer"},
	} {
		_, err := readJunosRoutes(neighborOf("172.16.0.2"), tt.answer)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// Members that tell a session differently are an error: which one forwards is not
// known.
func TestJunosMembersDiffer(t *testing.T) {
	t.Parallel()
	member := func(state string) string {
		return `{"bgp-information":[{"bgp-peer":[{"peer-address":[{"data":"172.16.0.2+179"}],"peer-state":[{"data":"` + state + `"}]}]}]}`
	}
	both := func(a, b string) string {
		return `{"multi-routing-engine-results":[{"multi-routing-engine-item":[` + member(a) + "," + member(b) + `]}]}`
	}
	if peers, err := readJunosSessions(both("Active", "Active")); err != nil || len(peers) != 1 {
		t.Errorf("the same: %v, %v", peers, err)
	}
	if peers, err := readJunosSessions(both("Active", "Idle")); err == nil {
		t.Errorf("another state: %v", peers)
	}
	for _, answer := range []string{member(""), strings.Replace(member("Idle"), "172.16.0.2", "x", 1), `{"output":[{"data":"permission denied"}]}`, "{master:0}\n"} {
		if peers, err := readJunosSessions(answer); err == nil {
			t.Errorf("%s is read as %v", answer, peers)
		}
	}
}

// A BFD session that two instances may have is not given to either.
func TestJunosBFDInstance(t *testing.T) {
	t.Parallel()
	answer := `{"bfd-session-information":[{"bfd-session":[{"session-neighbor":[{"data":"172.16.0.2"}],"session-state":[{"data":"Down"}],"session-interface":[{"data":"ge-0/0/0.1"}]}]}]}`
	in := func(vrf, iface string) seenPeer {
		n := neighborOf("172.16.0.2")
		return seenPeer{Peer: Peer{VRF: vrf, Addr: n.Addr}, iface: iface}
	}
	if list, err := readJunosBFD(answer, []seenPeer{in("RED", ""), in("BLUE", "")}); err != nil || len(list) > 0 {
		t.Errorf("of two: %+v, %v", list, err)
	}
	if list, err := readJunosBFD(answer, []seenPeer{in("RED", "ge-0/0/0.1"), in("BLUE", "")}); err != nil || len(list) != 1 || list[0].VRF != "RED" {
		t.Errorf("of one: %+v, %v", list, err)
	}
}

func FuzzJunosFacts(f *testing.F) {
	fuzzFacts(f, "junos_two_instances", junosFacts(), `{"bgp-information":[{"bgp-peer":[{"peer-address":[{"data":"172.16.0.2+179"}],"peer-cfg-rti":[{"data":"master"}],"peer-state":[{"data":"Established"}],
"bgp-option-information":[{"bgp-options-extended":[{"data":"Shutdown"}]}],"flap-count":[{"data":"3"}],"active-holdtime":[{"data":"30"}],"keepalive-interval":[{"data":"10"}],
"local-interface-name":[{"data":"ge-0/0/0.100"}]},{"peer-address":[{"data":"172.16.0.2"}],"peer-cfg-rti":[{"data":"RED"}],"peer-state":[{"data":"Active"}]}]}]}`)
}
