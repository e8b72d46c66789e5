package transport_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/transport"
)

// TestSocketRunsOperations has operations of each kind, and errors of each.
func TestSocketRunsOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		completed := false
		s.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
			complete := transport.CompleteFunc(ctx)
			if completed {
				complete()
			}
			return next(ctx)
		})
		c := s.dial(t, `{"type":"ping","payload":{"a":1}}`)
		c.expect(`{"type":"pong","payload":{"a":1}}`)
		c.write(connectionInit)
		c.expect(connectionAck)
		c.write(`{"type":"pong"}`)
		c.write(startQuery)
		c.expect(queryNext, queryComplete)
		c.write(newSubscribeMessage("e", "{ other }"))
		c.expect(`{"id":"e","type":"error","payload":[{"message":"Cannot query field \"other\" on type \"Query\".",` +
			`"locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
		c.write(startMutation)
		c.expect(mutationError)
		c.write(startSubscription)
		go s.SendNextSubscriptionMessage()
		c.expect(subscriptionNext)
		if n := s.quota.operations.Load(); n != 0 {
			t.Errorf("a running subscription has acquired %d operations", n)
		}
		c.write(startQuery)
		c.expect(queryNext, queryComplete)
		c.write(startAnother)
		c.expect(quotaError)
		c.write(subscriptionComplete)
		synctest.Wait()
		time.Sleep(time.Second)
		completed = true
		c.write(startSubscription) // with the id of the stopped one
		go s.SendCompleteSubscriptionMessage()
		c.expect(subscriptionComplete)
		if n := s.quota.sockets.Load(); n != 1 {
			t.Errorf("%d sockets are acquired", n)
		}
	})
}

func TestRequestErrorIsAnErrorMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		s.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			next(ctx)
			return graphql.ErrorResponse(ctx, "too large")
		})
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startQuery)
		c.expect(queryError)
	})
}

func TestPartialResultIsANextMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		s.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			response := next(ctx)
			if response != nil {
				response.Errors = gqlerror.List{{Message: "broken"}}
			}
			return response
		})
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startQuery)
		c.expect(`{"id":"q","type":"next","payload":{"errors":[{"message":"broken"}],"data":{"name":"test"}}}`, queryComplete)
	})
}

// TestErrorOfALaterEventIsANextMessage has a subscription that continues after an event whose
// response has no data.
func TestErrorOfALaterEventIsANextMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		events := 0
		s.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			response := next(ctx)
			if events++; events == 2 {
				return graphql.ErrorResponse(ctx, "too large")
			}
			return response
		})
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startSubscription)
		go func() {
			for range 3 {
				s.SendNextSubscriptionMessage()
			}
		}()
		c.expect(subscriptionNext, `{"id":"s","type":"next","payload":{"errors":[{"message":"too large"}]}}`, subscriptionNext)
	})
}

func TestLongSubscriptionIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(newSubscribeMessage("s", "subscription { name } # "+strings.Repeat("a", 64<<10)))
		c.expect(`{"id":"s","type":"error","payload":[{"message":"a subscription and its variables must have at most 65536 bytes"}]}`)
	})
}

func TestOperationAboveTheQuotaIsAnErrorMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, func(ws *transport.WebSocket) {
			ws.Acquire = func(_ context.Context, resource transport.Resource, _ int) (func(), error) {
				if resource == transport.Operations {
					return nil, errors.New("quota exceeded")
				}
				return func() {}, nil
			}
		})
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startAnother)
		c.expect(quotaError)
	})
}
