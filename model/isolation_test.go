package model_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
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
// Left to the guard, which reads SQL: parentheses that the caller does not balance,
// subqueries inside strings, raw SELECT, GROUP, HAVING and ORDER, raw values, and DB()
// with a tenant in the context.

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
	changes                      // it changes rows of acme, and of nobody else
	harmless                     // it may fail or not
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
	{"a transaction", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return d.Tx(d.Acme, func(ctx context.Context) error { return do(ctx, d.For(ctx)) })
	}},
	{"GORM's transaction", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return d.For(d.Acme).Transaction(func(s *gorm.DB) error { return do(d.Acme, s) })
	}},
	{"every option", func(d *dbtest.Database, do func(context.Context, *gorm.DB) error) error {
		return do(d.Acme, d.For(d.Acme).Debug().Unscoped().Session(&gorm.Session{
			PrepareStmt: true, SkipHooks: true, QueryFields: true, FullSaveAssociations: true,
			PropagateUnscoped: true, DisableNestedTransaction: true, CreateBatchSize: 1,
		}))
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

func TestNoModelReachesAnotherTenant(t *testing.T) {
	h := newHouse(t)
	for _, m := range model.All() {
		noun := nounOf(t, m)
		t.Run(noun.name, func(t *testing.T) {
			for _, w := range bound {
				for _, a := range append(reads, writes...) {
					h.judge(t, noun, w, a)
				}
			}
		})
	}
}

func TestNoModelIsReachedWithoutItsTenant(t *testing.T) {
	h := newHouse(t)
	for _, m := range model.All() {
		noun := nounOf(t, m)
		t.Run(noun.name, func(t *testing.T) {
			for _, w := range unbound {
				for _, a := range append(reads, writes...) {
					a.want = refused
					h.judge(t, noun, w, a)
				}
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
	acme, globex := h.state(t)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s, %s: %s\nerror: %v\nSQL: %q", w.name, a.name, fmt.Sprintf(format, args...), err, h.Ran())
	}
	if isSecret(found) {
		fail("it read a neighbour's row: %+v", found)
	}
	if globex != h.globex {
		fail("it changed a neighbour's rows:\n%s", difference(h.globex, globex))
	}
	switch changed := acme != h.acme; {
	case a.want == harmless:
	case a.want == refused && err == nil:
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

// isSecret reports whether something that was read holds a text, an id or the tenant of
// globex.
func isSecret(found any) bool { return found != nil && hasSecret(reflect.ValueOf(found)) }

func hasSecret(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && hasSecret(v.Elem())
	case reflect.String:
		return strings.Contains(v.String(), globexMark)
	case reflect.Slice, reflect.Array:
		if id, ok := reflect.TypeAssert[model.ID](v); ok {
			return strings.HasPrefix(string(id[:]), globexMark)
		}
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
			return strings.Contains(string(v.Bytes()), globexMark)
		}
		for i := range v.Len() {
			if hasSecret(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && hasSecret(v.Field(i)) {
				return true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if hasSecret(v.MapIndex(key)) {
				return true
			}
		}
	case reflect.Uint32:
		return v.Type() == reflect.TypeFor[tenancy.ID]() && v.Uint() == 2
	}
	return false
}

// length is how many rows were found.
func length(found any) int {
	switch v := reflect.Indirect(reflect.ValueOf(found)); v.Kind() {
	case reflect.Slice:
		return v.Len()
	case reflect.Int, reflect.Int64:
		return int(v.Int())
	case reflect.Struct:
		return 1
	default:
		return 0
	}
}
