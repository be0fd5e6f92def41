package verify

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"time"
)

// Types of blocks of pcapng.
// Source: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html §4, and for
// the old packet block its appendix A.
const (
	blockInterface = 1
	blockOldPacket = 2
	blockSimple    = 3
	blockPacket    = 6
	blockSection   = 0x0a0d0d0a // the same in either byte order
)

// Options of an interface (§4.2).
const (
	optionResolution = 9  // if_tsresol
	optionOffset     = 14 // if_tsoffset
)

// mostInterfaces bounds the interfaces of a section: a capture of every subinterface of
// a large router stays below.
const mostInterfaces = 1 << 16

// latest is the last second whose year has four digits, which is what RFC 3339 and
// JSON can write.
const latest = 253402300799

// blocks is a pcapng file.
type blocks struct {
	r          *bufio.Reader
	order      binary.ByteOrder
	interfaces []capturedInterface // of the section
	left       int64               // bytes of the block that was read, still in r
}

type capturedInterface struct {
	link   linkType
	snap   uint32 // 0: no limit
	units  uint64 // of time in a second
	offset int64  // to be added to times, in seconds
}

func (b *blocks) next() (capturedPacket, error) {
	for {
		kind, length, err := b.block()
		if err != nil {
			return capturedPacket{}, err
		}
		b.left = int64(length)
		switch kind {
		case blockSection:
			err = b.section()
		case blockInterface:
			err = b.describe(length)
		case blockPacket, blockOldPacket:
			return b.packet(kind, length)
		case blockSimple:
			return b.simple(length)
		}
		if err != nil {
			return capturedPacket{}, err
		}
	}
}

// block goes behind the block before and reads what every block begins with.
func (b *blocks) block() (kind, length uint32, err error) {
	for b.left > 0 {
		n, err := b.r.Discard(int(min(b.left, readAhead)))
		b.left -= int64(n)
		if errors.Is(err, io.EOF) {
			return 0, 0, io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, 0, err
		}
	}
	head, err := atNext(b.r, 12)
	if err != nil {
		return 0, 0, err
	}
	if binary.BigEndian.Uint32(head) == blockSection {
		// A section may be of another byte order than the one before it.
		switch uint32(0x1a2b3c4d) {
		case binary.BigEndian.Uint32(head[8:]):
			b.order = binary.BigEndian
		case binary.LittleEndian.Uint32(head[8:]):
			b.order = binary.LittleEndian
		default:
			return 0, 0, errors.New("its section tells no byte order: the file is damaged")
		}
	}
	kind, length = b.order.Uint32(head), b.order.Uint32(head[4:])
	if length < 12 || length%4 != 0 {
		return 0, 0, fmt.Errorf("a block claims %d bytes: the file is damaged before it", length)
	}
	return kind, length, nil
}

func (b *blocks) section() error {
	head, err := ahead(b.r, 16)
	if err != nil {
		return err
	}
	if major := b.order.Uint16(head[12:]); major != 1 {
		return fmt.Errorf("a section is of version %d of pcapng: 1 is read", major)
	}
	b.interfaces = b.interfaces[:0]
	return nil
}

// describe reads an interface. What it leaves out is microseconds since 1970.
func (b *blocks) describe(length uint32) error {
	if length < 20 || length > readAhead || len(b.interfaces) == mostInterfaces {
		return fmt.Errorf("an interface of %d bytes: the file is damaged", length)
	}
	all, err := ahead(b.r, int(length))
	if err != nil {
		return err
	}
	i := capturedInterface{link: linkType(b.order.Uint16(all[8:])), snap: b.order.Uint32(all[12:]), units: 1e6}
	for options := all[16 : length-4]; len(options) >= 4; {
		code, n := b.order.Uint16(options), int(b.order.Uint16(options[2:]))
		padded := 4 + (n+3)&^3
		if code == 0 || padded > len(options) {
			break
		}
		value := options[4 : 4+n]
		switch {
		case code == optionResolution && n >= 1:
			if i.units = unitsOf(value[0]); i.units == 0 {
				return fmt.Errorf("an interface has a clock of resolution %#x, which no 64 bits hold", value[0])
			}
		case code == optionOffset && n >= 8:
			i.offset = int64(b.order.Uint64(value))
		}
		options = options[padded:]
	}
	b.interfaces = append(b.interfaces, i)
	return nil
}

