package emulator

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// An iosxe is a router with IOS-XE: one configuration for all sessions. Whatever
// is done to it is done with mu held.
type iosxe struct {
	router *Router
	world  *world

	mu      sync.Mutex
	root    *iosxeBlock // the running configuration
	version int         // of root, counted up by every change
	frozen  *iosxeBlock // a copy of root, as it was in frozenAt; shared, never changed
	at      int         // version of frozen
	saved   string      // the startup configuration
	changed string      // "! Last configuration change at … by …"
	files   map[string]string
	backups []string // names of the archive's files, the newest last
	undo    *iosxeUndo
	outside *time.Timer // outbound policies are used when it fires
	stopped bool
}

// newIOSXE makes a router from the text of a configuration; what every router has
// is added where it lacks.
func newIOSXE(r *Router) (machine, error) {
	o := r.options
	m := &iosxe{router: r, world: newWorld(o), root: readIOSXEText(o.Running), files: map[string]string{}}
	f := o.Faults
	for _, line := range []string{"version 17.9", "hostname " + o.Name} {
		word, _, _ := strings.Cut(line, " ")
		if len(m.root.begins(word)) == 0 {
			m.root.insert(newIOSXEBlock("config", line))
		}
	}
	if f.FilePrompt != "" {
		m.root.insert(newIOSXEBlock("config", "file prompt "+f.FilePrompt))
	}
	m.root.drop(func(b *iosxeBlock) bool { return b.line == "archive" && f.NoArchive })
	if !f.NoArchive && m.root.find("archive") == nil {
		archive := newIOSXEBlock("config", "archive")
		for _, line := range []string{"path flash:archive", "write-memory"} {
			archive.kids = append(archive.kids, newIOSXEBlock("archive", line))
		}
		m.root.insert(archive)
	}
	m.saved = m.root.print()
	m.changed = "! No configuration change since last restart"
	m.world.update(m.peers())
	if f.ForeignPending != "" {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.arm(nil, f.ForeignPending, 10, false)
	}
	return m, nil
}

func (m *iosxe) running() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.root.print()
}

func (m *iosxe) startup() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.saved
}

func (m *iosxe) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = true
	if m.undo != nil {
		m.undo.stop()
	}
	if m.outside != nil {
		m.outside.Stop()
	}
}

// snapshot is the running configuration of now, for who keeps it.
func (m *iosxe) snapshot() *iosxeBlock {
	if m.frozen == nil || m.at != m.version {
		m.frozen, m.at = m.root.clone(), m.version
	}
	return m.frozen
}

// touched takes note of a change by a user: sessions follow, and outbound policies
// a minute later (Cisco, BGP Configuration Guide, BGP Dynamic Update Peer-Groups:
// an outbound soft reset follows a changed outbound policy when a timer of one
// minute ends). Inbound policies wait for a soft reset (the same guide, Managing
// Routing Policy Changes).
func (m *iosxe) touched(user string) {
	m.version++
	m.changed = fmt.Sprintf("! Last configuration change at %s by %s", m.now(), user)
	m.world.update(m.peers())
	if m.outside != nil {
		m.outside.Stop()
	}
	m.outside = time.AfterFunc(m.router.options.Minute, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if !m.stopped {
			m.world.refresh(everySession, false, true)
		}
	})
}

// now is the router's time as IOS-XE prints it.
func (m *iosxe) now() string {
	return m.router.options.Clock().UTC().Format("15:04:05 MST Mon Jan 2 2006")
}

// live is the live state: that of the options, or of the sessions.
func (m *iosxe) live() Live {
	if f := m.router.options.World; f != nil {
		return f(m.root.print())
	}
	return m.world.live()
}

// name is the host name that the prompt shows.
func (m *iosxe) name() string {
	for _, b := range m.root.begins("hostname") {
		return strings.TrimPrefix(b.line, "hostname ")
	}
	return "Router"
}

// setting is the word behind a command of the global configuration; empty: it is
// not there.
func (m *iosxe) setting(command string) string {
	for _, b := range m.root.begins(command) {
		return strings.TrimPrefix(b.line, command+" ")
	}
	return ""
}
