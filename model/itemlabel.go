package model

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// ItemLabel links an item with a label. It is no type of the API.
type ItemLabel struct {
	TenantID tenancy.ID
	ItemID   relay.ID `gorm:"primaryKey"`
	LabelID  relay.ID `gorm:"primaryKey"`
	Label    *Label
}

// ItemLabels are the labels of each item.
var ItemLabels = relay.NewManyToMany[ItemLabel](Items, Labels, "labels", "item_id", "label_id")

// AddItemLabel adds a label to an item. It changes nothing if the item has the label.
func AddItemLabel(ctx context.Context, db *tenancy.DB, in AddItemLabelInput) (*Item, error) {
	return changeLink(ctx, db, in.ItemID, in.LabelID, func(session *gorm.DB, link *ItemLabel) (changed bool, err error) {
		if err := session.Create(link).Error; !errors.Is(err, gorm.ErrDuplicatedKey) {
			return err == nil, relay.NotFoundOnForeignKey(err, Labels)
		}
		return false, nil
	})
}

// RemoveItemLabel removes a label from an item. It changes nothing if the item lacks the label.
func RemoveItemLabel(ctx context.Context, db *tenancy.DB, in RemoveItemLabelInput) (*Item, error) {
	return changeLink(ctx, db, in.ItemID, in.LabelID, func(session *gorm.DB, link *ItemLabel) (changed bool, err error) {
		deleted := session.Delete(link)
		return deleted.RowsAffected > 0, deleted.Error
	})
}

// changeLink calls change for the link between an item and a label, both of which must exist. It
// publishes the item if the link has changed.
func changeLink(
	ctx context.Context, db *tenancy.DB, itemID, labelID relay.GlobalID, change func(*gorm.DB, *ItemLabel) (changed bool, err error),
) (*Item, error) {
	var v relay.Validation
	link := &ItemLabel{ItemID: v.ID("itemId", itemID, Items), LabelID: v.ID("labelId", labelID, Labels)}
	if err := v.Err(); err != nil {
		return nil, err
	}
	var item *Item
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if item, err = Items.Find(ctx, db, link.ItemID); err != nil {
			return err
		}
		if _, err := Labels.Find(ctx, db, link.LabelID); err != nil {
			return err
		}
		changed, err := change(db.For(ctx), link)
		if changed {
			Items.Publish(ctx, db, relay.ChangeUpdated, item)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return item, nil
}
