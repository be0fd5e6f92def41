//go:build linux

package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The README's walk through verify works as it is written: a lab with real exporters,
// traffic, a verdict, a link that breaks, and the verdicts after it.
func TestReadmeVerify(t *testing.T) {
	t.Parallel()
	s := newReadmeShell(t, 12*time.Minute, "/usr/sbin/uacctd", "/usr/sbin/sshd")
	site := filepath.Join(s.home, "emea.yaml")
	verdicts := []struct{ code, says string }{{"0", "PASS: 2 PASS"}, {"1", "er-lon.primary on ce-lon carries nothing"}, {"0", "PASS: 2 PASS"}}
	for _, command := range readmeBlock(t, "ercfg lab traffic") {
		command = strings.ReplaceAll(command, "emea.yaml", site)
		want, says, end := "0", "", exitCode
		switch {
		case strings.HasSuffix(command, "&"):
			end = "echo \"exit code 0\""
		case strings.Contains(command, "ercfg verify"):
			want, says, verdicts = verdicts[0].code, verdicts[0].says, verdicts[1:]
		case strings.Contains(command, "--prove"):
			says = "ce-lon  changed"
		}
		if said, code := s.run(command, end); code != want || !strings.Contains(said, says) {
			t.Errorf("%s: exit code %s, wanted %s and %q:\n%s", command, code, want, says, said)
		}
	}
	if len(verdicts) > 0 {
		t.Errorf("the README has %d verdicts fewer than this test knows", len(verdicts))
	}
	s.close("ercfg lab down")
}
