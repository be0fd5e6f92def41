package frrtest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSyntaxCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		conf string
		want string // in what vtysh says; empty: it says nothing
	}{
		{"good", "router bgp 65010\n neighbor 10.0.0.2 remote-as 12076\nexit\n", ""},
		{"exit code 0 and yet refused", "interfase eth1\nexit\n", "Unknown command"},
		{"fall-over is no command of FRR", "router bgp 65010\n neighbor 10.0.0.2 fall-over bfd\nexit\n", "Unknown command"},
		{"meaning is not checked", "router bgp 65010\n neighbor 10.0.0.2 route-map NONE in\nexit\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := SyntaxCheck(t, tt.conf)
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("SyntaxCheck = %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestWithoutOrderNoise(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, said, conf, want string
	}{
		{"nothing said", "", "", ""},
		{"defined later", "The route-map 'A' does not exist.\n", "router bgp 1\nexit\nroute-map A permit 10\nexit\n", ""},
		{"defined in the first line", "The route-map 'A' does not exist.\n", "route-map A permit 10\nexit\n", ""},
		{"defined nowhere", "The route-map 'A' does not exist.\n", "route-map AB permit 10\nexit\n", "The route-map 'A' does not exist."},
		{"other complaints stay", "The route-map 'A' does not exist.\n% Malformed\n", "route-map A permit 10\nexit\n", "% Malformed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, withoutOrderNoise(tt.said, tt.conf)); diff != "" {
				t.Errorf("withoutOrderNoise (-want +got):\n%s", diff)
			}
		})
	}
}

// Load returns what the daemons refuse although the syntax passes.
func TestLoad(t *testing.T) {
	t.Parallel()
	const bgp = "router bgp 65010\n neighbor 10.0.0.2 remote-as 12076\n"
	tests := []struct {
		name string
		conf string
		want string
	}{
		{"good", bgp + "exit\n", ""},
		{"undefined route-map", bgp + " address-family ipv4 unicast\n  neighbor 10.0.0.2 route-map NONE in\n exit-address-family\nexit\n", "'NONE' does not exist"},
		{"neighbor without remote-as", bgp + " neighbor 10.0.0.6 timers connect 10\nexit\n", "Specify remote-as"},
		{"unknown command", "interfase eth1\nexit\n", "Unknown command"},
		// vtysh reads a bar as the start of an output filter, drops the line
		// and returns 0.
		{"bar in a description", bgp + " neighbor 10.0.0.2 description a | b\nexit\n", "Unknown action"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := New(t).Router("ce1")
			r.StartDaemons()
			got := r.Load(tt.conf)
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("Load = %q, want %q in it", got, tt.want)
			}
		})
	}
}
