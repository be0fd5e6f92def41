package verify

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// captureStart is when the packets of the tests pass; its fraction tells micro- from
// nanoseconds.
var captureStart = time.Date(2026, 11, 27, 8, 0, 0, 123456789, time.UTC)

// A heard is a datagram that a reader has handed over.
type heard struct {
	Payload, From string
	At            time.Time
}

func readCapture(t testing.TB, file []byte) ([]heard, Captured) {
	t.Helper()
	var out []heard
	c, err := ReadPcap(t.Context(), bytes.NewReader(file), func(payload []byte, from netip.AddrPort, at time.Time) {
		out = append(out, heard{string(payload), from.String(), at})
	})
	if err != nil {
		t.Fatalf("%d bytes: %v", len(file), err)
	}
	return out, c
}

func TestReadPcapForms(t *testing.T) {
	t.Parallel()
	p := wirePacket{frame: ethernetFrame(0x0800, ip4(17, nil, 0, udp("flow"))), at: captureStart}
	micro, nano := captureStart.Truncate(time.Microsecond), captureStart
	le, be := binary.LittleEndian, binary.BigEndian
	seconds := uint64(captureStart.Unix())
	quarter := time.Unix(captureStart.Unix(), 250e6).UTC()
	tests := map[string]struct {
		file []byte
		at   time.Time
	}{
		"pcap, little-endian, microseconds": {classicCapture(le, false, linkEthernet, p), micro},
		"pcap, big-endian, microseconds":    {classicCapture(be, false, linkEthernet, p), micro},
		"pcap, little-endian, nanoseconds":  {classicCapture(le, true, linkEthernet, p), nano},
		"pcap, big-endian, nanoseconds":     {classicCapture(be, true, linkEthernet, p), nano},
		"pcap with a frame check sequence":  {withFCS(classicCapture(le, true, linkEthernet, p)), nano},
		"pcapng, little-endian":             {join(ngSection(le), ngInterface(le, linkEthernet, 0, 0, 0), ngPacket(le, 0, uint64(captureStart.UnixMicro()), p)), micro},
		"pcapng, big-endian, nanoseconds":   {join(ngSection(be), ngInterface(be, linkEthernet, 0, 9, 0), ngPacket(be, 0, uint64(captureStart.UnixNano()), p)), nano},
		"pcapng, quarters of a second":      {join(ngSection(le), ngInterface(le, linkEthernet, 0, 0x82, 0), ngPacket(le, 0, seconds*4+1, p)), quarter},
		"pcapng, 2^-30 of a second":         {join(ngSection(le), ngInterface(le, linkEthernet, 0, 0x80|30, 0), ngPacket(le, 0, seconds<<30|1<<28, p)), quarter},
		"pcapng, offset":                    {join(ngSection(le), ngInterface(le, linkEthernet, 0, 9, 3600), ngPacket(le, 0, uint64(captureStart.UnixNano()-3600e9), p)), nano},
		"pcapng, old packet block":          {join(ngSection(be), ngInterface(be, linkEthernet, 0, 0, 0), ngOldPacket(be, uint64(captureStart.UnixMicro()), p)), micro},
		"pcapng, other blocks":              {join(ngSection(le), ngBlock(le, 4, make([]byte, 3*readAhead)), ngInterface(le, linkEthernet, 0, 9, 0), ngBlock(le, 5, make([]byte, 20)), ngPacket(le, 0, uint64(captureStart.UnixNano()), p)), nano},
		"pcapng, second section":            {join(ngSection(le), ngInterface(le, linkRaw, 0, 0, 0), ngSection(be), ngInterface(be, linkEthernet, 0, 9, 0), ngPacket(be, 0, uint64(captureStart.UnixNano()), p)), nano},
		"gzip":                              {zipped(t, classicCapture(le, true, linkEthernet, p)), nano},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, c := readCapture(t, tt.file)
			if diff := cmp.Diff([]heard{{"flow", "192.0.2.11:40000", tt.at}}, got); diff != "" {
				t.Error(diff)
			}
			if want := (Captured{Datagrams: 1, First: tt.at, Last: tt.at}); c != want {
				t.Errorf("got %+v, want %+v", c, want)
			}
		})
	}
}

