package verify

// These walk through JSON that is known to be valid, so that a record costs no memory:
// encoding/json has checked it, and would make a value of each of its forty columns.

// eachElement calls f with every element of an array.
func eachElement(array []byte, f func(value []byte)) {
	for i := skipSpace(array, 1); array[i] != ']'; {
		end := valueEnd(array, i)
		f(array[i:end])
		if i = skipSpace(array, end); array[i] == ',' {
			i = skipSpace(array, i+1)
		}
	}
}

// eachMember calls f with every member of an object. The name is as it is written,
// without its quotes.
func eachMember(object []byte, f func(name, value []byte)) {
	for i := skipSpace(object, 1); object[i] != '}'; {
		nameEnd := valueEnd(object, i)
		name := object[i+1 : nameEnd-1]
		i = skipSpace(object, skipSpace(object, nameEnd)+1) // behind the colon
		end := valueEnd(object, i)
		f(name, object[i:end])
		if i = skipSpace(object, end); object[i] == ',' {
			i = skipSpace(object, i+1)
		}
	}
}

func skipSpace(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r' {
		i++
	}
	return i
}

// valueEnd returns where the value ends that begins at i.
func valueEnd(b []byte, i int) int {
	switch b[i] {
	case '"':
		return stringEnd(b, i)
	case '{', '[':
		for depth := 0; ; i++ {
			switch b[i] {
			case '"':
				i = stringEnd(b, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for ; i < len(b); i++ {
		switch b[i] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return i
		}
	}
	return i
}

func stringEnd(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// recentSlots is how many records are remembered, to know a copy: half a megabyte.
const recentSlots = 1 << 16

// recentRecords remembers what it was asked last, in memory that does not grow: one slot for
// each part of the values, so that a newer one pushes an older one out.
type recentRecords struct{ slots []uint64 }

// again tells whether it has been asked the same before, and may forget.
func (r *recentRecords) again(h uint64) bool {
	if r.slots == nil {
		r.slots = make([]uint64, recentSlots)
	}
	slot := &r.slots[h%recentSlots]
	if *slot == h {
		return true
	}
	*slot = h
	return false
}
