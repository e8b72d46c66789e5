package relay

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// Decimal is an exact decimal number, stored as DECIMAL.
type Decimal = decimal.Decimal

// The greatest numbers of digits of a DECIMAL, of which at most maxScale are after the point.
const maxBefore, maxScale = 35, 30

// decimalSyntax are the numbers of JSON, and those with a plus sign or zeros ahead. The length of an
// exponent is bounded, because the digits that it stands for are written out.
var decimalSyntax = regexp.MustCompile(`^[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$`)

// ParseDecimal reads a decimal number. It fails for other strings, and for numbers with more than 35
// digits before the point or 30 after it. Zeros at the end of the fraction do not count.
func ParseDecimal(s string) (Decimal, error) {
	if len(s) > 200 || !decimalSyntax.MatchString(s) {
		return Decimal{}, fmt.Errorf("%.50q is no decimal number", s)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return Decimal{}, err
	}
	if before, after := decimalDigits(d); before > maxBefore || after > maxScale {
		return Decimal{}, fmt.Errorf("%.50q has more than %d digits before the point or %d after it", s, maxBefore, maxScale)
	}
	return d, nil
}

// decimalDigits counts the digits of a number before the point and after it.
func decimalDigits(d Decimal) (before, after int) {
	whole, fraction, _ := strings.Cut(d.Abs().String(), ".")
	return len(strings.TrimPrefix(whole, "0")), len(fraction)
}

// The digits of a Decimal's column if the bounds of the field state none.
const defaultBefore, defaultScale = 28, 10

// Digits returns the greatest numbers of digits of a Decimal, before the point and after it: those of the
// field's bounds, if it has both. Otherwise it has 28 before the point, and if no bound has a fraction,
// 10 after it.
func (f Field) Digits() (before, after int) {
	for _, bound := range []string{f.Min, f.Max} {
		if bound == "" {
			continue
		}
		b, a := decimalDigits(mustParse(f, bound, ParseDecimal))
		before, after = max(before, b), max(after, a)
	}
	if f.Min == "" || f.Max == "" {
		before = defaultBefore
	}
	if after == 0 {
		after = defaultScale
	}
	return before, after
}

// compareDecimal is the SQL for an argument that is compared with a DECIMAL. Servers would compare the
// number with a string as doubles, which are inexact.
const compareDecimal = "CAST(? AS DECIMAL(65,30))"