// unitsOf reads if_tsresol: a negative power of ten, or of two if the first bit is set.
// 0: out of range.
func unitsOf(resolution byte) uint64 {
	exponent := resolution & 0x7f
	if resolution&0x80 != 0 {
		if exponent > 63 {
			return 0
		}
		return 1 << exponent
	}
	if exponent > 19 {
		return 0
	}
	units := uint64(1)
	for range exponent {
		units *= 10
	}
	return units
}

// packet reads an enhanced packet block, or the packet block that it has replaced.
func (b *blocks) packet(kind, length uint32) (capturedPacket, error) {
	const head = 28
	if length < head+4 {
		return capturedPacket{}, fmt.Errorf("a block of a packet has %d bytes: the file is damaged", length)
	}
	h, err := ahead(b.r, head)
	if err != nil {
		return capturedPacket{}, err
	}
	index := b.order.Uint32(h[8:])
	if kind == blockOldPacket {
		index = uint32(b.order.Uint16(h[8:]))
	}
	ticks := uint64(b.order.Uint32(h[12:]))<<32 | uint64(b.order.Uint32(h[16:]))
	held, wire := b.order.Uint32(h[20:]), b.order.Uint32(h[24:])
	i, err := b.of(index)
	if err != nil {
		return capturedPacket{}, err
	}
	if held > longestPacket || held > length-head-4 {
		return capturedPacket{}, fmt.Errorf("it claims %d bytes: the file is damaged before it", held)
	}
	all, err := ahead(b.r, head+int(held))
	if err != nil {
		return capturedPacket{}, err
	}
	return capturedPacket{frame: all[head:], link: i.link, cut: held < wire, at: i.time(ticks)}, nil
}

// simple reads a simple packet block, which has no time and is of the first interface.
// How much it holds follows from the snap length.
func (b *blocks) simple(length uint32) (capturedPacket, error) {
	const head = 12
	if length < head+4 {
		return capturedPacket{}, fmt.Errorf("a block of a packet has %d bytes: the file is damaged", length)
	}
	h, err := ahead(b.r, head)
	if err != nil {
		return capturedPacket{}, err
	}
	i, err := b.of(0)
	if err != nil {
		return capturedPacket{}, err
	}
	wire := b.order.Uint32(h[8:])
	held := min(wire, length-head-4)
	if i.snap != 0 {
		held = min(held, i.snap)
	}
	if held > longestPacket {
		return capturedPacket{}, fmt.Errorf("it claims %d bytes: the file is damaged before it", held)
	}
	all, err := ahead(b.r, head+int(held))
	if err != nil {
		return capturedPacket{}, err
	}
	return capturedPacket{frame: all[head:], link: i.link, cut: held < wire}, nil
}

func (b *blocks) of(index uint32) (capturedInterface, error) {
	if index >= uint32(len(b.interfaces)) {
		return capturedInterface{}, fmt.Errorf("it is of interface %d, which the capture does not describe", index)
	}
	return b.interfaces[index], nil
}

// time is that of ticks of the interface's clock; zero: no time that can be.
func (i capturedInterface) time(ticks uint64) time.Time {
	seconds := int64(ticks/i.units) + i.offset // what overflows is out of range too
	if seconds < 0 || seconds > latest {
		return time.Time{}
	}
	hi, lo := bits.Mul64(ticks%i.units, uint64(time.Second))
	nanoseconds, _ := bits.Div64(hi, lo, i.units)
	return time.Unix(seconds, int64(nanoseconds)).UTC()
}
