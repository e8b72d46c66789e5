package model

import (
	"context"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// Box, Thing and BoxThing are models of a test: boxes with many things each, which can be
// softly deleted.
type (
	Box struct {
		TenantID tenancy.ID
		ID       ID `gorm:"primaryKey"`

		peers[Box]
	}
	Thing struct {
		TenantID  tenancy.ID
		ID        ID `gorm:"primaryKey"`
		Name      string
		DeletedAt gorm.DeletedAt

		peers[Thing]
	}
	BoxThing struct {
		TenantID tenancy.ID
		BoxID    ID `gorm:"primaryKey"`
		ThingID  ID `gorm:"primaryKey"`
		Thing    *Thing
	}
)

func (b *Box) id() ID               { return b.ID }
func (t *Thing) id() ID             { return t.ID }
func (b *Box) GlobalID() GlobalID   { return globalID("Box", b.ID) }
func (t *Thing) GlobalID() GlobalID { return globalID("Thing", t.ID) }

// ThingsOf returns the pages of the things in each of the boxes with these ids, by name.
func ThingsOf(ctx context.Context, db *tenancy.DB, ids []ID, p Page) (all []*Connection[Thing], err error) {
	found, err := findAll[Box](ctx, db, ids)
	if err != nil {
		return nil, err
	}
	by := order[Thing]{key: byText("name", func(t *Thing) string { return t.Name })}
	things := toMany[Thing, BoxThing]{
		name: "things", parent: "box_id", child: "thing_id", with: "Thing",
		read: func(l *BoxThing) (ID, *Thing) { return l.BoxID, l.Thing },
	}
	for _, id := range ids {
		c, err := many(ctx, db, found[id], found[id].cohort, p, noFilter{}, by, things)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

type noFilter struct{}

func (noFilter) conditions(*conditions) {}
