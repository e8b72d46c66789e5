package relay

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// InputID is a global id of a client, in a field of an input.
type InputID struct {
	Field string
	ID    GlobalID
}

// AddLink links two rows, and returns the row of T. It changes nothing if they are linked. Both rows
// must exist. It publishes an update of the row of T, and of the row of U if that type has the inverse
// relation. It panics for a relation of NewHasMany, and for links with a type of their own.
func (m *ToMany[T, U, R]) AddLink(ctx context.Context, db *tenancy.DB, parent, child InputID) (*T, error) {
	return m.changeLink(ctx, db, parent, child, func(session *gorm.DB, link *R) (changed bool, err error) {
		if err = session.Create(link).Error; errors.Is(err, gorm.ErrDuplicatedKey) {
			return false, nil
		}
		return err == nil, err
	})
}

// RemoveLink removes the link between two rows, and returns the row of T. It changes nothing if they
// are not linked. Otherwise it equals AddLink.
func (m *ToMany[T, U, R]) RemoveLink(ctx context.Context, db *tenancy.DB, parent, child InputID) (*T, error) {
	return m.changeLink(ctx, db, parent, child, func(session *gorm.DB, link *R) (changed bool, err error) {
		deleted := session.Delete(link)
		return deleted.RowsAffected > 0, deleted.Error
	})
}

// changeLink calls change for the link between two rows, and publishes updates of the rows if the link has changed. Only
// change writes, by one statement, so changeLink needs no transaction unless the link has GORM hooks.
func (m *ToMany[T, U, R]) changeLink(
	ctx context.Context, db *tenancy.DB, parent, child InputID, change func(*gorm.DB, *R) (changed bool, err error),
) (*T, error) {
	if m.hasLinkType() {
		panic(fmt.Sprintf("relay: the links of %s.%s are rows of %s: create and delete those", m.from.name, m.name, typeName[R]()))
	}
	var v Validation
	link := new(R)
	parentID, childID := m.ids(link)
	*parentID, *childID = v.ID(parent.Field, parent.ID, m.from), v.ID(child.Field, child.ID, m.to)
	if err := v.Err(); err != nil {
		return nil, err
	}
	var t *T
	err := runAtomic(ctx, db, !hasModelHooks(schemaOf[R]()), func(ctx context.Context) (err error) {
		var u *U
		if t, u, err = m.findEnds(ctx, db, link); err != nil {
			return err
		}
		changed, err := change(db.For(ctx), link)
		if errors.Is(err, gorm.ErrForeignKeyViolated) { // one of the rows was deleted meanwhile
			if _, _, missing := m.findEnds(ctx, db, link); missing != nil {
				return missing
			}
			return err
		}
		if changed {
			m.from.Publish(ctx, db, ChangeUpdated, t)
			if m.hasInverse() {
				m.to.Publish(ctx, db, ChangeUpdated, u)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// hasLinkType reports whether the links are rows of a type of the API.
func (m *ToMany[T, U, R]) hasLinkType() bool {
	_, ok := any(new(R)).(Node)
	return ok
}

// findEnds returns the rows of a link.
func (m *ToMany[T, U, R]) findEnds(ctx context.Context, db *tenancy.DB, link *R) (*T, *U, error) {
	parent, child := m.ids(link)
	t, err := m.from.Find(ctx, db, *parent)
	if err != nil {
		return nil, nil, err
	}
	u, err := m.to.Find(ctx, db, *child)
	return t, u, err
}

// hasInverse reports whether the other type has a relation by the same links.
func (m *ToMany[T, U, R]) hasInverse() bool {
	for _, r := range m.to.filter.relations {
		if r.link != nil && reflect.TypeOf(r.link) == reflect.TypeFor[*R]() && r.column == m.child {
			return true
		}
	}
	return false
}

// publishParents publishes an update of the rows of T with links to rows of U to be deleted.
func (m *ToMany[T, U, R]) publishParents(ctx context.Context, db *tenancy.DB, deleted deletedRows) error {
	if !m.from.hasUpdates() {
		return nil
	}
	condition, arg := deleted.where(m.child)
	linked := db.For(ctx).Model(new(R)).Select(m.parent).Where(condition, arg)
	return m.from.publishUpdates(ctx, db, "id IN (?)", linked)
}
