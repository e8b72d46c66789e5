package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// HasUnpairedSurrogate reports whether JSON, or a string of a GraphQL document, has an escape from
// \uD800 to \uDFFF without the other half of the surrogate pair.
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
	r, ok := decodeHexEscape(text)
	if !ok {
		return 0, 2
	}
	if second, ok := decodeHexEscape(text[6:]); ok {
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return r, 6
}

// decodeHexEscape returns the code unit of the escape \uXXXX at the beginning of text.
func decodeHexEscape(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}

// isUnicode reports whether JSON is UTF-8 without unpaired surrogates. Otherwise encoding/json
// decodes it with replacement characters, U+FFFD.
func isUnicode(text []byte) bool { return utf8.Valid(text) && !HasUnpairedSurrogate(text) }

// decodeJSON decodes one JSON value. Numbers become json.Number: a float would round large integers.
// Strings with unpaired surrogates or invalid UTF-8 become invalid Go strings: see decodeMarked.
func decodeJSON(text []byte) (value any, err error) {
	if !isUnicode(text) {
		if !json.Valid(text) {
			return nil, errors.New("invalid JSON")
		}
		return decodeMarked(text), nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one JSON value")
	}
	return value, nil
}

// hasInvalidString reports whether a decoded JSON value has a string or a name that is not UTF-8.
func hasInvalidString(value any) bool {
	switch value := value.(type) {
	case string:
		return !utf8.ValidString(value)
	case []any:
		return slices.ContainsFunc(value, hasInvalidString)
	case map[string]any:
		for name, inner := range value {
			if !utf8.ValidString(name) || hasInvalidString(inner) {
				return true
			}
		}
	}
	return false
}

// decodeMarked decodes valid JSON as encoding/json does, but makes strings with unpaired surrogates
// or invalid UTF-8 invalid Go strings. The coercion of variables rejects those, with their path.
func decodeMarked(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return markingDecoder{d, text}.decodeValue()
}

// markingDecoder implements decodeMarked. The text is the decoder's input.
type markingDecoder struct {
	*json.Decoder
	text []byte
}

func (d markingDecoder) decodeValue() any {
	start := d.InputOffset()
	token, _ := d.Token()
	switch token := token.(type) {
	case string:
		if !isUnicode(d.text[start:d.InputOffset()]) {
			return token + "\xff"
		}
	case json.Delim:
		defer func() { _, _ = d.Token() }() // the closing bracket
		if token == '[' {
			return d.decodeList()
		}
		return d.decodeObject()
	}
	return token
}

func (d markingDecoder) decodeList() any {
	list := []any{}
	for d.More() {
		list = append(list, d.decodeValue())
	}
	return list
}

func (d markingDecoder) decodeObject() any {
	object := map[string]any{}
	for d.More() {
		name, _ := d.decodeValue().(string)
		object[name] = d.decodeValue()
	}
	return object
}
