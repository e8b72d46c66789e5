package model_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Acme attacks globex with every feature of GORM, and with bypasses known from similar scopes. An
// attack must fail or return acme's own rows. It must not read, count, link, change, add or delete
// a row of globex. Honest use must succeed: a scope that refuses everything fails these tests.
//
//	isolation_reads_test.go      queries built by GORM
//	isolation_writes_test.go     writes built by GORM
//	isolation_fragments_test.go  the attacker's SQL as a part of a statement
//	isolation_raw_test.go        whole statements of a caller, in every way into a session
//	isolation_texts_test.go      the SQL of those
//	isolation_pool_test.go       around the session: DB(), transactions, Migrator
//	isolation_links_test.go      joins, Preload, further models, foreign keys
//	isolation_relations_test.go  association mode
//	isolation_sql_test.go        messages of refusals, and the system scope
//
// The scope and the guard are tested together.

// attack is a use of a session against a model.
type attack struct {
	name string
	want verdict
	// try returns the result of the attack, if it has one.
	try func(a *attempt) (found any, err error)
}

// verdict is the expected end of an attack: a number of rows, all of acme, or one of these.
type verdict int

const (
	refused  verdict = -1 - iota // it fails and changes nothing
	fenced                       // it does not reach the server
	changes                      // it changes rows of acme only
	harmless                     // it may fail or succeed, by the model
)

// attempt is an attack on one model in one session.
type attempt struct {
	*target
	d   *dbtest.Database
	ctx context.Context
	s   *gorm.DB
}

// way is a kind of session that an attack can have.
type way struct {
	name string
	open func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error
}

// bound are sessions of acme.
var bound = []way{
	{"a session", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return do(d.Acme, d.For(d.Acme))
	}},
	{"every option", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return do(d.Acme, d.For(d.Acme).Debug().Unscoped().Session(&gorm.Session{
			PrepareStmt: true, SkipHooks: true, QueryFields: true, FullSaveAssociations: true,
			PropagateUnscoped: true, DisableNestedTransaction: true, CreateBatchSize: 1,
		}))
	}},
	{"a transaction", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return d.Tx(d.Acme, func(ctx context.Context) error { return do(ctx, d.For(ctx)) })
	}},
	{"GORM's transaction", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return d.For(d.Acme).Transaction(func(s *gorm.DB) error { return do(d.Acme, s) })
	}},
	{"one connection", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return d.For(d.Acme).Connection(func(s *gorm.DB) error { return do(d.Acme, s.Session(&gorm.Session{})) })
	}},
}

// unbound are sessions without a tenant, or with another tenant than their context.
var unbound = []way{
	{"no tenant", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return do(context.Background(), d.For(context.Background()))
	}},
	{"no tenant, its error forgotten", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		s := d.For(context.Background())
		s.Error = nil
		return do(context.Background(), s)
	}},
	{"no tenant, later globex's context", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		s := d.For(context.Background())
		s.Error = nil
		return do(d.Globex, s.WithContext(d.Globex))
	}},
	{"acme's session, no context", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return do(context.Background(), d.For(d.Acme).WithContext(context.Background()))
	}},
	{"acme's session, globex's context", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return do(d.Globex, d.For(d.Acme).Session(&gorm.Session{NewDB: true, PrepareStmt: true, Context: d.Globex}))
	}},
	{"acme's transaction, globex's context", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return d.Tx(d.Acme, func(ctx context.Context) error {
			globex, err := tenancy.FromContext(d.Globex)
			if err != nil {
				return err
			}
			ctx = tenancy.NewContext(ctx, globex)
			return do(ctx, d.For(ctx))
		})
	}},
}

// built are the attacks in every kind of session. The kind has no effect on the others, except for
// prepared statements: their SQL reaches the guard unchanged.
var (
	built   = concat(reads, writes, fragments, past)
	written = concat(raws, texts, pools)
)

func TestNoModelReachesAnotherTenant(t *testing.T) {
	h := newHouse(t)
	t.Run("with GORM", func(t *testing.T) { h.attack(t, bound, built) })
	t.Run("with SQL", func(t *testing.T) { h.attack(t, bound[:1], written) })
	t.Run("with SQL and every option", func(t *testing.T) { h.attack(t, bound[1:2], raws) })
}

// TestNoModelReachesTheFirstTenant exchanges the ids of the tenants.
func TestNoModelReachesTheFirstTenant(t *testing.T) {
	newOtherHouse(t).attack(t, bound[:1], concat(built, written))
}

func TestNoModelIsReachedWithoutATenant(t *testing.T) {
	attacks := concat(reads, writes, fragments, raws)
	for i := range attacks {
		attacks[i].want = refused
		if attacks[i].name == "Session with DryRun" { // gorm.G renders subqueries with no context; none is run
			attacks[i].want = harmless
		}
	}
	newHouse(t).attack(t, unbound, attacks)
}

