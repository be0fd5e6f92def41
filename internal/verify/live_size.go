package verify

import (
	"io"

	"github.com/ercfg/ercfg/internal/tty"
)

// usualRows is how many lines there are where nothing can be asked.
const usualRows = 24

// sizeOf asks a terminal for its size. What cannot be asked is columns wide.
func sizeOf(w io.Writer, columns int) func() (rows, columns int) {
	file, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return func() (int, int) { return usualRows, columns }
	}
	return func() (int, int) {
		if rows, wide, ok := tty.Size(file.Fd()); ok {
			return rows, wide
		}
		return usualRows, columns
	}
}
