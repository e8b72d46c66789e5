package scalar

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// MarshalBigInt writes an integer as a string: JavaScript's numbers have 53 bits.
func MarshalBigInt(n int64) graphql.Marshaler { return graphql.MarshalString(strconv.FormatInt(n, 10)) }

// maxSafeInteger is the greatest integer up to which JavaScript's numbers have all.
const maxSafeInteger = 1<<53 - 1

// UnmarshalBigInt reads a 64-bit integer from a string, or from a number of at most 53 bits: clients may
// have rounded others.
func UnmarshalBigInt(v any) (int64, error) {
	digits, isNumber := integerDigits(v)
	s, isString := v.(string)
	switch {
	case isString:
		digits = s
	case !isNumber:
		return 0, newValueError("BigInt", "non-integer value", v)
	}
	n, err := relay.ParseBigInt(digits)
	if err != nil || digits == "" || digits[0] == '+' {
		return 0, newValueError("BigInt", "non 64-bit signed integer value", v)
	}
	if isNumber && (n > maxSafeInteger || n < -maxSafeInteger) {
		return 0, newValueError("BigInt", "a number of more than 53 bits that is not a string", v)
	}
	return n, nil
}

// MarshalDecimal writes a decimal number as a string, without zeros at the end of its fraction.
func MarshalDecimal(d relay.Decimal) graphql.Marshaler { return graphql.MarshalString(d.String()) }

// maxFloatDigits is the number of decimal digits that each 64-bit float keeps.
const maxFloatDigits = 15

// UnmarshalDecimal reads a decimal number from a string, or from a number of at most 15 digits: clients may
// have rounded others. It fails for more than 35 digits before the point or 30 after it.
func UnmarshalDecimal(v any) (none relay.Decimal, err error) {
	s, isString := v.(string)
	if !isString {
		if s = numberText(v); s == "" {
			return none, newValueError("Decimal", "non numeric value", v)
		}
	}
	d, err := relay.ParseDecimal(s)
	switch {
	case err != nil:
		return none, newValueError("Decimal", "a value that is not a number of at most 35 digits before the point and 30 after it", v)
	case !isString && len(strings.Trim(d.Coefficient().String(), "-0")) > maxFloatDigits:
		return none, newValueError("Decimal", fmt.Sprintf("a number of more than %d digits that is not a string", maxFloatDigits), v)
	}
	return d, nil
}

// numberText returns the text of a number of JSON or of a literal, or "".
func numberText(v any) string {
	switch v := v.(type) {
	case json.Number:
		return string(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case int, int64:
		return fmt.Sprint(v)
	}
	return ""
}
