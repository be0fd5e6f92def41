package verify

import (
	"io"

	"golang.org/x/sys/unix"
)

// usualRows is how many lines a terminal has that does not know it.
const usualRows = 24

// sizeOf asks a terminal for its size. What cannot be asked is columns wide.
func sizeOf(w io.Writer, columns int) func() (rows, columns int) {
	file, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return func() (int, int) { return usualRows, columns }
	}
	return func() (int, int) {
		size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
		if err != nil || size.Row == 0 || size.Col == 0 {
			return usualRows, columns
		}
		return int(size.Row), int(size.Col)
	}
}
