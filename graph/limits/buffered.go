package limits

import (
	"context"
	"sync"

	"rowhouse/graph/transport"
)

// unreadAnswers counts the answers that grow, or wait for a tenant's clients, in KiB.
const unreadAnswers transport.Resource = "KiB of answers that nobody has read yet"

// smallAnswer is what needs no count, in KiB, and the step in which others are counted.
const smallAnswer = 64

// unread is how much there is of an operation's answer, until its client has read it:
// until the next answer is made, or the operation ends.
type unread struct {
	operation context.Context
	open      transport.AcquireFunc

	mu   sync.Mutex
	kib  int
	read []func()
}

// last is where an operation keeps its last answer's.
const last = "unread"

// follow comes after the operation's last answer.
func (u *unread) follow() {
	if o := operationOf(u.operation); o != nil {
		if before, ok := o.Stats.GetExtension(last).(*unread); ok {
			before.release()
		}
	}
}

func (u *unread) release() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, read := range u.read {
		read()
	}
	u.read = nil
}

// grow counts an answer that has become so long. It fails when the tenant keeps too much
// waiting.
func (u *unread) grow(bytes int64) error {
	kib := int(bytes >> 10)
	if kib < smallAnswer {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if kib < u.kib+smallAnswer || u.operation.Err() != nil { // then nobody would give it back
		return nil
	}
	read, err := u.open(u.operation, unreadAnswers, kib-u.kib)
	if err != nil {
		return err
	}
	if u.kib == 0 {
		stop := context.AfterFunc(u.operation, u.release)
		u.read = append(u.read, func() { stop() }) // a subscription has many answers
	}
	u.kib, u.read = kib, append(u.read, read)
	return nil
}

// growAnyway counts a response that must not fail, even over the quota.
func (u *unread) growAnyway(bytes int64) error {
	_ = u.grow(bytes)
	return nil
}

// keep counts the response until the operation's next one.
func (u *unread) keep() {
	if u.kib > 0 {
		operationOf(u.operation).Stats.SetExtension(last, u)
	}
}
