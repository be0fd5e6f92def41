package verify

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// What a pcap file begins with, read in network byte order: times in microseconds or
// nanoseconds, and the same from a host of the other byte order.
// Source: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html §4.
const (
	classicMicro = 0xa1b2c3d4
	classicNano  = 0xa1b23c4d
	swappedMicro = 0xd4c3b2a1
	swappedNano  = 0x4d3cb2a1
)

const (
	classicHeader = 24 // of the file, in bytes
	classicRecord = 16 // before each packet
)

// classic is a pcap file.
type classic struct {
	r     *bufio.Reader
	order binary.ByteOrder
	unit  time.Duration // of the fraction of a second
	link  linkType
	taken int // bytes of the packet that was handed over, still in r
}

func openClassic(r *bufio.Reader, order binary.ByteOrder) (*classic, error) {
	head, err := ahead(r, classicHeader)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("the capture ends in its file header")
	}
	if err != nil {
		return nil, err
	}
	if major := order.Uint16(head[4:]); major != 2 {
		return nil, fmt.Errorf("the capture is of version %d of pcap: 2 is read", major)
	}
	c := &classic{r: r, order: order, unit: time.Microsecond, taken: classicHeader}
	if order.Uint32(head) == classicNano {
		c.unit = time.Nanosecond
	}
	// The upper half tells the length of a frame check sequence, which stands behind
	// all that is looked at.
	c.link = linkType(order.Uint32(head[20:]))
	if !c.link.known() {
		return nil, fmt.Errorf("the capture has link type %d: read are Ethernet (1), Linux cooked (113, 276), raw IP (101) and null (0, 108)", c.link)
	}
	return c, nil
}

func (c *classic) next() (capturedPacket, error) {
	if _, err := c.r.Discard(c.taken); err != nil {
		return capturedPacket{}, err
	}
	c.taken = 0
	head, err := atNext(c.r, classicRecord)
	if err != nil {
		return capturedPacket{}, err
	}
	seconds, fraction := c.order.Uint32(head), c.order.Uint32(head[4:])
	held, length := c.order.Uint32(head[8:]), c.order.Uint32(head[12:])
	if held > longestPacket {
		return capturedPacket{}, fmt.Errorf("it claims %d bytes: the file is damaged before it", held)
	}
	all, err := ahead(c.r, classicRecord+int(held))
	if err != nil {
		return capturedPacket{}, err
	}
	c.taken = len(all)
	return capturedPacket{
		frame: all[classicRecord:], link: c.link, cut: held < length,
		at: time.Unix(int64(seconds), int64(fraction)*int64(c.unit)).UTC(),
	}, nil
}
