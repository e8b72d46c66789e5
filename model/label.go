package model

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// Label is a mark that items can carry.
type Label struct {
	TenantID tenancy.ID
	ID       ID `gorm:"primaryKey"`
	Name     string
	// NameKey is the UniqueKey of Name: an update of Name must set both.
	NameKey []byte
	// Color is # and six lower-case hexadecimal digits.
	Color string `gorm:"charset:ascii"`

	peers[Label]
}

// ItemLabel is a label on an item. It is no noun of the API, and has an association,
// so that an item's labels are one statement.
type ItemLabel struct {
	TenantID tenancy.ID
	ItemID   ID `gorm:"primaryKey"`
	LabelID  ID `gorm:"primaryKey"`
	Label    *Label
}

type (
	// LabelConnection is a page of labels.
	LabelConnection = Connection[Label]
	// LabelEdge is a label on a page.
	LabelEdge = Edge[Label]
)

func (l *Label) id() ID { return l.ID }

// BeforeCreate computes NameKey.
func (l *Label) BeforeCreate(*gorm.DB) error {
	l.NameKey = UniqueKey(l.Name)
	return nil
}

// GlobalID returns the label's identity for clients.
func (l *Label) GlobalID() GlobalID { return globalID("Label", l.ID) }

// CreatedAt returns when the label was created.
func (l *Label) CreatedAt() time.Time { return l.ID.created() }

// LabelByID returns a label.
func LabelByID(ctx context.Context, db *tenancy.DB, id GlobalID) (*Label, error) {
	return byID[Label](ctx, db, "Label", id)
}

var labelKeys = keys[Label]{
	"CREATED_AT": byAge[Label](),
	"NAME":       byText("name", func(l *Label) string { return l.Name }),
	"COLOR":      byText("color", func(l *Label) string { return l.Color }),
}

func (f *LabelFilter) conditions(c *conditions) {
	if f == nil {
		return
	}
	logic(c, f.And.Value(), f.Or.Value(), f.Not.Value())
	c.id("id", "id", "Label", f.ID.Value())
	c.text("name", "name", f.Name.Value())
	c.text("color", "color", f.Color.Value())
}

// Labels returns a page of those labels that a filter wants.
func Labels(ctx context.Context, db *tenancy.DB, p Page, where *LabelFilter, by *LabelOrder) (*LabelConnection, error) {
	return page[Label](ctx, db, p, where, orderOf(labelKeys, by))
}

var labelsOfItem = toMany[Label, ItemLabel]{
	name: "labels", parent: "item_id", child: "label_id", with: "Label",
	read: func(l *ItemLabel) (ID, *Label) { return l.ItemID, l.Label },
}

// LabelsOf returns a page of an item's labels that match a filter.
func LabelsOf(ctx context.Context, db *tenancy.DB, item *Item, p Page, where *LabelFilter, by *LabelOrder) (*LabelConnection, error) {
	return many(ctx, db, item, item.cohort, p, linked{where}, orderOf(labelKeys, by), labelsOfItem)
}

// linked is a filter of the labels that links lead to.
type linked struct{ Label *LabelFilter }

func (l linked) conditions(c *conditions) { to[Label](c, "label_id", l.Label) }

// labelled adds that some label of an item fits a filter, or none.
func labelled(c *conditions, some bool, field string, f *LabelFilter) {
	if f != nil {
		from[ItemLabel](c, some, "item_id", &linked{f}, "labels", field)
	}
}

// CreateLabel adds a label.
func CreateLabel(ctx context.Context, db *tenancy.DB, in CreateLabelInput) (*Label, error) {
	var r rules
	r.line("name", &in.Name, maxLabel)
	r.color("color", in.Color)
	if err := r.err(); err != nil {
		return nil, err
	}
	l, err := create(ctx, db, &Label{ID: NewID(), Name: in.Name, Color: strings.ToLower(in.Color)})
	return l, taken(err, "the label name %s is taken", in.Name)
}

// UpdateLabel changes the fields of a label that the input holds.
func UpdateLabel(ctx context.Context, db *tenancy.DB, in UpdateLabelInput) (*Label, error) {
	var r rules
	id := r.id("id", in.ID, "Label")
	name := given(&r, "name", in.Name)
	if name != nil {
		r.line("name", name, maxLabel)
	}
	color := given(&r, "color", in.Color)
	if color != nil {
		r.color("color", *color)
		color = new(strings.ToLower(*color))
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	l, err := change(ctx, db, "Label", id, func(l *Label, c changes) error {
		setUnique(c, "name", &l.Name, &l.NameKey, name)
		set(c, "color", &l.Color, color)
		return nil
	})
	return l, taken(err, "the label name is taken")
}

// DeleteLabel deletes a label and takes it off every item.
func DeleteLabel(ctx context.Context, db *tenancy.DB, g GlobalID) (GlobalID, error) {
	_, err := remove[Label](ctx, db, "Label", g, func(ctx context.Context, id ID) error {
		labelled := db.For(ctx).Model(&ItemLabel{}).Select("item_id").Where("label_id = ?", id)
		return publishItems(ctx, db, "id IN (?)", labelled)
	})
	return g, err
}

// AddItemLabel puts a label on an item; one that is there already stays.
func AddItemLabel(ctx context.Context, db *tenancy.DB, in AddItemLabelInput) (*Item, error) {
	return linkLabel(ctx, db, in.ItemID, in.LabelID, func(session *gorm.DB, link *ItemLabel) (changed bool, err error) {
		if err := session.Create(link).Error; !errors.Is(err, gorm.ErrDuplicatedKey) {
			return err == nil, missing(err, "Label")
		}
		return false, nil
	})
}

// RemoveItemLabel takes a label off an item; one that is not there stays away.
func RemoveItemLabel(ctx context.Context, db *tenancy.DB, in RemoveItemLabelInput) (*Item, error) {
	return linkLabel(ctx, db, in.ItemID, in.LabelID, func(session *gorm.DB, link *ItemLabel) (changed bool, err error) {
		deleted := session.Delete(link)
		return deleted.RowsAffected > 0, deleted.Error
	})
}

// linkLabel calls do to change the link between an item and a label, both of which must exist. It
// publishes the item if do changed the link.
func linkLabel(
	ctx context.Context, db *tenancy.DB, itemID, labelID GlobalID, do func(*gorm.DB, *ItemLabel) (changed bool, err error),
) (*Item, error) {
	var r rules
	link := &ItemLabel{ItemID: r.id("itemId", itemID, "Item"), LabelID: r.id("labelId", labelID, "Label")}
	if err := r.err(); err != nil {
		return nil, err
	}
	var item *Item
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if item, err = find[Item](ctx, db, "Item", link.ItemID); err != nil {
			return err
		}
		if _, err := find[Label](ctx, db, "Label", link.LabelID); err != nil {
			return err
		}
		changed, err := do(db.For(ctx), link)
		if changed {
			publish(ctx, db, ChangeUpdated, item)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return item, nil
}
