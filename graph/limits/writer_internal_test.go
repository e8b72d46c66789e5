package limits

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// jsonText, jsonBytes and jsonMap are Go types of custom scalars.
type (
	jsonText  string
	jsonBytes []byte
	jsonMap   map[string]any
)

// MarshalGQL writes the string unchanged.
func (j jsonText) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, string(j)) }

// MarshalGQL writes the bytes unchanged.
func (j jsonBytes) MarshalGQL(w io.Writer) { _, _ = w.Write(j) }

// MarshalGQL encodes the map.
func (j jsonMap) MarshalGQL(w io.Writer) { _ = json.NewEncoder(w).Encode(j) }

// TestEveryMarshalerIsCounted marshals 300 values of each kind with a limit of their size,
// and with one byte less. Then marshalling stops, and the buffer does not exceed the limit.
func TestEveryMarshalerIsCounted(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for _, test := range []struct {
		name  string
		value graphql.Marshaler
	}{
		{name: "a string type", value: jsonText(`"` + long + `"`)},
		{name: "bytes", value: jsonBytes(`"` + long + `"`)},
		{name: "a map", value: jsonMap{"a": long}},
		{name: "raw JSON", value: graphql.MarshalAny(json.RawMessage(`"` + long + `"`))},
		{name: "any map", value: graphql.MarshalMap(map[string]any{"a": long})},
		{name: "a string with escapes", value: graphql.MarshalString(strings.Repeat("\x01\"\\\n", 100))},
		{name: "an integer", value: graphql.MarshalInt(-1)},
		{name: "a float", value: graphql.MarshalFloat(1.5)},
		{name: "a boolean", value: graphql.MarshalBoolean(true)},
		{name: "null", value: graphql.Null},
		{name: "an empty list", value: graphql.Array{}},
		{name: "a copied reader", value: graphql.WriterFunc(func(w io.Writer) { _, _ = io.Copy(w, strings.NewReader(long)) })},
		{name: "a formatted string", value: graphql.WriterFunc(func(w io.Writer) { _, _ = fmt.Fprintf(w, "%q", long) })},
		{
			name: "single bytes, where the writer has them",
			value: graphql.WriterFunc(func(w io.Writer) {
				if b, ok := w.(io.ByteWriter); ok {
					_ = b.WriteByte('1')
				} else {
					_, _ = w.Write([]byte{'1'})
				}
			}),
		},
		{
			name: "one that recovers",
			value: graphql.WriterFunc(func(w io.Writer) {
				defer func() { _ = recover() }()
				_, _ = io.WriteString(w, long)
			}),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			const count = 300
			calls := 0
			array := make(graphql.Array, count)
			for i := range array {
				array[i] = graphql.WriterFunc(func(w io.Writer) {
					calls++
					test.value.MarshalGQL(w)
				})
			}
			marshal := func(most int64) (*responseWriter, []byte, error) {
				calls = 0
				w := &responseWriter{limit: most, grow: func(int64) error { return nil }}
				written, err := w.marshalData(array)
				return w, written, err
			}
			_, whole, err := marshal(1 << 30)
			if err != nil || len(whole) < count {
				t.Fatal(len(whole), err)
			}
			if _, written, err := marshal(int64(len(whole))); err != nil || string(written) != string(whole) {
				t.Errorf("with a limit of its length: %d bytes, %v", len(written), err)
			}
			w, written, err := marshal(int64(len(whole)) - 1)
			if !errors.Is(err, errTooLong) || written != nil || w.buffer.Len() >= len(whole) {
				t.Errorf("with one byte less: %d bytes, %d buffered, %v", len(written), w.buffer.Len(), err)
			}
			w, _, err = marshal(int64(len(whole)) / 10)
			if !errors.Is(err, errTooLong) || calls > count/5 || w.buffer.Len() > len(whole)/10 {
				t.Errorf("with a tenth: %d bytes buffered after %d values, %v", w.buffer.Len(), calls, err)
			}
		})
	}
}

// TestQuotaGrowsWithTheResponse exceeds the quota at the third step, and at the last.
func TestQuotaGrowsWithTheResponse(t *testing.T) {
	rejected := errors.New("rejected")
	value := graphql.MarshalString(strings.Repeat("x", 1000))
	array := graphql.Array{}
	for range 400 {
		array = append(array, value)
	}
	for _, test := range []struct{ step, held int }{
		{step: 3, held: 3 * bufferStep << 10},
		{step: 7, held: 400*1003 + 1},
	} {
		var lengths []int64
		w := responseWriter{limit: 1 << 30, grow: func(length int64) error {
			if lengths = append(lengths, length); len(lengths) == test.step {
				return rejected
			}
			return nil
		}}
		written, err := w.marshalData(array)
		if !errors.Is(err, rejected) || written != nil || len(lengths) != test.step || w.buffer.Len() > test.held+1003 ||
			w.buffer.Len() < test.held-1003 {
			t.Errorf("step %d: %v, %d bytes, lengths %v", test.step, err, w.buffer.Len(), lengths)
		}
	}
	step := responseWriter{limit: 1 << 30, grow: func(int64) error { return rejected }}
	_, err := step.marshalData(jsonText(strings.Repeat("1", bufferStep<<10)))
	if !errors.Is(err, rejected) || step.buffer.Len() > 0 {
		t.Errorf("a value of one step: %v, %d bytes buffered", err, step.buffer.Len())
	}
	long := responseWriter{limit: 1000, grow: func(int64) error { return nil }}
	_, err = long.marshalData(graphql.MarshalString(strings.Repeat("x", 1<<20)))
	if !errors.Is(err, errTooLong) || long.buffer.Len() > 1000 {
		t.Errorf("a value of 1 MiB: %v, %d bytes buffered", err, long.buffer.Len())
	}
	w := responseWriter{limit: 1 << 30, grow: func(int64) error { return nil }}
	defer func() {
		if reason := recover(); reason != "a panic of the marshaler" {
			t.Error(reason)
		}
	}()
	_, _ = w.marshalData(graphql.WriterFunc(func(io.Writer) { panic("a panic of the marshaler") }))
}

// TestRejectedResponseStaysRejected has a marshaler that recovers, and a quota that fails once.
func TestRejectedResponseStaysRejected(t *testing.T) {
	rejected, calls := errors.New("rejected"), 0
	w := responseWriter{limit: 1 << 30, grow: func(int64) error {
		if calls++; calls == 1 {
			return rejected
		}
		return nil
	}}
	step := func(w io.Writer) {
		defer func() { _ = recover() }()
		_, _ = io.WriteString(w, strings.Repeat("1", bufferStep<<10))
	}
	written, err := w.marshalData(graphql.WriterFunc(func(w io.Writer) {
		step(w)
		step(w)
	}))
	if !errors.Is(err, rejected) || written != nil || calls != 1 || w.buffer.Len() > 0 {
		t.Errorf("%v after %d calls, %d bytes buffered", err, calls, w.buffer.Len())
	}
}
