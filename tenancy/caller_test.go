package tenancy_test

import (
	"context"
	"testing"

	"rowhouse/tenancy"
)

// TestCallerIsBoundToItsTenant reads a caller from derived contexts.
func TestCallerIsBoundToItsTenant(t *testing.T) {
	type user struct{ name string }
	d := schema.New(t)
	ada := tenancy.WithCaller(d.Acme, user{"ada"})
	globex, err := tenancy.FromContext(d.Globex)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		ctx  context.Context
		want string
	}{
		{
			name: "none",
			ctx:  d.Acme,
		},
		{
			name: "one",
			ctx:  ada,
			want: "ada",
		},
		{
			name: "a context made of it",
			ctx:  context.WithoutCancel(ada),
			want: "ada",
		},
		{
			name: "the inner of two",
			ctx:  tenancy.WithCaller(ada, user{"bob"}),
			want: "bob",
		},
		{
			name: "of another type",
			ctx:  tenancy.WithCaller(ada, "bob"),
		},
		{
			name: "a pointer",
			ctx:  tenancy.WithCaller(d.Acme, &user{"ada"}),
		},
		{
			name: "nil",
			ctx:  tenancy.WithCaller(ada, nil),
		},
		{
			name: "another tenant",
			ctx:  tenancy.NewContext(ada, globex),
		},
		{
			name: "the system scope",
			ctx:  tenancy.System(ada, "a report"),
		},
		{
			name: "no tenant",
			ctx:  tenancy.WithCaller(t.Context(), user{"ada"}),
		},
		{
			name: "a tenant after the caller",
			ctx:  tenancy.NewContext(tenancy.WithCaller(t.Context(), user{"ada"}), globex),
		},
	} {
		if caller, ok := tenancy.CallerFrom[user](test.ctx); caller.name != test.want || ok != (test.want != "") {
			t.Errorf("%s: %+v, %t", test.name, caller, ok)
		}
	}
	err = d.Tx(ada, func(ctx context.Context) error {
		session := d.For(ctx).Statement.Context
		if caller, ok := tenancy.CallerFrom[user](session); !ok || caller.name != "ada" { //nolint:contextcheck // it is ctx
			t.Errorf("in a transaction: %+v", caller)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
