package confdiff

import "strings"

// An frrProfile is a set of defaults that the box chooses with the line "frr
// defaults NAME". It decides what show running-config leaves out.
type frrProfile uint8

const (
	frrTraditional frrProfile = 1 << iota // also without the line
	frrDatacenter
	frrEither = frrTraditional | frrDatacenter
)

// after is the profile after a line of the configuration.
func (p frrProfile) after(words []string) frrProfile {
	if len(words) == 3 && words[0] == "frr" && words[1] == "defaults" {
		if words[2] == "datacenter" {
			return frrDatacenter
		}
		return frrTraditional
	}
	return p
}

// An frrDefault is a command that changes nothing.
type frrDefault struct {
	kind frrKind
	text string // a neighbor's address is *
}

// frrDefaults lists the commands that FRR takes and never prints, because they
// say what holds without them, and the profiles in which that is so.
//
// Source: each line was given to FRR 8.4.4 under both profiles, and it was not
// in show running-config; FRR User Manual, BGP and BFD. Lines that look like
// defaults and are printed (timers 60 180, timers connect 120,
// advertisement-interval 0, maximum-paths 1, weight 0) are not here.
var frrDefaults = map[frrDefault]frrProfile{
	{frrTop, "ip forwarding"}:                  frrEither, // the kernel's setting; off, it is printed
	{frrTop, "ipv6 forwarding"}:                frrEither,
	{frrTop, "zebra nexthop kernel enable"}:    frrEither,
	{frrTop, "no service password-encryption"}: frrEither,

	{frrInterface, "no shutdown"}: frrEither,
	{frrInterface, "link-detect"}: frrEither,

	{frrBGP, "timers bgp 60 180"}:                       frrTraditional,
	{frrBGP, "timers bgp 3 9"}:                          frrDatacenter,
	{frrBGP, "bgp default ipv4-unicast"}:                frrEither,
	{frrBGP, "bgp default local-preference 100"}:        frrEither,
	{frrBGP, "no bgp default shutdown"}:                 frrEither,
	{frrBGP, "bgp default show-hostname"}:               frrDatacenter,
	{frrBGP, "no bgp default show-hostname"}:            frrTraditional,
	{frrBGP, "bgp default show-nexthop-hostname"}:       frrDatacenter,
	{frrBGP, "no bgp default show-nexthop-hostname"}:    frrTraditional,
	{frrBGP, "bgp deterministic-med"}:                   frrDatacenter,
	{frrBGP, "no bgp deterministic-med"}:                frrTraditional,
	{frrBGP, "no bgp always-compare-med"}:               frrEither,
	{frrBGP, "bgp ebgp-requires-policy"}:                frrTraditional,
	{frrBGP, "no bgp ebgp-requires-policy"}:             frrDatacenter,
	{frrBGP, "bgp fast-external-failover"}:              frrEither,
	{frrBGP, "bgp client-to-client reflection"}:         frrEither,
	{frrBGP, "bgp graceful-restart notification"}:       frrEither,
	{frrBGP, "bgp graceful-restart restart-time 120"}:   frrEither,
	{frrBGP, "bgp graceful-restart stalepath-time 360"}: frrEither,
	{frrBGP, "no bgp graceful-shutdown"}:                frrEither,
	{frrBGP, "bgp hard-administrative-reset"}:           frrEither,
	{frrBGP, "bgp log-neighbor-changes"}:                frrDatacenter,
	{frrBGP, "no bgp log-neighbor-changes"}:             frrTraditional,
	{frrBGP, "bgp network import-check"}:                frrEither,
	{frrBGP, "bgp suppress-duplicates"}:                 frrEither,
	{frrBGP, "no neighbor * shutdown"}:                  frrEither,
	{frrBGP, "no neighbor * passive"}:                   frrEither,
	{frrBGP, "no neighbor * bfd"}:                       frrEither,
	{frrBGP, "no neighbor * password"}:                  frrEither,
	{frrBGP, "no neighbor * description"}:               frrEither,
	{frrBGP, "neighbor * port 179"}:                     frrEither,

	{frrFamily, "distance bgp 20 200 200"}:                    frrEither,
	{frrFamily, "neighbor * send-community"}:                  frrEither,
	{frrFamily, "neighbor * send-community all"}:              frrEither,
	{frrFamily, "neighbor * send-community both"}:             frrEither,
	{frrFamily, "neighbor * send-community extended"}:         frrEither,
	{frrFamily, "neighbor * send-community large"}:            frrEither,
	{frrFamily, "neighbor * send-community standard"}:         frrEither,
	{frrFamily, "no neighbor * next-hop-self"}:                frrEither,
	{frrFamily, "no neighbor * soft-reconfiguration inbound"}: frrEither,

	// A profile and a peer have the same; milliseconds.
	{frrTimers, "detect-multiplier 3"}:       frrEither,
	{frrTimers, "transmit-interval 300"}:     frrEither,
	{frrTimers, "receive-interval 300"}:      frrEither,
	{frrTimers, "echo-interval 50"}:          frrEither,
	{frrTimers, "echo transmit-interval 50"}: frrEither,
	{frrTimers, "echo receive-interval 50"}:  frrEither,
	{frrTimers, "minimum-ttl 254"}:           frrEither,
	{frrTimers, "no echo-mode"}:              frrEither,
	{frrTimers, "no passive-mode"}:           frrEither,
	{frrTimers, "no shutdown"}:               frrEither,
}

// hides says whether the box leaves out a command of a context, under its
// profile.
func (p frrProfile) hides(kind frrKind, text string) bool {
	if p == 0 {
		p = frrTraditional
	}
	if kind == frrPeer {
		kind = frrTimers
	}
	if kind == frrBGP || kind == frrFamily {
		text = frrAnyNeighbor(text)
	}
	return frrDefaults[frrDefault{kind, text}]&p != 0
}

// frrAnyNeighbor is a command with * for the neighbor that it is about.
func frrAnyNeighbor(text string) string {
	const word = "neighbor "
	start := 0
	if strings.HasPrefix(text, "no ") {
		start = len("no ")
	}
	if !strings.HasPrefix(text[start:], word) {
		return text
	}
	start += len(word)
	if end := strings.IndexByte(text[start:], ' '); end >= 0 {
		return text[:start] + "*" + text[start+end:]
	}
	return text
}
