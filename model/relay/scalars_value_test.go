package relay_test

import (
	"database/sql/driver"
	"fmt"
	"testing"
	"time"

	"rowhouse/model/relay"
)

func TestDatesAreDaysOfTheCalendar(t *testing.T) {
	leap := day("2024-02-29")
	if next := leap.AddDays(1); next != day("2024-03-01") || leap.AddDays(-29) != day("2024-01-31") {
		t.Error(next)
	}
	if leap.Compare(day("2024-03-01")) >= 0 || leap.Compare(day("2024-02-29")) != 0 || leap.Compare(day("2023-12-31")) <= 0 {
		t.Error("days have another order")
	}
	late := time.Date(2024, 2, 29, 23, 59, 0, 0, time.FixedZone("", -3600))
	if relay.DateOf(late) != leap || !leap.Time().Equal(time.Unix(1709164800, 0)) {
		t.Error("the day of a time is another one")
	}
}

// TestValuesThatNoColumnHasAreRejected stores and scans values that Go code could make.
func TestValuesThatNoColumnHasAreRejected(t *testing.T) {
	for _, value := range []driver.Valuer{
		relay.Date{},
		relay.Date{Year: 2026, Month: 2, Day: 30},
		relay.JSON(""), relay.JSON("{"), relay.JSON("1 2"), relay.JSON("\"\xff\""),
		relay.JSON("1e999"),
	} {
		if v, err := value.Value(); err == nil {
			t.Errorf("%v is stored", v)
		}
	}
	for _, src := range []any{nil, int64(5), true, []byte("0000-00-00"), []byte("x")} {
		var d relay.Date
		var u relay.UUID
		if d.Scan(src) == nil || u.Scan(src) == nil {
			t.Errorf("%v is %s or %s", src, d, u)
		}
	}
	var j relay.JSON
	if err := j.Scan(int64(5)); fmt.Sprint(err) != "JSON can't be read from a value of type int64" {
		t.Error(err)
	}
}
