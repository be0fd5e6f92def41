package verify

import (
	"testing"
	"time"
)

// What sequence numbers and uptimes tell of one exporter, or of several behind one
// address.
func TestSequence(t *testing.T) {
	t.Parallel()
	type sent struct {
		protocol Protocol
		sequence uint32
		flows    int
		uptime   uint32        // milliseconds
		at       time.Duration // after the first
		option   bool          // and one record of option data
	}
	type want struct{ restarts, missed uint64 }
	for _, c := range []struct {
		name string
		sent []sent
		want want
	}{
		{"v5 counts flows", []sent{{NetFlow5, 100, 3, 1000, 0, false}, {NetFlow5, 103, 1, 2000, time.Second, false}}, want{0, 0}},
		{"v5 misses five", []sent{{NetFlow5, 100, 3, 1000, 0, false}, {NetFlow5, 108, 1, 2000, time.Second, false}}, want{0, 5}},
		{"v9 counts packets", []sent{{NetFlow9, 7, 3, 1000, 0, false}, {NetFlow9, 8, 3, 2000, time.Second, false}, {NetFlow9, 10, 3, 2000, time.Second, false}}, want{0, 1}},
		{"over the largest number", []sent{{NetFlow9, 0xffffffff, 1, 1000, 0, false}, {NetFlow9, 0, 1, 2000, time.Second, false}, {NetFlow9, 2, 1, 2000, time.Second, false}}, want{0, 1}},
		{"over the largest uptime", []sent{{NetFlow9, 5, 1, 0xfffffff0, 0, false}, {NetFlow9, 7, 1, 984, time.Second, false}}, want{0, 1}},
		{"out of order", []sent{{NetFlow9, 5, 1, 1000, 0, false}, {NetFlow9, 7, 1, 1000, 0, false}, {NetFlow9, 6, 1, 1000, 0, false}, {NetFlow9, 8, 1, 1000, 0, false}}, want{0, 0}},
		{"IPFIX counts records and those of option data", []sent{{IPFIX, 0, 3, 0, 0, true}, {IPFIX, 4, 2, 0, 0, false}, {IPFIX, 6, 1, 0, 0, false}}, want{0, 0}},
		{"IPFIX misses four", []sent{{IPFIX, 0, 3, 0, 0, false}, {IPFIX, 7, 2, 0, 0, false}}, want{0, 4}},
		{"IPFIX out of order", []sent{{IPFIX, 10, 3, 0, 0, false}, {IPFIX, 15, 1, 0, 0, false}, {IPFIX, 13, 2, 0, 0, false}, {IPFIX, 16, 2, 0, 0, false}}, want{0, 0}},
		{"IPFIX of softflowd counts its own flows too", []sent{{IPFIX, 3, 3, 0, 0, true}, {IPFIX, 8, 5, 0, 0, false}, {IPFIX, 9, 1, 0, 0, true}, {IPFIX, 16, 7, 0, 0, false}}, want{0, 0}},
		{"the same misses six", []sent{{IPFIX, 3, 3, 0, 0, false}, {IPFIX, 8, 5, 0, 0, false}, {IPFIX, 9, 1, 0, 0, false}, {IPFIX, 22, 7, 0, 0, false}}, want{0, 6}},
		{"v9 begins anew", []sent{{NetFlow9, 900, 1, 900000, 0, false}, {NetFlow9, 1, 1, 2000, 20 * time.Second, false}}, want{1, 0}},
		{"v9 begins anew with the number it had", []sent{{NetFlow9, 900, 1, 900000, 0, false}, {NetFlow9, 900, 1, 2000, 20 * time.Second, false}}, want{1, 0}},
		{"IPFIX begins anew", []sent{{IPFIX, 900, 1, 0, 0, false}, {IPFIX, 0, 1, 0, 20 * time.Second, false}, {IPFIX, 1, 1, 0, 20 * time.Second, false}}, want{1, 0}},
		{"IPFIX that does not count", []sent{{IPFIX, 0, 3, 0, 0, false}, {IPFIX, 0, 3, 0, 0, false}, {IPFIX, 0, 3, 0, 0, false}}, want{0, 0}},
		{"uptime runs back by minutes", []sent{{NetFlow9, 2073, 1, 3872245664, 0, false}, {NetFlow9, 2089, 1, 3872132129, 16 * time.Second, false}, {NetFlow9, 2090, 1, 3872250000, 17 * time.Second, false}}, want{0, 15}},
		{"sFlow begins anew", []sent{{SFlow, 900, 1, 900000, 0, false}, {SFlow, 1, 1, 2000, 20 * time.Second, false}}, want{1, 0}},
		{"two exporters of one address", []sent{
			{NetFlow9, 500, 1, 900000, 0, false}, {NetFlow9, 3, 1, 700000, time.Second, false}, {NetFlow9, 501, 1, 902000, 2 * time.Second, false},
			{NetFlow9, 4, 1, 702000, 3 * time.Second, false}, {NetFlow9, 502, 1, 904000, 4 * time.Second, false}}, want{0, 0}},
		{"another one that began after the first was heard", []sent{
			{NetFlow9, 500, 1, 900000, 0, false}, {NetFlow9, 1, 1, 2000, 30 * time.Second, false}, {NetFlow9, 501, 1, 932000, 32 * time.Second, false},
			{NetFlow9, 2, 1, 6000, 34 * time.Second, false}}, want{0, 0}},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		for i, s := range c.sent {
			m := message{sequence: s.sequence, uptime: s.uptime}
			var sets [][]byte
			var records []any
			for range s.flows {
				records = append(records, shortRecord(7))
			}
			// The first packet has the templates; a restart repeats them.
			template, options := uint16(0), uint16(1)
			if s.protocol == IPFIX {
				template, options = 2, 3
			}
			if i == 0 || s.sequence <= 1 {
				sets = append(sets, set(template, shortTemplate(256)), set(options, optionsOf(10, 300, 1, 144, 4, 34, 4)))
			}
			sets = append(sets, set(256, records...))
			if s.option {
				sets = append(sets, set(300, uint32(1), uint32(1)))
			}
			var b []byte
			switch s.protocol {
			case NetFlow5:
				var flows [][]byte
				for range s.flows {
					flows = append(flows, flow5("10.0.0.1", "10.0.0.2", 2, 7, 1, 100, s.uptime))
				}
				b = packet5(m, 0, flows...)
			case NetFlow9:
				if len(sets) > 1 {
					sets = append(sets[:1], sets[2:]...)
				}
				b = packet9(m, sets...)
			case IPFIX:
				b = packet10(m, sets...)
			case SFlow:
				b = sFlowDatagram(m, sampleOf(2, 10, 2, 7, frameOf(11, 100, tcp4("10.0.0.1", "10.0.0.2"))))
			}
			d.Packet(b, decoderRouter, decoderTime.Add(s.at), &got)
		}
		s := d.Sources()[0]
		if got := (want{s.Restarts, s.Missed}); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if s.Packets != uint64(len(c.sent)) || d.Drops().Malformed != 0 {
			t.Errorf("%s: %+v, dropped %+v", c.name, s, d.Drops())
		}
	}
}

// A restart forgets what had been announced.
func TestRestartForgets(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	d.Packet(packet9(message{sequence: 50, uptime: 500000}, set(0, shortTemplate(256)), set(1, optionsOf(9, 300, 1, 1, 4, 34, 4)), set(300, uint32(0), uint32(64)), set(256, shortRecord(7))), decoderRouter, decoderTime, &got)
	if r := got.last(t); r.Sampling != 64 {
		t.Fatalf("one in %d", r.Sampling)
	}
	d.Packet(packet9(message{sequence: 1, uptime: 3000}, set(256, shortRecord(7))), decoderRouter, decoderTime.Add(time.Minute), &got)
	if d.Drops() != (Drops{NoTemplate: 1}) || len(got.flows) != 1 {
		t.Errorf("dropped %+v, %d flows", d.Drops(), len(got.flows))
	}
	d.Packet(packet9(message{sequence: 2, uptime: 4000}, set(0, shortTemplate(256)), set(256, shortRecord(7))), decoderRouter, decoderTime.Add(61*time.Second), &got)
	if r := got.last(t); r.Sampling != 0 || len(got.flows) != 2 {
		t.Errorf("one in %d, %d flows", r.Sampling, len(got.flows))
	}
}
