package relay

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a day without a time or a time zone, stored as DATE. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// The years of a DATE and of a DATETIME(6).
const firstYear, lastYear = 1000, 9999

// DateOf returns the day of a time in its location.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// ParseDate reads the format full-date of RFC 3339: 2026-11-23. It fails for other strings, for days that
// are in no month, and for years outside 1000 to 9999.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || len(s) != len(time.DateOnly) || t.Year() < firstYear || t.Year() > lastYear {
		return Date{}, fmt.Errorf("%.20q is no day from 1000-01-01 to 9999-12-31", s)
	}
	return DateOf(t), nil
}

// Time returns the beginning of the day in UTC.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// AddDays returns the day n days later, or earlier if n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// Compare returns -1 if d is before e, 1 if it is after e, and 0 if it is the same day.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// String returns the format full-date of RFC 3339.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText implements encoding.TextMarshaler. It fails as ParseDate does.
func (d Date) MarshalText() ([]byte, error) {
	s := d.String()
	_, err := ParseDate(s)
	return []byte(s), err
}

// UnmarshalText implements encoding.TextUnmarshaler by ParseDate.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// Value returns the day for the database. It fails as ParseDate does.
func (d Date) Value() (driver.Value, error) {
	text, err := d.MarshalText()
	return string(text), err
}

// Scan reads a DATE from the database, and fails for other values.
func (d *Date) Scan(src any) error {
	switch src := src.(type) {
	case time.Time:
		*d = DateOf(src)
		return nil
	case []byte:
		return d.UnmarshalText(src)
	}
	return fmt.Errorf("a date can't be read from a value of type %T", src)
}

// GormDataType states that the struct is one column.
func (Date) GormDataType() string { return "date" }
