package limits

import (
	"bytes"
	"errors"

	"github.com/99designs/gqlgen/graphql"
)

// errTooLong is the error of a response beyond its limit.
var errTooLong = errors.New("the response is too long")

// responseWriter buffers the data of a response, all bytes of keys and values. It stops a marshaler
// by a panic before the buffer exceeds the limit.
type responseWriter struct {
	limit int64 // bytes
	// grow is called with the length at each step. Its error stops the marshaler.
	grow func(length int64) error

	buffer  bytes.Buffer
	tracked int // the length of the last call of grow
	err     error
}

// marshalData returns the bytes of m, or the error that stopped it.
func (w *responseWriter) marshalData(m graphql.Marshaler) (written []byte, err error) {
	defer func() {
		if reason := recover(); reason != nil && reason != any(w) {
			panic(reason)
		}
		if err = w.err; err != nil {
			written = nil
		}
	}()
	m.MarshalGQL(w)
	if w.err == nil { // else m has recovered from the panic
		w.err = w.grow(int64(w.buffer.Len()))
	}
	return w.buffer.Bytes(), nil
}

// Write appends p.
func (w *responseWriter) Write(p []byte) (int, error) {
	w.reserveBytes(len(p))
	return w.buffer.Write(p)
}

// WriteString appends s, without the copy that io.WriteString would make for Write.
func (w *responseWriter) WriteString(s string) (int, error) {
	w.reserveBytes(len(s))
	return w.buffer.WriteString(s)
}

// reserveBytes tracks n more bytes, or stops the marshaler.
func (w *responseWriter) reserveBytes(n int) {
	if w.err == nil { // else a marshaler has recovered from the first panic
		w.err = w.trackLength(w.buffer.Len() + n)
	}
	if w.err != nil {
		panic(w)
	}
}

// trackLength returns an error if a length in bytes is beyond the limit, or the quota of its step.
func (w *responseWriter) trackLength(length int) error {
	switch {
	case int64(length) > w.limit:
		return errTooLong
	case length-w.tracked >= bufferStep<<10:
		w.tracked = length
		return w.grow(int64(length))
	}
	return nil
}
