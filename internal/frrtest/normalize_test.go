package frrtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNormalize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		conf string
		want string
	}{
		{"empty", "", ""},
		{
			"frame and lines of the box",
			"Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4.4\nfrr defaults traditional\nhostname ce1\n" +
				"log syslog informational\nno ip forwarding\nno ipv6 forwarding\nservice integrated-vtysh-config\n!\nbfd\nexit\n!\nend\n",
			"bfd\nexit\n",
		},
		{"comment goes, separator stays", "! ercfg\n!\nbfd\n profile P\n exit\n !\nexit\n!\nroute-map A permit 10\nexit", "bfd\n profile P\n exit\n !\nexit\n!\nroute-map A permit 10\nexit\n"},
		{"order and indentation stay", "b\n  a\nb\n", "b\n  a\nb\n"},
		{"a ! inside a line is text", "interface lo\n description !a\nexit\n", "interface lo\n description !a\nexit\n"},
		{"only the whole line counts", " neighbor 10.0.0.2 description end\n", " neighbor 10.0.0.2 description end\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Normalize(tt.conf)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Normalize (-want +got):\n%s", diff)
			}
			if again := Normalize(got); again != got {
				t.Errorf("Normalize of its own result = %q, want %q", again, got)
			}
		})
	}
}
