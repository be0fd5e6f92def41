//go:build !linux

package verify

import "errors"

// canShare: elsewhere sockets of one address do not share what comes, as Linux does it.
const canShare = false

func share(int) error { return errors.ErrUnsupported }

// enlarge leaves the buffer as the system has it.
func enlarge(int) {}

func socketBuffer(int) int { return 0 }

func socketDrops(int) uint64 { return 0 }
