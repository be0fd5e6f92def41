package verify

// A kind is a number in a record that is of use here.
type kind uint8

// The numbers, named after IANA's registry of IPFIX information elements
// (https://www.iana.org/assignments/ipfix), whose first 127 are those of NetFlow v9.
const (
	octetDelta             kind = iota // 1
	packetDelta                        // 2
	octetTotal                         // 85
	packetTotal                        // 86
	postOctetDelta                     // 23
	postPacketDelta                    // 24
	layer2OctetDelta                   // 352
	protocolIdentifier                 // 4
	sourcePort                         // 7, of UDP also 180, of TCP 182
	destinationPort                    // 11, of UDP also 181, of TCP 183
	ingressInterface                   // 10
	egressInterface                    // 14
	ingressPhysical                    // 252
	egressPhysical                     // 253
	vlanID                             // 58
	postVLANID                         // 59
	dot1qVLANID                        // 243
	dot1qCustomerVLANID                // 245
	postDot1qVLANID                    // 254
	postDot1qCustomerID                // 255
	flowDirection                      // 61
	ipVersion                          // 60
	endSysUpTime                       // 21, milliseconds of the exporter's uptime
	startSysUpTime                     // 22
	startSeconds                       // 150, since 1970
	endSeconds                         // 151
	startMilliseconds                  // 152, since 1970
	endMilliseconds                    // 153
	startMicroseconds                  // 154, NTP's format (RFC 7011 §6.1.9)
	endMicroseconds                    // 155
	startNanoseconds                   // 156, NTP's format (RFC 7011 §6.1.10)
	endNanoseconds                     // 157
	startDelta                         // 158, microseconds before the time of export
	endDelta                           // 159
	systemInit                         // 160, milliseconds since 1970
	durationMilliseconds               // 161
	durationMicroseconds               // 162
	samplingInterval                   // 34, one packet in so many
	samplerID                          // 48
	samplerRandomInterval              // 50
	selectorID                         // 302
	samplingPacketInterval             // 305, packets in a row that are taken
	samplingPacketSpace                // 306, packets in a row that are not
	samplingSize                       // 309, packets that are taken
	samplingPopulation                 // 310, of so many
	templateID                         // 145, of option data: the template that something is told for
	kinds                              // how many there are; no more than 64
)

// kindOf returns the kind of an information element, and false for one that is of no
// use.
func kindOf(element uint16) (kind, bool) {
	switch element {
	case 1:
		return octetDelta, true
	case 2:
		return packetDelta, true
	case 85:
		return octetTotal, true
	case 86:
		return packetTotal, true
	case 23:
		return postOctetDelta, true
	case 24:
		return postPacketDelta, true
	case 352:
		return layer2OctetDelta, true
	case 4:
		return protocolIdentifier, true
	case 7, 180, 182:
		return sourcePort, true
	case 11, 181, 183:
		return destinationPort, true
	case 10:
		return ingressInterface, true
	case 14:
		return egressInterface, true
	case 252:
		return ingressPhysical, true
	case 253:
		return egressPhysical, true
	case 58:
		return vlanID, true
	case 59:
		return postVLANID, true
	case 243:
		return dot1qVLANID, true
	case 245:
		return dot1qCustomerVLANID, true
	case 254:
		return postDot1qVLANID, true
	case 255:
		return postDot1qCustomerID, true
	case 61:
		return flowDirection, true
	case 60:
		return ipVersion, true
	case 21:
		return endSysUpTime, true
	case 22:
		return startSysUpTime, true
	}
	if element >= 150 && element <= 162 {
		return startSeconds + kind(element-150), true
	}
	return samplingKindOf(element)
}

// samplingKindOf is the part of kindOf about sampling.
func samplingKindOf(element uint16) (kind, bool) {
	switch element {
	case 34:
		return samplingInterval, true
	case 48:
		return samplerID, true
	case 50:
		return samplerRandomInterval, true
	case 302:
		return selectorID, true
	case 305:
		return samplingPacketInterval, true
	case 306:
		return samplingPacketSpace, true
	case 145:
		return templateID, true
	case 309:
		return samplingSize, true
	case 310:
		return samplingPopulation, true
	}
	return 0, false
}

// An addrKind is an address in a record that is of use here.
type addrKind uint8

// The addresses.
const (
	sourceIPv4      addrKind = iota // 8
	destinationIPv4                 // 12
	sourceIPv6                      // 27
	destinationIPv6                 // 28
	nextHopIPv4                     // 15
	bgpNextHopIPv4                  // 18
	nextHopIPv6                     // 62
	bgpNextHopIPv6                  // 63
	addrKinds
)

// addrOf returns which address an information element is, and its length in bytes.
func addrOf(element uint16) (a addrKind, length int, ok bool) {
	switch element {
	case 8:
		return sourceIPv4, 4, true
	case 12:
		return destinationIPv4, 4, true
	case 27:
		return sourceIPv6, 16, true
	case 28:
		return destinationIPv6, 16, true
	case 15:
		return nextHopIPv4, 4, true
	case 18:
		return bgpNextHopIPv4, 4, true
	case 62:
		return nextHopIPv6, 16, true
	case 63:
		return bgpNextHopIPv6, 16, true
	}
	return 0, 0, false
}
