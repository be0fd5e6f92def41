package emulator

// iosxeTable lists the commands that the emulator knows, by mode. A word that ends
// in = is a value: a new line replaces one that differs in values alone. "…" is
// the rest of a line, "> mode" what a line opens, and a line that ends in "-"
// stands only after no, and takes all away that begin so.
//
// Source: Cisco's command references for IOS-XE 17: Configuration Fundamentals,
// Interface and Hardware Component, LAN Switching, IP Addressing, IPv6, IP
// Routing (BGP, BFD, Protocol-Independent), MPLS, Security, QoS, Flexible
// NetFlow. What ercfg does not render is left out, and refused.
const iosxeTable = `
[exec]
show privilege
show version
show clock
show archive
show archive config rollback timer
show running-config
show startup-config
show bgp all neighbors
show bfd neighbors details
show snmp mib ifmib ifindex
show bgp ipv4 unicast neighbors <ip> routes
show bgp ipv4 unicast neighbors <ip> advertised-routes
show bgp ipv6 unicast neighbors <ip6> routes
show bgp ipv6 unicast neighbors <ip6> advertised-routes
show bgp vpnv4 unicast vrf <word> neighbors <ip> routes
show bgp vpnv4 unicast vrf <word> neighbors <ip> advertised-routes
show bgp vpnv6 unicast vrf <word> neighbors <ip6> routes
show bgp vpnv6 unicast vrf <word> neighbors <ip6> advertised-routes
show ip route <ip> <mask> longer-prefixes
show ip route vrf <word> <ip> <mask> longer-prefixes
show ipv6 route <p6> longer-prefixes
show ipv6 route vrf <word> <p6> longer-prefixes
dir <word>
terminal length <width>
terminal width <width>
terminal monitor
terminal no monitor
configure terminal
configure terminal revert timer <minute>
configure terminal revert timer idle <minute>
configure confirm
configure revert now
configure revert timer <minute>
configure revert timer idle <minute>
write memory
write
copy running-config startup-config
copy running-config <word>
delete <word>
archive config
clear ip bgp <ip>
clear ip bgp <ip> soft
clear ip bgp <ip> soft in
clear ip bgp <ip> soft out
clear ip bgp *
clear ip bgp * soft
clear ip bgp * soft in
clear ip bgp * soft out
clear bgp ipv4 unicast <ip>
clear bgp ipv4 unicast <ip> soft
clear bgp ipv4 unicast <ip> soft in
clear bgp ipv4 unicast <ip> soft out
clear bgp ipv6 unicast <ip6>
clear bgp ipv6 unicast <ip6> soft
clear bgp ipv6 unicast <ip6> soft in
clear bgp ipv6 unicast <ip6> soft out
enable
exit
logout
quit
[user]
show privilege
show version
show clock
terminal length <width>
terminal width <width>
exit
logout
quit
[config]
version <word>=
hostname <word>=
service …
archive > archive
vrf definition <word> > vrf
ipv6 unicast-routing
ip bgp-community new-format
ip tcp path-mtu-discovery
file prompt <word>=
snmp ifmib ifindex persist
class-map match-any <word> > open
class-map match-all <word> > open
policy-map <word> > policy-map
flow record <word> > open
flow exporter <word> > open
flow monitor <word> > open
sampler <word> > open
key chain <word> macsec > keychain
key chain <word> > keychain
mka policy <word> > open
crypto ikev2 keyring <word> > keyring
crypto ikev2 proposal <word> > open
crypto ikev2 policy <word> > open
crypto ikev2 profile <word> > open
crypto ikev2 dpd <n>= <n>= <word>=
crypto ipsec profile <word> > open
crypto ipsec transform-set <word> …= > open
interface <if> > interface
router bgp <asn> > router
ip route <ip> <mask> <ip>
ip route <ip> <mask> <ip> …=
ip route <ip> <mask> <if>
ip route <ip> <mask> <if> <n>=
ip route <ip> <mask> <if> <ip> …=
ip route <ip> <mask> <if> <ip>
ip route vrf <word> <ip> <mask> <ip>
ip route vrf <word> <ip> <mask> <ip> …=
ip route vrf <word> <ip> <mask> <if>
ip route vrf <word> <ip> <mask> <if> <n>=
ip route static bfd <if> <ip>
ipv6 route <p6> <ip6>
ipv6 route <p6> <if>
ipv6 route <p6> <if> <n>=
ipv6 route vrf <word> <p6> <if>
ipv6 route vrf <word> <p6> <if> <n>=
ip community-list standard <word> permit …
ip community-list standard <word> deny …
ip community-list standard <word> -
ip prefix-list <word> seq <seq> <action>= <p4>=
ip prefix-list <word> seq <seq> <action>= <p4>= ge <n>=
ip prefix-list <word> seq <seq> <action>= <p4>= le <n>=
ip prefix-list <word> seq <seq> <action>= <p4>= ge <n>= le <n>=
ip prefix-list <word> -
ipv6 prefix-list <word> seq <seq> <action>= <p6>=
ipv6 prefix-list <word> seq <seq> <action>= <p6>= ge <n>=
ipv6 prefix-list <word> seq <seq> <action>= <p6>= le <n>=
ipv6 prefix-list <word> seq <seq> <action>= <p6>= ge <n>= le <n>=
ipv6 prefix-list <word> -
route-map <word> <action>= <n> > route-map
route-map <word> -
[archive]
path <word>=
maximum <n>=
write-memory
time-period <n>=
[vrf]
rd <word>=
description …=
address-family ipv4 > vrf-family
address-family ipv6 > vrf-family
[vrf-family]
route-target export <word>
route-target import <word>
[interface]
description …=
encapsulation dot1Q <vlan>=
encapsulation dot1Q <vlan>= second-dot1q <vlan>=
vrf forwarding <word>=
ip address <ip>= <mask>=
ip address <ip> <mask> secondary
ip unnumbered <if>=
ip redirects
ip proxy-arp
ip unreachables
ip mtu <n>=
mtu <n>=
ip tcp adjust-mss <n>=
ipv6 address <ip6/n>
ipv6 enable
ipv6 mtu <n>=
bfd interval <n>= min_rx <n>= multiplier <n>=
bfd echo
shutdown
negotiation auto
service-policy output <word>=
service-policy input <word>=
ip flow monitor <word> sampler <word> input
ip flow monitor <word> sampler <word> output
ip flow monitor <word> input
ip flow monitor <word> output
ipv6 flow monitor <word> sampler <word> input
ipv6 flow monitor <word> sampler <word> output
ipv6 flow monitor <word> input
ipv6 flow monitor <word> output
tunnel source <word>=
tunnel destination <ip>=
tunnel mode …=
tunnel vrf <word>=
tunnel protection …=
macsec
macsec …
mka policy <word>=
mka pre-shared-key key-chain <word>=
ip ospf …
[router]
bgp router-id <ip>=
bgp log-neighbor-changes
bgp default ipv4-unicast
bgp graceful-restart
address-family ipv4 > family
address-family ipv6 > family
address-family vpnv4 > family
address-family vpnv6 > family
address-family ipv4 vrf <word> > vrf-bgp
address-family ipv6 vrf <word> > vrf-bgp
[router vrf-bgp]
neighbor <peer> remote-as <asn>=
neighbor <peer> description …=
neighbor <peer> password …=
neighbor <peer> shutdown
neighbor <peer> update-source <if>=
neighbor <peer> ebgp-multihop <n>=
neighbor <peer> ttl-security hops <n>=
neighbor <peer> transport connection-mode <word>=
neighbor <peer> timers <hold>= <hold>=
neighbor <peer> timers <hold>= <hold>= <hold>=
neighbor <peer> fall-over bfd
neighbor <peer> -
[family vrf-bgp]
bgp nexthop route-map <word>=
network <ip> mask <mask>
network <p6>
redistribute connected
redistribute static
redistribute static route-map <word>=
redistribute connected route-map <word>=
redistribute …
neighbor <peer> activate
neighbor <peer> next-hop-self
neighbor <peer> send-community
neighbor <peer> send-community <word>=
neighbor <peer> soft-reconfiguration inbound
neighbor <peer> route-map <word>= in
neighbor <peer> route-map <word>= out
neighbor <peer> maximum-prefix …=
maximum-paths <n>=
maximum-paths ibgp <n>=
[route-map]
match ip address prefix-list …
match ipv6 address prefix-list …
match community …
match source-protocol …
set local-preference <lp>=
set as-path prepend …=
set metric <n>=
set community …=
[policy-map]
description …=
class <word> > open
[keychain]
key <word> > macsec-key
[macsec-key]
cryptographic-algorithm …=
key-string …=
lifetime …=
[keyring]
peer <word> > open
[open]
description …=
address …=
pre-shared-key …=
lifetime …=
dpd …=
encryption …=
integrity …=
prf …=
group …=
proposal …=
authentication remote …=
authentication local …=
keyring local <word>=
match …
identity …
config-exchange request
set transform-set …=
set ikev2-profile …=
set pfs …=
set dscp …=
set security-association lifetime kilobytes …=
set security-association lifetime seconds …=
set …
mode tunnel
mode random …=
mode …=
macsec-cipher-suite …=
confidentiality-offset …=
key-server priority <n>=
destination <word>=
source <word>=
transport udp <n>=
export-protocol <word>=
template data timeout <n>=
option interface-table timeout <n>=
option sampler-table timeout <n>=
option …
record <word>=
exporter <word>
cache timeout active <n>=
cache timeout inactive <n>=
collect …
`
