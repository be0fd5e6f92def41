package push

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// A HostKeyProblem is why a host key is refused.
type HostKeyProblem uint8

// The problems.
const (
	HostKeyUnknown HostKeyProblem = iota // no file knows the host
	HostKeyChanged                       // the host is known by another key
	HostKeyRevoked                       // the key is marked @revoked
)

// A HostKeyError says that a host may not be the one it should be. Nothing was sent to
// it, no user name either.
type HostKeyError struct {
	Host        string // host:port
	Problem     HostKeyProblem
	Algorithm   string // of the key that the host shows: "ssh-ed25519"
	Fingerprint string // of that key: "SHA256:…"
	// File and Line are where the known or revoked key stands; of an unknown host File is
	// where its key would be written.
	File string
	Line int
}

func (e *HostKeyError) Error() string {
	switch e.Problem {
	case HostKeyChanged:
		return fmt.Sprintf("THE HOST KEY OF %s HAS CHANGED: it shows %s %s, and %s:%d knows another. Somebody may stand in between. "+
			"If the router has a new key, compare the fingerprint on its console and take the old line out of the file", e.Host, e.Algorithm, e.Fingerprint, e.File, e.Line)
	case HostKeyRevoked:
		return fmt.Sprintf("the host key of %s, %s %s, is revoked in %s:%d", e.Host, e.Algorithm, e.Fingerprint, e.File, e.Line)
	}
	return fmt.Sprintf("the host key of %s is unknown: it shows %s %s. Compare the fingerprint on the router's console; --trust-new then records it in %s",
		e.Host, e.Algorithm, e.Fingerprint, e.File)
}

// A TrustedKey is a host key that was recorded.
type TrustedKey struct {
	Host        string // host:port
	Algorithm   string
	Fingerprint string // "SHA256:…"
	File        string
}

// hostKeys checks the key of one host against files of known hosts.
type hostKeys struct {
	host     string // host:port, lower case as ssh writes it
	files    []string
	trustNew bool
	legacy   bool
	trusted  []TrustedKey // what check has recorded
	err      *HostKeyError
}

func newHostKeys(t *Target) *hostKeys {
	return &hostKeys{host: strings.ToLower(t.address()), files: t.KnownHosts, trustNew: t.TrustNew, legacy: t.Legacy}
}

// load reads those of the files that exist. A file that exists and cannot be read is
// an error: it may hold the key that differs.
func (k *hostKeys) load() (ssh.HostKeyCallback, error) {
	var files []string
	for _, file := range k.files {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		files = append(files, file)
	}
	return knownhosts.New(files...)
}

// check is an ssh.HostKeyCallback.
func (k *hostKeys) check(_ string, _ net.Addr, key ssh.PublicKey) error {
	known, err := k.load()
	if err != nil {
		return err
	}
	err = k.ask(known, key)
	if err == nil || !errors.As(err, &k.err) || k.err.Problem != HostKeyUnknown || !k.trustNew || len(k.files) == 0 {
		return err
	}
	k.err = nil
	if err := k.record(key); err != nil {
		return err
	}
	k.trusted = append(k.trusted, TrustedKey{k.host, key.Type(), ssh.FingerprintSHA256(key), k.files[0]})
	return nil
}

// ask looks a key up. The address that knownhosts wants beside the name counts only
// where there is no name.
func (k *hostKeys) ask(known ssh.HostKeyCallback, key ssh.PublicKey) error {
	err := known(k.host, &net.TCPAddr{IP: net.IPv4zero}, key)
	e := &HostKeyError{Host: k.host, Algorithm: key.Type(), Fingerprint: ssh.FingerprintSHA256(key)}
	var differs *knownhosts.KeyError
	var revoked *knownhosts.RevokedError
	switch {
	case errors.As(err, &revoked):
		e.Problem, e.File, e.Line = HostKeyRevoked, revoked.Revoked.Filename, revoked.Revoked.Line
	case errors.As(err, &differs) && len(differs.Want) > 0:
		at := differs.Want[0]
		if i := slices.IndexFunc(differs.Want, func(w knownhosts.KnownKey) bool { return w.Key.Type() == key.Type() }); i >= 0 {
			at = differs.Want[i]
		}
		e.Problem, e.File, e.Line = HostKeyChanged, at.Filename, at.Line
	case errors.As(err, &differs):
		if len(k.files) > 0 {
			e.File = k.files[0]
		}
	default:
		return err // nil, or a certificate that does not hold
	}
	return e
}

