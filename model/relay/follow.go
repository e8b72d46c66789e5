package relay

import (
	"context"
	"errors"
	"slices"

	"rowhouse/tenancy"
)

// RowChange is a change of a row of T.
type RowChange[T any] struct {
	Change Change
	ID     GlobalID
	// Row is the current row, or nil if it is deleted.
	Row *T
}

// Follow returns the changes of a topic of NewTopic until ctx ends, or until the caller is a slow
// consumer. convert makes an event of the API from a change.
func Follow[T, E any](ctx context.Context, db *tenancy.DB, topic *Topic[T], convert func(RowChange[T]) *E) (<-chan *E, error) {
	return startSubscription(ctx, db, subscription[T, E]{topic: topic, names: []string{topic.busTopic(ID{})}, convert: convert})
}

// FollowBy returns the changes of the rows of one parent, whose global id is given in a field, of a
// topic of NewTopicBy. It calls complete and closes the channel when the parent is deleted, alone or in a cascade.
// Otherwise it equals Follow.
func FollowBy[T, E any](
	ctx context.Context, db *tenancy.DB, topic *Topic[T], field string, g GlobalID, complete func(), convert func(RowChange[T]) *E,
) (<-chan *E, error) {
	id, ends, err := topic.parent.find(ctx, db, field, g)
	if err != nil {
		return nil, err
	}
	return startSubscription(ctx, db, subscription[T, E]{
		topic: topic, names: append([]string{topic.busTopic(id), topic.anyParentTopic()}, ends...), convert: convert,
		require:  func(ctx context.Context) error { return topic.parent.require(ctx, db, id) },
		complete: complete,
	})
}

// subscription describes the events of a subscriber.
type subscription[T, E any] struct {
	topic *Topic[T]
	names []string // of topics in the Bus
	// require fails if the row of FollowBy is deleted. It is nil for Follow.
	require  func(context.Context) error
	complete func()
	convert  func(RowChange[T]) *E
}

func startSubscription[T, E any](ctx context.Context, db *tenancy.DB, s subscription[T, E]) (<-chan *E, error) {
	ctx, cancel := context.WithCancel(ctx)
	events, err := db.Subscribe(ctx, s.names...)
	if err == nil && s.require != nil { // it may have been deleted before the subscription began
		err = s.require(ctx)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	out := make(chan *E)
	go func() {
		defer cancel()
		defer close(out)
		for e := range events {
			if !s.forwardEvent(ctx, db, e, out) {
				return
			}
		}
	}()
	return out, nil
}

// forwardEvent sends the changes of an event. It returns false at the end of the subscription.
func (s subscription[T, E]) forwardEvent(ctx context.Context, db *tenancy.DB, e tenancy.Event, out chan<- *E) bool {
	if e.Kind == kindEnded {
		s.complete()
		return false
	}
	changes, err := s.topic.of.readChanges(ctx, db, e)
	if err != nil {
		return false // the client subscribes again, and queries the data again
	}
	for _, c := range changes {
		select {
		case out <- s.convert(c):
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// errEvent reports an event of kindMany or of another release, or one damaged by the Bus.
var errEvent = errors.New("the event has another kind, or a key that is no list of ids")

// readChanges returns the changes of an event, and reads their rows in one statement.
func (t *Type[T]) readChanges(ctx context.Context, db *tenancy.DB, e tenancy.Event) ([]RowChange[T], error) {
	change := Change(e.Kind)
	if !change.IsValid() || len(e.Key)%len(ID{}) != 0 || len(e.Key) > maxListed*len(ID{}) {
		return nil, errEvent
	}
	var ids []ID
	for id := range slices.Chunk([]byte(e.Key), len(ID{})) {
		ids = append(ids, ID(id))
	}
	rows := map[ID]*T{}
	if change != ChangeDeleted {
		var err error
		if rows, err = t.ByIDs(ctx, db, ids); err != nil {
			return nil, err
		}
	}
	changes := make([]RowChange[T], len(ids))
	for i, id := range ids {
		changes[i] = RowChange[T]{change, t.GlobalID(id), rows[id]}
	}
	return changes, nil
}
