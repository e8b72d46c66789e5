package relay

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// Enum describes the values of an enum. A column stores a value's name, or its rank.
type Enum struct {
	goType reflect.Type
	values []string // in their order
	ranks  []int    // of values, or nil
	value  valueType
	list   valueType // of a list of values
}

// EnumOf describes an enum that columns store by the names of the values. Orders by such a column have
// the order of the values.
func EnumOf[E ~string](all []E) *Enum {
	e := &Enum{goType: reflect.TypeFor[E](), value: newValues(func(name string) (E, error) {
		if !slices.Contains(all, E(name)) {
			return "", fmt.Errorf("%q is no %s", name, reflect.TypeFor[E]().Name())
		}
		return E(name), nil
	}), list: newListValues(equal[E])}
	for _, v := range all {
		e.values = append(e.values, string(v))
	}
	return e
}

// RankedEnumOf describes an enum that columns store by the ranks of the values, which also order them.
// The enum has a method Value that calls RankOf, and a method Scan that calls ScanRank. RankedEnumOf panics
// unless each value has a rank of its own.
func RankedEnumOf[E ~string](all []E, ranks ...int) *Enum {
	e := EnumOf(all)
	rankOf := map[string]int{}
	for i, r := range ranks {
		rankOf[e.values[i]] = r
	}
	slices.SortFunc(e.values, func(a, b string) int { return rankOf[a] - rankOf[b] })
	e.ranks = slices.Compact(slices.Sorted(slices.Values(ranks)))
	if len(e.ranks) != len(all) {
		panic(fmt.Sprintf("relay: each value of %s must have a rank of its own", reflect.TypeFor[E]()))
	}
	return e
}

// Values returns the names of the values, in their order.
func (e *Enum) Values() []string { return slices.Clone(e.values) }

// IsRanked reports whether columns store ranks.
func (e *Enum) IsRanked() bool { return e.ranks != nil }

// RankOf returns the rank of a value for the database. It fails for other strings.
func (e *Enum) RankOf(value string) (driver.Value, error) {
	if i := slices.Index(e.values, value); i >= 0 {
		return int64(e.ranks[i]), nil
	}
	return nil, fmt.Errorf("%q is no %s", value, e.goType.Name())
}

// ScanRank reads a value stored by its rank. An unknown rank, such as that of a removed value, gives its digits,
// which are no value of the enum: so it is an error of its field alone, as an unknown name is. ScanRank fails for
// other types.
func ScanRank[E ~string](e *Enum, value *E, src any) error {
	rank, ok := src.(int64)
	if !ok {
		return fmt.Errorf("%v is no rank of %s", src, e.goType.Name())
	}
	if i := slices.Index(e.ranks, int(rank)); i >= 0 {
		*value = E(e.values[i])
	} else {
		*value = E(strconv.FormatInt(rank, 10))
	}
	return nil
}

// sortValue returns the integer by which a column orders a value: its rank, or its position as SQL's
// FIELD counts, from 1.
func (e *Enum) sortValue(value string) int {
	i := slices.Index(e.values, value)
	switch {
	case e.ranks == nil:
		return i + 1 // 0 for an unknown name
	case i < 0:
		rank, _ := strconv.Atoi(value) // see ScanRank
		return rank
	}
	return e.ranks[i]
}