// record appends a key to the first file. Two runs at once neither tear a line nor
// record two keys for one host: the file is locked, and asked again under the lock.
func (k *hostKeys) record(key ssh.PublicKey) (err error) {
	name := k.files[0]
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }() // which unlocks it
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	known, err := k.load()
	if err != nil {
		return err
	}
	var refused *HostKeyError
	switch err := k.ask(known, key); {
	case err == nil:
		return nil // another run was faster
	case !errors.As(err, &refused) || refused.Problem != HostKeyUnknown:
		k.err = refused
		return err
	}
	line := knownhosts.Line([]string{k.host}, key) + "\n"
	if torn, err := hasTornEnd(f); err != nil {
		return err
	} else if torn {
		line = "\n" + line
	}
	_, err = f.WriteString(line)
	return err
}

// hasTornEnd reports whether the last line of a file has no end.
func hasTornEnd(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 || !info.Mode().IsRegular() {
		return false, err
	}
	var last [1]byte
	if _, err := f.ReadAt(last[:], info.Size()-1); err != nil && err != io.EOF {
		return false, err
	}
	return last[0] != '\n', nil
}

// algorithms are the host key algorithms to offer, those of the known keys first: a
// host with several keys must show the one that can be compared, as ssh does
// (golang/go #29286).
func (k *hostKeys) algorithms() ([]string, error) {
	known, err := k.load()
	if err != nil {
		return nil, err
	}
	// Of several keys ssh prefers Ed25519; a certificate is asked for only where some
	// file knows an authority.
	all := append([]string{ssh.KeyAlgoED25519}, ssh.SupportedAlgorithms().HostKeys...)
	if k.legacy {
		all = append(all, ssh.InsecureAlgorithms().HostKeys...)
	}
	plain := slices.DeleteFunc(slices.Clone(all), func(a string) bool { return strings.Contains(a, "-cert-") })
	if !k.authorities() {
		all = plain
	}
	var differs *knownhosts.KeyError
	if err := known(k.host, &net.TCPAddr{IP: net.IPv4zero}, noKey{}); !errors.As(err, &differs) {
		return all, nil
	}
	var first []string
	if k.authorities() {
		first = slices.DeleteFunc(slices.Clone(all), func(a string) bool { return slices.Contains(plain, a) })
	}
	for _, want := range differs.Want {
		for _, algorithm := range plain {
			if keyFormat(algorithm) == want.Key.Type() {
				first = append(first, algorithm)
			}
		}
	}
	return compactUnsorted(append(first, all...)), nil
}

// authorities reports whether some file has a line of @cert-authority.
func (k *hostKeys) authorities() bool {
	return slices.ContainsFunc(k.files, func(file string) bool {
		text, err := os.ReadFile(file)
		return err == nil && bytes.Contains(text, []byte("@cert-authority"))
	})
}

// keyFormat is the format of the keys of a signature algorithm (RFC 8332 §3): RSA has
// several algorithms.
func keyFormat(algorithm string) string {
	if algorithm == ssh.KeyAlgoRSASHA256 || algorithm == ssh.KeyAlgoRSASHA512 {
		return ssh.KeyAlgoRSA
	}
	return algorithm
}

func compactUnsorted(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// noKey is a key that no host has: asking for it tells which keys are known.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return []byte("none") }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }
