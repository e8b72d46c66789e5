package transport

import (
	"bytes"
	"encoding/json"
)

// jsonValue is a JSON value of a response, with its members or elements. A nil *jsonValue is
// a missing value.
type jsonValue struct {
	raw      []byte
	members  map[string]*jsonValue
	elements []*jsonValue
}

// parseJSON parses the data of a response. It returns nil for empty data, and panics if the data
// is not JSON.
func parseJSON(data []byte) *jsonValue {
	if len(data) == 0 {
		return nil
	}
	p := jsonParser{json.NewDecoder(bytes.NewReader(data)), data}
	p.UseNumber()
	return p.parseValue()
}

type jsonParser struct {
	*json.Decoder
	data []byte
}

func (p jsonParser) nextToken() json.Token {
	token, err := p.Token()
	if err != nil {
		panic(err) // the executor writes JSON
	}
	return token
}

func (p jsonParser) parseValue() *jsonValue {
	v, start := &jsonValue{}, p.InputOffset()
	switch p.nextToken() {
	case json.Delim('{'):
		v.members = map[string]*jsonValue{}
		for p.More() {
			name, _ := p.nextToken().(string)
			v.members[name] = p.parseValue()
		}
		p.nextToken()
	case json.Delim('['):
		for p.More() {
			v.elements = append(v.elements, p.parseValue())
		}
		p.nextToken()
	}
	v.raw = bytes.TrimLeft(p.data[start:p.InputOffset()], ",: \r\n\t")
	return v
}

// isNull reports whether a value is missing or null.
func (v *jsonValue) isNull() bool { return v == nil || string(v.raw) == "null" }

// memberAt returns a member of an object, or nil.
func (v *jsonValue) memberAt(name string) *jsonValue {
	if v == nil {
		return nil
	}
	return v.members[name]
}

// elementAt returns an element of a list, or nil.
func (v *jsonValue) elementAt(i int) *jsonValue {
	if v == nil || i >= len(v.elements) {
		return nil
	}
	return v.elements[i]
}
