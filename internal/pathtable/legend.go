package pathtable

// A term is a sign of the table and what it means.
type term struct{ Sign, Meaning string }

// legend explains a table to a reader who approves a change and has not read
// the manual. It is the same below every table, so that readers get to know it.
var legend = [...]term{
	{"er(P∥S)", "the circuit er, flows shared between its primary and its secondary link; er(S): the secondary link alone"},
	{"er(P|S), a or b", "one of them: a tie-break decides, and the intent does not determine it"},
	{"vpn, vpn(a)", "the VPN by all of its tunnels; by the tunnel to instance a of the gateway alone"},
	{"vpn over er(P∥S)", "the VPN, whose tunnels ride on the links of the circuit"},
	{"none", "no path; behind other paths: no path for a part of the traffic"},
	{"CLEAR TEXT", "a link carries, unencrypted, traffic for which the intent puts a VPN first"},
	{"DEAD END", "traffic is sent and may never arrive, for as long as the scenario lasts"},
	{"er.primary", "that link fails; a name alone (a circuit, a router, a VPN): all of it fails; a + b: both at once"},
	{":drain", "nothing fails yet: Microsoft prepares maintenance of the edge router of that link and makes its paths longer"},
	{":bfd, :ipv6", "BFD fails alone, and the IPv4 session with it; the IPv6 session fails alone"},
	{":msee", "the Microsoft edge router of that link fails, and the link keeps its carrier"},
	{"v4, v6", "the address families, where they differ"},
	{"wait", "how long traffic may be lost until the row holds, from the best case to the worst; empty: nothing is lost on the way, there is no path to wait for, or a dead end takes traffic"},
}