func withFCS(file []byte) []byte {
	binary.LittleEndian.PutUint32(file[20:], 0x44000000|uint32(linkEthernet))
	return file
}

func zipped(t testing.TB, file []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(file)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A simple packet block has no time, and its length follows from the snap length.
func TestReadPcapSimplePackets(t *testing.T) {
	t.Parallel()
	le := binary.LittleEndian
	frame := ethernetFrame(0x0800, ip4(17, nil, 0, udp("flow")))
	file := join(ngSection(le), ngInterface(le, linkEthernet, uint32(len(frame)), 9, 0),
		ngSimple(le, wirePacket{frame: frame}),
		ngPacket(le, 0, uint64(captureStart.UnixNano()), wirePacket{frame: frame}),
		ngSimple(le, wirePacket{frame: frame}),
		ngSimple(le, wirePacket{frame: frame, wire: len(frame) + 4}))
	got, c := readCapture(t, file)
	none := heard{"flow", "192.0.2.11:40000", time.Time{}}
	timed := heard{"flow", "192.0.2.11:40000", captureStart}
	if diff := cmp.Diff([]heard{none, timed, timed, timed}, got); diff != "" {
		t.Error(diff)
	}
	if c.Datagrams != 4 || c.First != captureStart {
		t.Errorf("got %+v", c)
	}
	// What fills up a block that was cut is not taken for the byte that is missing.
	whole := ip4(17, nil, 0, udp("flow"))
	short := len(whole) - 1
	got, c = readCapture(t, join(ngSection(le), ngInterface(le, linkRaw, uint32(short), 9, 0), ngSimple(le, wirePacket{frame: whole[:short], wire: len(whole)})))
	if len(got) != 0 || c.CutOff != 1 {
		t.Errorf("cut: %+v, %q", c, got)
	}
}

func TestReadPcapFrames(t *testing.T) {
	t.Parallel()
	four, six := ip4(17, nil, 0, udp("flow")), ip6(17, udp("flow"))
	hop := []byte{60, 0, 1, 4, 0, 0, 0, 0}               // then destination options
	dst := append([]byte{43, 1}, make([]byte, 14)...)    // 16 bytes, then routing
	route := []byte{51, 0, 0, 0, 0, 0, 0, 0}             // then authentication
	auth := append([]byte{44, 4}, make([]byte, 22)...)   // 24 bytes, then fragment
	atomic := []byte{17, 0, 0, 0, 0, 0, 0, 9}            // offset 0 and no more: the whole
	v4, v6 := "192.0.2.11:40000", "[2001:db8::11]:40000" // where they come from
	unsized := slices.Clone(four)
	unsized[2], unsized[3] = 0, 0
	unsized6 := slices.Clone(six)
	unsized6[4], unsized6[5] = 0, 0
	mapped := slices.Clone(six)
	copy(mapped[8:], netip.MustParseAddr("::ffff:192.0.2.11").AsSlice())
	tests := map[string]struct {
		link  linkType
		frame []byte
		from  string
	}{
		"Ethernet":                  {linkEthernet, ethernetFrame(0x0800, four), v4},
		"Ethernet, IPv6":            {linkEthernet, ethernetFrame(0x86dd, six), v6},
		"802.1Q":                    {linkEthernet, ethernetFrame(0x0800, four, [2]uint16{0x8100, 150}), v4},
		"QinQ":                      {linkEthernet, ethernetFrame(0x86dd, six, [2]uint16{0x88a8, 10}, [2]uint16{0x8100, 150}), v6},
		"QinQ before 802.1ad":       {linkEthernet, ethernetFrame(0x0800, four, [2]uint16{0x9100, 10}, [2]uint16{0x8100, 150}), v4},
		"four tags":                 {linkEthernet, ethernetFrame(0x0800, four, [2]uint16{0x8100, 1}, [2]uint16{0x8100, 2}, [2]uint16{0x8100, 3}, [2]uint16{0x8100, 4}), v4},
		"padding":                   {linkEthernet, append(ethernetFrame(0x0800, four), make([]byte, 20)...), v4},
		"padding, IPv6":             {linkEthernet, append(ethernetFrame(0x86dd, six), 1, 2, 3), v6},
		"SLL":                       {linkSLL, sll(0x0800, four), v4},
		"SLL with a tag":            {linkSLL, sll(0x8100, join([]byte{0, 150, 0x86, 0xdd}, six)), v6},
		"SLL2":                      {linkSLL2, sll2(0x86dd, six), v6},
		"raw":                       {linkRaw, four, v4},
		"raw, IPv6":                 {linkRaw, six, v6},
		"raw of a BSD":              {linkRawBSD, four, v4},
		"IPv4":                      {linkIPv4, four, v4},
		"IPv6":                      {linkIPv6, six, v6},
		"null, little-endian":       {linkNull, join([]byte{2, 0, 0, 0}, four), v4},
		"null of a Mac, IPv6":       {linkNull, join([]byte{30, 0, 0, 0}, six), v6},
		"loop":                      {linkLoop, join([]byte{0, 0, 0, 2}, four), v4},
		"options":                   {linkRaw, ip4(17, []byte{1, 1, 1, 1, 1, 1, 1, 0}, 0, udp("flow")), v4},
		"do not fragment":           {linkRaw, ip4(17, nil, 0x4000, udp("flow")), v4},
		"extension headers":         {linkRaw, ip6(0, join(hop, dst, route, auth, atomic, udp("flow"))), v6},
		"no total length":           {linkRaw, unsized, v4},
		"no payload length":         {linkRaw, unsized6, v6},
		"IPv4 in an IPv6 address":   {linkRaw, mapped, v4},
		"IPv4 checksum left to NIC": {linkRaw, four, v4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, c := readCapture(t, classicCapture(binary.LittleEndian, true, tt.link, wirePacket{frame: tt.frame, at: captureStart}))
			if diff := cmp.Diff([]heard{{"flow", tt.from, captureStart}}, got); diff != "" {
				t.Errorf("%+v\n%s", c, diff)
			}
		})
	}
}

