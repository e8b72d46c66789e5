package transport

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// byteOrderMark begins the bodies of some clients. By RFC 8259, parsers may ignore it.
const byteOrderMark = "\ufeff"

// readPost reads the parameters of a POST request from its JSON body.
func (x exchange) readPost() (*graphql.RawParams, error) {
	if err := checkContentType(x.r.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	body, err := x.decompressBody()
	if err != nil {
		return nil, err
	}
	const firstRead = 4 << 10 // a client can announce more than it sends
	buffer := bytes.NewBuffer(make([]byte, 0, bytes.MinRead+min(max(0, x.r.ContentLength), firstRead)))
	if _, err := buffer.ReadFrom(body); err != nil {
		return nil, newBodyError(err)
	}
	text := bytes.TrimPrefix(buffer.Bytes(), []byte(byteOrderMark))
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		return nil, newError(http.StatusBadRequest, "batches are not supported: send each operation in its own request")
	}
	return parseParams(text)
}

// checkContentType accepts JSON in UTF-8.
func checkContentType(contentType string) error {
	if contentType == plainJSON { // as most clients send it
		return nil
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || mediaType != plainJSON {
		return newError(http.StatusUnsupportedMediaType, "the Content-Type of a POST request must be %s", plainJSON)
	}
	switch strings.ToLower(parameters["charset"]) {
	case "", "utf-8", "utf8": // utf8 is not the registered name, but some clients send it
		return nil
	}
	return newError(http.StatusUnsupportedMediaType, "the charset must be utf-8")
}

// decompressBody returns a reader of the decompressed body. It fails after MaxBody bytes before
// or after decompression: a small gzip body may decompress to a large one.
func (x exchange) decompressBody() (io.Reader, error) {
	body := http.MaxBytesReader(x.w, x.r.Body, x.MaxBody)
	switch strings.ToLower(strings.Join(x.r.Header.Values("Content-Encoding"), ",")) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip": // by RFC 9110, both name the same encoding
		decoder, err := gzip.NewReader(body)
		if err != nil {
			return nil, newBodyError(err)
		}
		return http.MaxBytesReader(x.w, decoder, x.MaxBody), nil
	}
	x.w.Header().Set("Accept-Encoding", "gzip")
	return nil, newError(http.StatusUnsupportedMediaType, "the Content-Encoding must be gzip or identity")
}

// newBodyError returns the error of a body that can't be read.
func newBodyError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return newError(http.StatusRequestEntityTooLarge, "the body must have at most %d bytes, compressed and decompressed", large.Limit)
	}
	return newError(http.StatusBadRequest, "the body ended early, or does not match its Content-Encoding")
}
