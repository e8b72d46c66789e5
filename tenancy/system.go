package tenancy

import "context"

// System returns a context of the system scope, whose statements reach the rows of all tenants:
// for data migrations and for reports across tenants. The guard does not check them, and each is
// logged with the reason. The scope adds no condition to sessions of it. Sessions and
// transactions of a tenant refuse the context. Of System and NewContext, the inner call counts.
// With an empty reason, System returns ctx.
func System(ctx context.Context, reason string) context.Context {
	return withSystem(ctx, systemScope{reason, false})
}

// unloggedSystem is System without logs, for frequent statements of this package that only read
// or write rows.
func unloggedSystem(ctx context.Context, reason string) context.Context {
	return withSystem(ctx, systemScope{reason, true})
}

// systemScope is a context value with the key of a Tenant, so that the inner of both counts.
type systemScope struct {
	reason   string
	unlogged bool
}

// withSystem returns a context of the system scope.
func withSystem(ctx context.Context, s systemScope) context.Context {
	if s.reason == "" {
		return ctx
	}
	return context.WithValue(ctx, contextKey{}, s)
}

// systemOf returns the system scope of ctx, if it has one.
func systemOf(ctx context.Context) (systemScope, bool) {
	if ctx == nil {
		return systemScope{}, false
	}
	s, ok := ctx.Value(contextKey{}).(systemScope)
	return s, ok
}