// TestGuardHoldsWithoutTheScope removes the scope from GORM, as code with a session can. Honest use
// may fail, but no attack may succeed.
func TestGuardHoldsWithoutTheScope(t *testing.T) {
	h := newHouse(t)
	s := h.For(h.Acme)
	for _, name := range []string{"WHERE", "SET", "VALUES", "ON CONFLICT"} {
		delete(s.ClauseBuilders, name)
	}
	on := s.Callback()
	for _, err := range []error{
		on.Query().Remove("tenancy:read"), on.Row().Remove("tenancy:read"), on.Create().Remove("tenancy:create"),
		on.Update().Remove("tenancy:write"), on.Delete().Remove("tenancy:write"), on.Raw().Remove("tenancy:raw"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	attacks := concat(built, written)
	for i := range attacks {
		if attacks[i].want != refused && attacks[i].want != fenced {
			attacks[i].want = harmless
		}
	}
	h.attack(t, bound[:1], attacks)
}

// enclosed are the attacks on softly deleted models that are not refused, and stay inside the tenant: GORM adds
// brackets around conditions, and deletes by UPDATE.
var enclosed = []string{
	"Where with brackets of one's own", "clause.Expr with brackets of one's own", "Updates with brackets of one's own",
	"Delete with brackets of one's own", "Delete with a modifier",
}

// attack tries attacks on every model in several kinds of sessions.
func (h *house) attack(t *testing.T, ways []way, attacks []attack) {
	for _, m := range model.Types.Models() {
		target := h.targetOf(t, m)
		t.Run(target.name, func(t *testing.T) {
			for _, w := range ways {
				for _, a := range attacks {
					isEnclosed := target.schema.LookUpField("DeletedAt") != nil && slices.Contains(enclosed, a.name)
					// GORM can't scan lists of JSON into maps.
					isOnly := a.want == changes && hasOnlyRows(target.schema)
					if isEnclosed || isOnly || a.name == "Find into maps" && hasList(target.schema) {
						a.want = harmless
					}
					h.judge(t, target, w, a)
				}
			}
			if acme, globex := h.state(t); acme != h.acme || globex != h.globex {
				t.Errorf("somewhere, rows changed:\n%s%s", difference(h.acme, acme), difference(h.globex, globex))
			}
		})
	}
}

// hasOnlyRows reports whether each row that a model can refer to has a row already, as with @hasOne: no further row can
// be created.
func hasOnlyRows(s *schema.Schema) bool {
	of := model.Types.ByName(s.Name)
	return of != nil && slices.ContainsFunc(of.Fields(), func(f relay.Field) bool {
		return f.Unique && f.Scalar == relay.ScalarID && !f.Nullable
	})
}

// hasList reports whether a model has a list, stored as JSON.
func hasList(s *schema.Schema) bool {
	return slices.ContainsFunc(s.Fields, func(f *schema.Field) bool { return f.TagSettings["SERIALIZER"] != "" })
}

// judge tries an attack and restores the rows.
func (h *house) judge(t *testing.T, n *target, w way, a attack) {
	t.Helper()
	var found any
	err := w.open(h.Database, func(ctx context.Context, s *gorm.DB) (err error) {
		found, err = a.try(&attempt{target: n, d: h.Database, ctx: ctx, s: s})
		return err
	})
	acme, globex := h.acme, h.globex
	if slices.ContainsFunc(h.Ran(), isWrite) { // reading all rows takes longer than most attacks
		acme, globex = h.state(t)
	}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s, %s: %s\nerror: %v\nSQL: %q", w.name, a.name, fmt.Sprintf(format, args...), err, h.Ran())
	}
	if h.isSecret(found) {
		fail("it read another tenant's row: %+v", found)
	}
	if globex != h.globex {
		fail("it changed another tenant's rows:\n%s", difference(h.globex, globex))
	}
	switch changed := acme != h.acme; {
	case a.want == harmless, isUnsupported(err):
	case a.want == refused && err == nil, a.want == fenced && !isFenced(err):
		fail("it was not refused")
	case a.want == changes && (err != nil || !changed):
		fail("it must change acme's rows; changed: %t", changed)
	case a.want != changes && changed:
		fail("it changed acme's rows:\n%s", difference(h.acme, acme))
	case a.want >= 0 && (err != nil || length(found) != int(a.want)):
		fail("it must find %d rows: %+v", a.want, found)
	}
	if acme != h.acme || globex != h.globex {
		h.restore(t)
	}
	h.Reset()
}

// isFenced reports whether an error is a refusal, or GORM's error after one.
func isFenced(err error) bool {
	return errors.Is(err, tenancy.ErrScope) || errors.Is(err, tenancy.ErrNone) || errors.Is(err, errNoRow)
}

// isUnsupported reports whether an error is Vitess's for unsupported SQL, or for SQL rewritten by
// vtgate into invalid SQL.
func isUnsupported(err error) bool {
	return err != nil &&
		(strings.Contains(err.Error(), "VT12001: unsupported: ") ||
			strings.Contains(err.Error(), "vttablet: rpc error: code = InvalidArgument desc = (errno 1064)"))
}

// isWrite reports whether a statement may write.
func isWrite(sql string) bool {
	return !strings.HasPrefix(sql, "SELECT ") && !strings.HasPrefix(sql, "(SELECT ") && !strings.HasPrefix(sql, "WITH ")
}

// TestNoTransactionChangesItsTenant opens a transaction of globex inside one of acme.
func TestNoTransactionChangesItsTenant(t *testing.T) {
	h := newHouse(t)
	globex, err := tenancy.FromContext(h.Globex)
	if err != nil {
		t.Fatal(err)
	}
	err = h.Tx(h.Acme, func(ctx context.Context) error {
		return h.Tx(tenancy.NewContext(ctx, globex), func(ctx context.Context) error {
			return h.For(ctx).Where("1 = 1").Delete(&model.Comment{}).Error
		})
	})
	if !errors.Is(err, tenancy.ErrScope) {
		t.Errorf("globex's transaction inside acme's: %v, want ErrScope", err)
	}
	err = h.Tx(context.Background(), func(context.Context) error { return nil })
	if !errors.Is(err, tenancy.ErrNone) {
		t.Errorf("a transaction without tenant: %v, want ErrNone", err)
	}
	if acme, globex := h.state(t); acme != h.acme || globex != h.globex {
		t.Error("rows changed")
	}
}
