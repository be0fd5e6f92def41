package push

import "time"

// readingSlack is how far apart two readings of one clock may be for no reason: a
// router tells whole seconds, and one reading takes a while.
const readingSlack = 3 * time.Second

// wasReset reports whether a session that was up and is up has been down meanwhile:
// the router has counted it, or it is up for less than it should be.
func (l *look) wasReset(old, now *Peer) bool {
	if l.elapsed == 0 || old == nil || now == nil || old.State != Established || now.State != Established {
		return false
	}
	counts := old.Drops >= 0 && now.Drops >= 0
	switch {
	case counts && now.Drops > old.Drops:
		return true
	case now.Up == 0: // it does not tell its age; a counter that begins anew does
		return counts && now.Drops < old.Drops
	}
	// A session that is made anew counts from zero, and its age tells.
	return now.Up+readingSlack < old.Up || !counts && now.Up+readingSlack < l.elapsed
}

// lostIn is a session that was up and is not in now, or brings no routes any more; nil:
// there is none.
func (f *Facts) lostIn(now *Facts) *Neighbor {
	for i := range f.Peers {
		p := &f.Peers[i]
		n := Neighbor{p.VRF, p.Addr}
		if is := now.Peer(n); isUp(p) && (!isUp(is) || len(is.Routes) == 0 && len(p.Routes) > 0) {
			return &n
		}
	}
	return nil
}

// others wants the sessions of others as they were: what was up is up, and was not
// down meanwhile. Those that hold are one line.
func (l *look) others(list []wanted) []test {
	ours := make(map[Neighbor]bool, len(list))
	for i := range list {
		ours[list[i].Neighbor] = true
	}
	var out []test
	held, ended := 0, 0
	for i := range l.before.Peers {
		old := &l.before.Peers[i]
		n := Neighbor{old.VRF, old.Addr}
		if ours[n] || old.State != Established {
			continue
		}
		peer := l.is[n]
		bad := TestResult{Name: "session with " + n.name() + ", which is not in the plan", Want: Established}
		switch {
		case l.resets[n] && (peer == nil || peer.Shut):
			ended++
			continue
		case !isUp(peer):
			bad.Got = stateText(peer) + "; it was up before"
		case l.wasReset(old, peer) && !l.resets[n]:
			bad.Want, bad.Got = "Established all the time", "was reset meanwhile, which the change does not explain"
		default:
			held++
			continue
		}
		out = append(out, test{TestResult: bad})
	}
	if held+ended == 0 {
		return out
	}
	t := TestResult{Name: "sessions that are not in the plan", Want: "up as before", Got: counted(held, "session", "sessions") + " up as before", Pass: true}
	if ended > 0 {
		t.Note = counted(ended, "session ends", "sessions end") + " with this change, as predicted"
	}
	return append(out, test{TestResult: t})
}
