package verify

import (
	"encoding/json"
	"fmt"
	"io"
)

// A documentReader walks through what may be as large as a disk, and holds one record
// of it at a time.
type documentReader struct {
	*collectorReader
	json  *json.Decoder
	limit *pieceReader
	raw   json.RawMessage // of the record, used again and again
}

// next reads one value from the top of the document; io.EOF: there is none.
func (d *documentReader) next() error {
	t, err := d.json.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('['):
		d.recognised = d.recognised || !d.json.More()
		return d.elements(func(raw []byte) { d.value(raw, 1) })
	case json.Delim('{'):
		return d.object()
	}
	d.drops.Malformed++
	return nil
}

// elements reads an array whose bracket has been read.
func (d *documentReader) elements(each func(raw []byte)) error {
	for d.json.More() {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		if err := d.piece(); err != nil {
			return err
		}
		each(d.raw)
	}
	_, err := d.json.Token()
	return whole(err)
}

// piece reads one value into raw.
func (d *documentReader) piece() error {
	d.limit.left = longestElement
	return whole(d.json.Decode(&d.raw))
}

// whole turns the end of the input into one that came too early.
func whole(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// object reads an object whose brace has been read: a batch, the answer to a query, or
// one record.
func (d *documentReader) object() error {
	d.flow.reset()
	batch := false
	for d.json.More() {
		name, err := d.name()
		if err != nil {
			return err
		}
		switch member := memberOf(name); member {
		case memberRecords, memberTables:
			batch = true
			err = d.array(member)
		case memberProperties:
			if err = d.piece(); err == nil {
				d.properties(d.raw)
			}
		default:
			if err = d.piece(); err == nil {
				d.flow.set(columnOf(name), d.raw)
			}
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.json.Token(); err != nil {
		return whole(err)
	}
	if !batch {
		d.emit()
	}
	return nil
}

func (d *documentReader) name() ([]byte, error) {
	t, err := d.json.Token()
	if err != nil {
		return nil, whole(err)
	}
	name, ok := t.(string)
	if !ok {
		return nil, fmt.Errorf("a name of a JSON object is %v", t)
	}
	return []byte(name), nil
}

// array reads the array of records or tables that comes next.
func (d *documentReader) array(member collectorMember) error {
	t, err := d.json.Token()
	switch {
	case err != nil:
		return whole(err)
	case t == json.Delim('['):
	case t == json.Delim('{'):
		return fmt.Errorf("records and tables are JSON arrays, not an object at byte %d", d.json.InputOffset())
	default:
		d.drops.Malformed++
		return nil
	}
	d.recognised = d.recognised || !d.json.More()
	if member == memberRecords {
		return d.elements(func(raw []byte) { d.value(raw, 1) })
	}
	for d.json.More() {
		if err := d.table(); err != nil {
			return err
		}
	}
	_, err = d.json.Token()
	return whole(err)
}

// table reads one table of an answer, row by row. Its columns come before its rows.
func (d *documentReader) table() error {
	t, err := d.json.Token()
	if err != nil {
		return whole(err)
	}
	if t != json.Delim('{') {
		return fmt.Errorf("a table is a JSON object, not %v at byte %d", t, d.json.InputOffset())
	}
	var columns []tableColumn
	for d.json.More() {
		name, err := d.name()
		if err != nil {
			return err
		}
		if memberOf(name) != memberRows {
			if err := d.piece(); err != nil {
				return err
			}
			if memberOf(name) == memberColumns && d.raw[0] == '[' {
				columns = d.columns(d.raw)
			}
			continue
		}
		if t, err := d.json.Token(); err != nil || t != json.Delim('[') {
			return fmt.Errorf("the rows of a table are a JSON array, not %v at byte %d", t, d.json.InputOffset())
		}
		if err := d.elements(func(raw []byte) { d.row(columns, raw) }); err != nil {
			return err
		}
	}
	_, err = d.json.Token()
	return whole(err)
}

// A pieceReader ends an input of which one piece is longer than left: nobody's record
// is, and what reads it keeps all of it.
type pieceReader struct {
	r    io.Reader
	left int
}

func (p *pieceReader) Read(b []byte) (int, error) {
	if p.left <= 0 {
		return 0, fmt.Errorf("a record of more than %d MB", longestElement>>20)
	}
	n, err := p.r.Read(b[:min(len(b), p.left)])
	p.left -= n
	return n, err
}
