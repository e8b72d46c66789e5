package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// notesShape reads texts of notes by folder and text. Its name selects a defect.
type notesShape struct{ defect string }

// defects are wrong queries, by name.
var defects = map[string]func(query *gorm.DB, args []any) *gorm.DB{
	"a lost argument": func(query *gorm.DB, args []any) *gorm.DB { return query.Where("folder = ?", args[0]) },
	"a value of the request": func(query *gorm.DB, args []any) *gorm.DB {
		return query.Where("folder = ? AND text > ? AND id > ?", args[0], args[1], "0")
	},
	"a tenant of the request": func(query *gorm.DB, args []any) *gorm.DB {
		return query.Where("folder = ? AND text > ? AND tenant_id <> ?", args[0], args[1], tenancy.ID(2))
	},
	"invalid SQL": func(query *gorm.DB, args []any) *gorm.DB { return query.Where("folder = ? AND AND text > ?", args...) },
}

func (s notesShape) Build(session *gorm.DB, args []any) tenancy.Select {
	query := session.Model(&note{}).Select("text").Order("id").Limit(3)
	if defect := defects[s.defect]; defect != nil {
		return tenancy.Select{Queries: []*gorm.DB{defect(query, args)}}
	}
	return tenancy.Select{Queries: []*gorm.DB{query.Where("folder = ? AND text > ?", args...)}}
}

// keysShape reads texts of notes by folders, in one arm for each.
type keysShape struct{}

func (keysShape) Build(session *gorm.DB, args []any) tenancy.Select {
	query := session.Model(&note{}).Select("text").Where("text > ? OR text = ?", args[0], args[0]).Order("id").Limit(1)
	return tenancy.Select{Queries: []*gorm.DB{query}, Column: "folder", Keys: args[1:]}
}

// foreignShape builds its query with a session of another context.
type foreignShape struct{ session func() *gorm.DB }

func (s *foreignShape) Build(_ *gorm.DB, args []any) tenancy.Select {
	return tenancy.Select{Queries: []*gorm.DB{s.session().Model(&note{}).Where("folder = ? AND text > ?", args...)}}
}

// readTexts returns the texts of a shape's rows, and the error.
func readTexts(ctx context.Context, d *tenancytest.Database, shape tenancy.Shape, args ...any) string {
	rows, err := d.Query(ctx, shape, args)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err.Error()
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return strings.Join(all, " ")
}

