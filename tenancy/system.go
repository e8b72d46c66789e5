package tenancy

import "context"

// System returns a context whose statements belong to no tenant and may reach the rows
// of all: migrations of data, reports across tenants. The guard lets them pass and
// logs each with its reason, which must say why. Sessions that For makes from it are
// not scoped. A session or transaction of a tenant does not accept it. NewContext ends
// it, and it ends a tenant; without a reason it is the context as it was.
func System(ctx context.Context, reason string) context.Context {
	return withSystem(ctx, systemScope{reason, false})
}

// unloggedSystem is like System, but its statements are not logged. It is for frequent
// statements of this package that only read or write rows.
func unloggedSystem(ctx context.Context, reason string) context.Context {
	return withSystem(ctx, systemScope{reason, true})
}

// systemScope stands where a Tenant else does, so that the inner of both counts.
type systemScope struct {
	reason   string
	unlogged bool
}

func withSystem(ctx context.Context, s systemScope) context.Context {
	if s.reason == "" {
		return ctx
	}
	return context.WithValue(ctx, contextKey{}, s)
}

func systemOf(ctx context.Context) (systemScope, bool) {
	if ctx == nil {
		return systemScope{}, false
	}
	s, ok := ctx.Value(contextKey{}).(systemScope)
	return s, ok
}
