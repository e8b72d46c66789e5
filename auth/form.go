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
	// maxToken bounds a token, in bytes. Servers commonly refuse longer headers.
	maxToken = 8 << 10
	// maxNames bounds the names in the header and in the claims of a token, at all depths.
	maxNames = 500
	// maxDepth bounds the objects and lists within each other in a token.
	maxDepth = 10
)

// errForm means that a token is not a JWT that a provider would issue.
var errForm = errors.New("the token is malformed")

// checkForm checks the form of a token before anything else reads it: the bounds above, three parts in
// canonical base64url, and JSON objects without repeated names, which parsers read differently. A
// header with crit asks for extensions, of which there are none.
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

// reader reads JSON, and counts its names.
type reader struct {
	*json.Decoder
	names int
}

// readValue reads a value within so many objects and lists.
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
