package transport

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// HasUnpairedSurrogate reports whether JSON, or a string of a GraphQL document, has an
// escape from \uD800 to \uDFFF without its other half.
func HasUnpairedSurrogate(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 >= len(text) {
			return false
		}
		text = text[i:]
		r, size := escape(text)
		if utf16.IsSurrogate(r) {
			return true
		}
		text = text[size:]
	}
}

// escape returns the character of the escape at the beginning of text and its size in
// bytes: a surrogate if its other half does not follow, and 0 for other escapes than \u.
func escape(text []byte) (r rune, size int) {
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

// marking decodes JSON as encoding/json does, except that a string with an unpaired surrogate
// or invalid UTF-8 becomes a string of Go that is not valid, so that the coercion of
// variables refuses it with its path.
type marking struct {
	*json.Decoder
	text []byte
}

// decodeMarking decodes JSON that encoding/json has accepted.
func decodeMarking(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return marking{d, text}.value()
}

func (m marking) value() any {
	start := m.InputOffset()
	token, _ := m.Token()
	switch token := token.(type) {
	case string:
		if !isUnicode(m.text[start:m.InputOffset()]) {
			return token + "\xff"
		}
	case json.Delim:
		defer func() { _, _ = m.Token() }() // its end
		if token == '[' {
			return m.list()
		}
		return m.object()
	}
	return token
}

func (m marking) list() any {
	list := []any{}
	for m.More() {
		list = append(list, m.value())
	}
	return list
}

func (m marking) object() any {
	object := map[string]any{}
	for m.More() {
		name, _ := m.value().(string)
		object[name] = m.value()
	}
	return object
}
