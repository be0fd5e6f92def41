package verify

// A tableColumn is one of the table ATCExpressRouteCircuitIpfix that is looked at.
// Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables/atcexpressroutecircuitipfix.
type tableColumn uint8

const (
	columnOther           tableColumn = iota
	columnSource                      // SourceIp
	columnDestination                 // DestinationIp
	columnSourcePort                  // SourcePort
	columnDestinationPort             // DestinationPort
	columnProtocol                    // Protocol: number of the IP header
	columnBytes                       // NumberOfBytes: of the packets captured, without Ethernet
	columnPackets                     // NumberOfPackets: captured
	columnSequence                    // Flowsequence
	columnOuter                       // Dot1qVlanId: the S-tag
	columnInner                       // Dot1qCustomerVlanId: the C-tag
	columnNextHop                     // NextHop: of the forwarding table
	columnBGPNextHop                  // BgpNextHop: of the routing table
	columnEmitted                     // FlowRecordTime: when the circuit emitted it
	columnStored                      // TimeGenerated: when the collector emitted it
	columnEvent                       // time: of the common schema of resource logs
	columnCircuit                     // ExRCircuitId: an Azure resource identifier
)

// columnOf returns the column of a name, in whatever case it is written.
func columnOf(name []byte) tableColumn {
	var room [longestColumn]byte
	switch string(lowered(room[:0], name)) {
	case "sourceip":
		return columnSource
	case "destinationip":
		return columnDestination
	case "sourceport":
		return columnSourcePort
	case "destinationport":
		return columnDestinationPort
	case "protocol":
		return columnProtocol
	case "numberofbytes":
		return columnBytes
	case "numberofpackets":
		return columnPackets
	case "flowsequence":
		return columnSequence
	case "dot1qvlanid":
		return columnOuter
	case "dot1qcustomervlanid":
		return columnInner
	case "nexthop":
		return columnNextHop
	case "bgpnexthop":
		return columnBGPNextHop
	case "flowrecordtime":
		return columnEmitted
	case "timegenerated":
		return columnStored
	case "time":
		return columnEvent
	case "exrcircuitid":
		return columnCircuit
	}
	return columnOther
}

// A collectorMember is what holds columns or records.
type collectorMember uint8

const (
	memberOther      collectorMember = iota
	memberRecords                    // of a batch
	memberProperties                 // of a record of a resource log
	memberTables                     // of the answer to a query
	memberColumns                    // of a table
	memberRows                       // of a table
)

func memberOf(name []byte) collectorMember {
	var room [longestColumn]byte
	switch string(lowered(room[:0], name)) {
	case "records":
		return memberRecords
	case "properties":
		return memberProperties
	case "tables":
		return memberTables
	case "columns":
		return memberColumns
	case "rows":
		return memberRows
	}
	return memberOther
}

// longestColumn is longer than any name that is looked for, in bytes.
const longestColumn = 24

// lowered appends name in lower case to buffer, which has room for longestColumn; a longer
// name is none that is looked for.
func lowered(buffer, name []byte) []byte {
	if len(name) > longestColumn {
		return nil
	}
	for _, b := range name {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		buffer = append(buffer, b)
	}
	return buffer
}

// columnsOf reads the columns of a table, objects with a name each.
func columnsOf(raw []byte) []tableColumn {
	var out []tableColumn
	eachElement(raw, func(e []byte) {
		c := columnOther
		if e[0] == '{' {
			eachMember(e, func(name, value []byte) {
				if string(name) == "name" {
					c = columnOf(unquoted(value))
				}
			})
		}
		out = append(out, c)
	})
	return out
}
