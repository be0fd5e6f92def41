package verify

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// canShare: several sockets may be bound to one address (Linux 3.9 and later).
const canShare = true

// share lets other sockets of this user be bound to the address of fd.
func share(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

// enlarge asks for a large receive buffer: beyond the limit of the machine where this
// process may, else up to it. A small one is no reason not to listen.
func enlarge(fd int) {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBytes) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBytes)
	}
}

// socketBuffer is the receive buffer of fd without the half that the kernel adds for its
// own bookkeeping (socket(7), SO_RCVBUF).
func socketBuffer(fd int) int {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	if err != nil {
		return 0
	}
	return n / 2
}

// The words that SO_MEMINFO returns, and which of them counts what was dropped:
// SK_MEMINFO_DROPS of linux/sock_diag.h, since Linux 4.12.
const (
	meminfoWords = 9
	meminfoDrops = 8
)

// socketDrops asks the socket itself: unlike /proc/net/udp that works whatever network
// namespace it is in, and unlike SO_RXQ_OVFL it costs nothing for each datagram and
// knows of those after the last that was read.
func socketDrops(fd int) uint64 {
	var words [meminfoWords]uint32
	size := uint32(unsafe.Sizeof(words))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(&words)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 || size < meminfoWords*4 {
		return 0
	}
	return uint64(words[meminfoDrops])
}
