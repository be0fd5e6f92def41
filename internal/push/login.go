package push

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// An AuthError says that the host does not let us in. Nothing was changed.
type AuthError struct {
	Host, User string   // Host is host:port
	Tried      []string // methods of RFC 4252, in order: "publickey", "password"
	Offered    []string // methods that the host would take
	Notes      []string // what was used, and what could not be used and why
	Err        error
}

func (e *AuthError) Error() string {
	tried := "nothing: there is no key, no agent and no password that the host takes"
	if len(e.Tried) > 0 {
		tried = strings.Join(e.Tried, ", ")
	}
	text := fmt.Sprintf("%s does not let %s in; tried %s", e.Host, e.User, tried)
	if len(e.Offered) > 0 {
		text += "; the host takes " + strings.Join(e.Offered, ", ")
	}
	if len(e.Notes) > 0 {
		text += " (" + strings.Join(e.Notes, "; ") + ")"
	}
	if why := e.Err.Error(); strings.Contains(why, "disconnect") {
		text += ": " + why
	}
	return text
}

func (e *AuthError) Unwrap() error { return e.Err }

// A login is one attempt to log in, and what is known of it.
type login struct {
	ctx   context.Context
	t     *Target
	agent net.Conn
	tried []string
	notes []string
	last  *ssh.ClientAuthContext // at the last failure; nil: none yet
	// passwordSent keeps the second method of a password from counting as a second wrong
	// one: routers lock users out.
	passwordSent bool
}

func newLogin(ctx context.Context, t *Target) *login { return &login{ctx: ctx, t: t} }

// methods are the ways in, in the order in which they are tried.
func (l *login) methods() []ssh.AuthMethod {
	var out []ssh.AuthMethod
	if len(l.t.Keys) > 0 || l.t.Agent != "" {
		out = append(out, ssh.PublicKeysCallback(l.signers))
	}
	if l.t.Password.Reveal() != "" {
		out = append(out, ssh.PasswordCallback(l.password), ssh.KeyboardInteractive(l.answer))
	}
	return out
}

// keysBeforePassword is how many keys are tried where a password is there, too: each
// counts as an attempt, and Cisco documents three of them as the default of
// "ip ssh authentication-retries".
const keysBeforePassword = 2

// signers are the target's keys and then the agent's. An encrypted key is left to the
// agent: nobody is asked for a passphrase here.
func (l *login) signers() ([]ssh.Signer, error) {
	var out []ssh.Signer
	var locked []ssh.PublicKey
	for _, k := range l.t.Keys {
		signer, err := ssh.ParsePrivateKey([]byte(k.Value.Reveal()))
		if missing := (*ssh.PassphraseMissingError)(nil); errors.As(err, &missing) {
			l.note("%s has a passphrase: add it to the agent with ssh-add", k.Name)
			if missing.PublicKey != nil {
				locked = append(locked, missing.PublicKey)
			}
			continue
		}
		if err != nil {
			l.note("%s is no private key that ssh reads", k.Name) // without err: it may quote
			continue
		}
		l.note("key %s", k.Name)
		out = append(out, signer)
	}
	out = append(out, l.agentSigners(locked)...)
	if over := len(out) - keysBeforePassword; over > 0 && l.t.Password.Reveal() != "" {
		l.note("%d more keys were left out for the password to have its turn", over)
		out = out[:keysBeforePassword]
	}
	for i := range out {
		out[i] = l.modern(out[i])
	}
	if len(out) > 0 {
		l.tried = append(l.tried, "publickey")
	}
	return out, nil
}

// agentSigners are the agent's, those first that the target names.
func (l *login) agentSigners(named []ssh.PublicKey) []ssh.Signer {
	if l.t.Agent == "" {
		return nil
	}
	var d net.Dialer
	conn, err := d.DialContext(l.ctx, "unix", l.t.Agent)
	if err != nil {
		l.note("the agent does not answer")
		return nil
	}
	l.agent = conn
	context.AfterFunc(l.ctx, func() { _ = conn.Close() })
	signers, err := agent.NewClient(conn).Signers()
	if err != nil {
		l.note("the agent does not answer")
		return nil
	}
	l.note("%d keys of the agent", len(signers))
	isNamed := func(s ssh.Signer) bool {
		return slices.ContainsFunc(named, func(k ssh.PublicKey) bool { return bytes.Equal(k.Marshal(), s.PublicKey().Marshal()) })
	}
	slices.SortStableFunc(signers, func(a, b ssh.Signer) int {
		switch {
		case isNamed(a) && !isNamed(b):
			return -1
		case isNamed(b) && !isNamed(a):
			return 1
		}
		return 0
	})
	return signers
}

// modern keeps an RSA key from signing with SHA-1 (RFC 8332), unless old algorithms
// are wanted.
func (l *login) modern(s ssh.Signer) ssh.Signer {
	a, ok := s.(ssh.AlgorithmSigner)
	if !ok || l.t.Legacy || s.PublicKey().Type() != ssh.KeyAlgoRSA {
		return s
	}
	sha2, err := ssh.NewSignerWithAlgorithms(a, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
	if err != nil {
		return s // a signer of its own kind, which knows what it can
	}
	return sha2
}

func (l *login) password() (string, error) {
	l.passwordSent = true
	l.tried = append(l.tried, "password")
	return l.t.Password.Reveal(), nil
}

// answer answers the one question that a password is the answer to.
func (l *login) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	l.tried = append(l.tried, "keyboard-interactive")
	switch {
	case len(questions) > 1 || echos[0]:
		l.note("the host asks for more than a password: %q", questions)
		return nil, errors.New("more than a password is asked for")
	case l.passwordSent:
		l.note("the password was refused, and is not sent twice")
		return nil, errors.New("the password was refused")
	}
	l.passwordSent = true
	return []string{l.t.Password.Reveal()}, nil
}

func (l *login) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

// watch is an ssh.ClientAuthCallback that only looks on.
func (l *login) watch(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	l.last = c
	return nil, nil
}

// asked reports whether the host has refused anything.
func (l *login) asked() bool { return l.last != nil }

func (l *login) refused(err error) *AuthError {
	return &AuthError{
		Host: l.t.address(), User: l.t.User, Tried: l.tried, Offered: l.last.AllowedMethods, Notes: l.notes, Err: err,
	}
}

func (l *login) close() {
	if l.agent != nil {
		_ = l.agent.Close()
	}
}
