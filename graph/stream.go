package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// socketTenant finds a socket's tenant by the function that finds a request's, once, for
// the life of the socket. Browsers send no header of a page's with a socket, so the first
// message may hold what the header would.
func socketTenant(options Options, log *slog.Logger) func(*http.Request, map[string]any) (func(context.Context) context.Context, error) {
	return func(r *http.Request, parameters map[string]any) (func(context.Context) context.Context, error) {
		ctx := r.Context()
		r = r.Clone(ctx)
		for name, value := range parameters {
			text, ok := value.(string)
			if !strings.EqualFold(name, tenancy.HeaderName) || options.GatewayNames {
				continue
			}
			if headers := r.Header.Values(tenancy.HeaderName); !ok || len(headers) > 1 || len(headers) == 1 && headers[0] != text {
				return nil, said(tenancy.ErrInvalid)
			}
			r.Header.Set(tenancy.HeaderName, text)
		}
		tenant, err := options.Resolve(r)
		if err == nil && tenant.ID == 0 {
			err = tenancy.ErrNone
		}
		if err != nil {
			if _, code, _ := answerTo(err); code == codeInternal {
				log.ErrorContext(ctx, "socket refused", "error", err)
			}
			return nil, said(err)
		}
		return func(operations context.Context) context.Context { return tenancy.NewContext(operations, tenant) }, nil
	}
}

// said is an error as a client may see it.
func said(err error) error {
	_, code, message := answerTo(err)
	return errors.New(code + ": " + message)
}

// streams counts what lasts, for each tenant.
type streams struct {
	most map[transport.Stream]int

	mu     sync.Mutex
	counts map[streamsOf]int
}

type streamsOf struct {
	tenant tenancy.ID
	what   transport.Stream
}

func newStreams(l Limits) *streams {
	return &streams{
		most: map[transport.Stream]int{
			transport.Socket: l.Sockets, transport.Operation: l.Operations, transport.Subscription: l.Subscriptions,
			unreadAnswers: l.Unread,
		},
		counts: map[streamsOf]int{},
	}
}

// busyError says that a tenant has too much of something open.
type busyError struct{ message string }

func (e *busyError) Error() string { return e.message }

// open counts so many more, until the function that it returns is called.
func (s *streams) open(ctx context.Context, what transport.Stream, many int) (func(), error) {
	tenant, err := tenancy.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	key := streamsOf{tenant.ID, what}
	s.mu.Lock()
	defer s.mu.Unlock()
	if has, most := s.counts[key], s.most[what]; has+many > most {
		message := fmt.Sprintf("the tenant has %d %s, and may have no more", has, what)
		if has < most {
			message = fmt.Sprintf("the tenant has %d %s and may have %d, and one this long counts for %d", has, what, most, many)
		}
		return nil, &busyError{message}
	}
	s.counts[key] += many
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.counts[key] -= many; s.counts[key] == 0 {
			delete(s.counts, key)
		}
	}, nil
}
