package emulator

import (
	"fmt"
	"strings"
	"time"
)

// What IOS-XE says about a confirmed change. Sources: Cisco, Configuration
// Rollback Confirmed Change; the words of the two that ask for something are seen
// in public captures.
const (
	iosxeNoUndo      = "%No Rollback Confirmed Change pending\n"
	iosxeArchiveOff  = "%Turn config archive on before using Rollback Confirmed Change\n"
	iosxeOneMinute   = "Rollback Confirmed Change: Rollback will begin in one minute.\nEnter \"configure confirm\" if you wish to keep what you've configured\n"
	iosxeRolled      = "\nTotal number of passes: 1\nRollback Done\n\n"
	iosxeUndoPending = "%Rollback Confirmed Change already pending\n"                         // no document has its words
	iosxeNoSpace     = "%Error: archive of running-config failed (No space left on device)\n" // no document has its words
)

// An iosxeUndo is a change that waits for its confirmation (Cisco, Configuration
// Rollback Confirmed Change: without configure confirm in time the configuration
// from before returns).
type iosxeUndo struct {
	user    string
	by      *terminal // that armed it; nil: somebody else's
	since   time.Time // armed, or set anew
	minutes int
	idle    bool // counts from the last line that was typed
	file    string
	before  *iosxeBlock
	end     *time.Timer
	warning *time.Timer
}

func (u *iosxeUndo) stop() {
	u.end.Stop()
	u.warning.Stop()
}

// arm archives the running configuration and starts the timer. It says what went
// wrong; empty: nothing.
func (m *iosxe) arm(t *terminal, user string, minutes int, idle bool) string {
	switch {
	case m.archivePath() == "":
		return iosxeArchiveOff
	case m.undo != nil:
		return iosxeUndoPending
	}
	file, ok := m.archive()
	if !ok {
		return iosxeNoSpace
	}
	m.undo = &iosxeUndo{user: user, by: t, file: file, before: m.root.clone()}
	m.count(m.undo, minutes, idle)
	return ""
}

// count starts an undo's timer, or starts it anew. A minute before its end, it
// warns whoever armed it.
func (m *iosxe) count(u *iosxeUndo, minutes int, idle bool) {
	if u.end != nil {
		u.stop()
	}
	u.since, u.minutes, u.idle = m.router.options.Clock(), minutes, idle
	minute := m.router.options.Minute
	u.end = time.AfterFunc(time.Duration(minutes)*minute, func() { m.expire(u) })
	u.warning = time.AfterFunc(time.Duration(minutes-1)*minute, func() {
		if m.pending(u) && u.by != nil {
			u.by.announce(iosxeOneMinute) // on the line of the prompt, as a capture shows it
		}
	})
}

// pending reports whether u is still the undo that waits.
func (m *iosxe) pending(u *iosxeUndo) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.undo == u && !m.stopped
}

// expire is what happens when nobody has confirmed.
func (m *iosxe) expire(u *iosxeUndo) {
	m.mu.Lock()
	if m.undo != u || m.stopped {
		m.mu.Unlock()
		return
	}
	text := m.rollBack()
	m.mu.Unlock()
	if u.by != nil {
		u.by.announce("\n" + text)
	}
}

// rollBack puts the configuration from before the undo back, whoever has changed
// it since, and says so.
func (m *iosxe) rollBack() string {
	u := m.undo
	u.stop()
	m.undo = nil
	m.root = u.before
	m.touched(u.user)
	return "Rollback Confirmed Change: rolling to:" + u.file + "\n" + iosxeRolled
}

// confirm keeps the change (the same document: configure confirm).
func (m *iosxe) confirm() string {
	if m.undo == nil {
		return iosxeNoUndo
	}
	m.undo.stop()
	m.undo = nil
	return ""
}

// showUndo prints the timer as the command reference does (Cisco, Configuration
// Fundamentals Command Reference, show archive config rollback timer).
func (m *iosxe) showUndo() string {
	u := m.undo
	if u == nil {
		return iosxeNoUndo
	}
	kind := "absolute"
	if u.idle {
		kind = "idle"
	}
	return fmt.Sprintf("Time configured(or reconfigured): %s\nTimer type: %s timer\nTimer value: %d min\nUser: %s\n",
		u.since.UTC().Format("15:04:05 MST Mon Jan 2 2006"), kind, u.minutes, u.user)
}

// archivePath is where the archive is; empty: it is off.
func (m *iosxe) archivePath() string {
	archive := m.root.find("archive")
	if archive == nil {
		return ""
	}
	for _, b := range archive.begins("path") {
		return strings.TrimPrefix(b.line, "path ")
	}
	return ""
}

// archive writes the running configuration into the archive, under a name that
// tells the time (public captures: flash:archive-Feb-15-15-56-38.517-1).
func (m *iosxe) archive() (file string, ok bool) {
	if m.router.diskFull.Load() {
		return "", false
	}
	stamp := strings.ReplaceAll(m.router.options.Clock().UTC().Format("Jan _2 15 04 05.000"), " ", "-")
	file = fmt.Sprintf("%s-%s-%d", m.archivePath(), stamp, len(m.backups))
	m.files[file] = m.root.print()
	m.backups = append(m.backups, file)
	return file, true
}

// showArchive lists the archive (Cisco, Configuration Fundamentals Command
// Reference, show archive; without a path as a public capture has it).
func (m *iosxe) showArchive() string {
	path := m.archivePath()
	if path == "" {
		return " Archive feature not enabled\n"
	}
	const most = 10
	var out strings.Builder
	fmt.Fprintf(&out, "The maximum archive configurations allowed is %d.\n", most)
	if n := min(len(m.backups), most); n > 0 {
		fmt.Fprintf(&out, "There are currently %d archive configurations saved.\n", n)
	}
	fmt.Fprintf(&out, "The next archive file will be named %s-<timestamp>-%d\n Archive #  Name\n", path, len(m.backups))
	kept := m.backups[max(0, len(m.backups)-most):]
	for i := range most {
		switch {
		case i == len(kept)-1:
			fmt.Fprintf(&out, "   %-7d  %s <- Most Recent\n", i+1, kept[i])
		case i < len(kept):
			fmt.Fprintf(&out, "   %-7d  %s\n", i+1, kept[i])
		default:
			fmt.Fprintf(&out, "   %-7d  \n", i+1)
		}
	}
	return out.String()
}
