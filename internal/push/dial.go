package push

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

const (
	defaultTimeout = 30 * time.Second
	// keepaliveEvery and keepaliveMisses end a connection whose other end is gone after a
	// minute at the latest.
	keepaliveEvery  = 15 * time.Second
	keepaliveMisses = 3
)

// A Conn is an SSH connection to one router. It is safe for concurrent use.
type Conn struct {
	// Trusted are the host keys that this connection has recorded (Target.TrustNew).
	Trusted []TrustedKey

	client *ssh.Client
	below  []io.Closer // what it runs over, the nearest to us first
	log    *Transcript
	limit  time.Duration
	cause  atomic.Pointer[error] // why we ended it ourselves
	ended  chan struct{}         // closed when it ends
	wg     sync.WaitGroup
}

// An UnreachableError says that no SSH connection came up. Nothing was changed.
type UnreachableError struct {
	Host  string // host:port
	Phase string // "connect", "key exchange" or "log in"
	Err   error
}

func (e *UnreachableError) Error() string {
	err := e.Err
	// The network's own words begin with the address again.
	if op, ok := errors.AsType[*net.OpError](err); ok && err == error(op) {
		err = op.Err
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok && err == error(call) {
		err = call.Err // without the name of the system call
	}
	return fmt.Sprintf("%s: %s: %v", e.Host, e.Phase, err)
}
func (e *UnreachableError) Unwrap() error { return e.Err }

// The phases of an UnreachableError.
const (
	phaseConnect  = "connect"
	phaseExchange = "key exchange"
	phaseLogin    = "log in"
)

func (t *Target) address() string {
	return net.JoinHostPort(t.Host, strconv.Itoa(cmp.Or(t.Port, defaultPort)))
}

func (t *Target) timeout() time.Duration { return cmp.Or(t.Timeout, defaultTimeout) }

// Dial connects to t, its jumps first, and logs in. It fails with an
// *UnreachableError, a *HostKeyError or an *AuthError. The caller closes the Conn.
func Dial(ctx context.Context, t Target, log *Transcript) (*Conn, error) {
	c := &Conn{log: log, limit: t.timeout(), ended: make(chan struct{})}
	hops := append(slices.Clone(t.Jumps), t)
	var via *ssh.Client
	for i := range hops {
		client, err := c.hop(ctx, &hops[i], via)
		if err != nil {
			for _, b := range slices.Backward(c.below) {
				_ = b.Close()
			}
			if i < len(hops)-1 {
				return nil, fmt.Errorf("jump host: %w", err)
			}
			return nil, err
		}
		c.below = append(c.below, client)
		via = client
	}
	c.client = via
	every := cmp.Or(t.keepalive, keepaliveEvery)
	c.wg.Go(func() { _ = c.client.Wait(); close(c.ended) })
	c.wg.Go(func() { c.keepAlive(every) })
	return c, nil
}

// hop opens one connection, over the one before it.
func (c *Conn) hop(ctx context.Context, t *Target, via *ssh.Client) (*ssh.Client, error) {
	raw, err := t.open(ctx, via)
	if err != nil {
		return nil, &UnreachableError{t.address(), phaseConnect, err}
	}
	client, keys, err := t.handshake(ctx, raw)
	if err != nil {
		_ = raw.Close()
		if p, ok := raw.(*proxyConn); ok && p.said() != "" {
			err = fmt.Errorf("%w (ProxyCommand says: %s)", err, p.said())
		}
		return nil, err
	}
	c.Trusted = append(c.Trusted, keys.trusted...)
	if _, ok := raw.(*proxyConn); ok {
		c.below = append(c.below, raw)
	}
	return client, nil
}

// open opens the way for an SSH connection.
func (t *Target) open(ctx context.Context, via *ssh.Client) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	switch {
	case t.ProxyCommand != "" && via == nil:
		return startProxy(t.ProxyCommand)
	case via != nil:
		raw, err := via.DialContext(ctx, "tcp", t.address())
		if refused := (*ssh.OpenChannelError)(nil); errors.As(err, &refused) {
			err = fmt.Errorf("the jump host refuses: %s", strings.TrimSpace(refused.Message))
		}
		return raw, err
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", t.address())
}

// handshake exchanges keys and logs in. Each of the two has the target's time; the
// connection is closed when that or ctx ends, which no deadline can do where it runs
// over another.
func (t *Target) handshake(ctx context.Context, raw net.Conn) (*ssh.Client, *hostKeys, error) {
	keys := newHostKeys(t)
	algorithms, err := keys.algorithms()
	if err != nil {
		return nil, nil, &UnreachableError{t.address(), phaseExchange, err}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	clock := time.AfterFunc(t.timeout(), func() { cancel(silenceError(t.timeout())) })
	defer clock.Stop()
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	login := newLogin(ctx, t)
	defer login.close()
	var exchanged atomic.Bool
	config := t.clientConfig(login, algorithms)
	config.HostKeyCallback = func(host string, remote net.Addr, key ssh.PublicKey) error {
		err := keys.check(host, remote, key)
		if err == nil {
			exchanged.Store(true)
			clock.Reset(t.timeout())
		}
		return err
	}
	conn, channels, requests, err := ssh.NewClientConn(raw, t.address(), config)
	switch {
	case !stop(): // ctx has ended, and raw with it
		if err == nil {
			_ = conn.Close()
		}
		err = context.Cause(ctx)
	case err == nil:
		return ssh.NewClient(conn, channels, requests), keys, nil
	case keys.err != nil:
		return nil, nil, keys.err
	}
	phase := phaseExchange
	if exchanged.Load() {
		phase = phaseLogin
	}
	return nil, nil, t.failure(err, phase, login)
}

// clientConfig is all but the check of the host key. The algorithms are those that the
// library calls secure; its own defaults hold SHA-1 still.
func (t *Target) clientConfig(l *login, hostKeyAlgorithms []string) *ssh.ClientConfig {
	a := ssh.SupportedAlgorithms()
	if t.Legacy {
		old := ssh.InsecureAlgorithms()
		a.KeyExchanges = append(a.KeyExchanges, old.KeyExchanges...)
		a.Ciphers = append(a.Ciphers, old.Ciphers...)
		a.MACs = append(a.MACs, old.MACs...)
	}
	return &ssh.ClientConfig{
		Config:            ssh.Config{KeyExchanges: a.KeyExchanges, Ciphers: a.Ciphers, MACs: a.MACs},
		User:              t.User,
		Auth:              l.methods(),
		AuthCallback:      l.watch,
		HostKeyAlgorithms: hostKeyAlgorithms,
	}
}

// failure sorts the errors of a handshake.
func (t *Target) failure(err error, phase string, login *login) error {
	var network net.Error // timeouts are among them
	gone := errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network) || errors.Is(err, context.Canceled)
	if phase == phaseLogin && !gone && login.asked() {
		return login.refused(err)
	}
	if negotiation := (*ssh.AlgorithmNegotiationError)(nil); errors.As(err, &negotiation) && !t.Legacy {
		err = fmt.Errorf("%w (--legacy-ssh offers old algorithms, too)", err)
	}
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("the other end closed the connection: %w", err)
	}
	return &UnreachableError{t.address(), phase, err}
}