// What is no whole datagram is counted by what it is, and never handed over.
func TestReadPcapNotHandled(t *testing.T) {
	t.Parallel()
	long := udp("flow")
	long[5] = 200
	short := udp("flow")
	short[5] = 7
	four := ip4(17, nil, 0, udp("flow"))
	unsized := slices.Clone(four)
	unsized[2], unsized[3] = 0, 0
	tests := map[string]struct {
		link   linkType
		packet wirePacket
		cut    bool // counted as CutOff, not as Other
	}{
		"first fragment":               {linkRaw, wirePacket{frame: ip4(17, nil, 0x2000, udp("flow"))}, true},
		"last fragment":                {linkRaw, wirePacket{frame: ip4(17, nil, 100, []byte("rest"))}, true},
		"fragment of TCP":              {linkRaw, wirePacket{frame: ip4(6, nil, 100, []byte("rest"))}, false},
		"first fragment of IPv6":       {linkRaw, wirePacket{frame: ip6(44, join([]byte{17, 0, 0, 1, 0, 0, 0, 9}, udp("flow")))}, true},
		"last fragment of IPv6":        {linkRaw, wirePacket{frame: ip6(44, join([]byte{17, 0, 1, 0, 0, 0, 0, 9}, udp("flow")))}, true},
		"IPv6 fragment of TCP":         {linkRaw, wirePacket{frame: ip6(44, join([]byte{6, 0, 1, 0, 0, 0, 0, 9}, udp("flow")))}, false},
		"snap length in the payload":   {linkRaw, wirePacket{frame: four[:len(four)-1], wire: len(four)}, true},
		"snap length in UDP":           {linkRaw, wirePacket{frame: four[:24], wire: len(four)}, true},
		"snap length in UDP, IPv6":     {linkRaw, wirePacket{frame: ip6(17, udp("flow"))[:45], wire: 52}, true},
		"snap length in IP options":    {linkRaw, wirePacket{frame: ip4(17, make([]byte, 20), 0, udp("flow"))[:30], wire: 52}, true},
		"snap length, no total length": {linkRaw, wirePacket{frame: unsized[:24], wire: len(unsized)}, true},
		"snap length in IP":            {linkRaw, wirePacket{frame: four[:12], wire: len(four)}, false},
		"UDP longer than IP":           {linkRaw, wirePacket{frame: ip4(17, nil, 0, long)}, true},
		"UDP longer than IP, padded":   {linkRaw, wirePacket{frame: append(ip4(17, nil, 0, long), make([]byte, 300)...)}, true},
		"UDP longer than IPv6, padded": {linkRaw, wirePacket{frame: append(ip6(17, long), make([]byte, 300)...)}, true},
		"UDP shorter than its header":  {linkRaw, wirePacket{frame: ip4(17, nil, 0, short)}, false},
		"IP header too short":          {linkRaw, wirePacket{frame: append([]byte{0x44}, four[1:]...)}, false},
		"TCP":                          {linkRaw, wirePacket{frame: ip4(6, nil, 0, udp("flow"))}, false},
		"IPv6, no next header":         {linkRaw, wirePacket{frame: ip6(59, udp("flow"))}, false},
		"extension header too long":    {linkRaw, wirePacket{frame: ip6(0, []byte{17, 200, 0, 0, 0, 0, 0, 0})}, false},
		"version 5 of IP":              {linkRaw, wirePacket{frame: append([]byte{0x55}, four[1:]...)}, false},
		"ARP":                          {linkEthernet, wirePacket{frame: ethernetFrame(0x0806, make([]byte, 28))}, false},
		"five tags":                    {linkEthernet, wirePacket{frame: ethernetFrame(0x0800, four, [2]uint16{0x8100, 1}, [2]uint16{0x8100, 1}, [2]uint16{0x8100, 1}, [2]uint16{0x8100, 1}, [2]uint16{0x8100, 1})}, false},
		"tag and no more":              {linkEthernet, wirePacket{frame: ethernetFrame(0x8100, nil)}, false},
		"frame of nothing":             {linkEthernet, wirePacket{}, false},
		"null of nothing":              {linkNull, wirePacket{frame: []byte{2, 0, 0, 0}}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.packet.at = captureStart
			got, c := readCapture(t, classicCapture(binary.BigEndian, true, tt.link, tt.packet))
			want := Captured{Other: 1, First: captureStart, Last: captureStart}
			if tt.cut {
				want.CutOff, want.Other = 1, 0
			}
			if c != want || len(got) != 0 {
				t.Errorf("got %+v, want %+v, handed over %q", c, want, got)
			}
			if c.Drops() != (Drops{CutOff: want.CutOff}) {
				t.Errorf("drops %+v", c.Drops())
			}
		})
	}
}

