package relay

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm/schema"
)

// storesRank reports whether a column stores an enum's position among its values, by a method
// Value of the enum, and not its name.
func storesRank(f *schema.Field) bool {
	return f.IndirectFieldType.Implements(reflect.TypeFor[driver.Valuer]())
}

// RankValue returns the position of an enum's value among all, to store it as an integer. It fails
// for other values. An enum calls it in its method Value.
func RankValue[E ~string](all []E, e E) (driver.Value, error) {
	if rank := slices.Index(all, e); rank >= 0 {
		return int64(rank), nil
	}
	return nil, fmt.Errorf("%q is no %s", string(e), reflect.TypeFor[E]().Name())
}

// ScanRank reads an enum stored by RankValue. It fails for other values. An enum calls it in
// its method Scan.
func ScanRank[E ~string](all []E, e *E, src any) error {
	rank, ok := src.(int64)
	if !ok || rank < 0 || rank >= int64(len(all)) {
		return fmt.Errorf("%v is no rank of %s", src, reflect.TypeFor[E]().Name())
	}
	*e = all[rank]
	return nil
}
