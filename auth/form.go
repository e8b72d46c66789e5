package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

const (
	// maxToken bounds the size of a token, in bytes. Servers commonly reject longer headers.
	maxToken = 8 << 10
	// maxNames bounds the names in the header, and those in the claims, at all depths.
	maxNames = 500
	// maxDepth bounds the nesting of objects and lists in a token.
	maxDepth = 10
)

// errForm means that a token is not a well-formed JWT within the bounds.
var errForm = errors.New("the token is malformed")

// checkForm checks the syntax of a token before it is parsed. It fails unless the token is within the
// bounds, and has three parts in canonical base64url with JSON objects. Repeated names are rejected,
// since parsers read them differently, and so is the header crit, since no extensions are supported.
func checkForm(token string) error {
	parts := strings.SplitN(token, ".", 4)
	if len(token) > maxToken || len(parts) != 3 {
		return errForm
	}
	for i, part := range parts {
		// The decoder ignores line breaks.
		data, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil || strings.ContainsAny(part, "\r\n") || i < 2 && !isObject(data) {
			return errForm
		}
	}
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	var extensions struct {
		Crit json.RawMessage `json:"crit"`
	}
	if err := json.Unmarshal(header, &extensions); err != nil || extensions.Crit != nil {
		return errForm
	}
	return nil
}

// isObject reports whether data is a JSON object within the bounds, without repeated names.
func isObject(data []byte) bool {
	r := &reader{Decoder: json.NewDecoder(bytes.NewReader(data))}
	return utf8.Valid(data) && json.Valid(data) && bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) && r.readValue(0) == nil
}

// reader reads JSON and counts its names.
type reader struct {
	*json.Decoder
	names int
}

// readValue reads a value that is inside depth objects and lists.
func (r *reader) readValue(depth int) error {
	token, err := r.Token()
	open, nested := token.(json.Delim)
	if err != nil || !nested {
		return err
	}
	if depth == maxDepth {
		return errForm
	}
	names := map[string]bool{}
	for r.More() {
		if open == '{' {
			token, err := r.Token()
			name, _ := token.(string)
			if r.names++; err != nil || names[name] || r.names > maxNames {
				return errForm
			}
			names[name] = true
		}
		if err := r.readValue(depth + 1); err != nil {
			return err
		}
	}
	_, err = r.Token() // the end
	return err
}
