package verify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/netsampler/goflow2/v2/decoders/netflow"
	"github.com/netsampler/goflow2/v2/decoders/sflow"
)

// What of goflow2 is used: its readers of templates, of option data and of sFlow's
// records other than sampled headers. It believes what a packet says about itself: it
// makes room for as many fields as a template claims, and reads for ever where a template
// has no length (v2.2.6). So a caller here has measured what it hands over.

// parseTemplate reads one template of a data set's records: b holds it and nothing
// else.
func parseTemplate(version uint16, b []byte) (form, error) {
	records, err := netflow.DecodeTemplateSet(version, bytes.NewBuffer(b))
	if err != nil || len(records) != 1 {
		return form{}, fmt.Errorf("template: %w", err)
	}
	return form{id: records[0].TemplateId, fields: fieldsOf(nil, records[0].Fields)}, nil
}

// parseOptionTemplate reads one template of option data: b holds it and nothing else.
func parseOptionTemplate(version uint16, b []byte) (form, error) {
	if version == versionIPFIX {
		records, err := netflow.DecodeIPFIXOptionsTemplateSet(bytes.NewBuffer(b))
		if err != nil || len(records) != 1 {
			return form{}, fmt.Errorf("option template: %w", err)
		}
		r := records[0]
		return form{id: r.TemplateId, option: true, scopes: len(r.Scopes), fields: fieldsOf(fieldsOf(nil, r.Scopes), r.Options)}, nil
	}
	records, err := netflow.DecodeNFv9OptionsTemplateSet(bytes.NewBuffer(b))
	if err != nil || len(records) != 1 {
		return form{}, fmt.Errorf("option template: %w", err)
	}
	r := records[0]
	return form{id: r.TemplateId, option: true, scopes: len(r.Scopes), fields: fieldsOf(fieldsOf(nil, r.Scopes), r.Options)}, nil
}

// fieldsOf appends goflow2's fields to ours. Of option templates it leaves the bit in
// the type that says a private enterprise number follows.
func fieldsOf(out []field, in []netflow.Field) []field {
	for _, f := range in {
		if f.PenProvided {
			out = append(out, field{f.Type &^ 0x8000, f.Length, f.Pen})
			continue
		}
		out = append(out, field{f.Type, f.Length, 0})
	}
	return out
}

// options reads a set of option data and hands every record to each: its fields in
// order and their bytes, which are those of the set.
func options(version uint16, c *compiled, set []byte, each func(values [][]byte)) error {
	fields := make([]netflow.Field, len(c.fields))
	for i, f := range c.fields {
		fields[i] = netflow.Field{Type: f.Type, Length: f.Length, Pen: f.PEN, PenProvided: f.PEN != 0}
	}
	n, ok := c.records(set)
	if !ok {
		return fmt.Errorf("option data: %d bytes do not fit template %d", len(set), c.id)
	}
	payload := bytes.NewBuffer(set)
	row := make([][]byte, len(fields))
	for range n {
		record, err := netflow.DecodeDataSetUsingFields(version, payload, fields)
		if err != nil {
			return fmt.Errorf("option data: %w", err)
		}
		for i, v := range record {
			row[i], _ = v.Value.([]byte)
		}
		each(row)
	}
	return nil
}

// sampledPacket is one sample of sFlow: what its records say of the packet.
type sampledPacket struct {
	header                    []byte // its first bytes; empty: there are none
	protocol                  uint32 // of header: 1 Ethernet, 11 IPv4, 12 IPv6
	bytes                     uint32 // length of the packet, as the agent says
	length                    uint32 // the same as its own header says; pmacct 1.7.7 tells how much it kept instead
	src, dst, nextHop         netip.Addr
	ipProtocol                uint8
	srcPort, dstPort          uint16
	srcVLAN, dstVLAN          uint32
	hasHeader, hasIP, hasVLAN bool
}

// record adds one record of a sample to p. One that nobody wants, or that does not say
// what its format does, is passed over: what others say remains true.
func (p *sampledPacket) record(format uint32, data []byte, reader *bytes.Buffer) {
	if !wanted(format, data) {
		return
	}
	if format == sflow.FLOW_TYPE_RAW {
		p.sampledHeader(data)
		return
	}
	*reader = *bytes.NewBuffer(data)
	record, err := sflow.DecodeFlowRecord(&sflow.RecordHeader{DataFormat: format, Length: uint32(len(data))}, reader)
	if err != nil {
		return
	}
	switch r := record.Data.(type) {
	case sflow.SampledIPv4:
		p.sampledIP(r.SampledIPBase)
	case sflow.SampledIPv6:
		p.sampledIP(r.SampledIPBase)
	case sflow.ExtendedSwitch:
		p.hasVLAN, p.srcVLAN, p.dstVLAN = true, r.SrcVlan, r.DstVlan
	case sflow.ExtendedRouter:
		p.nextHop, _ = netip.AddrFromSlice(r.NextHop)
	}
}

// sampledHeader takes over the first bytes of a packet. Nearly every sample is one, and
// goflow2 (v2.2.6) takes memory for each. An opaque of XDR has its length before it and up
// to three bytes behind it (RFC 4506 §4.10).
func (p *sampledPacket) sampledHeader(data []byte) {
	p.hasHeader, p.protocol, p.bytes = true, binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
	length, header := binary.BigEndian.Uint32(data[12:]), data[16:]
	p.header = header[:min(uint64(length), uint64(len(header)))]
}

// sampledIP takes over what stands in for the header of a packet.
func (p *sampledPacket) sampledIP(r sflow.SampledIPBase) {
	p.hasIP = true
	p.src, _ = netip.AddrFromSlice(r.SrcIP)
	p.dst, _ = netip.AddrFromSlice(r.DstIP)
	p.ipProtocol, p.srcPort, p.dstPort = uint8(r.Protocol), uint16(r.SrcPort), uint16(r.DstPort)
	if !p.hasHeader {
		p.bytes = r.Length
	}
}

// wanted says whether a record's format is one that is read, and whether there is
// enough of it. Formats: https://sflow.org/sflow_version_5.txt, section 5.
func wanted(format uint32, data []byte) bool {
	switch format {
	case sflow.FLOW_TYPE_RAW:
		return len(data) >= 16
	case sflow.FLOW_TYPE_IPV4:
		return len(data) >= 32
	case sflow.FLOW_TYPE_IPV6:
		return len(data) >= 56
	case sflow.FLOW_TYPE_EXT_SWITCH:
		return len(data) >= 16
	case sflow.FLOW_TYPE_EXT_ROUTER:
		return len(data) >= 4 && (binary.BigEndian.Uint32(data) == 1 || binary.BigEndian.Uint32(data) == 2)
	}
	return false
}
