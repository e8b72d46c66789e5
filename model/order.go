package model

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm"
)

// order is a way in which a connection of T runs: by a column of the table, and by id
// where that is equal. It is comparable.
type order[T any] struct {
	*key[T]
	desc bool
}

// key is what rows are ordered by. One without a column is the id alone.
type key[T any] struct {
	column string
	// unique means that no two rows of a tenant have the same there, nor NULL: the id is
	// not asked, since servers would sort for it.
	unique bool
	// value returns what a row has in the column: nil for NULL, or a comparable value.
	value func(*T) any
	// read returns a value from its JSON.
	read func([]byte) (any, error)
	// compare orders two values that are not nil as the database does. It is nil for
	// texts, which only the database can order.
	compare func(a, b any) int
}

// keys are the fields by which a noun can be ordered, by their names in the API. An
// order there is a key's name and _ASC or _DESC.
type keys[T any] map[string]*key[T]

// orderOf returns the order that a value of the API's enum names: the newest first when
// it is nil.
func orderOf[T any, E ~string](k keys[T], name *E) order[T] {
	if name == nil {
		return order[T]{k["CREATED_AT"], true}
	}
	field, desc := strings.CutSuffix(string(*name), "_DESC")
	return order[T]{k[strings.TrimSuffix(field, "_ASC")], desc}
}

// byAge orders by id: ids of newer rows are greater.
func byAge[T any]() *key[T] { return &key[T]{value: func(*T) any { return nil }} }

// byText orders by a column as its collation does.
func byText[T any](column string, value func(*T) string) *key[T] {
	return &key[T]{column: column, value: func(r *T) any { return value(r) }, read: read[string]}
}

// byUnique is byText for a column that a unique key holds, behind the tenant.
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
		read:    read[time.Time],
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

// place reads a cursor. One of another order breaks a rule, as does what is none.
func (o order[T]) place(r *rules, field string, cursor *string) (p place) {
	if cursor == nil {
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

// beyond leaves the rows behind a place when the order descends, or ascends. NULL is
// less than all values, to servers as well.
func (o order[T]) beyond(query *gorm.DB, id string, p place, desc bool) *gorm.DB {
	c, than := o.column, " > ?"
	if desc {
		than = " < ?"
	}
	switch {
	case c == "":
		return query.Where(id+than, p.id)
	case o.unique:
		return query.Where(c+than, p.value)
	case p.value == nil && desc:
		return query.Where(c+" IS NULL AND "+id+than, p.id)
	case p.value == nil:
		return query.Where(c+" IS NOT NULL OR "+c+" IS NULL AND "+id+than, p.id)
	case desc:
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
	}
	if by == 0 {
		by = bytes.Compare(idA[:], idB[:])
	}
	if o.desc {
		return -by
	}
	return by
}