// A pcapng file may hold interfaces of several link types, and of one that is not read.
func TestReadPcapMixedLinks(t *testing.T) {
	t.Parallel()
	le := binary.LittleEndian
	four := ip4(17, nil, 0, udp("flow"))
	at := uint64(captureStart.UnixNano())
	got, c := readCapture(t, join(ngSection(le),
		ngInterface(le, linkEthernet, 0, 9, 0), ngInterface(le, linkRaw, 0, 9, 0), ngInterface(le, 105, 0, 9, 0),
		ngPacket(le, 1, at, wirePacket{frame: four}), ngPacket(le, 2, at, wirePacket{frame: four}),
		ngPacket(le, 0, at, wirePacket{frame: ethernetFrame(0x0800, four)})))
	if len(got) != 2 || c.Datagrams != 2 || c.Other != 1 {
		t.Errorf("got %+v and %q", c, got)
	}
}

// A file that ends anywhere is read as far as it goes, and told to be cut where it does
// not end between packets.
func TestReadPcapCutAnywhere(t *testing.T) {
	t.Parallel()
	le := binary.LittleEndian
	p := wirePacket{frame: ethernetFrame(0x0800, ip4(17, nil, 0, udp("flow!"))), at: captureStart}
	ticks := uint64(captureStart.UnixNano())
	for name, parts := range map[string][][]byte{
		"pcap":   {classicCapture(le, true, linkEthernet), classicCapture(le, true, linkEthernet, p)[24:], classicCapture(le, true, linkEthernet, p)[24:]},
		"pcapng": {ngSection(le), ngInterface(le, linkEthernet, 0, 9, 0), ngPacket(le, 0, ticks, p), ngPacket(le, 0, ticks, p)},
	} {
		file := join(parts...)
		whole := map[int]bool{} // where a part ends
		for i, end := 0, 0; i < len(parts); i++ {
			end += len(parts[i])
			whole[end] = true
		}
		for n := len(parts[0]); n <= len(file); n++ {
			got, c := readCapture(t, file[:n])
			if c.Truncated == whole[n] {
				t.Errorf("%s: %d of %d bytes: truncated %v", name, n, len(file), c.Truncated)
			}
			// Of the last block of pcapng only the length again may be missing, or options.
			if most := strings.Count(string(file[:n]), "flow!"); len(got) > most {
				t.Errorf("%s: %d of %d bytes: %d datagrams of %d", name, n, len(file), len(got), most)
			}
		}
		if got, c := readCapture(t, file); len(got) != 2 || c.Datagrams != 2 {
			t.Errorf("%s: whole file: %+v", name, c)
		}
	}
}

