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

// readPost reads the parameters of a POST from its body.
func (h *HTTP) readPost(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	if err := checkContentType(r.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	body, err := h.decodeBody(w, r)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(body); err != nil {
		return nil, refuseBody(err)
	}
	content := bytes.TrimPrefix(text.Bytes(), []byte(byteOrderMark))
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("[")) {
		return nil, refuse(http.StatusBadRequest, "batches are not supported: send each operation in its own request")
	}
	return readJSON(content)
}

// checkContentType accepts JSON in UTF-8.
func checkContentType(contentType string) error {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != plainJSON {
		return refuse(http.StatusUnsupportedMediaType, "the Content-Type of a POST must be %s", plainJSON)
	}
	switch strings.ToLower(parameters["charset"]) {
	case "", "utf-8", "utf8": // utf8 is not the registered name, but some clients send it
		return nil
	}
	return refuse(http.StatusUnsupportedMediaType, "the charset must be utf-8")
}

// decodeBody returns a reader of a request's decoded body. It fails after h.MaxBody bytes before or
// after decoding: a small gzip body may decode to a large one.
func (h *HTTP) decodeBody(w http.ResponseWriter, r *http.Request) (io.Reader, error) {
	body := http.MaxBytesReader(w, r.Body, h.MaxBody)
	switch strings.ToLower(strings.Join(r.Header.Values("Content-Encoding"), ",")) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip": // names of one encoding, by RFC 9110
		decoder, err := gzip.NewReader(body)
		if err != nil {
			return nil, refuseBody(err)
		}
		return http.MaxBytesReader(w, decoder, h.MaxBody), nil
	}
	w.Header().Set("Accept-Encoding", "gzip")
	return nil, refuse(http.StatusUnsupportedMediaType, "the Content-Encoding must be gzip, or none")
}

// refuseBody returns the response to a body that cannot be read.
func refuseBody(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return refuse(http.StatusRequestEntityTooLarge, "the body must have at most %d bytes, decoded", large.Limit)
	}
	return refuse(http.StatusBadRequest, "the body could not be read, or does not match its Content-Encoding")
}
