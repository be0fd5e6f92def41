package confdiff

import (
	"slices"
	"strings"
)

// frrKeyWords are the words that a secret follows, wherever they stand.
//
// Source: the commands "list permutations" of vtysh 8.4.4 in every context:
//
//	password [8] SECRET                                    the terminal's, enable, too
//	neighbor X password SECRET                             BGP, MPLS LDP
//	key-string SECRET                                      key chain
//	ip ospf authentication-key SECRET [ADDRESS]            interface, virtual-link, too
//	ip ospf message-digest-key N md5 SECRET [ADDRESS]
//	ip rip authentication string SECRET
//	ip nhrp authentication SECRET
//	ipv6 ospf6 authentication key-id N hash-algo A key SECRET
//	isis password, area-password, domain-password, openfabric password md5|clear SECRET
//	tcp-md5-auth SECRET                                    PCE
var frrKeyWords = []string{
	"password", "key-string", "authentication-key", "md5", "string", "key", "tcp-md5-auth",
	"area-password", "domain-password", "authentication", "secret", "pre-shared-key",
}

// frrSecret returns a command with a mark in the place of its secret, and the
// secret; one without form, where the command has none.
func frrSecret(kind frrKind, words []string) (masked string, secret Secret) {
	from, to := frrSecretAt(kind, words)
	if from == to {
		return "", Secret{}
	}
	value, form := strings.Join(words[from:to], " "), Plain
	switch {
	case from > 0 && words[from-1] == "8":
		form = Hashed // service password-encryption
	case frrReference(value):
		form = Reference
	}
	kept := append(slices.Clone(words[:from]), SecretMark)
	frrAddresses(kept)
	return strings.Join(append(kept, words[to:]...), " "), NewSecret(form, value)
}

// frrSecretAt returns where in the words of a command its secret stands; an
// empty range is none.
func frrSecretAt(kind frrKind, words []string) (from, to int) {
	at := 0
	for i := 0; i < len(words)-1 && at == 0; i++ {
		if slices.Contains(frrKeyWords, words[i]) && !frrOtherUse(words, i) {
			at = i + 1
		}
	}
	if at == 0 || words[0] == "no" || frrFreeText(words) < len(words) || frrNeverSecret(kind, words) {
		return 0, 0
	}
	for at < len(words)-1 && (words[at] == "md5" || words[at] == "clear" || words[at] == "8" && kind == frrTop) {
		at++
	}
	if words[0] == "ip" && words[1] == "ospf" {
		return at, at + 1 // an address of the interface may come behind
	}
	return at, len(words)
}

// frrNeverSecret says whether a command holds names that could look like a key
// word, and no secret.
func frrNeverSecret(kind frrKind, words []string) bool {
	switch {
	case kind == frrRouteMap:
		return true
	case words[0] == "neighbor":
		_, known := frrExpand(kind, words)
		return known && words[2] != "password"
	case kind == frrBGP, kind == frrFamily, words[0] == "bgp", words[0] == "access-list", words[0] == "key":
		return true
	}
	return words[1] == "prefix-list" || words[1] == "route" || words[1] == "access-list"
}

// frrOtherUse says whether a key word of a command is not followed by a secret.
func frrOtherUse(words []string, i int) bool {
	before := ""
	if i > 0 {
		before = words[i-1]
	}
	switch words[i] {
	case "key":
		// Of OSPFv3, or of a neighbor in a release to come; elsewhere a number
		// or the name of a chain comes.
		return words[0] != "ipv6" && words[0] != "neighbor"
	case "md5":
		return before == "hash-algo" || before == "mode" || words[0] == "authentication"
	case "string":
		return before != "authentication"
	case "authentication":
		return before != "nhrp" // elsewhere the mode or a key chain comes
	}
	return false
}

// frrReference says whether a value is a placeholder of ercfg's: <env:NAME>.
func frrReference(value string) bool {
	inner, open := strings.CutPrefix(value, "<")
	inner, closed := strings.CutSuffix(inner, ">")
	scheme, name, named := strings.Cut(inner, ":")
	return open && closed && named && name != "" && (scheme == "env" || scheme == "file" || scheme == "exec")
}
