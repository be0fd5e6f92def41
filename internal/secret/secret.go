// Package secret names secrets and keeps their values out of print.
//
// In comes the reference that an intent holds (env:NAME, file:PATH,
// exec:COMMAND); out go a Ref, which is safe to print anywhere, a placeholder
// that stands for the secret in an artifact, and, for push and lab, a Value
// that no printer shows. The package never runs a command, never touches the
// environment or a disk but through the functions that its caller gives it,
// and never puts a secret, or what may be one, into an error.
package secret
