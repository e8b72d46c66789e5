package transport_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rowhouse/graph/transport"
)

// TestAcceptSelectsTheMediaType sends each Accept header with a query and with a subscription,
// which have different media types.
func TestAcceptSelectsTheMediaType(t *testing.T) {
	const (
		plain     = "application/json"
		response  = "application/graphql-response+json"
		events    = "text/event-stream"
		multipart = "multipart/mixed"
	)
	for _, test := range []struct{ accept, query, subscription string }{ // "" if the request is rejected
		{
			accept: "",
			query:  plain,
		},
		{
			accept: " ",
			query:  plain,
		},
		{
			accept: "application/json",
			query:  plain,
		},
		{accept: "application/json;q=0"},
		{
			accept: "application/json;q=high, application/graphql-response+json;q=0.9",
			query:  plain,
		},
		{
			accept: "application/graphql-response+json",
			query:  response,
		},
		{
			accept: "application/graphql-response+json, application/json",
			query:  response,
		},
		{
			accept: "application/json, application/graphql-response+json",
			query:  plain,
		},
		{
			accept: "application/json;q=0.5, application/graphql-response+json;q=0.9",
			query:  response,
		},
		{
			accept: "*/*",
			query:  plain,
		},
		{
			accept: "application/*",
			query:  plain,
		},
		{accept: "image/png"},
		{
			accept: "image/png, */*;q=0.1",
			query:  plain,
		},
		{
			accept: "/, application/graphql-response+json",
			query:  response,
		},
		{
			accept: "application/graphql-response+json;q, application/json",
			query:  plain,
		},
		{
			accept:       "text/event-stream",
			query:        events,
			subscription: events,
		},
		{
			accept: "text/event-stream;q=0, application/json",
			query:  plain,
		},
		{
			accept:       "application/json, text/event-stream;q=0.5",
			query:        plain,
			subscription: events,
		},
		{
			accept: "multipart/mixed",
			query:  plain,
		},
		{accept: "multipart/mixed;q=0"},
		{
			accept: "multipart/mixed;deferSpec=20220824",
			query:  plain,
		},
		{accept: "multipart/mixed;deferSpec=20230621"},
		{accept: "multipart/mixed;incrementalSpec=v0.2"},
		{accept: "multipart/mixed;incrementalSpec=v0.2;subscriptionSpec=1.0"},
		{accept: "image/mixed;subscriptionSpec=1.0"},
		{
			accept:       "multipart/mixed;subscriptionSpec=1.0",
			query:        plain,
			subscription: multipart,
		},
		{accept: "multipart/mixed;subscriptionSpec=2.0"},
		{
			accept:       "multipart/mixed;subscriptionSpec=1.0, text/event-stream",
			query:        events,
			subscription: multipart,
		},
		{
			accept:       "text/event-stream, multipart/mixed;subscriptionSpec=1.0",
			query:        events,
			subscription: events,
		},
		{
			accept:       "text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=1.0",
			query:        events,
			subscription: multipart,
		},
		{
			accept:       "multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream",
			query:        events,
			subscription: events,
		},
	} {
		t.Run(test.accept, func(t *testing.T) {
			for document, want := range map[string]string{"{ name }": test.query, "subscription { name }": test.subscription} {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					defer cancel()
					w := send(ctx, newServer(&quota{}), "POST", "/", `{"query": "`+document+`"}`, "Accept", test.accept)
					got, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
					if w.Code != http.StatusOK {
						got = ""
					}
					if got != want {
						t.Errorf("%s: %d %q, want %q", document, w.Code, got, want)
					}
				})
			}
			rejected := test.query
			if rejected == "" || rejected == events {
				rejected = plain
			}
			got := transport.ErrorContentType(&http.Request{Header: http.Header{"Accept": {test.accept}}})
			if got != rejected+"; charset=utf-8" {
				t.Errorf("the Content-Type of a rejected request is %s, not %s", got, rejected)
			}
		})
	}
}
