package transport_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// expireAfter makes the credentials of each request expire.
func expireAfter(d time.Duration) func(*server.Options) {
	return func(o *server.Options) {
		resolve := o.Resolve
		o.Resolve = func(ctx context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
			identity, err := resolve(ctx, c)
			identity.Expires = time.Now().Add(d)
			return identity, err
		}
	}
}

// TestSubscriptionsEndWhenTheCredentialsExpire subscribes by each protocol, as both tenants. It fails if a response marks the
// subscription as complete: then clients would not subscribe again.
func TestSubscriptionsEndWhenTheCredentialsExpire(t *testing.T) {
	t.Parallel() // it waits
	s := servertest.New(t, expireAfter(time.Second))
	url := s.Listen(t)
	for _, tenant := range []tenancy.Tenant{servertest.Acme, servertest.Globex} {
		t.Run(tenant.Slug, func(t *testing.T) {
			t.Parallel()
			socket := servertest.Dial(t, url, http.Header{tenancy.HeaderName: {tenant.Slug}})
			socket.Send(`{"type": "connection_init"}`)
			socket.Expect("connection_ack", "")
			socket.Subscribe("a", onShelves)
			shared := reserve(t, url, tenant.Slug)
			stream := shared.open()
			shared.start("a", onShelves)
			events := servertest.Call(t, http.MethodPost, url, tenant.Slug, bodyOf(onShelves, nil), "Accept", "text/event-stream")
			parts := servertest.Call(t, http.MethodPost, url, tenant.Slug, bodyOf(onShelves, nil), "Accept", inSubscriptionParts)
			const expired = "the credentials have expired"
			if code, reason := socket.WaitClosed(); code != 4403 || !strings.Contains(reason, "UNAUTHENTICATED: "+expired) {
				t.Errorf("the socket: %d %s", code, reason)
			}
			for name, response := range map[string]servertest.Response{"events": events, "shared": stream.response} {
				if text := response.Read(t); strings.Contains(text, "complete") || strings.Contains(text, "next") {
					t.Errorf("%s: %s", name, text)
				}
			}
			if text := parts.Read(t); !strings.Contains(text, "SUBSCRIPTION_INTERRUPTED") || !strings.Contains(text, expired) {
				t.Error(text)
			}
			s.WaitSubscriptions(t, tenant, 0)
		})
	}
}

// TestQueriesFinishAfterTheCredentialsHaveExpired holds a query until its credentials have expired.
func TestQueriesFinishAfterTheCredentialsHaveExpired(t *testing.T) {
	t.Parallel() // it waits
	s := servertest.New(t, expireAfter(100*time.Millisecond))
	url := s.Listen(t)
	release := s.Hold("tags")
	time.AfterFunc(500*time.Millisecond, release)
	for _, accept := range []string{"application/json", "text/event-stream"} {
		response := servertest.Call(t, http.MethodPost, url, "acme", bodyOf("{ tags { totalCount } }", nil), "Accept", accept)
		if text := response.Read(t); !strings.Contains(text, `"totalCount":0`) {
			t.Error(text)
		}
	}
}

// TestSocketsCancelTheirQueriesWhenTheCredentialsExpire holds a query of a socket. It fails if the socket waits for the query.
func TestSocketsCancelTheirQueriesWhenTheCredentialsExpire(t *testing.T) {
	t.Parallel() // it waits
	s := servertest.New(t, expireAfter(500*time.Millisecond))
	defer s.Hold("tags")()
	socket := servertest.Dial(t, s.Listen(t), http.Header{tenancy.HeaderName: {"acme"}})
	socket.Send(`{"type": "connection_init"}`)
	socket.Expect("connection_ack", "")
	socket.Subscribe("a", "{ tags { totalCount } }")
	if code, reason := socket.WaitClosed(); code != 4403 {
		t.Errorf("the socket: %d %s", code, reason)
	}
}
