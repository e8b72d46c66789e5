package model_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// Acme attacks its neighbour globex, with what GORM has and with what is known to have
// gone past such scopes. Right rows or an error: both are fine. A row of globex that is
// read, counted, linked, changed, added or lost is not; nor is honest use that fails,
// since a scope that refuses everything would pass as well.
//
//	isolation_reads_test.go      what GORM builds to read
//	isolation_writes_test.go     what it builds to write
//	isolation_fragments_test.go  a caller's SQL in a part of what it builds
//	isolation_raw_test.go        whole statements of a caller, in every way into a session
//	isolation_texts_test.go      the texts of those
//	isolation_pool_test.go       around the session: DB(), transactions, Migrator
//	isolation_links_test.go      joins, Preload, models of one's own, foreign keys
//	isolation_relations_test.go  association mode
//	isolation_sql_test.go        what a refusal says, and the system scope
//
// Nothing is left out because the scope can't see it: the guard is part of what is
// tested.

// attack is something that a caller tries on a model.
type attack struct {
	name string
	want verdict
	// try returns what the attack read, if it can tell.
	try func(a *attempt) (found any, err error)
}

// verdict is how an attack must end: a number of rows that it finds, all of acme's, or
// one of these.
type verdict int

const (
	refused  verdict = -1 - iota // it fails and changes nothing
	fenced                       // it does not even reach the server
	changes                      // it changes rows of acme, and of nobody else
	harmless                     // it may fail or not, by the model
)

// attempt is an attack under way.
type attempt struct {
	*noun
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

// unbound are sessions whose tenant is missing, or is not the one of their context.
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

// built are the attacks that are tried in each way. What comes of the others can't depend
// on it, but for prepared statements: a text reaches the guard as it is.
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

// The other tenant's attacks are the same, with the numbers of the two changed round:
// nothing knows them apart by more.
func TestNoModelReachesTheFirstTenantEither(t *testing.T) {
	newOtherHouse(t).attack(t, bound[:1], concat(built, written))
}

func TestNoModelIsReachedWithoutItsTenant(t *testing.T) {
	attacks := concat(reads, writes, fragments, raws)
	for i := range attacks {
		attacks[i].want = refused
		if attacks[i].name == "Session with DryRun" { // gorm.G renders subqueries with no context; none is run
			attacks[i].want = harmless
		}
	}
	newHouse(t).attack(t, unbound, attacks)
}

// Whoever has a session can take the scope out of GORM. Honest use may fail then, and
// nothing else changes: the guard is below.
func TestTheGuardHoldsWithoutTheScope(t *testing.T) {
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

// attack tries attacks on every model, in some ways.
func (h *house) attack(t *testing.T, ways []way, attacks []attack) {
	for _, m := range model.Types.Models() {
		noun := h.nounOf(t, m)
		t.Run(noun.name, func(t *testing.T) {
			for _, w := range ways {
				for _, a := range attacks {
					h.judge(t, noun, w, a)
				}
			}
			if acme, globex := h.state(t); acme != h.acme || globex != h.globex {
				t.Errorf("somewhere, rows changed:\n%s%s", difference(h.acme, acme), difference(h.globex, globex))
			}
		})
	}
}

// judge tries an attack and puts the rows back.
func (h *house) judge(t *testing.T, n *noun, w way, a attack) {
	t.Helper()
	var found any
	err := w.open(h.Database, func(ctx context.Context, s *gorm.DB) (err error) {
		found, err = a.try(&attempt{noun: n, d: h.Database, ctx: ctx, s: s})
		return err
	})
	acme, globex := h.acme, h.globex
	if slices.ContainsFunc(h.Ran(), isWrite) { // looking takes longer than most attacks
		acme, globex = h.state(t)
	}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s, %s: %s\nerror: %v\nSQL: %q", w.name, a.name, fmt.Sprintf(format, args...), err, h.Ran())
	}
	if h.isSecret(found) {
		fail("it read a neighbour's row: %+v", found)
	}
	if globex != h.globex {
		fail("it changed a neighbour's rows:\n%s", difference(h.globex, globex))
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

// isFenced reports whether an error is a fence's, or GORM's for a row that a fence kept.
func isFenced(err error) bool {
	return errors.Is(err, tenancy.ErrScope) || errors.Is(err, tenancy.ErrNone) || errors.Is(err, errNoRow)
}

// isUnsupported reports whether an error is Vitess's for SQL that it does not have, or for SQL
// that vtgate rewrote in a way that MySQL can't parse.
func isUnsupported(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "VT12001: unsupported: ") || strings.Contains(err.Error(), "vttablet: rpc error: code = InvalidArgument desc = (errno 1064)"))
}

// isWrite reports whether a statement may write.
func isWrite(sql string) bool {
	return !strings.HasPrefix(sql, "SELECT ") && !strings.HasPrefix(sql, "(SELECT ") && !strings.HasPrefix(sql, "WITH ")
}

// A transaction belongs to the tenant that opened it, whatever is opened inside it.
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
