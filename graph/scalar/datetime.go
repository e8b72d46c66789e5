// Package scalar reads and writes the scalars of the schema.
package scalar

import (
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// The years that a DATETIME(6) holds.
const firstYear, lastYear = 1000, 9999

var errDateTime = errors.New("must be a time such as 2026-11-23T09:30:00Z, in the years 1000 to 9999")

// MarshalDateTime writes RFC 3339 in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, strconv.Quote(t.UTC().Format(time.RFC3339Nano)))
	})
}

// UnmarshalDateTime reads RFC 3339 with any offset, cut to the microseconds that the
// database holds. It fails on all else, and on years that the database does not hold.
func UnmarshalDateTime(v any) (time.Time, error) {
	text, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, text)
	t = t.UTC().Truncate(time.Microsecond)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, errDateTime
	}
	return t, nil
}
