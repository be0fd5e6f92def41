package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// verifiedSite has two circuits on one router, the second for when the first fails. It
// exports from the address of this machine, and its interfaces have numbers: 7 and 9
// are er-1, 11 and 13 are er-2.
const verifiedSite = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
onprem: {networks: {campus: {prefixes: [10.10.0.0/16]}}}
azure: {vnets: {hub: {prefixes: [10.100.0.0/16]}}}
routers:
  ce1:
    platform: frr
    asn: 65010
    routerID: 10.10.255.1
    loopback: {interface: lo, ipv4: 10.10.255.1/32}
    exporter: 127.0.0.1
    interfaceIndex: {eth1.150: 7, eth2.150: 9, eth3.160: 11, eth4.160: 13}
circuits:
  er-1:
    model: exchange
    bandwidth: 500Mbps
    private:
      vlan: 150
      primary: {router: ce1, interface: eth1, ipv4: 172.16.200.0/30}
      secondary: {router: ce1, interface: eth2, ipv4: 172.16.200.4/30}
  er-2:
    model: exchange
    bandwidth: 500Mbps
    private:
      vlan: 160
      primary: {router: ce1, interface: eth3, ipv4: 172.16.201.0/30}
      secondary: {router: ce1, interface: eth4, ipv4: 172.16.201.4/30}
