package emulator

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"testing"
)

// damaged is a text with bytes changed, taken out and doubled.
func damaged(text string, random *rand.Rand) string {
	b := []byte(text)
	for range 1 + random.IntN(5) {
		i := random.IntN(len(b))
		switch j := i + random.IntN(min(200, len(b)-i)); random.IntN(3) {
		case 0:
			b[i] = byte(random.IntN(256))
		case 1:
			b = slices.Delete(b, i, j)
		case 2:
			b = slices.Insert(b, i, slices.Clone(b[i:j])...)
		}
		if len(b) == 0 {
			b = []byte("end\n")
		}
	}
	return string(b)
}

// TestDamaged starts routers with texts that are no configurations and asks for
// their live state: none panics, and what one prints reads back the same.
func TestDamaged(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../render/testdata/pe-customers/pe2.ios-xe.cfg")
	if err != nil {
		t.Fatal(err)
	}
	const odd = "interface GigabitEthernet1\n ip address dhcp\n bfd interval\nrouter bgp 65010\n neighbor PEERS remote-as 65010\n neighbor 192.0.2.1 remote-as 1\n neighbor 192.0.2.1\n address-family\n network\n address-family ipv4\n  neighbor 192.0.2.1 activate\n  redistribute\nip route\nroute-map X\n match ip\nbanner motd #\n"
	seeds := []string{string(text), policyText, odd}
	random := rand.New(rand.NewPCG(1, 1))
	for n := range 300 {
		text := seeds[n%len(seeds)]
		if n >= len(seeds) {
			text = damaged(text, random)
		}
		o := withDefaults(Options{Platform: IOSXE, Running: text, Offers: map[netip.Addr][]Offer{netip.MustParseAddr("192.0.2.1"): {offer("10.0.0.0/8", 1)}}})
		made, err := newIOSXE(&Router{options: o})
		if err != nil {
			t.Fatal(err)
		}
		m := made.(*iosxe)
		m.showNeighbors()
		m.showBFD()
		for _, s := range m.live().Sessions {
			m.routeTable(s, append(m.received(s), m.advertised(s)...))
		}
		once := m.running()
		if again := readIOSXEText(once).print(); again != once {
			t.Fatalf("of\n%q\nis printed\n%q\nand, read again,\n%q", text, once, again)
		}
	}
}