func TestReadPcapErrors(t *testing.T) {
	t.Parallel()
	le := binary.LittleEndian
	p := wirePacket{frame: ethernetFrame(0x0800, ip4(17, nil, 0, udp("flow"))), at: captureStart}
	whole := classicCapture(le, false, linkEthernet, p)
	damaged := join(whole, classicCapture(le, false, linkEthernet, p)[24:])
	le.PutUint32(damaged[len(whole)+8:], 1<<30)
	old := slices.Clone(whole)
	old[4] = 1
	tests := map[string]struct {
		file      []byte
		want      string
		datagrams uint64
	}{
		"nothing":             {nil, "is empty", 0},
		"text":                {[]byte("time,src,dst\n1,2,3\n"), "no capture", 0},
		"three bytes":         {[]byte("abc"), "no capture", 0},
		"zstd":                {[]byte("\x28\xb5\x2f\xfd rest"), "zstd -dc", 0},
		"xz":                  {[]byte("\xfd7zXZ\x00 rest"), "xz -dc", 0},
		"bzip2":               {[]byte("BZh91AY rest"), "bzip2 -dc", 0},
		"gzip of text":        {zipped(t, []byte("no capture at all")), "no capture", 0},
		"damaged gzip":        {[]byte("\x1f\x8b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "gzip", 0},
		"header only in part": {whole[:20], "ends in its file header", 0},
		"version":             {old, "version 1", 0},
		"link type":           {classicCapture(le, false, 105), "link type 105", 0},
		"damaged length":      {damaged, "packet 2 of the capture", 1},
		"pcapng byte order":   {join([]byte("\x0a\x0d\x0d\x0a"), make([]byte, 24)), "no byte order", 0},
		"pcapng interface":    {join(ngSection(le), ngPacket(le, 0, 1, p)), "interface 0", 0},
		"pcapng block":        {join(ngSection(le), []byte{9, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0}), "claims 3 bytes", 0},
		"pcapng clock":        {join(ngSection(le), ngInterface(le, linkEthernet, 0, 20, 0)), "resolution 0x14", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := ReadPcap(t.Context(), bytes.NewReader(tt.file), func([]byte, netip.AddrPort, time.Time) {})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if c.Datagrams != tt.datagrams {
				t.Errorf("%d datagrams, want %d", c.Datagrams, tt.datagrams)
			}
		})
	}
}

// A watchedPipe tells when it is read from.
type watchedPipe struct {
	*os.File
	reads chan struct{}
}

func (p watchedPipe) Read(b []byte) (int, error) {
	p.reads <- struct{}{}
	return p.File.Read(b)
}

// A reader that waits for more of a pipe ends with ctx, and says that ctx has ended.
func TestReadPcapEnds(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer r.Close()
	p := wirePacket{frame: ethernetFrame(0x0800, ip4(17, nil, 0, udp("flow"))), at: captureStart}
	if _, err := w.Write(classicCapture(binary.LittleEndian, false, linkEthernet, p)); err != nil {
		t.Fatal(err)
	}
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	pipe := watchedPipe{r, make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		c, err := ReadPcap(ctx, pipe, func([]byte, netip.AddrPort, time.Time) {})
		if c.Datagrams != 1 {
			err = fmt.Errorf("%d datagrams, and %w", c.Datagrams, err)
		}
		ended <- err
	}()
	<-pipe.reads // the packet
	<-pipe.reads // and the next one, which never comes
	cancel(reason)
	select {
	case err := <-ended:
		if err != reason {
			t.Errorf("got %v, want %v", err, reason)
		}
	case <-time.After(patience):
		t.Error("it still reads")
	}
}

// FuzzReadPcap finds no input that panics, hands over what is not counted, or makes
// more packets than it has bytes for.
func FuzzReadPcap(f *testing.F) {
	le, be := binary.LittleEndian, binary.BigEndian
	p := wirePacket{frame: ethernetFrame(0x86dd, ip6(0, join([]byte{17, 0, 1, 4, 0, 0, 0, 0}, udp("flow"))), [2]uint16{0x8100, 150}), at: captureStart}
	f.Add(classicCapture(le, false, linkEthernet, p, p))
	f.Add(classicCapture(be, true, linkSLL, wirePacket{frame: sll(0x0800, ip4(17, nil, 0, udp("flow")))}))
	f.Add(join(ngSection(le), ngInterface(le, linkEthernet, 0, 9, 0), ngPacket(le, 0, 1, p), ngSimple(le, p), ngOldPacket(le, 1, p)))
	f.Add(join(ngSection(be), ngInterface(be, linkRaw, 0, 0x80|63, -1), ngPacket(be, 0, 1<<63, p)))
	f.Add(zipped(f, classicCapture(le, false, linkEthernet, p)))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<16 {
			t.Skip("larger than what a packet needs")
		}
		var handed uint64
		c, err := ReadPcap(t.Context(), bytes.NewReader(file), func(payload []byte, from netip.AddrPort, at time.Time) {
			handed++
			if !from.Addr().IsValid() || at.Year() > 9999 {
				t.Errorf("from %v at %v", from, at)
			}
		})
		if handed != c.Datagrams {
			t.Errorf("%d handed over, %+v, %v", handed, c, err)
		}
		if packed := bytes.HasPrefix(file, []byte{0x1f, 0x8b}); !packed && c.Datagrams+c.CutOff+c.Other > uint64(len(file)/16) {
			t.Errorf("%+v of %d bytes", c, len(file))
		}
	})
}

// BenchmarkReadPcap reads a capture of a million flows: IPFIX, 22 to a datagram.
func BenchmarkReadPcap(b *testing.B) {
	const flows, perDatagram = 1_000_000, 22
	payload := strings.Repeat("x", 16+4+perDatagram*62)
	var all []wirePacket
	for range flows/perDatagram + 1 {
		all = append(all, wirePacket{frame: ethernetFrame(0x0800, ip4(17, nil, 0, udp(payload))), at: captureStart})
	}
	le := binary.LittleEndian
	ng := [][]byte{ngSection(le), ngInterface(le, linkEthernet, 0, 9, 0)}
	for _, p := range all {
		ng = append(ng, ngPacket(le, 0, uint64(p.at.UnixNano()), p))
	}
	for name, file := range map[string][]byte{"pcap": classicCapture(le, false, linkEthernet, all...), "pcapng": join(ng...)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				c, err := ReadPcap(b.Context(), bytes.NewReader(file), func([]byte, netip.AddrPort, time.Time) {})
				if err != nil || c.Datagrams != uint64(len(all)) {
					b.Fatal(c, err)
				}
			}
			b.ReportMetric(float64(len(all)*b.N)/b.Elapsed().Seconds(), "datagrams/s")
		})
	}
}
