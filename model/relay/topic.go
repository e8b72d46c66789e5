package relay

import (
	"context"
	"encoding/hex"
	"slices"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// Topic is a subject of subscriptions: the changes of all rows of T, or of the rows of one
// parent. Type.Create, Update and Delete publish to the topics of their type.
type Topic[T any] struct {
	of      *Type[T]
	changes []Change
	parent  *parent[T] // nil for all rows
}

// NewTopic returns the topic of the changes of all rows of a type: of these kinds, or of all.
func NewTopic[T any](of *Type[T], changes ...Change) *Topic[T] {
	return newTopic(&Topic[T]{of: of, changes: changes})
}

// NewTopicBy returns the topic of the changes of the rows of one parent. The relation's column must
// never change.
func NewTopicBy[T, U any](relation *BelongsTo[T, U], changes ...Change) *Topic[T] {
	p := relation.newParent(Cascade)
	return newTopic(&Topic[T]{of: relation.from, changes: changes, parent: &p})
}

func newTopic[T any](t *Topic[T]) *Topic[T] {
	if len(t.changes) == 0 {
		t.changes = AllChange
	}
	t.of.topics = append(t.of.topics, t)
	return t
}

// parent is the target of a BelongsTo from T, of any type.
type parent[T any] struct {
	reference[T]
	to       Named
	onDelete OnDelete
	within   []withinField
	// check fails unless the rows have the values that the rows of their references have in the fields of within.
	check func(ctx context.Context, db *tenancy.DB, rows []*T, paths []Path) error
	// find returns the row with an id, given in a field, and the topics of its end.
	find func(ctx context.Context, db *tenancy.DB, field string, g GlobalID) (id ID, ends []string, err error)
	// require fails unless the row with an id exists.
	require func(ctx context.Context, db *tenancy.DB, id ID) error
	// missing returns the ids without a row that is visible. It is nil if the foreign key has this effect.
	missing func(ctx context.Context, db *tenancy.DB, ids []ID) (map[ID]bool, error)
	// ends returns the topics of the end of the row with an id, and of the rows it belongs to.
	ends func(ctx context.Context, db *tenancy.DB, id ID) ([]string, error)
}

func (b *BelongsTo[T, U]) newParent(onDelete OnDelete) parent[T] {
	p := parent[T]{
		reference: b.reference, to: b.to, onDelete: onDelete, within: b.within, check: b.checkWithin,
		find: func(ctx context.Context, db *tenancy.DB, field string, g GlobalID) (ID, []string, error) {
			u, err := b.to.byIDIn(ctx, db, field, g)
			if err != nil {
				return ID{}, nil, err
			}
			ends, err := b.to.endTopics(ctx, db, u)
			return b.to.rowID(u), ends, err
		},
		require: func(ctx context.Context, db *tenancy.DB, id ID) error {
			_, err := b.to.Find(ctx, db, id)
			return err
		},
		ends: func(ctx context.Context, db *tenancy.DB, id ID) ([]string, error) {
			if !b.to.hasCascade() && b.to.deletion == nil {
				return []string{endTopic(id)}, nil
			}
			u, err := b.to.take(ctx, db, shape[U]{hasDeleted: true}, id)
			if err != nil {
				return nil, err
			}
			ends, err := b.to.endTopics(ctx, db, u)
			if err == nil && b.to.deletion != nil {
				ends = ends[1:] // a soft deletion leaves the rows that refer to its row
			}
			return ends, err
		},
	}
	if b.to.deletion != nil {
		p.missing = b.to.missingOf
	}
	return p
}

// hasCascade reports whether rows of a type are deleted with another row.
func (t *Type[T]) hasCascade() bool {
	return slices.ContainsFunc(t.parents, func(p parent[T]) bool { return p.onDelete == Cascade })
}

// endTopics returns the topics of the end of a row and of the rows with which it is deleted.
func (t *Type[T]) endTopics(ctx context.Context, db *tenancy.DB, r *T) ([]string, error) {
	all := []string{endTopic(t.rowID(r))}
	for _, p := range t.parents {
		if p.onDelete != Cascade || p.readID(r) == nil {
			continue
		}
		ends, err := p.ends(ctx, db, *p.readID(r))
		if err != nil {
			return nil, err
		}
		all = append(all, ends...)
	}
	return all, nil
}

// busTopic returns the name of the topic in the Bus, for a row's parent.
func (t *Topic[T]) busTopic(parent ID) string {
	if t.parent == nil {
		return t.of.schema.Table
	}
	return t.of.schema.Table + " of " + hex.EncodeToString(parent[:])
}

// anyParentTopic returns the name of the topic in the Bus for a change of the rows of more parents than it
// has events for.
func (t *Topic[T]) anyParentTopic() string { return t.of.schema.Table + " of any" }

// endTopic returns the topic of the deletion of a row. It has one event at most, which ends all
// subscriptions to its rows. So a cascade publishes one event for any number of
// rows.
func endTopic(id ID) string { return "end of " + hex.EncodeToString(id[:]) }

// Kinds of events that are no Change.
const (
	// kindEnded is the kind of the event of an endTopic.
	kindEnded = "ENDED"
	// kindMany is the kind of an event for more changes than one event can list.
	kindMany = "MANY"
)

// maxListed bounds the ids of an event, and so the rows that a subscriber reads in one batch.
const maxListed = maxPageSize

// Publish publishes a change of a row when the transaction of ctx has been committed. Create, Update
// and Delete call it; call it for changes of other tables with an effect on the row.
func (t *Type[T]) Publish(ctx context.Context, db *tenancy.DB, change Change, r *T) {
	for _, topic := range t.topics {
		if slices.Contains(topic.changes, change) {
			id := t.rowID(r)
			db.Publish(ctx, tenancy.Event{Topic: topic.busTopicOf(r), Kind: string(change), Key: string(id[:])})
		}
	}
}

// publishRowChanges publishes a change of at most 100 rows, as Publish does, in one event per topic.
func (t *Type[T]) publishRowChanges(ctx context.Context, db *tenancy.DB, change Change, rows []*T) {
	for _, topic := range t.topics {
		if slices.Contains(topic.changes, change) {
			topic.publishList(ctx, db, change, rows)
		}
	}
}

// publishList publishes a change of at most 100 rows in one event for each parent.
func (t *Topic[T]) publishList(ctx context.Context, db *tenancy.DB, change Change, rows []*T) {
	var topics []string
	changed := map[string][]byte{}
	for _, r := range rows {
		id, topic := t.of.rowID(r), t.busTopicOf(r)
		if changed[topic] == nil {
			topics = append(topics, topic)
		}
		changed[topic] = append(changed[topic], id[:]...)
	}
	for _, topic := range topics {
		db.Publish(ctx, tenancy.Event{Topic: topic, Kind: string(change), Key: string(changed[topic])})
	}
}

// busTopicOf returns the name of the topic of a row.
func (t *Topic[T]) busTopicOf(r *T) string {
	if t.parent == nil {
		return t.busTopic(ID{})
	}
	return t.busTopic(*t.parent.readID(r))
}

// publishEnd ends the subscriptions to the rows of a deleted parent.
func publishEnd(ctx context.Context, db *tenancy.DB, id ID) {
	db.Publish(ctx, tenancy.Event{Topic: endTopic(id), Kind: kindEnded})
}

// PublishWhere publishes an update of all rows with a condition, in one event per parent. For more
// than 100 rows, the events end the subscriptions, and clients subscribe again. For rows of more than 1,000
// parents, one event ends the subscriptions to the rows of each parent in the tenant.
func (t *Topic[T]) PublishWhere(ctx context.Context, db *tenancy.DB, condition string, args ...any) error {
	return t.publishRows(ctx, db, ChangeUpdated, condition, args...)
}

// publishRows publishes a change of all rows with a condition, as PublishWhere does.
func (t *Topic[T]) publishRows(ctx context.Context, db *tenancy.DB, change Change, condition string, args ...any) error {
	newQuery := func() *gorm.DB { return db.For(ctx).Model(new(T)).Where(condition, args...) }
	columns := []string{"id"}
	if t.parent != nil {
		columns = append(columns, t.parent.column)
	}
	var rows []*T
	if err := newQuery().Select(columns).Limit(maxListed + 1).Find(&rows).Error; err != nil {
		return err
	}
	if len(rows) > maxListed {
		return t.publishMany(ctx, db, newQuery())
	}
	slices.SortFunc(rows, func(a, b *T) int { return compareIDs(t.of.rowID(a), t.of.rowID(b)) })
	t.publishList(ctx, db, change, rows)
	return nil
}

// publishUpdates publishes an update of all rows with a condition to the type's topics of updates.
func (t *Type[T]) publishUpdates(ctx context.Context, db *tenancy.DB, condition string, arg any) error {
	for _, topic := range t.topics {
		if !slices.Contains(topic.changes, ChangeUpdated) {
			continue
		}
		if err := topic.PublishWhere(ctx, db, condition, arg); err != nil {
			return err
		}
	}
	return nil
}

// hasUpdates reports whether a topic of the type has updates.
func (t *Type[T]) hasUpdates() bool {
	return slices.ContainsFunc(t.topics, func(topic *Topic[T]) bool { return slices.Contains(topic.changes, ChangeUpdated) })
}

// maxParents bounds the events of a change of many rows.
const maxParents = 1000

// publishMany publishes the event of more changes than one event can list, for each parent of the
// rows of a query. For more than maxParents, one event ends the subscriptions to the rows of all parents.
func (t *Topic[T]) publishMany(ctx context.Context, db *tenancy.DB, query *gorm.DB) error {
	parents := []ID{{}}
	if t.parent != nil {
		if err := query.Distinct(t.parent.column).Limit(maxParents+1).Pluck(t.parent.column, &parents).Error; err != nil {
			return err
		}
	}
	if len(parents) > maxParents {
		db.Publish(ctx, tenancy.Event{Topic: t.anyParentTopic(), Kind: kindMany})
		return nil
	}
	for _, p := range parents {
		db.Publish(ctx, tenancy.Event{Topic: t.busTopic(p), Kind: kindMany})
	}
	return nil
}
