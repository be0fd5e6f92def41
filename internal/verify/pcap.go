package verify

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"
)

// Captured is what a capture held.
type Captured struct {
	Datagrams uint64 // UDP, handed over
	// CutOff counts UDP datagrams of which the capture holds only a part: cut to the
	// snap length, or fragments of IP, each by itself. They are not put together.
	CutOff uint64
	// Other counts packets that are no UDP over IP, or of a link type that is not read.
	Other     uint64
	Truncated bool // the file ends in the middle of a packet
	// First and Last are the earliest and latest time of a packet; zero: none had a time.
	First, Last time.Time
}

// Drops returns what a report says of the capture.
func (c Captured) Drops() Drops { return Drops{CutOff: c.CutOff} }

// Bounds of a capture, in bytes.
const (
	// longestPacket is the longest packet that libpcap reads or writes: its
	// MAXIMUM_SNAPLEN.
	longestPacket = 256 << 10
	// readAhead is how much is fetched at once. It holds any packet with what stands
	// around it.
	readAhead = 2 * longestPacket
)

// ReadPcap hands over the UDP datagrams of a capture, in the order of the file: pcap of
// either byte order with micro- or nanoseconds, or pcapng, also in gzip. It reads
// Ethernet with up to four tags, Linux' cooked form (SLL, SLL2), raw IP and the null
// and loop forms of the BSDs. The payload is valid during the call only. A packet
// without a time (a simple packet block) gets the time of the one before it.
//
// A file that ends in the middle of a packet is read as far as it goes. ctx is looked
// at between packets; it ends a read that waits only where r has a read deadline, as a
// pipe of os.Pipe and a connection have. What was read until an error is returned with
// it.
//
// It is read by our own code, as pcapgo of gopacket v1.7.7 takes a pcapng packet to be as
// long as it claims: a forged capture of 1 MB in gzip made it allocate 4 GB. Its times
// are wrong where a clock counts in powers of two (by 18 ms at 2^-30 s), and it takes a
// pcap file that ends behind the head of a packet for a whole one.
// Source: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html,
// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html, and
// https://www.tcpdump.org/linktypes.html.
func ReadPcap(ctx context.Context, r io.Reader, handle func(payload []byte, from netip.AddrPort, at time.Time)) (Captured, error) {
	defer deadlineAt(ctx, r)()
	var c Captured
	packets, err := openCapture(r)
	if err == nil {
		err = c.read(ctx, packets, handle)
	}
	if ctx.Err() != nil {
		return c, context.Cause(ctx)
	}
	return c, err
}

// deadlineAt makes r's reads fail when ctx ends, where r can do that. What it returns
// undoes it.
func deadlineAt(ctx context.Context, r io.Reader) func() {
	d, ok := r.(interface{ SetReadDeadline(time.Time) error })
	if !ok || d.SetReadDeadline(time.Time{}) != nil {
		return func() {}
	}
	stop := context.AfterFunc(ctx, func() { _ = d.SetReadDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// A capturedPacket is one packet as a capture holds it.
type capturedPacket struct {
	frame []byte // valid until the next packet is read
	link  linkType
	cut   bool      // the frame was longer on the wire
	at    time.Time // zero: not told
}

// packets is a capture of either form. next returns io.EOF at its end, and
// io.ErrUnexpectedEOF where it ends in a packet.
type packets interface {
	next() (capturedPacket, error)
}

func (c *Captured) read(ctx context.Context, from packets, handle func([]byte, netip.AddrPort, time.Time)) error {
	var at time.Time
	for n := 1; ctx.Err() == nil; n++ {
		p, err := from.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			c.Truncated = true
			return nil
		case err != nil:
			return fmt.Errorf("packet %d of the capture: %w", n, err)
		}
		if !p.at.IsZero() {
			at = p.at
			c.span(at)
		}
		payload, source, kind := datagram(p.link, p.frame, p.cut)
		switch kind {
		case wholeDatagram:
			c.Datagrams++
			handle(payload, source, at)
		case partOfDatagram:
			c.CutOff++
		case otherPacket:
			c.Other++
		}
	}
	return nil
}

func (c *Captured) span(at time.Time) {
	if c.First.IsZero() || at.Before(c.First) {
		c.First = at
	}
	if at.After(c.Last) {
		c.Last = at
	}
}

var errNoCapture = errors.New("this is no capture: pcap and pcapng are read, as tcpdump and Wireshark write them")

// openCapture reads what a capture begins with, and tells what else it may be.
func openCapture(r io.Reader) (packets, error) {
	b := bufio.NewReaderSize(r, readAhead)
	head, err := b.Peek(4)
	if len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b {
		plain, broken := gzip.NewReader(b)
		if broken != nil {
			return nil, fmt.Errorf("the capture begins as gzip does, and is damaged: %w", broken)
		}
		b = bufio.NewReaderSize(plain, readAhead)
		head, err = b.Peek(4)
	}
	switch {
	case len(head) == 0 && errors.Is(err, io.EOF):
		return nil, errors.New("the capture is empty: it has not even a file header")
	case len(head) < 4 && err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case len(head) < 4:
		return nil, errNoCapture
	}
	switch binary.BigEndian.Uint32(head) {
	case classicMicro, classicNano:
		return openClassic(b, binary.BigEndian)
	case swappedMicro, swappedNano:
		return openClassic(b, binary.LittleEndian)
	case blockSection:
		return &blocks{r: b}, nil
	}
	if name := compression(head); name != "" {
		return nil, fmt.Errorf("the capture is compressed with %s: unpack it first, %s -dc FILE", name, name)
	}
	return nil, errNoCapture
}

// compression returns the name of a compression that captures are often kept in and
// that is not read here, by the four bytes a file begins with.
func compression(head []byte) string {
	switch {
	case string(head) == "\x28\xb5\x2f\xfd":
		return "zstd"
	case string(head) == "\xfd7zX":
		return "xz"
	case string(head[:3]) == "BZh":
		return "bzip2"
	case string(head) == "\x04\x22\x4d\x18":
		return "lz4"
	}
	return ""
}

// ahead returns the next n bytes of r without taking them. That there are fewer is
// io.ErrUnexpectedEOF: it is asked for what has been announced.
func ahead(r *bufio.Reader, n int) ([]byte, error) {
	b, err := r.Peek(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// atNext is ahead where a capture may properly end: that there is nothing is io.EOF.
func atNext(r *bufio.Reader, n int) ([]byte, error) {
	if _, err := r.Peek(1); err != nil {
		return nil, err
	}
	return ahead(r, n)
}
