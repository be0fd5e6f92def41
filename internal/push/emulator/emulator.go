// Package emulator imitates the command lines of routers, so that tests of push
// have something to talk to: an SSH server on the loopback that answers as
// IOS-XE or Junos does, with modes, prompts, errors, timed reverts and live
// state.
//
// In come options, an initial configuration among them, and faults; out come a
// router that listens, its configurations and a log of what was typed. What it
// does follows the vendors' documents, named beside each behaviour, and is no
// proof of what a real router does: what is tested against it is "emulated".
// Only tests import it.
package emulator

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// The platforms, in the intent's words.
const (
	IOSXE = "ios-xe"
	Junos = "junos"
)

// Options say which router to imitate. Platform is needed; all else has a
// default.
type Options struct {
	Platform string
	Name     string // its host name; empty: "router"
	Running  string // the configuration that it starts with, running and startup
	// User and Password are the login; empty: "netops" and no password. A key may
	// log in where AuthorizedKey is set.
	User, Password string
	AuthorizedKey  ssh.PublicKey
	HostKey        ssh.Signer // nil: a new ed25519 key
	// Latency is the time of a round trip: every answer comes that much later, those
	// of the SSH handshake too.
	Latency time.Duration
	Clock   func() time.Time // what the router prints as time; nil: time.Now
	// Minute is how long a minute of a revert timer takes; zero: time.Minute.
	Minute time.Duration
	// World is the live state that goes with a configuration; nil: the platform's
	// own, which Offers feed, and which keeps what BGP keeps until a session or its
	// policy is refreshed.
	World func(running string) Live
	// Offers are the routes that a neighbor sends, before our policy.
	Offers map[netip.Addr][]Offer
	// Table are routes that other protocols or connected networks have put into the
	// routing table, beside the static ones of the configuration.
	Table []netip.Prefix
	// Down are neighbors that do not answer: sessions with them stay Active, and BFD
	// with them down.
	Down map[netip.Addr]bool
	// Keys are the TCP MD5 keys that a neighbor may have, "" for none: it has ours where
	// that is among them, as if its operator changed it together with us. Where a neighbor
	// has no entry it has, for ever, the key that its session was first configured with.
	Keys map[netip.Addr][]string
	// Settle is how long a session takes to come up when nothing is in its way.
	Settle time.Duration
	Banner string // sent before the login, by SSH
	Motd   string // printed after the login, before the first prompt
	Faults Faults
}

// Faults make the router misbehave. Each function is asked with a line as it was
// typed, without blanks around it; nil: never.
type Faults struct {
	// CutBefore breaks the TCP connection when the line has come and the router has
	// done nothing; CutAfter when it has done it and not answered. To keep later
	// connections out too, call Cut from within.
	CutBefore, CutAfter func(line string) bool
	// Hang leaves the line undone and unanswered, Mute does it and does not answer; the
	// connection stays open until the other side closes it.
	Hang, Mute func(line string) bool
	// Slow is how long the answer takes beside Latency.
	Slow func(line string) time.Duration
	// RefuseLine answers the line with this text instead of doing it; empty: it does
	// it.
	RefuseLine func(line string) string
	// Syslog is printed in the middle of the answer; empty: nothing.
	Syslog func(line string) string
	// SplitOutput writes in pieces of one to seven bytes, the same ones each time.
	SplitOutput bool
	// Paging stops a long answer until a key is hit, as routers do until they are told
	// that the terminal has no length. Without it there is no pager at all.
	Paging bool
	// DiskFull makes whatever writes a file fail, until FillDisk says otherwise.
	DiskFull bool
	// FilePrompt is IOS-XE's setting of file prompt: "noisy" or "quiet"; empty: the
	// default, alert.
	FilePrompt string
	// ForeignPending is a user whose change waits for its confirmation when the router
	// starts; empty: there is none.
	ForeignPending string
	// ForeignLock is a user who holds the configuration; empty: nobody.
	ForeignLock string
	// DirtyCandidate is a user who has left uncommitted changes in Junos's shared
	// candidate; empty: nobody.
	DirtyCandidate string
	// CommitFails is what a commit of Junos answers instead of being done; empty: it is
	// done. SlowCommit is how long it takes.
	CommitFails string
	SlowCommit  time.Duration
	// Privilege is the level of IOS-XE that the user logs in with; zero: 15.
	Privilege int
	// NoArchive takes IOS-XE's archive away.
	NoArchive bool
}

