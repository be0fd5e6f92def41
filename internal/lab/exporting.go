//go:build linux

package lab

import (
	"context"
	"net/netip"
	"slices"
	"strings"
)

// reviveExporters starts the exporters that have ended: uacctd 1.7.7 does when it cannot
// send, as on a router whose ports have been down.
func (l *Lab) reviveExporters(ctx context.Context) error {
	running, err := l.Exporting(ctx)
	if err != nil {
		return err
	}
	for i := range l.Nodes {
		n := &l.Nodes[i]
		if n.Kind != Router || slices.Contains(running, n.Name) {
			continue
		}
		conf, err := n.Exec(ctx, "/bin/sh", "-c", `if [ -e "$1" ]; then cat "$1"; fi`, "sh", uacctdFile)
		if err != nil {
			return err
		}
		if conf == "" {
			continue
		}
		rules, err := n.Exec(ctx, "cat", nftFile)
		if err != nil {
			return err
		}
		source, _ := netip.ParseAddr(keyOf(conf, "nfprobe_source_ip[ercfg]"))
		if err := n.startExporter(ctx, flowLoad{nft: rules, uacctd: conf, source: source}); err != nil {
			return err
		}
	}
	return nil
}

// Exporting lists the routers whose flow export runs: the kernel has the exporter down
// as the reader of its samples. Such a router exports nothing while it forwards nothing,
// so that its silence says that it is idle.
func (l *Lab) Exporting(ctx context.Context) ([]string, error) {
	script := `group=$(sed -n 's/^uacctd_group: //p' "$1" 2>/dev/null)
if [ -n "$group" ] && awk -v group="$group" '$1 == group { found = 1 } END { exit !found }' /proc/net/netfilter/nfnetlink_log; then echo yes; fi`
	var out []string
	for i := range l.Nodes {
		n := &l.Nodes[i]
		if n.Kind != Router {
			continue
		}
		said, err := n.Exec(ctx, "/bin/sh", "-c", script, "sh", uacctdFile)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(said) == "yes" {
			out = append(out, n.Name)
		}
	}
	return out, nil
}
