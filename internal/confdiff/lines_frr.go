package confdiff

// seenOnFRR is the source of all rules here: TestFRRLinesLive shows each on the
// daemons.
const seenOnFRR = "seen on FRR 8.4.4"

// frrLineRules is how FRR treats lines. The first rule that matches holds.
//
// Of lists: a line with a number that is taken replaces the entry there, and one
// that says what the list says already, under another number, does nothing.
var frrLineRules = []lineRule{
	{pattern: "description …", remove: "no description", source: seenOnFRR},

	{pattern: "neighbor * description …", remove: "no neighbor * description", source: seenOnFRR},
	{pattern: "neighbor * remote-as …", source: seenOnFRR},
	{pattern: "neighbor * password …", remove: "no neighbor * password", source: seenOnFRR},
	{pattern: "neighbor * timers connect …", remove: "no neighbor * timers connect", source: seenOnFRR},
	{pattern: "neighbor * timers delayopen …", remove: "no neighbor * timers delayopen", source: seenOnFRR},
	{pattern: "neighbor * timers …", remove: "no neighbor * timers", source: seenOnFRR},
	{pattern: "neighbor * bfd profile …", source: seenOnFRR},
	{pattern: "neighbor * update-source …", remove: "no neighbor * update-source", source: seenOnFRR},
	{pattern: "neighbor * ebgp-multihop …", remove: "no neighbor * ebgp-multihop", source: seenOnFRR},
	{pattern: "neighbor * maximum-prefix …", remove: "no neighbor * maximum-prefix", source: seenOnFRR},
	{pattern: "neighbor * route-map _ in", source: seenOnFRR},
	{pattern: "neighbor * route-map _ out", source: seenOnFRR},
	{pattern: "neighbor * prefix-list _ in", source: seenOnFRR},
	{pattern: "neighbor * prefix-list _ out", source: seenOnFRR},
	{pattern: "neighbor * filter-list _ in", source: seenOnFRR},
	{pattern: "neighbor * filter-list _ out", source: seenOnFRR},
	{pattern: "neighbor * default-originate …", source: seenOnFRR},
	{pattern: "neighbor * ttl-security hops …", source: seenOnFRR},
	{pattern: "neighbor * advertisement-interval …", source: seenOnFRR},
	{pattern: "neighbor * local-as …", source: seenOnFRR},
	{pattern: "neighbor * weight …", source: seenOnFRR},
	{pattern: "neighbor * allowas-in …", source: seenOnFRR},
	{pattern: "network * …", remove: "no network *", source: seenOnFRR},
	{pattern: "maximum-paths ibgp …", remove: "no maximum-paths ibgp", source: seenOnFRR},
	{pattern: "maximum-paths _", remove: "no maximum-paths", source: seenOnFRR},
	{pattern: "bgp router-id …", remove: "no bgp router-id", source: seenOnFRR},
	{pattern: "redistribute * …", remove: "no redistribute *", first: true, source: seenOnFRR + ": another line adds its route map or metric, and takes none away"},

	{pattern: "route-map * _ *", first: true, source: seenOnFRR + ": another action keeps the matches, which are another entry's"},
	{pattern: "match ip address prefix-list …", source: seenOnFRR},
	{pattern: "match ipv6 address prefix-list …", source: seenOnFRR},
	{pattern: "match community …", source: seenOnFRR},
	{pattern: "match as-path …", source: seenOnFRR},
	{pattern: "match metric …", source: seenOnFRR},
	{pattern: "match tag …", source: seenOnFRR},
	{pattern: "call …", source: seenOnFRR},
	{pattern: "on-match goto …", remove: "no on-match goto", source: seenOnFRR},
	{pattern: "set local-preference …", source: seenOnFRR},
	{pattern: "set metric …", source: seenOnFRR},
	{pattern: "set weight …", source: seenOnFRR},
	{pattern: "set tag …", source: seenOnFRR},
	{pattern: "set origin …", source: seenOnFRR},
	{pattern: "set community …", source: seenOnFRR},
	{pattern: "set ip next-hop …", source: seenOnFRR},
	{pattern: "set ipv6 next-hop global …", source: seenOnFRR},
	{pattern: "set as-path prepend …", remove: "no set as-path prepend", source: seenOnFRR},

	{pattern: "ip route * blackhole …", source: seenOnFRR},
	{pattern: "ipv6 route * blackhole …", source: seenOnFRR},
	{pattern: "ip route * * …", first: true, source: seenOnFRR + ": another distance replaces, another interface stands beside"},
	{pattern: "ipv6 route * * …", first: true, source: seenOnFRR + ": another distance replaces, another interface stands beside"},

	{pattern: "minimum-ttl …", source: seenOnFRR},
	// A profile's values have no form with no: the default takes their place.
	{pattern: "detect-multiplier …", remove: "detect-multiplier 3", source: seenOnFRR},
	{pattern: "receive-interval …", remove: "receive-interval 300", source: seenOnFRR},
	{pattern: "transmit-interval …", remove: "transmit-interval 300", source: seenOnFRR},
}

// frrNegatives are lines that a configuration holds and that begin with no.
var frrNegatives = []string{"no zebra nexthop kernel enable", "no bgp default ipv4-unicast", "no ip forwarding", "no ipv6 forwarding"}
