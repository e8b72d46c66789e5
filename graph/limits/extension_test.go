package limits_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/limits"
	"rowhouse/tenancy"
)

// resolveField resolves a field of the operation of ctx.
func resolveField(ctx context.Context, object string, field *ast.Field, resolve graphql.Resolver) error {
	ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{
		Object: object, Field: graphql.CollectedField{Field: field, Selections: field.SelectionSet},
	})
	_, err := graphql.GetOperationContext(ctx).ResolverMiddleware(ctx, resolve)
	return err
}

// onlyField returns the only field of the operation of ctx.
func onlyField(ctx context.Context) *ast.Field {
	return graphql.GetOperationContext(ctx).Operation.SelectionSet[0].(*ast.Field)
}

// TestEventsEndInTime has events that come after an hour, and whose second field never ends.
func TestEventsEndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExtension(func(l *limits.Limits) { l.Time = 30 * time.Second })
		respond := startOperation(t.Context(), t, x, "subscription { a }", func(ctx context.Context) graphql.Marshaler {
			time.Sleep(time.Hour)
			start := time.Now()
			for field, end := range []time.Duration{20 * time.Second, 30 * time.Second} {
				err := resolveField(ctx, "Event", onlyField(ctx), func(ctx context.Context) (any, error) {
					select {
					case <-ctx.Done():
						return nil, context.Cause(ctx)
					case <-time.After(20 * time.Second):
						return 1, nil
					}
				})
				if took := time.Since(start); took != end || errors.Is(err, context.DeadlineExceeded) != (field == 1) {
					t.Errorf("field %d: %v after %s", field, err, took)
				}
			}
			return graphql.Null
		})
		for range 2 {
			respond()
		}
	})
}

// TestContextOfAnEventEndsWithIt keeps the context of a response. That of a query is the request's: its
// deferred payloads follow.
func TestContextOfAnEventEndsWithIt(t *testing.T) {
	for document, want := range map[string]error{"subscription { a }": context.Canceled, "{ bytes }": nil} {
		var kept context.Context
		startOperation(t.Context(), t, newExtension(func(*limits.Limits) {}), document, func(ctx context.Context) graphql.Marshaler {
			kept = ctx
			return graphql.Null
		})()
		if err := kept.Err(); !errors.Is(err, want) {
			t.Errorf("%s: %v", document, err)
		}
	}
}

// TestEventsAreFreed sends an event without a field that starts its time limit.
func TestEventsAreFreed(t *testing.T) {
	send := func() weak.Pointer[[1024]byte] {
		large := new([1024]byte)
		type key struct{}
		ctx := context.WithValue(t.Context(), key{}, large)
		startOperation(ctx, t, newExtension(func(*limits.Limits) {}), "subscription { a }",
			func(context.Context) graphql.Marshaler { return graphql.Null })()
		return weak.Make(large)
	}
	kept := send()
	for try := 0; kept.Value() != nil; try++ {
		if try == 100 {
			t.Fatal("the context of an event is still in memory")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

// TestErrorsOfAResponseAreLimited has as many errors as the limit, and one more.
func TestErrorsOfAResponseAreLimited(t *testing.T) {
	for added, want := range map[int]int{0: 0, 3: 3, 4: 3} {
		x := newExtension(func(l *limits.Limits) { l.Errors = 3 })
		handle := func(context.Context) *graphql.Response { return &graphql.Response{Errors: make(gqlerror.List, added)} }
		if response := x.InterceptResponse(t.Context(), handle); len(response.Errors) != want {
			t.Errorf("%d of %d errors", len(response.Errors), added)
		}
	}
}

// TestListsWithoutPagesCount resolves a list of 100 and of 101 values with a limit on the cost of 100.
func TestListsWithoutPagesCount(t *testing.T) {
	failed := errors.New("failed")
	for _, test := range []struct {
		name, object, document string
		err, want              error // of the resolver, and for 101 values
	}{
		{
			name:     "a list",
			document: "{ list { id } }",
			want:     limits.Exceeded("the response has more than 100 fields in lists like list: ask for smaller pages"),
		},
		{
			name:     "a list of pages by a variable",
			document: "query($n: Int = 0) { list { parts(first: $n) { nodes { id } } } }",
			want:     limits.Exceeded("the response has more than 100 fields in lists like list: ask for smaller pages"),
		},
		{
			name:     "a page, whose size the complexity includes",
			document: `{ nodes(ids: ["a"]) { id } }`,
		},
		{
			name:     "a scalar that is a slice in Go",
			document: "{ bytes }",
		},
		{
			name:     "a list of the introspection schema",
			object:   "__Type",
			document: "{ list { id } }",
		},
		{
			name:     "a list with an error",
			document: "{ list { id } }",
			err:      failed,
			want:     failed,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, length := range []int{100, 101} {
				x := newExtension(func(l *limits.Limits) { l.Cost = 100 })
				startOperation(t.Context(), t, x, test.document, func(ctx context.Context) graphql.Marshaler {
					graphql.GetOperationContext(ctx).Variables = map[string]any{"n": 0}
					err := resolveField(ctx, test.object, onlyField(ctx), func(context.Context) (any, error) {
						return make([]byte, length), test.err
					})
					want := test.want
					if length == 100 {
						want = test.err
					}
					if fmt.Sprint(err) != fmt.Sprint(want) {
						t.Errorf("%d values: %v, want %v", length, err, want)
					}
					return graphql.Null
				})()
			}
		})
	}
}

// TestListEndsWithItsRequest resolves a list after the end of its request.
func TestListEndsWithItsRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	startOperation(ctx, t, newExtension(func(*limits.Limits) {}), "{ list { id } }", func(ctx context.Context) graphql.Marshaler {
		cancel()
		err := resolveField(ctx, "Query", onlyField(ctx), func(context.Context) (any, error) { return []int{1}, nil })
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		return graphql.Null
	})()
}

// TestFirstErrorsOfAResponseAreLogged counts errors of a response, and without one.
func TestFirstErrorsOfAResponseAreLogged(t *testing.T) {
	countLogged := func(ctx context.Context) (logged int) {
		for range 12 {
			if limits.CountLogged(ctx) {
				logged++
			}
		}
		return logged
	}
	startOperation(t.Context(), t, newExtension(func(*limits.Limits) {}), "{ bytes }", func(ctx context.Context) graphql.Marshaler {
		if logged := countLogged(ctx); logged != 10 {
			t.Errorf("%d errors of a response are logged", logged)
		}
		return graphql.Null
	})()
	if logged := countLogged(t.Context()); logged != 12 {
		t.Errorf("%d errors of rejected requests are logged", logged)
	}
}

// writeBytes writes a response of a length.
func writeBytes(length int) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strings.Repeat("1", length)) })
}

