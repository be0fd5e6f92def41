package verify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/netsampler/goflow2/v2/decoders/netflow"
	"github.com/netsampler/goflow2/v2/decoders/netflowlegacy"
	"github.com/netsampler/goflow2/v2/decoders/sflow"
)

// A plainFlow is what two readers of one packet have to agree on.
type plainFlow struct {
	Src, Dst       string
	In, Out        uint64
	Packets, Bytes uint64
	Key            uint64
}

// goflow2Truth reads packets with goflow2's decoders from end to end, the slow and general
// way.
type goflow2Truth struct {
	templates netflow.NetFlowTemplateSystem
	flows     []plainFlow
}

func (tr *goflow2Truth) packet(t *testing.T, b []byte) {
	t.Helper()
	switch {
	case b[1] == 5:
		var p netflowlegacy.PacketNetFlowV5
		if err := netflowlegacy.DecodeMessageVersion(bytes.NewBuffer(b), &p); err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Records {
			src, dst := v4(uint32(r.SrcAddr)), v4(uint32(r.DstAddr))
			tr.flows = append(tr.flows, plainFlow{src.String(), dst.String(), uint64(r.Input), uint64(r.Output), uint64(r.DPkts), uint64(r.DOctets), flowKey(src, dst, r.Proto, r.SrcPort, r.DstPort)})
		}
	case b[1] == 9 || b[1] == 10:
		var nine netflow.NFv9Packet
		var ten netflow.IPFIXPacket
		if err := netflow.DecodeMessageVersion(bytes.NewBuffer(b), tr.templates, &nine, &ten); err != nil {
			t.Fatal(err)
		}
		for _, s := range append(nine.FlowSets, ten.FlowSets...) {
			if s, ok := s.(netflow.DataFlowSet); ok {
				for _, r := range s.Records {
					tr.flows = append(tr.flows, ofFields(r.Values))
				}
			}
		}
	default:
		var p sflow.Packet
		if err := sflow.DecodeMessageVersion(bytes.NewBuffer(b), &p); err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Samples {
			switch s := s.(type) {
			case sflow.FlowSample:
				tr.flows = append(tr.flows, ofSample(s.Input, s.Output, s.Records))
			case sflow.ExpandedFlowSample:
				tr.flows = append(tr.flows, ofSample(s.InputIfValue, s.OutputIfValue, s.Records))
			}
		}
	}
}

func v4(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, n)))
}

// ofFields makes a flow of a record's fields.
func ofFields(fields []netflow.DataField) plainFlow {
	n := map[uint16]uint64{}
	var src, dst netip.Addr
	for _, f := range fields {
		b := f.Value.([]byte)
		switch f.Type {
		case 8, 27:
			src, _ = netip.AddrFromSlice(b)
		case 12, 28:
			dst, _ = netip.AddrFromSlice(b)
		}
		for _, x := range b {
			n[f.Type] = n[f.Type]<<8 | uint64(x)
		}
	}
	return plainFlow{src.String(), dst.String(), n[10], n[14], n[2], n[1], flowKey(src, dst, uint8(n[4]), uint16(n[7]), uint16(n[11]))}
}

// ofSample makes a flow of a sampled frame with one tag or none.
func ofSample(in, out uint32, records []sflow.FlowRecord) plainFlow {
	f := plainFlow{In: uint64(in & 0x3fffffff), Out: uint64(out), Packets: 1}
	if f.In == 0x3fffffff {
		f.In = 0
	}
	if f.Out == 0x3fffffff {
		f.Out = 0
	}
	for _, r := range records {
		h, ok := r.Data.(sflow.SampledHeader)
		if !ok {
			continue
		}
		frame := uint64(14)
		if h.HeaderData[12] == 0x81 {
			frame = 18
		}
		ip := h.HeaderData[frame:]
		var src, dst netip.Addr
		var protocol, size int
		if ip[0]>>4 == 4 {
			src, _ = netip.AddrFromSlice(ip[12:16])
			dst, _ = netip.AddrFromSlice(ip[16:20])
			protocol, size = int(ip[9]), 20
			f.Bytes = frame + uint64(binary.BigEndian.Uint16(ip[2:]))
		} else {
			src, _ = netip.AddrFromSlice(ip[8:24])
			dst, _ = netip.AddrFromSlice(ip[24:40])
			protocol, size = int(ip[6]), 40
			f.Bytes = frame + 40 + uint64(binary.BigEndian.Uint16(ip[4:]))
		}
		f.Bytes = max(f.Bytes, uint64(h.FrameLength))
		f.Src, f.Dst = src.String(), dst.String()
		f.Key = flowKey(src, dst, uint8(protocol), binary.BigEndian.Uint16(ip[size:]), binary.BigEndian.Uint16(ip[size+2:]))
	}
	return f
}

// Two readers agree on every field of what real exporters and the builder sent.
func TestDecoderTruth(t *testing.T) {
	t.Parallel()
	packets := map[string][][]byte{}
	files, err := filepath.Glob(filepath.Join("testdata", "decoder", "*.pcap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures: %v", err)
	}
	for _, f := range files {
		for _, p := range recording(t, filepath.Base(f)) {
			packets[f] = append(packets[f], p.payload)
		}
	}
	for _, v := range []uint16{9, 10} {
		message9or10, templates := packet9, uint16(0)
		if v == 10 {
			message9or10, templates = packet10, 2
		}
		name := fmt.Sprint("built ", v)
		packets[name] = append(packets[name], message9or10(message{}, set(templates, flow20(256))), message9or10(message{}, records22(256)))
	}
	for name, all := range packets {
		var got caught
		d, tr := NewDecoder(Bounds{}), &goflow2Truth{templates: netflow.CreateTemplateSystem()}
		for _, p := range all {
			d.Packet(p, decoderRouter, decoderTime, &got)
			tr.packet(t, p)
		}
		var plain []plainFlow
		for _, r := range got.flows {
			plain = append(plain, plainFlow{r.Src.String(), r.Dst.String(), uint64(r.In), uint64(r.Out), r.Packets, r.Bytes, r.Key})
		}
		if len(plain) == 0 {
			t.Errorf("%s: no flows", name)
		}
		if diff := cmp.Diff(tr.flows, plain); diff != "" {
			t.Errorf("%s: (-goflow2 +ours)\n%s", name, diff)
		}
	}
}
