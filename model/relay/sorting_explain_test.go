package relay_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// explainQueries returns the steps of EXPLAIN of the next statement: "table type key extra".
func explainQueries(t *testing.T, d *tenancytest.Database, do func()) (steps []string) {
	t.Helper()
	var text string
	var args []any
	d.Trace(func(_ context.Context, statement string, values []any) { text, args = statement, values })
	do()
	rows, err := d.SQL.QueryContext(t.Context(), "EXPLAIN FORMAT=TRADITIONAL "+text, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	defer rows.Close()
	columns := must[[]string](t)(rows.Columns())
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		pointers := make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		var step []string
		for _, name := range []string{"table", "type", "key", "Extra"} {
			at := slices.IndexFunc(columns, func(c string) bool { return strings.EqualFold(c, name) })
			step = append(step, values[at].String)
		}
		steps = append(steps, strings.Join(step, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// TestOrderBySeveralFieldsIsOneRangeOfAnIndex explains pages of thousands of volumes, and of those of all
// publishers. The server reads the rows in the order of the index, from the position of the cursor.
func TestOrderBySeveralFieldsIsOneRangeOfAnIndex(t *testing.T) {
	d := catalogue.New(t)
	fillVolumes(t, d)
	insert := `INSERT INTO volumes (tenant_id, id, publisher_id, series_id, code, height, rating, ` + "`order`" + `)
		SELECT v.tenant_id, LEFT(UNHEX(SHA2(CONCAT(v.id, w.id, s.id), 256)), 16), v.publisher_id, v.series_id,
			SUBSTR(SHA2(CONCAT(v.id, w.id, s.id), 256), 1, 20), FLOOR(RAND(1) * 3), FLOOR(RAND(2) * 1000), 1
		FROM volumes v JOIN volumes w JOIN series s WHERE v.tenant_id = w.tenant_id AND w.tenant_id = s.tenant_id`
	for _, statement := range []string{insert, "ANALYZE TABLE volumes", "ANALYZE TABLE series"} {
		if _, err := d.SQL.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, order := range []Order{"HEIGHT_RATING_ASC", "HEIGHT_RATING_DESC"} {
		first := must[*relay.Connection[Volume]](t)(volumes.Page(d.Acme, d.DB, relay.PageArgs{}, nil, order))
		after := relay.PageArgs{After: first.PageInfo().EndCursor}
		steps := explainQueries(t, d, func() {
			must[*relay.Connection[Volume]](t)(volumes.Page(d.Acme, d.DB, after, nil, order))
		})
		if len(steps) != 1 || !strings.HasPrefix(steps[0], "volumes range tenant_id_") || strings.Contains(steps[0], "filesort") {
			t.Errorf("%s: %q", order, steps)
		}
		both := must[*relay.Connection[Publisher]](t)(publishers.Page(d.Acme, d.DB, relay.PageArgs{}, nil, nil)).Nodes
		steps = explainQueries(t, d, func() {
			must[*relay.Connection[Volume]](t)(publisherVolumes.Page(d.Acme, d.DB, both[0], after, nil, order))
		})
		for _, step := range steps[:len(both)] {
			if !strings.HasPrefix(step, "volumes r") || !strings.Contains(step, " tenant_id_5 ") || strings.Contains(step, "filesort") {
				t.Errorf("%s of publishers: %q", order, steps)
			}
		}
	}
	steps := explainQueries(t, d, func() {
		must[*relay.Connection[Volume]](t)(volumes.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("SERIES_CODE_RATING_ASC")))
	})
	if len(steps) != 2 || !strings.HasPrefix(steps[0], "volumes ref") || !strings.HasPrefix(steps[1], "sort_series eq_ref PRIMARY") {
		t.Errorf("by a related field: %q", steps)
	}
}
