package expressroute

// Local-preferences run from 250 down, so that a number means the same on every
// router: above 200 encrypted, 200 the home circuit, 101–150 a standby
// circuit, 100 and below VPN backup, which is where BGP's own default lies.
// Each band has its numbers first in steps of ten, then in steps of one as far
// as the next band; a rank beyond that gets the band's last number, so the
// order of such paths is lost.
const (
	EncryptedRanks = 14 // 250, 240 … 210, 209 … 201
	CircuitRanks   = 15 // 200, then 150, 140 … 110, 109 … 101
	BackupRanks    = 19 // 100, 90 … 10, 9 … 1
)

// CircuitPreference returns the local-preference of the circuit with that many
// circuits before it: 200, 150, 140, 130 … Source:
// expressroute-optimize-routing.md (above the default of 100), the steps are
// ercfg's.
func CircuitPreference(rank int) uint32 {
	if rank <= 0 {
		return 200
	}
	return ladder(150, 100, rank-1)
}

// BackupPreference returns the local-preference of a VPN behind the last
// circuit, with that many such VPNs before it: 100, 90 … Source:
// use-s2s-vpn-as-backup-for-expressroute-privatepeering.md.
func BackupPreference(rank int) uint32 { return ladder(100, 0, rank) }

// EncryptedPreference returns the local-preference of a VPN before the first
// circuit, with that many such VPNs before it: 250, 240 … Source:
// site-to-site-vpn-private-peering.md (the tunnel must win on-premises).
func EncryptedPreference(rank int) uint32 { return ladder(250, 200, rank) }

// ladder goes down from top, by tens and then by ones, and stays above floor.
func ladder(top, floor uint32, rank int) uint32 {
	tens := int(top-floor-1) / 10
	if rank = max(rank, 0); rank <= tens {
		return top - 10*uint32(rank)
	}
	ones := min(rank-tens, int(top-floor)-10*tens-1)
	return top - 10*uint32(tens) - uint32(ones)
}
