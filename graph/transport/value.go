package transport

import (
	"bytes"
	"encoding/json"
)

// value is a JSON value of a response, with its members or elements.
type value struct {
	raw      []byte
	members  map[string]*value
	elements []*value
}

// parse parses data that the executor wrote. It returns nil for empty data.
func parse(data []byte) *value {
	if len(data) == 0 {
		return nil
	}
	r := reader{json.NewDecoder(bytes.NewReader(data)), data}
	r.UseNumber()
	return r.value()
}

type reader struct {
	*json.Decoder
	data []byte
}

func (r reader) token() json.Token {
	t, err := r.Token()
	if err != nil {
		panic(err) // the executor wrote JSON
	}
	return t
}

func (r reader) value() *value {
	v, start := &value{}, r.InputOffset()
	switch r.token() {
	case json.Delim('{'):
		v.members = map[string]*value{}
		for r.More() {
			name, _ := r.token().(string)
			v.members[name] = r.value()
		}
		r.token()
	case json.Delim('['):
		for r.More() {
			v.elements = append(v.elements, r.value())
		}
		r.token()
	}
	v.raw = bytes.TrimLeft(r.data[start:r.InputOffset()], ",: \r\n\t")
	return v
}

// null reports whether a value is missing or null.
func (v *value) null() bool { return v == nil || string(v.raw) == "null" }

// member returns a member, or nil.
func (v *value) member(name string) *value {
	if v == nil {
		return nil
	}
	return v.members[name]
}

// element returns an element of a list, or nil.
func (v *value) element(i int) *value {
	if v == nil || i >= len(v.elements) {
		return nil
	}
	return v.elements[i]
}
