package expressroute

import "time"

// What a Microsoft edge router (MSEE) offers. The lower hold time of both ends
// runs, so the customer's setting decides below these. Source:
// expressroute-faqs.md.
const (
	MSEEKeepalive = 60 * time.Second
	MSEEHold      = 180 * time.Second
)

// MinKeepalive and MinHold are the lowest timers that an MSEE takes; a hold
// time of zero is refused too. Source: expressroute-bfd.md.
const (
	MinKeepalive = 3 * time.Second
	MinHold      = 10 * time.Second
)

// MinHoldWithBFD is the hold time below which BFD makes the timers pointless:
// they cost CPU and detect nothing sooner. An engineering choice.
const MinHoldWithBFD = 30 * time.Second

// MaxHoldIPv6 is the hold time above which an IPv6 session, which has no BFD,
// lags far behind an IPv4 session with it. An engineering choice.
const MaxHoldIPv6 = 60 * time.Second

// Default timers of an MSEE session. Without BFD (IPv6 sessions never have it)
// the hold time is all that notices a silent failure, with BFD it is the second
// net.
const (
	Keepalive        = 10 * time.Second
	Hold             = 30 * time.Second
	KeepaliveWithBFD = 20 * time.Second
	HoldWithBFD      = 60 * time.Second
)

// Default timers of an iBGP session. An anchor that covers a dead router's
// loopback keeps the next hop valid, so only the hold time takes its paths
// away.
const (
	IBGPKeepalive = 10 * time.Second
	IBGPHold      = 30 * time.Second
)

// Timers of an Azure VPN gateway's sessions, fixed on Azure's side. It has no
// BFD. Source: vpn-gateway-vpn-faq.md.
const (
	VPNKeepalive = 60 * time.Second
	VPNHold      = 180 * time.Second
)

// VPNDeadPeer is the default interval of dead peer detection of an Azure VPN
// gateway. Source: vpn-gateway-vpn-faq.md.
const VPNDeadPeer = 45 * time.Second

// Default lifetimes of an Azure VPN gateway's security associations. Both ends
// have their own. Source: vpn-gateway-vpn-faq.md.
const (
	IKELifetime  = 28800 * time.Second
	ESPLifetime  = 27000 * time.Second
	ESPKilobytes = 102400000
)
