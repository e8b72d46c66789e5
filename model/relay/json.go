package relay

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// JSON is the text of a JSON value, stored as JSON. Servers store the same text, or one with other spaces
// and another order of keys. The zero JSON is no value.
type JSON string

const (
	// maxJSONDepth bounds nested lists and objects. MariaDB has at most 32 levels.
	maxJSONDepth = 20
	// maxJSONLength bounds the text, in bytes.
	maxJSONLength = 64 << 10
)

// The reasons for which NewJSON fails, as the end of a sentence.
var (
	errJSONDepth   = fmt.Errorf("more than %d nested lists and objects", maxJSONDepth)
	errJSONLength  = fmt.Errorf("a value of more than %d bytes", maxJSONLength)
	errJSONNumber  = errors.New("a number that 64-bit floats do not have: write it as a string")
	errJSONUnicode = errors.New("a string with an unpaired surrogate or invalid UTF-8")
	errJSONType    = errors.New("a value that is not JSON")
)

// NewJSON returns the JSON of a value of the types that json.Decoder returns, or of integers, with the
// keys in their order. It fails for more than 20 levels, more than 64 KiB, integers with more digits than
// 64-bit floats have, and invalid UTF-8: servers would refuse or change them.
func NewJSON(v any) (JSON, error) {
	v, err := normalizeJSON(v, 0)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // MariaDB finds a key only by the same text
	if err := e.Encode(v); err != nil {
		return "", err
	}
	if text.Len() > maxJSONLength {
		return "", errJSONLength
	}
	return JSON(strings.TrimSuffix(text.String(), "\n")), nil
}

// ParseJSON reads JSON, and fails as NewJSON does.
func ParseJSON(text string) (JSON, error) {
	if len(text) > 2*maxJSONLength {
		return "", errJSONLength
	}
	if err := checkUTF8(text); err != nil {
		return "", err
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	if d.More() {
		return "", errJSONType
	}
	return NewJSON(v)
}

// normalizeJSON checks a value, and returns it with the numbers as floats or as integers that floats have.
func normalizeJSON(v any, depth int) (any, error) {
	switch v.(type) {
	case []any, map[string]any:
		if depth == maxJSONDepth {
			return nil, errJSONDepth
		}
	}
	switch v := v.(type) {
	case nil, bool:
		return v, nil
	case string:
		return v, checkUTF8(v)
	case int, int64, float64:
		text, err := json.Marshal(v) // it fails for NaN
		if err != nil {
			return nil, errJSONNumber
		}
		return normalizeNumber(string(text))
	case json.Number:
		return normalizeNumber(string(v))
	case []any:
		list := make([]any, len(v))
		for i := range v {
			var err error
			if list[i], err = normalizeJSON(v[i], depth+1); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		object := make(map[string]any, len(v))
		for key := range v {
			var err error
			if object[key], err = normalizeJSON(v[key], depth+1); err != nil {
				return nil, err
			}
			if err := checkUTF8(key); err != nil {
				return nil, err
			}
		}
		return object, nil
	}
	return nil, errJSONType
}

func checkUTF8(s string) error {
	if !utf8.ValidString(s) {
		return errJSONUnicode
	}
	return nil
}

// normalizeNumber returns the shortest text of a number. An integer must have the same digits as a float.
func normalizeNumber(text string) (any, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, errJSONNumber
	}
	if f == 0 {
		f = 0 // -0
		return f, nil
	}
	if !strings.ContainsAny(text, ".eE") && strconv.FormatFloat(f, 'f', -1, 64) != text {
		return nil, errJSONNumber
	}
	return f, nil
}

// Decode stores the value in the variable to which v points, as json.Unmarshal does.
func (j JSON) Decode(v any) error { return json.Unmarshal([]byte(j), v) }

// MarshalJSON returns the text.
func (j JSON) MarshalJSON() ([]byte, error) { return []byte(j), nil }

// UnmarshalJSON stores the text.
func (j *JSON) UnmarshalJSON(text []byte) error {
	*j = JSON(text)
	return nil
}

// isSame reports whether two values are equal, whatever their spaces and their order of keys.
func (j JSON) isSame(k JSON) bool {
	if j == k {
		return true
	}
	a, errA := ParseJSON(string(j))
	b, errB := ParseJSON(string(k))
	return errA == nil && errB == nil && a == b
}

// Value returns the text for the database, as NewJSON returns it. It fails as ParseJSON does.
func (j JSON) Value() (driver.Value, error) {
	k, err := ParseJSON(string(j))
	if err != nil {
		return nil, fmt.Errorf("a column of JSON can't have %w", err)
	}
	return string(k), nil
}

// Scan reads JSON from the database, and fails for other values.
func (j *JSON) Scan(src any) error {
	switch src := src.(type) {
	case []byte:
		*j = JSON(bytes.Clone(src))
	case string:
		*j = JSON(src)
	default:
		return fmt.Errorf("JSON can't be read from a value of type %T", src)
	}
	return nil
}
