package relay

import (
	"fmt"
	"math"
	"math/big"
	"reflect"

	"github.com/shopspring/decimal"
)

// IntAggregate has the sum and the bounds of integers of 32 bits. Without values, all are nil. A group of
// NewGroups has it in a field with the tag `gorm:"embedded;embeddedPrefix:pages_"` for a field pages.
type IntAggregate struct {
	Sum      *int64
	Min, Max *int
	Values   int // the number of values other than NULL
}

// FloatAggregate has the sum and the bounds of numbers of floating point, like IntAggregate.
type FloatAggregate struct {
	Total    *float64 `gorm:"column:sum"` // infinite beyond the range of floats
	Min, Max *float64
	Values   int
}

// DecimalAggregate has the sum and the bounds of decimal numbers, like IntAggregate.
type DecimalAggregate struct {
	Sum, Min, Max *Decimal
	Values        int
}

// BigIntAggregate has the sum and the bounds of integers of 64 bits, like IntAggregate.
type BigIntAggregate struct {
	Sum      *Decimal
	Min, Max *int64
	Values   int
}

// Average returns the float that is nearest to the average, or nil.
func (a IntAggregate) Average() *float64 {
	if a.Sum == nil {
		return nil
	}
	return divide(new(big.Rat).SetInt64(*a.Sum), a.Values)
}

// Sum returns the sum, or nil. It is nil beyond the range of floats, too: JSON has no infinite numbers.
func (a FloatAggregate) Sum() *float64 {
	if a.Total == nil || math.IsInf(*a.Total, 0) {
		return nil
	}
	return a.Total
}

// Average returns the sum divided by the number of values, or nil.
func (a FloatAggregate) Average() *float64 {
	sum := a.Sum()
	if sum == nil {
		return nil
	}
	return new(*sum / float64(a.Values))
}

// Average returns the average, rounded half away from zero to four more decimal places than the values, or
// nil.
func (a DecimalAggregate) Average() *Decimal {
	if a.Sum == nil {
		return nil
	}
	places := max(0, -a.Sum.Exponent()) // those of the column, as servers write all of them
	return new(a.Sum.DivRound(decimal.NewFromInt(int64(a.Values)), places+4))
}

// Average returns the float that is nearest to the average, or nil.
func (a BigIntAggregate) Average() *float64 {
	if a.Sum == nil {
		return nil
	}
	return divide(a.Sum.Rat(), a.Values)
}

// divide returns the float that is nearest to a quotient.
func divide(sum *big.Rat, n int) *float64 {
	f, _ := sum.Quo(sum, new(big.Rat).SetInt64(int64(n))).Float64()
	return &f
}

// aggregateTypes are the types of the fields of a group with the aggregates of a field of these types.
var aggregateTypes = map[reflect.Type]reflect.Type{
	reflect.TypeFor[IntAggregate]():     reflect.TypeFor[int](),
	reflect.TypeFor[FloatAggregate]():   reflect.TypeFor[float64](),
	reflect.TypeFor[DecimalAggregate](): reflect.TypeFor[Decimal](),
	reflect.TypeFor[BigIntAggregate]():  reflect.TypeFor[int64](),
}

// selectAggregates returns the SQL of the aggregates of a column, with the names of a group's columns.
func selectAggregates(column string) string {
	return fmt.Sprintf("SUM(`%[1]s`) AS `%[1]s_sum`, MIN(`%[1]s`) AS `%[1]s_min`, MAX(`%[1]s`) AS `%[1]s_max`, "+
		"COUNT(`%[1]s`) AS `%[1]s_values`", column)
}
