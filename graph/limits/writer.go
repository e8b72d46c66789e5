package limits

import (
	"bytes"

	"github.com/99designs/gqlgen/graphql"
)

// responseWriter is a buffer for the data of a response. It stops marshalling by a panic before
// it holds more than most bytes.
type responseWriter struct {
	most int64
	// grow is called with the length from time to time. Marshalling stops when it fails.
	grow func(int64) error

	buffer  bytes.Buffer
	counted int // the length of the last call of grow
	err     error
}

// marshal returns the bytes that m writes, or the error that stopped it.
func (w *responseWriter) marshal(m graphql.Marshaler) (written []byte, err error) {
	defer func() {
		if with := recover(); with != nil && with != any(w) {
			panic(with)
		}
		if err = w.err; err != nil {
			written = nil
		}
	}()
	m.MarshalGQL(w)
	w.err = w.grow(int64(w.buffer.Len()))
	return w.buffer.Bytes(), nil
}

// Write appends p.
func (w *responseWriter) Write(p []byte) (int, error) {
	w.reserve(len(p))
	return w.buffer.Write(p)
}

// WriteString appends s, without the copy that io.WriteString would make for Write.
func (w *responseWriter) WriteString(s string) (int, error) {
	w.reserve(len(s))
	return w.buffer.WriteString(s)
}

// reserve counts n more bytes, or stops marshalling.
func (w *responseWriter) reserve(n int) {
	length := w.buffer.Len() + n
	if w.err == nil && int64(length) > w.most {
		w.err = errTooLong
	}
	if w.err == nil && length-w.counted >= smallAnswer<<10 {
		w.counted = length
		w.err = w.grow(int64(length))
	}
	if w.err != nil { // again, if a marshaler recovered from the first panic
		panic(w)
	}
}