// newTexts returns a database with notes in both tenants, whose texts have the tenant, the folder and the id.
func newTexts(t *testing.T) *tenancytest.Database {
	t.Helper()
	d := newNotes(t)
	for id := range 6 {
		for _, ctx := range []context.Context{d.Acme, d.Globex} {
			tenant, _ := tenancy.FromContext(ctx)
			if err := d.For(ctx).Create(&note{ID: id, Folder: id % 2, Text: fmt.Sprint(tenant.Slug, id)}).Error; err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

// TestBuiltStatementsReadTheTenantOfEachContext runs statements that GORM has built for another tenant.
func TestBuiltStatementsReadTheTenantOfEachContext(t *testing.T) {
	d := newTexts(t)
	system := tenancy.System(t.Context(), "test")
	proved := d.Counts()
	d.Reset()
	for range 2 {
		for _, test := range []struct {
			name  string
			ctx   context.Context
			shape tenancy.Shape
			args  []any
			want  string
		}{
			{"a tenant", d.Acme, notesShape{}, []any{1, ""}, "acme1 acme3 acme5"},
			{"another tenant", d.Globex, notesShape{}, []any{1, ""}, "globex1 globex3 globex5"},
			{"other arguments", d.Acme, notesShape{}, []any{0, "acme1"}, "acme2 acme4"},
			{"the text of another tenant", d.Acme, notesShape{}, []any{0, "globex"}, ""},
			{"the system scope", system, notesShape{}, []any{0, "acme4"}, "globex0 globex2 globex4"},
			{"keys", d.Globex, keysShape{}, []any{"", 1, 0}, "globex0 globex1"},
			{"other keys", d.Acme, keysShape{}, []any{"acme1", 0, 1}, "acme1 acme2"},
			{"one key", d.Acme, keysShape{}, []any{"acme3", 1}, "acme3"},
		} {
			got := strings.Fields(readTexts(test.ctx, d, test.shape, test.args...))
			if slices.Sort(got); strings.Join(got, " ") != test.want {
				t.Errorf("%s: %q", test.name, got)
			}
		}
	}
	if n := d.Counts().Proved - proved.Proved; n != 14 {
		t.Errorf("the guard has proved %d statements", n)
	}
	if ran := d.Ran(); len(ran) < 14 {
		t.Errorf("the log has %d statements", len(ran))
	}
	if got := readTexts(t.Context(), d, notesShape{}, 1, ""); got != tenancy.ErrNone.Error() {
		t.Errorf("without a tenant: %s", got)
	}
}

// TestBuiltStatementsRunInTheTransaction reads a row that only the transaction has. Another tenant can't use it.
func TestBuiltStatementsRunInTheTransaction(t *testing.T) {
	d := newTexts(t)
	rollback := errors.New("rollback")
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		if err := d.For(ctx).Create(&note{ID: 9, Folder: 7, Text: "new"}).Error; err != nil {
			return err
		}
		if got := readTexts(ctx, d, notesShape{}, 7, ""); got != "new" {
			t.Errorf("in the transaction: %q", got)
		}
		if got := readTexts(d.Acme, d, notesShape{}, 7, ""); got != "" { //nolint:contextcheck // not the transaction's
			t.Errorf("outside of the transaction: %q", got)
		}
		globex, _ := tenancy.FromContext(d.Globex) //nolint:contextcheck // as above
		for name, ctx := range map[string]context.Context{
			"another tenant":   tenancy.NewContext(ctx, globex),
			"the system scope": tenancy.System(ctx, "test"),
		} {
			_, err := d.Query(ctx, notesShape{}, []any{7, ""}) //nolint:sqlclosecheck,rowserrcheck,contextcheck // it fails
			if !errors.Is(err, tenancy.ErrScope) {
				t.Errorf("%s: %v", name, err)
			}
		}
		return rollback
	})
	if !errors.Is(err, rollback) {
		t.Error(err)
	}
	if got := readTexts(d.Acme, d, notesShape{}, 7, ""); got != "" {
		t.Errorf("after the transaction: %q", got)
	}
}

// TestShapesWithOtherArgumentsAreRefused has shapes whose statement would keep a value of the first request.
func TestShapesWithOtherArgumentsAreRefused(t *testing.T) {
	d := newTexts(t)
	for name := range defects {
		for range 2 {
			if got := readTexts(d.Acme, d, notesShape{name}, 1, ""); !strings.HasPrefix(got, tenancy.ErrScope.Error()) {
				t.Errorf("%s: %s", name, got)
			}
		}
	}
	foreign := &foreignShape{func() *gorm.DB { return d.For(d.Globex) }}
	if got := readTexts(d.Acme, d, foreign, 1, ""); !strings.HasPrefix(got, tenancy.ErrScope.Error()) {
		t.Errorf("a session of another tenant: %s", got)
	}
	without := &foreignShape{func() *gorm.DB { return d.For(t.Context()) }}
	if got := readTexts(d.Acme, d, without, 1, ""); !strings.HasPrefix(got, tenancy.ErrNone.Error()) {
		t.Errorf("a session without a tenant: %s", got)
	}
	system := &foreignShape{func() *gorm.DB { return d.For(tenancy.System(t.Context(), "test")) }}
	if got := readTexts(d.Acme, d, system, 1, ""); !strings.HasPrefix(got, tenancy.ErrScope.Error()) {
		t.Errorf("a session of the system scope: %s", got)
	}
}

// TestTenantsBuildAStatementConcurrently runs a new shape in many goroutines of two tenants.
func TestTenantsBuildAStatementConcurrently(t *testing.T) {
	d := newTexts(t)
	var group sync.WaitGroup
	for i := range 24 {
		ctx, want := d.Acme, "acme1 acme3 acme5"
		if i%2 == 1 {
			ctx, want = d.Globex, "globex1 globex3 globex5"
		}
		group.Go(func() {
			for range 5 {
				if got := readTexts(ctx, d, notesShape{}, 1, ""); got != want {
					t.Errorf("%q, want %s", got, want)
				}
			}
		})
	}
	group.Wait()
}

// TestTraceHasEachBuiltStatement has the statement with the arguments of its tenant.
func TestTraceHasEachBuiltStatement(t *testing.T) {
	d := newTexts(t)
	var all []string
	d.Trace(func(_ context.Context, statement string, args []any) { all = append(all, statement, fmt.Sprint(args)) })
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		readTexts(ctx, d, notesShape{}, 1, "x")
	}
	if len(all) != 4 || all[0] != all[2] || all[1] != "[1 1 x 3]" || all[3] != "[2 1 x 3]" {
		t.Errorf("%q", all)
	}
}

// manyShape reads more strings than the server sends before it waits for the client.
type manyShape struct{}

func (manyShape) Build(session *gorm.DB, _ []any) tenancy.Select {
	query := session.Model(&note{}).Select("notes.text")
	for _, name := range []string{"b", "c", "d", "e", "f", "g", "h", "i"} {
		query = query.Joins("JOIN notes " + name + " ON " + name + ".tenant_id = notes.tenant_id")
	}
	return tenancy.Select{Queries: []*gorm.DB{query}}
}

// TestReadingOfRowsEndsWithItsContext cancels more queries than the tenant has connections, each after its first row. It fails
// unless reading stops, the server ends the statement, and each connection is released.
func TestReadingOfRowsEndsWithItsContext(t *testing.T) {
	d := newTexts(t)
	for range 10 {
		ctx, cancel := context.WithCancel(d.Acme)
		rows, err := d.Query(ctx, manyShape{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !rows.Next() {
			t.Error("there is no row")
		}
		cancel()
		if err := drain(rows, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	waitFor(t, "the server ends the statements", func() bool {
		return !slices.ContainsFunc(d.Processes(t), func(p tenancytest.Process) bool { return strings.Contains(p.Statement, "JOIN notes") })
	})
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	if inUse := pool.Stats().InUse; inUse > 0 {
		t.Errorf("%d connections are in use", inUse)
	}
}

// TestQueryEndsWithItsContext cancels a query before the server has found the first row.
func TestQueryEndsWithItsContext(t *testing.T) {
	d := newTexts(t)
	ctx, cancel := context.WithTimeout(d.Acme, 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if got := readTexts(ctx, d, countShape{}); got != context.DeadlineExceeded.Error() || time.Since(start) > 30*time.Second {
		t.Errorf("after %s: %s", time.Since(start), got)
	}
}

// countShape counts the rows of manyShape.
type countShape struct{}

func (countShape) Build(session *gorm.DB, _ []any) tenancy.Select {
	query := manyShape{}.Build(session, nil).Queries[0].Select("COUNT(*)")
	return tenancy.Select{Queries: []*gorm.DB{query}}
}
