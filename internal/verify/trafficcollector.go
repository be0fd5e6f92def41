package verify

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// collectorSampling is how ExpressRoute Traffic Collector samples: one packet in 4096,
// which cannot be changed.
// Source: https://learn.microsoft.com/azure/expressroute/traffic-collector.
const collectorSampling = 4096

// collectorInterval is how long a flow is gathered before the circuit emits its record,
// whatever the routers' timeouts are. It cannot be changed, either.
// Source: https://learn.microsoft.com/azure/expressroute/traffic-collector.
const collectorInterval = time.Minute

// Bounds of the JSON, in bytes and levels.
const (
	// longestElement is the longest record, or line of them, that is taken: a batch of
	// an event hub has at most one megabyte.
	longestElement = 16 << 20
	// firstLook is how much tells a file of lines from one document.
	firstLook = 64 << 10
	// deepest is how far records are looked for inside of others: a batch, a record, its
	// properties, and one to spare.
	deepest = 4
)

// ReadTrafficCollector hands over the flow records of Azure's ExpressRoute Traffic
// Collector, which Azure keeps in the table ATCExpressRouteCircuitIpfix. It reads JSON
// in the forms that Azure's tools write: an array of records, as az monitor
// log-analytics query prints it; the answer of the query API (tables with columns and
// rows); and lines or batches (records), as diagnostic settings and data export write
// them to a storage account or an event hub, with the columns beside or inside of
// properties. Names of columns are read without regard to case, numbers also from
// strings.
//
// Bytes and packets are those of the packets that were captured, and Sampling is 4096:
// Microsoft's own queries of the table multiply them by 4096, and add 14 bytes of
// Ethernet to each packet, which is not done here. The same queries count a record once
// that the table holds twice (same flow, bytes and Flowsequence); so does this, as far
// as the copies are within some ten thousands of records, and says how many it left out
// (Drops.Repeated).
//
// Records tell the circuit, not the link. In and Out and Start and End stay zero; At is
// when the circuit emitted the record, which is up to a minute after the traffic. The
// tags are on both sides, as a record does not tell its direction.
//
// What is read is bounded by one record, not by the file. A malformed record or line is
// counted. What was read until an error is returned with it. ctx is looked at between
// records.
// Source: https://learn.microsoft.com/azure/azure-monitor/reference/tables/atcexpressroutecircuitipfix,
// https://learn.microsoft.com/azure/azure-monitor/reference/queries/atcexpressroutecircuitipfix,
// https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format, and
// https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs-schema.
func ReadTrafficCollector(ctx context.Context, r io.Reader, s Sink) (Drops, error) {
	defer deadlineAt(ctx, r)()
	c := collectorReader{ctx: ctx, sink: s}
	in := bufio.NewReaderSize(r, firstLook)
	err := c.read(in)
	switch {
	case ctx.Err() != nil:
		return c.drops, context.Cause(ctx)
	case err != nil:
		return c.drops, err
	case !c.recognised:
		return c.drops, errNoRecords
	}
	return c.drops, nil
}

var errNoRecords = errors.New("there is no flow record of ExpressRoute Traffic Collector: read are JSON arrays, lines and query results that have " +
	"SourceIp and DestinationIp, as in the table ATCExpressRouteCircuitIpfix")

type collectorReader struct {
	ctx   context.Context
	sink  Sink
	drops Drops
	// recognised: there was a record of the table, or a form that holds none.
	recognised bool
	flow       collectorFlow
	circuit    string // name of the last record's
	seen       recentRecords
}

func (c *collectorReader) read(in *bufio.Reader) error {
	head, err := in.Peek(firstLook)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(head, mark) {
		_, _ = in.Discard(len(mark)) // a byte order mark, which some tools of Windows write
		head = head[len(mark):]
	}
	if ofLines(head) {
		return c.lines(in)
	}
	return c.document(in)
}

// ofLines tells whether head begins a file with a record on every line: its first line
// is a whole object, or is damaged and the next one begins an object.
func ofLines(head []byte) bool {
	first, rest, more := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("\n"))
	if len(first) > 0 && first[0] == '[' {
		return false
	}
	return len(first) > 0 && first[0] == '{' && json.Valid(first) || more && bytes.HasPrefix(rest, []byte("{"))
}

