package transport

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// HasUnpairedSurrogate reports whether JSON, or a string of a GraphQL document, has an
// escape from \uD800 to \uDFFF without the other half of the pair.
func HasUnpairedSurrogate(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 >= len(text) {
			return false
		}
		text = text[i:]
		r, size := decodeEscape(text)
		if utf16.IsSurrogate(r) {
			return true
		}
		text = text[size:]
	}
}

// decodeEscape returns the character and the size in bytes of the escape at the beginning of text:
// a surrogate if it is unpaired, and 0 for escapes other than \u.
func decodeEscape(text []byte) (r rune, size int) {
	r, ok := hexEscape(text)
	if !ok {
		return 0, 2
	}
	if second, ok := hexEscape(text[6:]); ok {
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return r, 6
}

func hexEscape(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}

// isUnicode reports whether JSON is UTF-8 and has no unpaired surrogates: encoding/json
// replaces both by U+FFFD.
func isUnicode(text []byte) bool { return utf8.Valid(text) && !HasUnpairedSurrogate(text) }

// markingDecoder decodes JSON as encoding/json does, but marks strings with unpaired surrogates or
// invalid UTF-8: it makes them invalid Go strings, which the coercion of variables refuses with
// their path.
type markingDecoder struct {
	*json.Decoder
	text []byte
}

// decodeMarked decodes valid JSON, and marks invalid strings.
func decodeMarked(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return markingDecoder{d, text}.value()
}

func (m markingDecoder) value() any {
	start := m.InputOffset()
	token, _ := m.Token()
	switch token := token.(type) {
	case string:
		if !isUnicode(m.text[start:m.InputOffset()]) {
			return token + "\xff"
		}
	case json.Delim:
		defer func() { _, _ = m.Token() }() // the closing bracket
		if token == '[' {
			return m.list()
		}
		return m.object()
	}
	return token
}

func (m markingDecoder) list() any {
	list := []any{}
	for m.More() {
		list = append(list, m.value())
	}
	return list
}

func (m markingDecoder) object() any {
	object := map[string]any{}
	for m.More() {
		name, _ := m.value().(string)
		object[name] = m.value()
	}
	return object
}
