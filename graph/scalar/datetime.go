package scalar

import (
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// The years of a DATETIME(6).
const firstYear, lastYear = 1000, 9999

// rfc3339 is the grammar of RFC 3339, section 5.6. time.Parse accepts more, such as a comma
// before the fraction, and less, such as lower case.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// secondsAt is the offset of the seconds in an RFC 3339 date-time.
const secondsAt = len("2026-11-23T09:30:")

// MarshalDateTime writes RFC 3339 in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, strconv.Quote(t.UTC().Format(time.RFC3339Nano)))
	})
}

// UnmarshalDateTime reads an RFC 3339 date-time with any offset, truncated to the microseconds of
// the database. A leap second is the first second of the next day, as in Unix time.
// It fails for other strings, and for years outside 1000 to 9999.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, newValueError("DateTime", "a non string value", v)
	}
	t, ok := parseRFC3339(strings.ToUpper(s))
	if !ok {
		return time.Time{}, newValueError("DateTime", "a string that is not an RFC 3339 date-time such as 2026-11-23T09:30:00Z", v)
	}
	t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, newValueError("DateTime", "a year before 1000 or after 9999, in UTC", v)
	}
	return t, nil
}

// parseRFC3339 parses a date-time in upper case.
func parseRFC3339(s string) (time.Time, bool) {
	if !rfc3339.MatchString(s) {
		return time.Time{}, false
	}
	leap := s[secondsAt:secondsAt+2] == "60"
	if leap {
		s = s[:secondsAt] + "59" + s[secondsAt+2:]
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || !leap {
		return t, err == nil
	}
	t = t.Add(time.Second)
	day := t.UTC().Truncate(time.Second)
	// Leap seconds end a June or a December.
	return t, day.Day() == 1 && (day.Month() == time.July || day.Month() == time.January) && day.Equal(day.Truncate(24*time.Hour))
}