// lines reads a value from every line.
func (c *collectorReader) lines(in *bufio.Reader) error {
	var line []byte
	for c.ctx.Err() == nil {
		var err error
		line, err = readLine(in, line[:0])
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			if len(line) < longestElement && json.Valid(trimmed) {
				c.value(trimmed, 0)
			} else {
				c.drops.Malformed++
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readLine appends a line to buffer, but no more than longestElement of it.
func readLine(in *bufio.Reader, buffer []byte) ([]byte, error) {
	for {
		part, err := in.ReadSlice('\n')
		buffer = append(buffer, part[:min(len(part), longestElement-len(buffer))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return buffer, err
		}
	}
}

// value reads a record, or what holds records. raw is valid JSON.
func (c *collectorReader) value(raw []byte, depth int) {
	switch {
	case depth == deepest:
		c.drops.Malformed++
	case raw[0] == '[':
		eachElement(raw, func(e []byte) { c.value(e, depth+1) })
	case raw[0] == '{':
		c.object(raw, depth)
	default:
		c.drops.Malformed++
	}
}

// object reads a record with its columns beside or inside of properties, a batch, or
// the answer to a query.
func (c *collectorReader) object(raw []byte, depth int) {
	batch := false
	c.flow.reset()
	eachMember(raw, func(name, value []byte) {
		switch memberOf(name) {
		case memberRecords:
			batch = true
			c.batch(value, func(e []byte) { c.value(e, depth+1) })
		case memberTables:
			batch = true
			c.batch(value, c.table)
		case memberProperties:
			c.properties(value)
		default:
			c.flow.set(columnOf(name), value)
		}
	})
	if !batch {
		c.emit()
	}
}

// batch reads an array of records or tables; anything else is no batch.
func (c *collectorReader) batch(raw []byte, each func([]byte)) {
	if raw[0] != '[' {
		c.drops.Malformed++
		return
	}
	empty := true
	eachElement(raw, func(e []byte) { empty = false; each(e) })
	c.recognised = c.recognised || empty
}

// properties takes the columns of a record, which some exports write as a string of
// JSON.
func (c *collectorReader) properties(raw []byte) {
	if raw[0] == '"' {
		var text string
		if json.Unmarshal(raw, &text) != nil || !json.Valid([]byte(text)) {
			return
		}
		raw = bytes.TrimSpace([]byte(text))
	}
	if raw[0] != '{' {
		return
	}
	eachMember(raw, func(name, value []byte) { c.flow.set(columnOf(name), value) })
}

// table reads a table of an answer to a query.
func (c *collectorReader) table(raw []byte) {
	var columns []tableColumn
	if raw[0] != '{' {
		c.drops.Malformed++
		return
	}
	eachMember(raw, func(name, value []byte) {
		switch {
		case memberOf(name) == memberColumns && value[0] == '[':
			columns = c.columns(value)
		case memberOf(name) == memberRows && value[0] == '[':
			eachElement(value, func(row []byte) { c.row(columns, row) })
		}
	})
}

// columns reads the columns of a table. A table of none of whose columns anything is
// known is no table of flows.
func (c *collectorReader) columns(raw []byte) []tableColumn {
	out := columnsOf(raw)
	if slices.Contains(out, columnSource) && slices.Contains(out, columnDestination) {
		c.recognised = true
	}
	return out
}

// row reads one row of a table.
func (c *collectorReader) row(columns []tableColumn, raw []byte) {
	if raw[0] != '[' {
		c.drops.Malformed++
		return
	}
	c.flow.reset()
	i := 0
	eachElement(raw, func(value []byte) {
		if i < len(columns) {
			c.flow.set(columns[i], value)
		}
		i++
	})
	c.emit()
}

// emit hands over the record that has been put together.
func (c *collectorReader) emit() {
	if c.flow.hasAddresses == hasBoth {
		c.recognised = true
	}
	r, fault := c.flow.record()
	switch {
	case fault == unaddressed:
		c.drops.NoAddresses++
	case fault == malformedRecord:
		c.drops.Malformed++
	case c.flow.sequence != 0 && c.seen.again(c.flow.identity()):
		c.drops.Repeated++
	default:
		r.Circuit = c.circuitName()
		c.sink.Flow(r)
	}
}

// circuitName is the name of the circuit in lower case: the last part of its resource
// identifier, which is what a plan can know. Azure writes the identifier in varying
// case.
func (c *collectorReader) circuitName() string {
	id := bytes.TrimRight(c.flow.circuit, "/")
	id = id[bytes.LastIndexByte(id, '/')+1:]
	for i, b := range id {
		if 'A' <= b && b <= 'Z' {
			id[i] = b + 'a' - 'A'
		}
	}
	// Neighbouring records are of one circuit mostly, and share its name.
	if string(id) != c.circuit {
		c.circuit = string(id)
	}
	return c.circuit
}

// document reads one JSON document, or several one after another, piece by piece.
func (c *collectorReader) document(in io.Reader) error {
	limited := &pieceReader{r: in, left: longestElement}
	d := documentReader{collectorReader: c, json: json.NewDecoder(limited), limit: limited}
	for c.ctx.Err() == nil {
		err := d.next()
		var syntax *json.SyntaxError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			c.drops.Malformed++
			if !c.recognised {
				return errNoRecords
			}
			return fmt.Errorf("the records end in the middle of one, at byte %d: the file is not whole", d.json.InputOffset())
		case errors.As(err, &syntax):
			c.drops.Malformed++
			if !c.recognised {
				return errNoRecords
			}
			return fmt.Errorf("the records are no JSON behind byte %d: %w", syntax.Offset, err)
		case err != nil:
			return err
		}
	}
	return nil
}
