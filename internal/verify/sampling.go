package verify

import "math"

// A scope is what a sampling rate was told for.
type scope uint8

// The scopes.
const (
	wholeExporter scope = iota // the whole exporter
	sampler                    // a sampler of NetFlow v9 (element 48)
	selector                   // a selector of PSAMP (element 302)
	ofTemplate                 // the records of a template (element 145)
	inOrOutIf                  // an interface (elements 10 and 14)
)

// A samplerRef names what a rate belongs to.
type samplerRef struct {
	scope scope
	id    uint64
}

// sampling is what an exporter has told of its sampling rates. A rate is one packet in
// so many; 0 is none.
type sampling struct {
	whole  uint32
	rates  map[samplerRef]uint32
	ifs    bool   // rates has some of interfaces
	sole   uint32 // the rate of all samplers, if they agree
	differ bool
	lent   map[samplerRef]uint32 // of samplers that another domain of the exporter has told
}

// set takes over a rate of so many taken of a population, and returns it. One that
// makes no sense is not told.
func (m *sampling) set(of samplerRef, population, taken uint64) uint32 {
	n := ratio(population, taken)
	if n == 0 {
		return 0
	}
	if of.scope == wholeExporter {
		m.whole = n
		return n
	}
	if m.rates == nil {
		m.rates = map[samplerRef]uint32{}
	}
	m.rates[of] = n
	m.ifs = m.ifs || of.scope == inOrOutIf
	m.sole, m.differ = n, false
	for _, rate := range m.rates {
		m.differ = m.differ || rate != n
	}
	return n
}

// borrow takes over the rate of a sampler from another domain. What the domain itself has
// told is believed before it.
func (m *sampling) borrow(of samplerRef, n uint32, bound int) {
	if of.scope != sampler && of.scope != selector {
		return
	}
	if m.lent == nil {
		m.lent = make(map[samplerRef]uint32)
	}
	if _, known := m.lent[of]; known || len(m.lent) < bound {
		m.lent[of] = n
	}
}

// room says whether the rate of one more sampler may be kept.
func (m *sampling) room(of samplerRef, bound int) bool {
	_, known := m.rates[of]
	return known || of.scope == wholeExporter || len(m.rates) < bound
}

// of returns the rate of a record of a template: what it says itself, else the sampler
// it names, else what is told for its template or interface, else the only rate that the
// exporter has told. A sampler that is not known leaves it at 0: its rate may be any.
func (m *sampling) of(v *values, template uint16) uint32 {
	if v.told&samplingFields == 0 && m.rates == nil {
		return m.whole
	}
	if n := ownRate(v); n != 0 {
		return n
	}
	if ref, ok := namedSampler(v); ok {
		if n := m.rates[ref]; n != 0 {
			return n
		}
		return m.lent[ref]
	}
	if n := m.rates[samplerRef{ofTemplate, uint64(template)}]; n != 0 {
		return n
	}
	if m.ifs {
		for _, k := range []kind{ingressInterface, egressInterface} {
			if n := m.rates[samplerRef{inOrOutIf, v.n[k]}]; v.has(k) && n != 0 {
				return n
			}
		}
	}
	switch {
	case m.whole != 0:
		return m.whole
	case m.differ:
		return 0
	}
	return m.sole
}

// samplingFields are the numbers of a record that say something about its rate.
const samplingFields = 1<<samplingInterval | 1<<samplerID | 1<<samplerRandomInterval | 1<<selectorID |
	1<<samplingPacketInterval | 1<<samplingPacketSpace | 1<<samplingSize | 1<<samplingPopulation

// namedSampler returns the sampler that a record names. Number 0 is none (Cisco's
// FLOW_SAMPLER_ID of what is not sampled by one).
func namedSampler(v *values) (samplerRef, bool) {
	if id := v.first(samplerID); id != 0 {
		return samplerRef{sampler, id}, true
	}
	if id := v.first(selectorID); id != 0 {
		return samplerRef{selector, id}, true
	}
	return samplerRef{}, false
}

// ownRate returns the rate that numbers tell (RFC 5477 §8.2, RFC 3954 §8): one in an
// interval, an interval and the space after it, or a size of a population; 0: none.
func ownRate(v *values) uint32 {
	population, taken := rateOf(v)
	return ratio(population, taken)
}

// rateOf returns the numbers of ownRate as they are.
func rateOf(v *values) (population, taken uint64) {
	switch {
	case v.has(samplingPacketInterval) && v.has(samplingPacketSpace):
		interval := v.n[samplingPacketInterval]
		return interval + min(v.n[samplingPacketSpace], math.MaxUint32), interval
	case v.has(samplingPopulation) && v.has(samplingSize):
		return v.n[samplingPopulation], v.n[samplingSize]
	case v.first(samplerRandomInterval) != 0:
		return v.n[samplerRandomInterval], 1
	case v.first(samplingInterval) != 0:
		return v.n[samplingInterval], 1
	}
	return 0, 0
}

// ratio returns one in how many, rounded, or 0 where it is none that is possible.
func ratio(population, taken uint64) uint32 {
	if taken == 0 || taken > math.MaxUint32 || population < taken || population/taken > math.MaxUint32 {
		return 0
	}
	return uint32((population + taken/2) / taken)
}