// checkQuota checks the buffered KiB that the tenant can still acquire.
func checkQuota(t *testing.T, q *limits.Quota, want int) {
	t.Helper()
	ctx := tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 1})
	release, err := q.Acquire(ctx, limits.Buffered, want)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Acquire(ctx, limits.Buffered, 1); err == nil {
		t.Errorf("the tenant has a larger quota than %d KiB", want)
	}
	release()
}

// TestBufferedResponseHoldsItsQuota responds with bytes, and with a quota of 100 KiB. The client reads
// the response before the request ends.
func TestBufferedResponseHoldsItsQuota(t *testing.T) {
	for _, test := range []struct {
		name, document string
		bytes, rest    int // bytes of the response, KiB of the quota
		refused        bool
	}{
		{
			name:     "a response below the first step",
			document: "{ bytes }",
			bytes:    64<<10 - 1,
			rest:     100,
		},
		{
			name:     "a response of one step",
			document: "{ bytes }",
			bytes:    64 << 10,
			rest:     36,
		},
		{
			name:     "a response of the quota",
			document: "{ bytes }",
			bytes:    100 << 10,
			rest:     0,
		},
		{
			name:     "a response beyond the quota",
			document: "{ bytes }",
			bytes:    101 << 10,
			rest:     100,
			refused:  true,
		},
		{
			name:     "a mutation",
			document: "mutation { a }",
			bytes:    100 << 10,
			rest:     0,
		},
		{
			name:     "a mutation beyond the quota, which is committed",
			document: "mutation { a }",
			bytes:    101 << 10,
			rest:     100,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := newExtension(func(l *limits.Limits) { l.Buffered = 100 })
				ctx, cancel := context.WithCancel(t.Context())
				response := startOperation(ctx, t, x, test.document,
					func(context.Context) graphql.Marshaler { return writeBytes(test.bytes) })()
				var refused *limits.Error
				if errors.As(response.Errors, &refused) != test.refused || (string(response.Data) == "null") != test.refused ||
					test.refused && refused.Code() != "RATE_LIMITED" {
					t.Errorf("%d bytes, %v", len(response.Data), response.Errors)
				}
				checkQuota(t, x.Quota, test.rest)
				cancel()
				synctest.Wait()
				checkQuota(t, x.Quota, 100)
			})
		})
	}
}

// TestBufferedEventReleasesItsQuotaOnce sends events, and ends the subscription before the last one.
func TestBufferedEventReleasesItsQuotaOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExtension(func(l *limits.Limits) { l.Buffered = 100 })
		ctx, cancel := context.WithCancel(t.Context())
		next := 0 // KiB
		respond := startOperation(ctx, t, x, "subscription { a }",
			func(context.Context) graphql.Marshaler { return writeBytes(next << 10) })
		for _, next = range []int{70, 80, 1, 1, 70} {
			if response := respond(); response.Errors != nil {
				t.Error(response.Errors)
			}
			rest := 100
			if next > 1 {
				rest -= next
			}
			checkQuota(t, x.Quota, rest)
		}
		cancel()
		synctest.Wait()
		checkQuota(t, x.Quota, 100)
		respond()
		synctest.Wait()
		checkQuota(t, x.Quota, 100)
	})
}

// TestDeferredPayloadsAreLimited tracks as many bytes as a response may have, and one more.
func TestDeferredPayloadsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExtension(func(l *limits.Limits) { l.Response, l.Buffered = 100<<10, 100 })
		ctx, cancel := context.WithCancel(tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 1}))
		track := x.TrackDeferred(ctx)
		if err := track(100 << 10); err != nil {
			t.Error(err)
		}
		checkQuota(t, x.Quota, 0)
		if err := track(100<<10 + 1); err == nil || !strings.Contains(err.Error(), "repeat more than 102400 bytes") {
			t.Error(err)
		}
		if err := x.TrackDeferred(ctx)(64 << 10); err == nil || !strings.Contains(err.Error(), "may have no more") {
			t.Error(err)
		}
		cancel()
		synctest.Wait()
		checkQuota(t, x.Quota, 100)
	})
}
