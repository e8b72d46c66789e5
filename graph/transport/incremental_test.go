package transport_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestNothingDeferredIsOneResponse has operations whose response is one JSON object, although the
// client accepts payloads.
func TestNothingDeferredIsOneResponse(t *testing.T) {
	for _, test := range []struct {
		name, query, want string
	}{
		{
			name:  "no @defer",
			query: `{ book { name } }`,
			want:  `{"data":{"book":{"name":"A"}}}`,
		},
		{
			name:  "a field with the name defer",
			query: `{ book { defer: name } }`,
			want:  `{"data":{"book":{"defer":"A"}}}`,
		},
		{
			name:  "@defer that is disabled",
			query: `{ book { ... @defer(if: false) { name } } }`,
			want:  `{"data":{"book":{"name":"A"}}}`,
		},
		{
			name:  "no data",
			query: `{ book { failsNonNull ... @defer { name } } }`,
			want:  `{"errors":[{"message":"broken","path":["book","failsNonNull"]}],"data":null}`,
		},
		{
			name:  "a validation error",
			query: `{ book { ... @defer(label: 1) { name } } }`,
			want: `{"errors":[{"message":"String cannot represent a non string value"},` +
				`{"message":"the label of @defer must be a string in the document, not a variable and not null"}]}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := newDeferServer().sendDeferred(t, test.query, ""); len(got) != 1 || got[0] != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestDeferIsIgnoredForOtherMediaTypes(t *testing.T) {
	const query = `{ book { ... @defer { name } ...F @defer } } fragment F on Book { pages }`
	const want = `{"data":{"book":{"name":"A","pages":1}}}`
	for accept, response := range map[string]string{
		"application/json": want,
		sse:                ":\n\nevent: next\ndata: " + want + "\n\n" + completeEvent,
	} {
		if w := send(t.Context(), newDeferServer(), "POST", "/", jsonBody(query, ""), "Accept", accept); w.Body.String() != response {
			t.Errorf("%s: %s", accept, w.Body)
		}
	}
}

// TestRootIsResolvedOnce counts the calls of resolvers in both executions.
func TestRootIsResolvedOnce(t *testing.T) {
	for _, test := range []struct {
		name       string
		query      string
		subsequent string
		calls      map[string]int
	}{
		{
			name:       "a mutation",
			query:      `mutation { ...M } fragment M on Mutation { addBook { ... @defer { name } } }`,
			subsequent: `{"incremental":[{"data":{"name":"A"},"path":["addBook"]}],"hasNext":false}`,
			calls:      map[string]int{"addBook": 1},
		},
		{
			name:       "a connection",
			query:      `{ books(first: 2) { nodes { name } ... @defer { totalCount } } }`,
			subsequent: `{"incremental":[{"data":{"totalCount":2},"path":["books"]}],"hasNext":false}`,
			calls:      map[string]int{"books": 1},
		},
		{
			name:       "a connection whose initial response has only its totalCount",
			query:      `{ books(first: 2) { totalCount __typename ... @defer { nodes { name } } } }`,
			subsequent: `{"incremental":[{"data":{"nodes":[{"name":"A"},{"name":"B"}]},"path":["books"]}],"hasNext":false}`,
			calls:      map[string]int{"books": 2},
		},
		{
			name:  "a resolver that panics",
			query: `{ panics ... @defer { panics } }`,
			subsequent: `{"incremental":[{"data":{"panics":null},"path":[],"errors":[` +
				`{"message":"the resolver panicked in the initial execution","path":["panics"]}]}],"hasNext":false}`,
			calls: map[string]int{"panics": 1},
		},
		{
			name:  "a deferred resolver that panics",
			query: `{ ... @defer { panics } }`,
			subsequent: `{"incremental":[{"data":{"panics":null},"path":[],"errors":[` +
				`{"message":"panic","path":["panics"]}]}],"hasNext":false}`,
			calls: map[string]int{"panics": 1},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newDeferServer()
			got := s.sendDeferred(t, test.query, "")
			if len(got) != 2 || got[1] != test.subsequent {
				t.Errorf("%s, want %s", got, test.subsequent)
			}
			for name := range s.calls {
				if s.calls[name] != test.calls[name] {
					t.Errorf("%s is called %d times", name, s.calls[name])
				}
			}
		})
	}
}

func TestCancelledOperationHasAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := send(ctx, newDeferServer(), "POST", "/", jsonBody(`{ book { ... @defer { name } } }`, ""), "Accept", acceptDeferred)
	if got := w.Body.String(); got != `{"errors":[{"message":"context canceled"}]}` {
		t.Error(got)
	}
}

// TestDisconnectedClientGetsNoPayloads has clients that disconnect while the initial response is
// written. The second execution would call a resolver again.
func TestDisconnectedClientGetsNoPayloads(t *testing.T) {
	for writes := range 4 {
		s := newDeferServer()
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/",
			strings.NewReader(jsonBody(`{ books(first: 2) { totalCount ... @defer { nodes { name } } } }`, "")))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", acceptDeferred)
		s.ServeHTTP(&unwritable{ResponseRecorder: httptest.NewRecorder(), writes: writes}, r)
		if s.calls["books"] != 1 {
			t.Errorf("after %d writes: %v", writes, s.calls)
		}
	}
}

// unwritable is the response of a client that disconnects after some writes.
type unwritable struct {
	*httptest.ResponseRecorder
	writes int
}

func (u *unwritable) Write(text []byte) (int, error) {
	if u.writes--; u.writes == -1 {
		return 0, errDisconnected
	}
	return len(text), nil
}

func (u *unwritable) WriteString(text string) (int, error) { return u.Write([]byte(text)) }

func (u *unwritable) FlushError() error {
	if u.writes <= 0 {
		return errDisconnected
	}
	return nil
}
