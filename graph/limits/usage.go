package limits

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
)

const (
	// bufferStep is the size of a response without quota, in KiB. The quota of a larger response
	// grows in steps of this size.
	bufferStep = 64
	// maxLogged bounds the logged errors of a response. A relation that fails for one row
	// often fails for all.
	maxLogged = 10
)

// usage tracks the usage of one response: of a query or mutation, or an event of a subscription.
type usage struct {
	operation context.Context
	quota     *Quota

	logged    atomic.Int32 // errors
	fields    atomic.Int64 // in lists without a page size
	startTime func()       // starts the time limit of an event
	failure   error        // replaces the response

	buffered int      // KiB
	releases []func() // of the quota
}

type usageKey struct{}

// usageOf returns the usage of the response of ctx, or nil.
func usageOf(ctx context.Context) *usage {
	u, _ := ctx.Value(usageKey{}).(*usage)
	return u
}

// CountLogged counts an error of the response of ctx. It reports whether to log the error: only the
// first errors of a response are logged.
func CountLogged(ctx context.Context) bool {
	u := usageOf(ctx)
	return u == nil || u.logged.Add(1) <= maxLogged
}

// growBuffer acquires the quota of a response for its length in bytes. It fails beyond the quota of
// the tenant.
func (u *usage) growBuffer(length int64) error {
	kib := int(length >> 10)
	if kib < u.buffered+bufferStep {
		return nil
	}
	release, err := u.quota.Acquire(u.operation, Buffered, kib-u.buffered)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(u.operation, release)
	u.buffered, u.releases = kib, append(u.releases, func() {
		if stop() { // else it was released before, or the operation has ended
			release()
		}
	})
	return nil
}

// tryGrowBuffer is growBuffer without failure, for a response of a committed mutation.
func (u *usage) tryGrowBuffer(length int64) error {
	_ = u.growBuffer(length)
	return nil
}

// releaseBuffer releases the quota of the response before its operation ends.
func (u *usage) releaseBuffer() {
	for _, release := range u.releases {
		release()
	}
}

// lastBufferedKey is the name in graphql.Stats of the usage of an operation's last large response. Its
// client has read the response when the operation continues with the next one.
const lastBufferedKey = "limits.lastBuffered"

// operationOf returns the operation of ctx, or nil if the request was rejected before.
func operationOf(ctx context.Context) *graphql.OperationContext {
	if !graphql.HasOperationContext(ctx) {
		return nil
	}
	if o := graphql.GetOperationContext(ctx); o.Operation != nil {
		return o
	}
	return nil
}
