package relay

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
)

// order is the order of a connection: by sort keys, and by id where rows have equal keys. It is
// comparable.
type order struct {
	*sorting
	desc bool
	// nullsSwapped puts NULLs last when the order ascends, and first when it descends. For
	// servers, NULL is less than all values.
	nullsSwapped bool
}

// parseOrder splits an order of the API, such as DUE_AT_ASC_NULLS_LAST, into the name of its sort
// keys and its directions.
func parseOrder(name string) (key string, desc, nullsSwapped bool) {
	key, last := strings.CutSuffix(name, "_NULLS_LAST")
	key, first := strings.CutSuffix(key, "_NULLS_FIRST")
	key, desc = strings.CutSuffix(key, "_DESC")
	return strings.TrimSuffix(key, "_ASC"), desc, last || first
}

// position is the position of a cursor: the id of its row, and the JSON of the values of its sort keys.
type position struct {
	id  ID
	key string
}

func (p position) isSet() bool { return p.id != ID{} }

// isNull reports whether the only sort key is NULL.
func (p position) isNull() bool { return p.key == "null" }

// cursorPrefix returns the beginning of the order's cursors.
func (o order) cursorPrefix() string {
	name := cmp.Or(o.name, "id")
	if !o.desc {
		name += " asc"
	}
	if o.nullsSwapped {
		name += " nulls"
	}
	return name + ":"
}

// encodeCursor returns the cursor of a row: the order, the row's id and its values of the sort keys.
func (o order) encodeCursor(id ID, row any, related []any) string {
	text := append([]byte(o.cursorPrefix()), id[:]...)
	if len(o.keys) > 0 {
		values := make([]any, len(o.keys))
		for i := range values {
			values[i] = o.valueAt(i, row, related)
		}
		var all any = values
		if len(values) == 1 {
			all = values[0]
		}
		key, err := json.Marshal(all)
		if err != nil {
			panic(err) // times, integers and strings from the database have a JSON
		}
		text = append(text, key...)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// valueAt returns the value of a sort key of a row, given as a pointer, or of a related row.
func (o order) valueAt(i int, row any, related []any) any {
	k := o.keys[i]
	if k.related != nil {
		return related[i]
	}
	return k.valueOf(reflect.ValueOf(row).Elem().FieldByIndex(k.index))
}

// decodeCursor returns the position of a cursor, or none for an empty one. An invalid cursor, or
// one of another order, is a validation error.
func (o order) decodeCursor(v *Validation, field string, cursor *string) (p position) {
	if cursor == nil || *cursor == "" {
		return p
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(*cursor)
	rest, ok := bytes.CutPrefix(text, []byte(o.cursorPrefix()))
	if ok = ok && err == nil && len(rest) >= len(p.id); ok {
		p = position{ID(rest[:len(p.id)]), string(rest[len(p.id):])}
		_, err = o.parseKey(p.key)
		ok = err == nil
	}
	if !ok || !p.isSet() {
		v.Add("is not a cursor of this connection in this order", field)
		return position{}
	}
	return p
}

// parseKey returns the values of the sort keys from their JSON.
func (o order) parseKey(text string) ([]any, error) {
	all := []json.RawMessage{json.RawMessage(text)}
	switch {
	case text == "":
		all = nil
	case len(o.keys) > 1:
		all = nil
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			return nil, err
		}
	}
	if len(all) != len(o.keys) {
		return nil, errNotStorable
	}
	values := make([]any, len(all))
	for i, k := range o.keys {
		var err error
		if values[i], err = k.parse(all[i]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// limitTo returns the condition for the rows after a position, in descending or ascending order. It is one range of
// an index of the keys.
func (o order) limitTo(names tableNames, p position, desc bool) (string, []any) {
	sql, args := names.id+" > ?", []any{p.id}
	if desc {
		sql = names.id + " < ?"
	}
	values, err := o.parseKey(p.key)
	if err != nil {
		panic(err) // decodeCursor has checked it
	}
	for i := len(o.keys) - 1; i >= 0; i-- {
		if i < len(o.keys)-1 {
			sql = "(" + sql + ")"
		}
		k := o.keys[i]
		sql, args = k.limitAfter(k.qualify(names.table), values[i], desc, o.nullsSwapped, sql, args)
	}
	return sql, args
}

// compareRows orders two rows.
func (o order) compareRows(a, b any, relatedA, relatedB []any, idA, idB ID) int {
	by := 0
	for i := 0; by == 0 && i < len(o.keys); i++ {
		v, w := o.valueAt(i, a, relatedA), o.valueAt(i, b, relatedB)
		switch {
		case v != nil && w != nil:
			by = o.keys[i].compare(v, w)
		case v != nil:
			by = 1
		case w != nil:
			by = -1
		}
		if o.nullsSwapped && (v == nil) != (w == nil) {
			by = -by
		}
	}
	if by == 0 {
		by = compareIDs(idA, idB)
	}
	if o.desc {
		return -by
	}
	return by
}
