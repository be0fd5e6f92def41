package plan

import "testing"

func TestRulesOfTimers(t *testing.T) {
	t.Parallel()
	peering := func(text string) []string { return []string{"vlan: 100", text + "\n      vlan: 100"} }
	timers := func(keepalive, hold string) []string {
		return peering("timers: {keepalive: " + keepalive + ", hold: " + hold + "}")
	}
	timers6 := func(keepalive, hold string) []string {
		return peering("timersIPv6: {keepalive: " + keepalive + ", hold: " + hold + "}")
	}
	created := func(day string) []string {
		return []string{"location: London", "location: London\n    created: " + day}
	}
	junos := []string{"ce2: {platform: frr", "ce2: {platform: junos"}
	slow := []string{", expressRouteGateway: {fastPath: true}", ""}
	each(t, (*facts).checkTimers, []change{
		{"nothing", twoPrivate, nil, nil},
		{"nothing on Microsoft peering", twoMicrosoft, nil, nil},

		{"the lowest timers", twoPrivate, append(timers("3s", "10s"), "vlan: 100", "bfd: false\n      vlan: 100"), nil},
		{"keepalive below the floor", twoPrivate, timers("2s", "60s"), []string{"ER100 error 2s"}},
		{"hold below the floor", twoPrivate, timers("3s", "9s"), []string{"ER100 error 9s"}},
		{"hold of zero", twoPrivate, timers("3s", "0s"), []string{"ER100 error 0s"}},
		{"keepalive of zero", twoPrivate, timers("0s", "30s"), []string{"ER100 error 0s"}},
		{"IPv6 hold below the floor", twoPrivate, timers6("3s", "9s"), []string{"ER100 error 9s"}},
		{"keepalive as long as hold", twoPrivate, timers("30s", "30s"), []string{"ER101 error 30s"}},
		{"keepalive of half the hold", twoPrivate, timers("30s", "60s"), []string{"ER101 warning 30s"}},
		{"minutes", twoPrivate, timers("1m", "2m"), []string{"ER101 warning 1m"}},
		{"the MSEE's own", twoPrivate, timers("60s", "180s"), nil},
		{"above the MSEE's own", twoPrivate, timers("61s", "240s"), []string{"ER102 info 61s", "ER102 info 240s"}},

		{"10 s beside BFD", twoPrivate, timers("3s", "10s"), []string{"ER103 warning 10s"}},
		{"29 s beside BFD", twoPrivate, timers("9s", "29s"), []string{"ER103 warning 29s"}},
		{"30 s beside BFD", twoPrivate, timers("10s", "30s"), nil},
		{"29 s on IPv6", twoPrivate, timers6("9s", "29s"), nil},
		{"the MSEE's BFD", twoPrivate, peering("bfd: {interval: 300ms, multiplier: 3}"), nil},
		{"slower BFD", twoPrivate, peering("bfd: {interval: 750ms, multiplier: 5}"), nil},
		{"faster BFD", twoPrivate, peering("bfd: {interval: 299ms, multiplier: 2}"), []string{"ER104 warning 299ms", "ER104 warning 2"}},
		{"BFD interval of nothing", twoPrivate, peering("bfd: {interval: 0ms}"), []string{"ER104 warning 0ms"}},
		{"created before the day", twoPrivate, created("2018-07-31"), []string{"ER106 warning 2018-07-31"}},
		{"created on the day", twoPrivate, created("2018-08-01"), nil},
		{"created before the day without BFD", twoPrivate, append(created("2018-07-31"), peering("bfd: false")...), nil},
		{"Microsoft peering of its day", twoMicrosoft, []string{"sku: premium", "sku: premium\n    created: 2020-01-09"}, []string{"ER106 warning 2020-01-09 ×2"}},
		{"BFD on IPv6", twoPrivate, peering("bfdIPv6: {}"), []string{"ER107 warning bfdIPv6"}},
		{"no BFD on IPv6", twoPrivate, peering("bfdIPv6: false"), nil},

		{"no BFD and 180 s", twoPrivate, peering("bfd: false\n      timers: {keepalive: 60s, hold: 180s}"), []string{"ER110 warning 180s"}},
		{"no BFD and 179 s", twoPrivate, peering("bfd: false\n      timers: {keepalive: 59s, hold: 179s}"), nil},
		{"no BFD and 180 s on IPv6", twoPrivate, peering("bfd: false\n      timersIPv6: {keepalive: 60s, hold: 180s}"), []string{"ER110 warning 180s"}},
		{"60 s on IPv6", twoPrivate, timers6("20s", "60s"), nil},
		{"61 s on IPv6", twoPrivate, timers6("20s", "61s"), []string{"ER114 warning 61s"}},
		{"61 s on IPv6 without BFD", twoPrivate, peering("bfd: false\n      timersIPv6: {keepalive: 20s, hold: 61s}"), nil},
		{"61 s on IPv6 that no link has", twoMicrosoft, timers6("20s", "61s"), nil},

		{"graceful restart and BFD", twoPrivate, []string{"ce2: {platform: frr", "ce2: {gracefulRestart: true, platform: frr"}, []string{"ER112 warning true"}},
		{"graceful restart alone", twoPrivate, []string{"ce2: {platform: frr", "ce2: {gracefulRestart: true, platform: frr", "vlan:", "bfd: false\n      vlan:"}, nil},

		{"Junos and a third", twoPrivate, append(timers("20s", "60s"), junos...), nil},
		{"Junos and a third that is not whole", twoPrivate, append(timers("10s", "32s"), junos...), nil},
		{"Junos and less", twoPrivate, append(timers("10s", "60s"), junos...), []string{"ER113 warning 10s"}},
		{"no Junos and less", twoPrivate, timers("10s", "60s"), nil},
		{"Junos at the other end of iBGP", twoPrivate, append(junos, "[{router: ce2}]", "[{router: ce2, timers: {keepalive: 10s, hold: 60s}}]"), []string{"ER113 warning 10s"}},
		{"no Junos on iBGP", twoPrivate, []string{"[{router: ce2}]", "[{router: ce2, timers: {keepalive: 10s, hold: 60s}}]"}, nil},

		{"jumbo frames", twoPrivate, peering("mtu: 1501"), []string{"ER120 error 1501"}},
		{"1500 bytes", twoPrivate, peering("mtu: 1500"), nil},
		{"1400 bytes", twoPrivate, peering("mtu: 1400"), nil},
		{"1399 bytes", twoPrivate, peering("mtu: 1399"), []string{"ER121 warning 1399"}},
		{"no FastPath", twoPrivate, slow, []string{"ER124 info hub"}},
		{"no FastPath, told once", twoPrivate, append(slow, "traffic:", "traffic:\n  - {name: more, onprem: [campus], azure: [hub], prefer: [er-b]}"), []string{"ER124 info hub"}},
		{"no FastPath behind links of 1400 bytes", twoPrivate, append(slow, "vlan:", "mtu: 1400\n      vlan:"), nil},
	})
}