traffic: [{name: all, onprem: [campus], azure: [hub], prefer: [er-1, er-2]}]
telemetry: {protocol: netflow9, collector: {host: 10.10.1.50, port: 2055}, sampling: 1, activeTimeout: 60s}
`

// verifiedFile writes verifiedSite.
func verifiedFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.yaml")
	if err := os.WriteFile(path, []byte(verifiedSite), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// netflow5 is a datagram of NetFlow v5 that was exported at a time: twelve flows to
// Azure and twelve from there, of 40 packets each, which leave and come by these
// interfaces in turn.
func netflow5(at time.Time, sequence uint32, interfaces ...uint16) []byte {
	const flows, up, lan = 24, 1_000_000, 2
	var out []byte
	put := func(fields ...any) {
		for _, f := range fields {
			out, _ = binary.Append(out, binary.BigEndian, f) // numbers of a fixed size
		}
	}
	put(uint16(5), uint16(flows), uint32(up), uint32(at.Unix()), uint32(at.Nanosecond()), sequence, uint32(0))
	for i := range uint16(flows) {
		src, dst := [4]byte{10, 10, 1, byte(i)}, [4]byte{10, 100, 1, byte(i)}
		in, egress := uint16(lan), interfaces[int(i/2)%len(interfaces)]
		if i%2 == 1 {
			src, dst, in, egress = dst, src, egress, in
		}
		put(src, dst, uint32(0), in, egress, uint32(40), uint32(50_000), uint32(up-200), uint32(up-100), 1024+i, uint16(443))
		put(uint8(0), uint8(0), uint8(6), uint8(0), uint32(0), uint8(24), uint8(24), uint16(0))
	}
	return out
}

// captured is a capture of datagrams from the exporter, of raw IP, one a second.
func captured(began time.Time, datagrams ...[]byte) []byte {
	var out []byte
	put := func(order binary.ByteOrder, fields ...any) {
		for _, f := range fields {
			out, _ = binary.Append(out, order, f)
		}
	}
	put(binary.LittleEndian, uint32(0xa1b2c3d4), uint16(2), uint16(4), uint32(0), uint32(0), uint32(65535), uint32(101))
	for i, d := range datagrams {
		n := uint32(28 + len(d))
		put(binary.LittleEndian, uint32(began.Unix())+uint32(i), uint32(0), n, n)
		put(binary.BigEndian, uint16(0x4500), uint16(n), uint32(0), uint16(64<<8|17), uint16(0), [4]byte{127, 0, 0, 1}, [4]byte{127, 0, 0, 1})
		put(binary.BigEndian, uint16(40000), uint16(2055), uint16(8+len(d)), uint16(0), d)
	}
	return out
}

// A capture is judged as what was heard is, and gzip changes nothing.
func TestVerifyCapture(t *testing.T) {
	t.Parallel()
	site, began := verifiedFile(t), time.Date(2026, 11, 27, 4, 15, 12, 0, time.UTC)
	for _, c := range []struct {
		name       string
		interfaces []uint16
		code       int
		says       string
	}{
		{"both links", []uint16{7, 9}, exitOK, "PASS: 2 PASS, of 2 verdicts"},
		{"one link of two", []uint16{7}, exitFindings, "er-1.secondary on ce1 carries nothing of 12 flows"},
		{"the other circuit", []uint16{7, 9, 11}, exitFindings, "er-2.primary on ce1, not expected"},
		{"an interface without a number", []uint16{0}, exitWorld, "not placed: on an unknown interface"},
	} {
		text := captured(began, netflow5(began, 0, c.interfaces...))
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		if _, err := z.Write(text); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		var before string
		for _, data := range [][]byte{text, zipped.Bytes()} {
			path := filepath.Join(t.TempDir(), "flows")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			code, stdout, stderr := call(t, &app{}, "verify", site, "--pcap", path)
			stdout = strings.ReplaceAll(stdout, path, "")
			if code != c.code || !strings.Contains(stdout, c.says) || before != "" && before != stdout {
				t.Errorf("%s: exit code %d, want %d and %q\n%s%s", c.name, code, c.code, c.says, stdout, stderr)
			}
			before = stdout
		}
	}
}

// freePort is a UDP or TCP port of this machine that nobody has now.
func freePort(t *testing.T, network string) string {
	t.Helper()
	if network == "tcp" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// What goes on for ever tells Prometheus how it stands, and with --once ends with exit
// code 1 when the traffic moves to where it is not to be.
func TestVerifyWatch(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir()) // it keeps templates there
	site, collector, metrics := verifiedFile(t), freePort(t, "udp"), freePort(t, "tcp")
	done := make(chan string, 1)
	go func() {
		code, stdout, stderr := call(t, &app{}, "verify", site, "--listen", collector, "--for", "1h", "--watch", "--once", "--metrics", metrics)
		done <- fmt.Sprintf("exit code %d\n%s%s", code, stdout, stderr)
	}()
	exporter, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(collector)))
	if err != nil {
		t.Fatal(err)
	}
	defer exporter.Close()
	var seen, ended string
	interfaces := []uint16{7, 9}
	deadline, tick := time.After(time.Minute), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for sequence := uint32(0); ended == ""; sequence += 24 {
		_, _ = exporter.Write(netflow5(time.Now(), sequence, interfaces...)) // refused until somebody listens
		if page := scraped(t.Context(), metrics); strings.Contains(page, `direction="to-azure",default_route="false",verdict="PASS"} 1`) {
			seen, interfaces = page, []uint16{11}
		}
		select {
		case ended = <-done:
		case <-deadline:
			t.Fatal("it has not ended; the last page of metrics that passed:\n" + seen)
		case <-tick.C:
		}
	}
	if !strings.Contains(seen, `ercfg_verify_leg_samples{statement="all",family="ipv4",direction="to-azure",default_route="false",leg="er-1.primary",router="ce1"}`) {
		t.Errorf("metrics of a PASS:\n%s", seen)
	}
	for _, want := range []string{"exit code 1\n", "er-2.primary on ce1, not expected", "metrics at http://" + metrics + "/metrics", "all v4 →: FAIL, was PASS"} {
		if !strings.Contains(ended, want) {
			t.Errorf("it does not say %q:\n%s", want, ended)
		}
	}
}

// scraped is a page of metrics; empty: there is none yet.
func scraped(ctx context.Context, address string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return ""
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return ""
	}
	return string(page)
}
