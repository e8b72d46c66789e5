package relay

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"

	"gorm.io/gorm"
)

// order is the order of a connection: by a sort key, and by id where rows have equal keys. It is
// comparable.
type order struct {
	*sortKey
	desc bool
	// nullsSwapped puts NULLs last when the order ascends, and first when it descends. For
	// servers, NULL is less than all values.
	nullsSwapped bool
}

// parseOrder splits an order of the API, such as DUE_AT_ASC_NULLS_LAST, into the name of its sort
// key and its directions.
func parseOrder(name string) (key string, desc, nullsSwapped bool) {
	key, last := strings.CutSuffix(name, "_NULLS_LAST")
	key, first := strings.CutSuffix(key, "_NULLS_FIRST")
	key, desc = strings.CutSuffix(key, "_DESC")
	return strings.TrimSuffix(key, "_ASC"), desc, last || first
}

// position is the position of a cursor: the id and the sort key's value of its row.
type position struct {
	id    ID
	value any
}

func (p position) isSet() bool  { return p.id != ID{} }
func (p position) isNull() bool { return p.isSet() && p.value == nil }

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

// encodeCursor returns the cursor of a row: the order, the row's id and its value of the sort key.
func (o order) encodeCursor(id ID, row any) string {
	text := append([]byte(o.cursorPrefix()), id[:]...)
	if o.expression != "" {
		value, err := json.Marshal(o.value(row))
		if err != nil {
			panic(err) // times, integers and strings from the database have a JSON
		}
		text = append(text, value...)
	}
	return base64.RawURLEncoding.EncodeToString(text)
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
		p.id = ID(rest[:len(p.id)])
		rest = rest[len(p.id):]
		if o.expression == "" {
			ok = len(rest) == 0
		} else {
			p.value, err = o.parse(rest)
			ok = err == nil
		}
	}
	if !ok || !p.isSet() {
		v.Add("is not a cursor of this connection in this order", field)
		return position{}
	}
	return p
}

// limitTo returns the rows after a position, in descending or ascending order.
func (o order) limitTo(query *gorm.DB, id string, p position, desc bool) *gorm.DB {
	c, idThan := o.expression, " > ?"
	if desc {
		idThan = " < ?"
	}
	than, equals := strings.Replace(idThan, "?", o.argument, 1), " = "+o.argument
	nullsAhead := desc != o.nullsSwapped
	switch {
	case c == "":
		return query.Where(id+idThan, p.id)
	case o.unique:
		return query.Where(c+than, p.value)
	case p.value == nil && nullsAhead:
		return query.Where(c+" IS NULL AND "+id+idThan, p.id)
	case p.value == nil:
		return query.Where(c+" IS NOT NULL OR "+c+" IS NULL AND "+id+idThan, p.id)
	case nullsAhead && o.nullable:
		return query.Where(c+than+" OR "+c+" IS NULL OR "+c+equals+" AND "+id+idThan, p.value, p.value, p.id)
	}
	return query.Where(c+than+" OR "+c+equals+" AND "+id+idThan, p.value, p.value, p.id)
}

// sortsLocally reports whether compareRows can order rows.
func (o order) sortsLocally() bool { return o.expression == "" || o.compare != nil }

// compareRows orders two rows.
func (o order) compareRows(a, b any, idA, idB ID) int {
	by := 0
	if o.expression != "" {
		v, w := o.value(a), o.value(b)
		switch {
		case v != nil && w != nil:
			by = o.compare(v, w)
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
