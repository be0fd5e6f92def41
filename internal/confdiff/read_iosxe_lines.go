package confdiff

// The modes that the reader itself names.
const (
	iosxeTop       = "top"
	iosxeInterface = "interface"
)

// iosxeLines are the lines of our slice as IOS-XE prints them: the reader
// expands what is abbreviated or written in another case, and brings values
// into one form. A line in brackets names the modes that the next lines stand in;
// > names the mode that a line opens. * is any word, … the rest of the line as it
// is, + any further words, <kind> a value that iosxeKindOf knows. A no before any
// line is understood.
// Sources: the command references that the templates of ios-xe name.
const iosxeLines = `
[top]
class-map * >class
class-map match-all * >class
class-map match-any * >class
crypto ikev2 keyring * >keyring
crypto ikev2 policy * >ikev2
crypto ikev2 profile * >ikev2-profile
crypto ikev2 proposal * >ikev2
crypto ipsec profile * >ipsec
crypto ipsec transform-set * … >transform
crypto isakmp policy * >isakmp
crypto isakmp profile * >isakmp-profile
crypto key …
crypto keyring * >isakmp-keyring
crypto keyring * vrf * >isakmp-keyring
flow exporter * >exporter
flow monitor * >monitor
flow record * >record
hostname …
interface <interface> >interface
ip bgp-community new-format
ip community-list standard * deny <communities>
ip community-list standard * permit <communities>
ip prefix-list * deny <prefix> +
ip prefix-list * description …
ip prefix-list * permit <prefix> +
ip prefix-list * seq * deny <prefix> +
ip prefix-list * seq * permit <prefix> +
ip route <prefix4> <hop> +
ip route static bfd <hop> +
ip route static bfd vrf * <hop> +
ip route vrf * <prefix4> <hop> +
ipv6 prefix-list * deny <prefix> +
ipv6 prefix-list * description …
ipv6 prefix-list * permit <prefix> +
ipv6 prefix-list * seq * deny <prefix> +
ipv6 prefix-list * seq * permit <prefix> +
ipv6 route <prefix> <hop> +
ipv6 route static bfd <hop> +
ipv6 route static bfd vrf * <hop> +
ipv6 route vrf * <prefix> <hop> +
ipv6 unicast-routing
key chain * macsec >macsec
mka policy * >mka
policy-map * >policy
route-map * >route-map
route-map * deny * >route-map
route-map * permit * >route-map
router bgp <as> >bgp
sampler * >sampler
snmp ifmib ifindex persist
snmp-server ifindex persist
vrf definition * >vrf
[interface]
bfd echo
bfd interval * min_rx * multiplier *
description …
encapsulation dot1Q *
encapsulation dot1Q * native
encapsulation dot1Q * second-dot1q *
ip address <address4> +
ip flow monitor * input
ip flow monitor * output
ip flow monitor * sampler * input
ip flow monitor * sampler * output
ip mtu *
ip proxy-arp
ip redirects
ip tcp adjust-mss *
ip unnumbered <interface>
ip unreachables
ip vrf forwarding *
ipv6 address * +
ipv6 enable
ipv6 flow monitor * input
ipv6 flow monitor * output
ipv6 flow monitor * sampler * input
ipv6 flow monitor * sampler * output
ipv6 mtu *
macsec
macsec disable-sci
mka policy *
mka pre-shared-key key-chain *
mtu *
service-policy input *
service-policy output *
shutdown
tunnel destination *
tunnel mode ipsec ipv4
tunnel protection ipsec profile *
tunnel source <hop>
tunnel vrf *
vrf forwarding *
[bgp]
address-family <family> >family
address-family <family> vrf * >family
bgp default ipv4-unicast
bgp log-neighbor-changes
bgp router-id *
timers bgp * *
[bgp family]
auto-summary
bgp nexthop route-map *
maximum-paths *
maximum-paths ibgp *
neighbor * activate
neighbor * description …
neighbor * ebgp-multihop *
neighbor * fall-over bfd
neighbor * inherit peer-policy *
neighbor * inherit peer-session *
neighbor * local-as <as>
neighbor * maximum-prefix * +
neighbor * maximum-prefix * * restart *
neighbor * maximum-prefix * * warning-only
neighbor * next-hop-self
neighbor * next-hop-self all
neighbor * password …
neighbor * peer-group *
neighbor * prefix-list * in
neighbor * prefix-list * out
neighbor * remote-as <as>
neighbor * route-map * in
neighbor * route-map * out
neighbor * send-community
neighbor * send-community both
neighbor * send-community extended
neighbor * send-community standard
neighbor * shutdown
neighbor * soft-reconfiguration inbound
neighbor * timers * *
neighbor * transport connection-mode active
neighbor * transport connection-mode passive
neighbor * ttl-security hops *
neighbor * update-source <interface>
neighbor * version *
network <network> +
redistribute …
synchronization
[vrf]
address-family <family> >vrf-family
description …
rd <target>
[vrf vrf-family]
route-target both <target>
route-target export <target>
route-target import <target>
[route-map]
description …
match community …
match ip address prefix-list …
match ipv6 address prefix-list …
match source-protocol *
set as-path prepend <ases>
set community <communities>
set local-preference *
[macsec]
key * >macsec-key
[macsec-key]
cryptographic-algorithm *
key-string …
[mka]
macsec-cipher-suite *
ssci-based-on-sci
[ikev2]
encryption …
group …
integrity …
match address local *
match fvrf *
prf …
proposal *
[keyring]
peer * >peer
[peer]
address <peer>
description …
pre-shared-key …
[ikev2-profile]
authentication local pre-share
authentication remote pre-share
config-exchange request
dpd * * periodic
keyring local *
lifetime *
match address local *
match fvrf *
match identity remote address <host>
[transform]
mode tunnel
[ipsec]
responder-only
set ikev2-profile *
set isakmp-profile *
set pfs *
set security-association lifetime kilobytes *
set security-association lifetime seconds *
set transform-set *
[isakmp]
authentication pre-share
encryption …
group *
hash *
lifetime *
[isakmp-keyring]
local-address *
pre-shared-key address * key …
pre-shared-key address * * key …
[isakmp-profile]
keepalive * retry *
keyring *
local-address *
match identity address <host>
[exporter]
destination *
destination * vrf *
export-protocol ipfix
export-protocol netflow-v9
option interface-table timeout *
option sampler-table timeout *
source <interface>
template data timeout *
transport udp *
[monitor]
cache timeout active *
cache timeout inactive *
exporter *
record *
[sampler]
mode random 1 out-of *
[class]
match dscp <dscp>
[policy]
class * >policy-class
[policy-class]
set dscp <dscp>
`
