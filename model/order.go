package model

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// order is a way in which a connection of T runs: by a column of the table, and by id
// where that is equal. It is comparable.
type order[T any] struct {
	*key[T]
	desc bool
	// nullsSwapped puts NULLs last when the order ascends, and first when it descends. For
	// servers, NULL is less than all values.
	nullsSwapped bool
}

// key is what rows are ordered by. One without a column is the id alone.
type key[T any] struct {
	// column is the column, or an expression of SQL.
	column string
	// unique means that no two rows of a tenant have the same there, nor NULL: the id is
	// not asked, since servers would sort for it.
	unique bool
	// value returns what a row has in the column: nil for NULL, or a comparable value.
	value func(*T) any
	// read returns a value from its JSON.
	read func([]byte) (any, error)
	// compare orders two values that are not nil as the database does. It is nil for
	// strings with a collation, which only the database can order.
	compare func(a, b any) int
}

// keys are the fields by which a noun can be ordered, by their names in the API. An
// order there is a key's name and _ASC, _DESC, _ASC_NULLS_LAST or _DESC_NULLS_FIRST.
type keys[T any] map[string]*key[T]

// orderOf returns the order that a value of the API's enum names: the newest first when
// it is nil.
func orderOf[T any, E ~string](k keys[T], name *E) order[T] {
	if name == nil {
		return order[T]{key: k["CREATED_AT"], desc: true}
	}
	field, last := strings.CutSuffix(string(*name), "_NULLS_LAST")
	field, first := strings.CutSuffix(field, "_NULLS_FIRST")
	field, desc := strings.CutSuffix(field, "_DESC")
	return order[T]{k[strings.TrimSuffix(field, "_ASC")], desc, last || first}
}

// byAge orders by id: ids of newer rows are greater.
func byAge[T any]() *key[T] { return &key[T]{value: func(*T) any { return nil }} }

// byText orders by a string column, by its collation or, for ascii, by bytes.
func byText[T any](column string, value func(*T) string) *key[T] {
	k := &key[T]{column: "`" + column + "`", value: func(r *T) any { return value(r) }}
	k.read = func(text []byte) (any, error) {
		v, err := read[string](text)
		if s, ok := v.(string); ok && !isStorable(schemaOf[T](), column, s) {
			return nil, errNotStorable
		}
		return v, err
	}
	if isASCII(schemaOf[T](), column) {
		k.compare = func(a, b any) int { return strings.Compare(a.(string), b.(string)) }
	}
	return k
}

// byEnum orders by an enum column, in the order of all. No index has this order: the server sorts
// all rows of the connection.
func byEnum[T any, E ~string](column string, all []E, value func(*T) E) *key[T] {
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = "'" + string(e) + "'"
	}
	return byNumber("FIELD(`"+column+"`, "+strings.Join(names, ", ")+")", func(r *T) int { return 1 + slices.Index(all, value(r)) })
}

// byUnique is byText for a column that is unique by its collation.
func byUnique[T any](column string, value func(*T) string) *key[T] {
	k := byText(column, value)
	k.unique = true
	return k
}

// byTime orders by a column with a time, or with NULL, which is less than any.
func byTime[T any](column string, value func(*T) *time.Time) *key[T] {
	return &key[T]{
		column: column,
		value: func(r *T) any {
			if t := value(r); t != nil {
				return t.UTC()
			}
			return nil
		},
		read:    readTime,
		compare: func(a, b any) int { return a.(time.Time).Compare(b.(time.Time)) },
	}
}

// byNumber orders by a column with an integer.
func byNumber[T any](column string, value func(*T) int) *key[T] {
	return &key[T]{
		column:  column,
		value:   func(r *T) any { return value(r) },
		read:    read[int],
		compare: func(a, b any) int { return cmp.Compare(a.(int), b.(int)) },
	}
}