// A silenceError says that the other end has said nothing for so long.
type silenceError time.Duration

func (e silenceError) Error() string   { return fmt.Sprintf("no answer within %v", time.Duration(e)) }
func (e silenceError) Timeout() bool   { return true }
func (e silenceError) Temporary() bool { return true }

// keepAlive asks the other end for a sign of life as ssh does (ServerAliveInterval),
// and ends the connection after three times without any.
func (c *Conn) keepAlive(every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	answered := make(chan struct{}, 1)
	answered <- struct{}{}
	for misses := 0; ; {
		select {
		case <-c.ended:
			return
		case <-ticker.C:
		}
		select {
		case <-answered:
			misses = 0
			c.wg.Go(func() {
				// Any answer will do, a refusal too. An error is the connection's end.
				_, _, _ = c.client.SendRequest("keepalive@openssh.com", true, nil)
				answered <- struct{}{}
			})
		default:
			if misses++; misses == keepaliveMisses {
				c.end(fmt.Errorf("no sign of life for %v", keepaliveMisses*every))
				return
			}
		}
	}
}

// end closes the connection at once, for a reason.
func (c *Conn) end(why error) {
	c.cause.CompareAndSwap(nil, &why)
	for _, b := range slices.Backward(c.below) {
		_ = b.Close()
	}
}

// lost is err as the loss of the session.
func (c *Conn) lost(err error) error {
	if why := c.cause.Load(); why != nil && !errors.Is(err, *why) {
		err = *why
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the other end closed the connection")
	}
	return fmt.Errorf("%w: %w", errLost, err)
}

// Close ends the connection, its jumps and its ProxyCommand, and waits until nothing
// of it runs. What then still waits for the router fails.
func (c *Conn) Close() error {
	c.end(net.ErrClosed)
	c.wg.Wait()
	return nil
}
