package emulator

// junosFirstIndex is the SNMP index of the first port; a router gives small ones to
// interfaces of its own.
const junosFirstIndex = 501

// ports is show interfaces PORT, in JSON alone (CLI Reference, show interfaces; the
// elements as in a public answer of 17.4R1): a port of the configuration and its units.
// A port and a unit have indexes of their own, which follow the order of the
// configuration; a router keeps those that it has given.
func (s *junosSession) ports(words []junosWord, pipes [][]junosWord) {
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(words) != 3 {
		s.faultAt(words, 2, "syntax error, expecting <command>.")
		return
	}
	index := junosFirstIndex
	for _, port := range j.active.active().orNew("interfaces").kids {
		units := port.orNew("unit").kids
		if port.word != words[2].text {
			index += 1 + len(units)
			continue
		}
		if !piped(pipes, "display json") {
			s.t.print("error: the emulator prints this in JSON alone\n")
			return
		}
		s.filter(junosPort(port, units, index), pipes)
		return
	}
	s.t.printf("error: device %s not found\n", words[2].text)
}

// junosPort is a port whose SNMP index is index, and its units after it.
func junosPort(port *junosNode, units []*junosNode, index int) string {
	o := junosElement().leaf("name", port.word).leaf("admin-status", "up").leaf("oper-status", "up").leaf("local-index", index-360).leaf("snmp-index", index)
	for i, unit := range units {
		o.child("logical-interface", junosElement().leaf("name", port.word+"."+unit.word).leaf("local-index", index-180+i).leaf("snmp-index", index+1+i))
	}
	root := junosElement("xmlns", junosXML+"junos-interface", "junos:style", "normal")
	return root.child("physical-interface", o).json("interface-information")
}
