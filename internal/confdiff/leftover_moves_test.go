package confdiff

import (
	"os"
	"strings"
	"testing"
)

// A link that moves to another VLAN or port leaves its old subinterface, which --prune
// takes away before the new one gets the address. One with our words and another address,
// or with the address and other words, is not taken.
func TestMoves(t *testing.T) {
	t.Parallel()
	for file, tag := range map[string][2]string{
		"two-ce-private/ce1.ios-xe.cfg": {"TenGigabitEthernet0/0/1.150\n description ExpressRoute er-london private primary", "no interface TenGigabitEthernet0/0/1.149"},
		"two-ce-private/ce2.junos.set":  {"unit 150 description \"ExpressRoute er-london private secondary", "delete interfaces xe-0/0/1 unit 149"},
	} {
		data, err := os.ReadFile("../render/testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		text, platform := string(data), strings.Split(file, ".")[1]
		if !strings.Contains(text, tag[0]) {
			t.Fatalf("%s has no %q", file, tag[0])
		}
		old := strings.NewReplacer("0/0/1.150", "0/0/1.149", "dot1Q 150", "dot1Q 149", "unit 150", "unit 149", "vlan-id 150", "vlan-id 149").Replace(text)
		between := func(have string, prune bool) Change {
			want, err := Read(platform, data)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Read(platform, []byte(have))
			if err != nil {
				t.Fatal(err)
			}
			return Between(want, c, Options{Intent: "contoso-london", Prune: prune})
		}
		if c := between(old, true); c.Refused != "" || len(c.Commands) == 0 || c.Commands[0] != tag[1] {
			t.Errorf("%s: refused %q, commands\n%s", file, c.Refused, strings.Join(c.Commands, "\n"))
		}
		if c := between(old, false); !strings.Contains(c.Refused, "--prune takes away") {
			t.Errorf("%s, without prune: refused %q", file, c.Refused)
		}
		if c := between(strings.Replace(old, "ExpressRoute er-london", "ExpressRoute er-other", 1), true); !strings.Contains(c.Refused, "already") {
			t.Errorf("%s, in other words: refused %q", file, c.Refused)
		}
	}
}
