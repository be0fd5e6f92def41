package push

import (
	"strings"
	"testing"
)

// A neighbor that FRR does not have in the family has no routes; any other refusal
// for a session that is up is an error, in FRR's words. Measured on FRR 8.4.4.
func TestFRRRefused(t *testing.T) {
	t.Parallel()
	n := neighborOf("10.0.0.2")
	for answer, want := range map[string]string{
		`{ "warning": "No such neighbor or address family" }`:   "",
		`{ "warning":"No such neighbor in this view/vrf" }`:     "No such neighbor in this view/vrf",
		`{ "warning":"View/Vrf is unknown" }`:                   "View/Vrf is unknown",
		"bgpd is not running\n":                                 "bgpd is not running",
		"% Unknown command: show bgp\n":                         "% Unknown command: show bgp",
		`{}`:                                                    "no table of routes",
		`{"routes":{"10.0.0.0":[]},"advertisedRoutes":{"x":1}}`: "ParsePrefix",
	} {
		_, err := readFRRRoutes(n, answer)
		_, errSent := readFRRSent(n, answer)
		for _, err := range []error{err, errSent} {
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", answer, err, want)
			}
		}
	}
}

// Where bfdd does not run there is no BFD; where bgpd does not, nothing is known.
func TestFRRNoDaemon(t *testing.T) {
	t.Parallel()
	if list, err := readFRRBFD("bfdd is not running\n", nil); err != nil || len(list) > 0 {
		t.Errorf("without bfdd: %v, %v", list, err)
	}
	if _, err := readFRRSessions("bgpd is not running\n"); err == nil || err.Error() != "bgpd is not running" {
		t.Errorf("without bgpd: %v", err)
	}
}

// A neighbor without a state and an entry that is not what it was are errors; a
// neighbor named by its interface is passed over.
func TestFRRSessions(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"default":{"vrfId":0,"eth1":{"bgpState":"Idle"},"10.0.0.2":{"bgpState":"Idle"}}}`: "",
		`{"default":{"10.0.0.2":{}}}`:   "neighbor 10.0.0.2 has no state",
		`{"default":{"10.0.0.2":"up"}}`: "neighbor 10.0.0.2",
		`null`:                          "null",
	} {
		peers, err := readFRRSessions(answer)
		if want == "" && (err != nil || len(peers) != 1) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, %v, want %q", answer, peers, err, want)
		}
	}
}

// A BFD session is BGP's where the BGP neighbor of its own VRF asks for BFD.
func TestFRRBFDClient(t *testing.T) {
	t.Parallel()
	answer := `[{"peer":"10.0.0.2","vrf":"default","status":"up","detect-multiplier":3,"transmit-interval":300}]`
	for vrf, want := range map[string]string{"": "BGP", "RED": ""} {
		n := neighborOf("10.0.0.2")
		list, err := readFRRBFD(answer, []seenPeer{{Peer: Peer{VRF: vrf, Addr: n.Addr}, bfd: true}})
		if err != nil || len(list) != 1 || list[0].Client != want {
			t.Errorf("neighbor in VRF %q: %+v, %v, want client %q", vrf, list, err, want)
		}
	}
	for _, answer := range []string{`[{"peer":"10.0.0.2"}]`, `[{"peer":"x","status":"up"}]`, `{}`, `null`} {
		if list, err := readFRRBFD(answer, nil); err == nil {
			t.Errorf("%s is read as %+v", answer, list)
		}
	}
}

func FuzzFRRFacts(f *testing.F) {
	fuzzFacts(f, "frr_8_4_4", frrFacts(), `{"default":{"vrfId":0,"10.0.0.2":{"bgpState":"Established","bgpTimerUpMsec":3000,"bgpTimerHoldTimeMsecs":30000,"bgpTimerKeepAliveIntervalMsecs":10000,
"connectionsDropped":1,"peerBfdInfo":{"status":"Up"}},"10.0.0.9":{"bgpState":"Idle","adminShutDown":true}},"RED":{"10.0.1.2":{"bgpState":"Established"}}}`)
}
