package plan

import "testing"

func TestRulesOfNAT(t *testing.T) {
	t.Parallel()
	// network adds networks, pools lists them under both peerings' nat.
	network := func(text string) []string { return []string{"    pool: {", "    " + text + "\n    pool: {"} }
	onprem := func(list string) []string { return []string{"onprem: [pool]", "onprem: [" + list + "]"} }
	pools := func(text string) []string { return []string{"vlan: 100", "nat: " + text + "\n      vlan: 100"} }
	pool := func(text string) []string { return []string{"public: true}", "public: true, " + text + "}"} }
	with := func(parts ...[]string) []string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	campus := network("campus: {prefixes: [10.9.0.0/16]}")
	other := network("other: {prefixes: [192.88.98.0/27], public: true}")
	each(t, (*facts).checkNAT, []change{
		{"nothing on private peering", twoPrivate, nil, nil},
		{"nothing on Microsoft peering", twoMicrosoft, nil, nil},
		{"a pool that names its sources", twoMicrosoft, with(campus, pool("nat: [campus]")), nil},

		{"pools of a private peering", twoPrivate, []string{"vlan: 100", "nat: {primary: [campus], secondary: [campus]}\n      vlan: 100"}, []string{"ER191 error campus"}},
		{"a pool on a private peering", twoPrivate, []string{"    campus: {prefixes:", "    inside: {prefixes: [10.2.0.0/16]}\n    campus: {nat: [inside], prefixes:"}, []string{"ER191 error campus"}},

		{"a network that is not public", twoMicrosoft, []string{", public: true", ""}, []string{"ER192 error pool"}},
		{"private sources beside the pool", twoMicrosoft, with(campus, onprem("pool, campus"), pool("nat: [campus]")), []string{"ER192 error campus"}},

		{"a pool that the Internet has", twoMicrosoft, with(campus, pool("nat: [campus], internet: [192.88.99.0/27]")), []string{"ER193 error 192.88.99.0/27"}},
		{"a pool that the Internet has a part of", twoMicrosoft, with(campus, pool("nat: [campus], internet: [192.88.99.16/29]")), []string{"ER193 error 192.88.99.16/29"}},
		{"a pool inside of what the Internet has", twoMicrosoft, with(campus, pool("nat: [campus]"), network("edge: {prefixes: [192.88.98.0/24], internet: [192.88.98.0/23]}")), []string{"ER193 error 192.88.98.0/23"}},
		{"a pool of a peering that the Internet has", twoMicrosoft, with(pools("{primary: [pool], secondary: [pool]}"), pool("internet: [192.88.99.0/24]")), []string{"ER193 error 192.88.99.0/24"}},
		{"public addresses of its own that the Internet has", twoMicrosoft, pool("internet: [192.88.99.0/24]"), nil},
		{"the Internet has a neighbor", twoMicrosoft, with(campus, pool("nat: [campus], internet: [192.88.98.0/24, 192.88.99.32/27]")), nil},

		{"a pool that no statement advertises", twoMicrosoft, with(other, pools("{primary: [pool, other], secondary: [pool, other]}")), []string{"ER194 error other"}},
		{"a pool with sources that no statement lists", twoMicrosoft, with(campus, network("spare: {prefixes: [192.88.98.0/27], public: true, nat: [campus]}")), []string{"ER194 error spare"}},
		{"a pool on a peering that nothing takes", twoMicrosoft, with(pools("{primary: [pool], secondary: [pool]}"), []string{"prefer: [er-a.microsoft, er-b.microsoft]", "prefer: [er-b.microsoft]"}), []string{"ER194 error pool"}},

		{"a pool of itself", twoMicrosoft, pool("nat: [pool]"), []string{"ER978 error pool"}},
		{"a pool of public space", twoMicrosoft, with(network("other: {public: true, prefixes: [192.88.98.0/27]}"), pool("nat: [other]")), []string{"ER978 error other"}},

		{"one pool for both links", twoMicrosoft, pools("{primary: [pool], secondary: [pool]}"), nil},
		{"a pool of the primary link", twoMicrosoft, pools("{primary: [pool]}"), []string{"ER195 warning pool"}},
		{"a pool for each link", twoMicrosoft, with(other, onprem("pool, other"), pools("{primary: [pool], secondary: [other]}")), []string{"ER195 warning pool", "ER195 warning other"}},
		{"a pool of one link listed twice", twoMicrosoft, pools("{secondary: [pool, pool]}"), []string{"ER195 warning pool"}},
	})
}
