package verify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// endless is zeros for ever, and counts how many were asked for.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	if e.read > 100*readAhead {
		return 0, errors.New("this is read for ever")
	}
	clear(b)
	e.read += len(b)
	return len(b), nil
}

// A packet that claims more than any can have is an error, before its bytes are read or
// have room: in gzip a forged capture of a megabyte claims gigabytes.
func TestReadPcapForgedLength(t *testing.T) {
	t.Parallel()
	le := binary.LittleEndian
	huge := wirePacket{frame: make([]byte, 4), at: captureStart}
	classicFile := classicCapture(le, false, linkEthernet, huge)
	le.PutUint32(classicFile[24+8:], 1<<30)
	block := ngPacket(le, 0, 1, huge)
	le.PutUint32(block[4:], 1<<30+32)
	le.PutUint32(block[20:], 1<<30)
	simple := ngSimple(le, wirePacket{wire: 1 << 30})
	le.PutUint32(simple[4:], 1<<30+16)
	description := ngInterface(le, linkEthernet, 0, 9, 0)
	le.PutUint32(description[4:], 1<<30)
	ng := join(ngSection(le), ngInterface(le, linkEthernet, 0, 9, 0))
	for name, file := range map[string][]byte{
		"pcap":              classicFile,
		"pcapng":            join(ng, block[:28]),
		"pcapng, simple":    join(ng, simple[:12]),
		"pcapng, interface": join(ng, description),
	} {
		rest := &endless{}
		c, err := ReadPcap(t.Context(), io.MultiReader(bytes.NewReader(file), rest), func([]byte, netip.AddrPort, time.Time) {})
		if err == nil || !strings.Contains(err.Error(), "damaged") || rest.read > 2*readAhead || c.Datagrams+c.Other+c.CutOff != 0 {
			t.Errorf("%s: %v, %+v, after %d bytes of it", name, err, c, rest.read)
		}
	}
}