// Live is the live state of a router.
type Live struct {
	Sessions []LiveSession
}

// A LiveSession is one BGP session, and the BFD session that protects it.
type LiveSession struct {
	VRF      string // empty: the global table
	Neighbor netip.Addr
	AS       uint32
	LocalAS  uint32
	State    string // of RFC 4271 §8.2.2
	Shut     bool   // by configuration
	// Hold and Keepalive are negotiated; zero where the session is not established.
	Hold, Keepalive time.Duration
	Up              time.Duration
	Drops           int // how often it has gone down since the router started
	Routes          []LiveRoute
	Sent            []netip.Prefix
	BFD             *LiveBFD // nil: none
}

// A LiveRoute is a route that the router has accepted.
type LiveRoute struct {
	Prefix          netip.Prefix
	LocalPreference uint32
	Best            bool
	ASPath          []uint32
}

// A LiveBFD is a BFD session.
type LiveBFD struct {
	Interface  string
	Up         bool
	Interval   time.Duration // as negotiated
	Multiplier int
}

// An Offer is a route that a neighbor sends.
type Offer struct {
	Prefix      netip.Prefix
	ASPath      []uint32 // as sent, the neighbor's own first
	Communities []string // "12076:51004"
}

// A machine is the software of a router: its configurations and its command
// line. All sessions share one.
type machine interface {
	// serve is one session, from the first prompt to the logout.
	serve(t *terminal)
	running() string
	startup() string
	// stop stops the timers; the machine is not used afterwards.
	stop()
}

// A Router is an emulated router that listens.
type Router struct {
	options  Options
	machine  machine
	hostKey  ssh.Signer
	listener net.Listener
	wg       sync.WaitGroup

	diskFull atomic.Bool

	mu     sync.Mutex
	log    []string
	conns  map[net.Conn]bool
	cut    bool
	closed bool
}

// Start starts a router on a free port of the loopback. Close stops it.
func Start(o Options) (*Router, error) {
	r := &Router{options: withDefaults(o), hostKey: o.HostKey, conns: map[net.Conn]bool{}}
	r.diskFull.Store(o.Faults.DiskFull)
	var err error
	switch o.Platform {
	case IOSXE:
		r.machine, err = newIOSXE(r)
	case Junos:
		r.machine, err = newJunos(r)
	default:
		err = fmt.Errorf("no platform of the emulator: %q", o.Platform)
	}
	if err != nil {
		return nil, err
	}
	if r.hostKey == nil {
		if r.hostKey, err = newHostKey(); err != nil {
			return nil, err
		}
	}
	if r.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	r.wg.Go(r.accept)
	return r, nil
}

func withDefaults(o Options) Options {
	if o.Name == "" {
		o.Name = "router"
	}
	if o.User == "" {
		o.User = "netops"
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Minute == 0 {
		o.Minute = time.Minute
	}
	return o
}

func newHostKey() (ssh.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return ssh.NewSignerFromKey(key)
}

// Addr is where the router listens: "127.0.0.1:port".
func (r *Router) Addr() string { return r.listener.Addr().String() }

// HostKey is the key that the router proves itself with.
func (r *Router) HostKey() ssh.PublicKey { return r.hostKey.PublicKey() }

// Running is the running configuration, as the router prints it to be stored.
func (r *Router) Running() string { return r.machine.running() }

// Startup is the configuration that the router would start with.
func (r *Router) Startup() string { return r.machine.startup() }

// Log is every line that was typed, in order, each as "mode: line": "exec: show
// version", "config-router: neighbor 192.0.2.1 shutdown". Answers to questions
// of the router are in mode "answer". It holds secrets as they were typed.
func (r *Router) Log() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
}

// Cut breaks every connection now, and each new one until Heal. The router
// itself goes on, its timers too.
func (r *Router) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = true
	for c := range r.conns {
		c.Close()
	}
}

// Heal lets connections in again.
func (r *Router) Heal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = false
}

// FillDisk takes all room for files away, or gives it back.
func (r *Router) FillDisk(full bool) { r.diskFull.Store(full) }

// Close stops the router, and returns when nothing of it runs any more.
func (r *Router) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.listener.Close()
	r.Cut()
	r.wg.Wait()
	r.machine.stop()
}

// typed puts a line into the log.
func (r *Router) typed(mode, line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, mode+": "+line)
}
