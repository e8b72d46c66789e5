package transport

import (
	"bytes"
	"encoding/json"
	"slices"
)

// jsonValue is a JSON value of a response, with the members of an object or the elements of a list. A nil *jsonValue is
// a missing value.
type jsonValue struct {
	raw   []byte
	name  []byte // of a member, as it is in the JSON
	inner []jsonValue
}

// parseJSON parses the data of a response. It returns nil for empty data, and panics if the data
// is not JSON.
func parseJSON(data []byte) *jsonValue {
	if len(data) == 0 {
		return nil
	}
	if !json.Valid(data) {
		panic("the executor has written data that is not JSON")
	}
	p := jsonParser{data: data}
	v := p.parseValue()
	return &v
}

// jsonParser implements parseJSON for valid data. The tokens of json.Decoder would be two thirds of all allocations of
// a request: see BenchmarkDeferral of package exec.
type jsonParser struct {
	data  []byte
	at    int
	stack []jsonValue // the inner values of those whose end is not reached
}

func (p *jsonParser) parseValue() (v jsonValue) {
	p.skipSpace()
	start := p.at
	switch p.data[p.at] {
	case '{', '[':
		v.inner = p.parseInner()
	case '"':
		p.parseString()
	default: // a number, true, false or null
		for p.at < len(p.data) && bytes.IndexByte([]byte(",]} \t\r\n"), p.data[p.at]) < 0 {
			p.at++
		}
	}
	v.raw = p.data[start:p.at]
	return v
}

// parseInner returns the members of an object, or the elements of a list.
func (p *jsonParser) parseInner() []jsonValue {
	begin, isObject := len(p.stack), p.data[p.at] == '{'
	p.at++
	for p.skipSpace(); p.data[p.at] != '}' && p.data[p.at] != ']'; p.skipSpace() {
		if p.data[p.at] == ',' {
			p.at++
			continue
		}
		var name []byte
		if isObject {
			name = p.parseString()
			p.skipSpace()
			p.at++ // the colon
		}
		v := p.parseValue()
		v.name = name
		p.stack = append(p.stack, v)
	}
	p.at++
	inner := slices.Clone(p.stack[begin:])
	p.stack = p.stack[:begin]
	return inner
}

// parseString returns the content of a string with its escapes.
func (p *jsonParser) parseString() []byte {
	start := p.at + 1
	for p.at = start; p.data[p.at] != '"'; p.at++ {
		if p.data[p.at] == '\\' {
			p.at++
		}
	}
	p.at++
	return p.data[start : p.at-1]
}

func (p *jsonParser) skipSpace() {
	for p.at < len(p.data) && p.data[p.at] <= ' ' {
		p.at++
	}
}

// isNull reports whether a value is missing or null.
func (v *jsonValue) isNull() bool { return v == nil || string(v.raw) == "null" }

func (v *jsonValue) isList() bool { return v.raw[0] == '[' }

// memberAt returns a member of an object, or nil. Names of responses have no escapes.
func (v *jsonValue) memberAt(name string) *jsonValue {
	if v == nil {
		return nil
	}
	for i := range v.inner {
		if string(v.inner[i].name) == name {
			return &v.inner[i]
		}
	}
	return nil
}

// elementAt returns an element of a list, or nil.
func (v *jsonValue) elementAt(i int) *jsonValue {
	if v == nil || i >= len(v.inner) {
		return nil
	}
	return &v.inner[i]
}