func read[V any](text []byte) (any, error) {
	var v *V
	if err := json.Unmarshal(text, &v); err != nil || v == nil {
		return nil, err
	}
	return *v, nil
}

var errNotStorable = errors.New("the column can't store this value")

// readTime reads a time that a DATETIME column can store.
func readTime(text []byte) (any, error) {
	v, err := read[time.Time](text)
	t, ok := v.(time.Time)
	if !ok {
		return v, err
	}
	t = t.UTC().Truncate(time.Microsecond) // a server would round it, even to the year 10000
	if t.Year() < 1000 || t.Year() > 9999 {
		return nil, errNotStorable
	}
	return t, nil
}

// place is where a row stands in an order.
type place struct {
	id    ID
	value any
}

func (p place) known() bool { return p.id != ID{} }
func (p place) null() bool  { return p.known() && p.value == nil }

// name stands at the beginning of the order's cursors.
func (o order[T]) name() string {
	name := o.column
	if name == "" {
		name = "id"
	}
	if !o.desc {
		name += " asc"
	}
	if o.nullsSwapped {
		name += " nulls"
	}
	return name + ":"
}

// cursor names the place of a row: the order, its id, and what it has in the column.
func (o order[T]) cursor(id ID, r *T) string {
	text := append([]byte(o.name()), id[:]...)
	if o.column != "" {
		value, err := json.Marshal(o.value(r))
		if err != nil {
			panic(err) // times, numbers and texts from the database have a JSON
		}
		text = append(text, value...)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// place reads a cursor. It ignores an empty one. A cursor of another order breaks a rule, and so
// does an invalid one.
func (o order[T]) place(r *rules, field string, cursor *string) (p place) {
	if cursor == nil || *cursor == "" {
		return p
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(*cursor)
	rest, ok := bytes.CutPrefix(text, []byte(o.name()))
	if ok = ok && err == nil && len(rest) >= len(p.id); ok {
		p.id = ID(rest[:len(p.id)])
		rest = rest[len(p.id):]
		if o.column == "" {
			ok = len(rest) == 0
		} else {
			p.value, err = o.read(rest)
			ok = err == nil
		}
	}
	if !ok || !p.known() {
		r.add("is not a cursor of this connection in this order", field)
		return place{}
	}
	return p
}

// beyond leaves the rows behind a place when the order descends, or ascends.
func (o order[T]) beyond(query *gorm.DB, id string, p place, desc bool) *gorm.DB {
	c, than := o.column, " > ?"
	if desc {
		than = " < ?"
	}
	nullsAhead := desc != o.nullsSwapped
	switch {
	case c == "":
		return query.Where(id+than, p.id)
	case o.unique:
		return query.Where(c+than, p.value)
	case p.value == nil && nullsAhead:
		return query.Where(c+" IS NULL AND "+id+than, p.id)
	case p.value == nil:
		return query.Where(c+" IS NOT NULL OR "+c+" IS NULL AND "+id+than, p.id)
	case nullsAhead:
		return query.Where(c+than+" OR "+c+" IS NULL OR "+c+" = ? AND "+id+than, p.value, p.value, p.id)
	}
	return query.Where(c+than+" OR "+c+" = ? AND "+id+than, p.value, p.value, p.id)
}

// sortable tells whether compares can order rows.
func (o order[T]) sortable() bool { return o.column == "" || o.compare != nil }

// compares orders two rows.
func (o order[T]) compares(a, b *T, idA, idB ID) int {
	by := 0
	if o.column != "" {
		switch v, w := o.value(a), o.value(b); {
		case v != nil && w != nil:
			by = o.compare(v, w)
		case v != nil:
			by = 1
		case w != nil:
			by = -1
		}
		if o.nullsSwapped && (o.value(a) == nil) != (o.value(b) == nil) {
			by = -by
		}
	}
	if by == 0 {
		by = bytes.Compare(idA[:], idB[:])
	}
	if o.desc {
		return -by
	}
	return by
}
