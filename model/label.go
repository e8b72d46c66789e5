package model

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Label is a mark that items can carry.
type Label struct {
	relay.Row[Label]
	Name string
	// NameKey is the UniqueKey of Name: an update of Name must set both.
	NameKey []byte
	// Color is # and six lower-case hexadecimal digits.
	Color string `gorm:"charset:ascii"`
}

type (
	// LabelConnection is a page of labels.
	LabelConnection = relay.Connection[Label]
	// LabelEdge is a label of a page.
	LabelEdge = relay.Edge[Label]
)

// Labels describes labels.
var Labels = relay.NewType[Label, LabelFilter](AllLabelOrder)

// BeforeCreate computes NameKey.
func (l *Label) BeforeCreate(*gorm.DB) error {
	l.NameKey = relay.UniqueKey(l.Name)
	return nil
}

// CreateLabel adds a label.
func CreateLabel(ctx context.Context, db *tenancy.DB, in CreateLabelInput) (*Label, error) {
	var v relay.Validation
	v.Line("name", &in.Name, maxLabel)
	checkColor(&v, in.Color)
	if err := v.Err(); err != nil {
		return nil, err
	}
	l, err := Labels.Create(ctx, db, &Label{Name: in.Name, Color: strings.ToLower(in.Color)})
	return l, relay.ConflictOnDuplicate(err, "the label name %s is taken", in.Name)
}

// UpdateLabel changes the fields of a label that the input has.
func UpdateLabel(ctx context.Context, db *tenancy.DB, in UpdateLabelInput) (*Label, error) {
	var v relay.Validation
	id := v.ID("id", in.ID, Labels)
	name := checkName(&v, in.Name, maxLabel)
	color := relay.NotNull(&v, "color", in.Color)
	if color != nil {
		checkColor(&v, *color)
		color = new(strings.ToLower(*color))
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	l, err := Labels.Update(ctx, db, id, func(l *Label, c relay.Columns) error {
		relay.SetUnique(c, "name", &l.Name, &l.NameKey, name)
		relay.Set(c, "color", &l.Color, color)
		return nil
	})
	return l, relay.ConflictOnDuplicate(err, "the label name is taken")
}

// DeleteLabel deletes a label and removes it from its items.
func DeleteLabel(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteLabelPayload, error) {
	_, err := Labels.Delete(ctx, db, id, func(ctx context.Context, l *Label) error {
		labelled := db.For(ctx).Model(&ItemLabel{}).Select("item_id").Where("label_id = ?", l.ID)
		return itemChanges.PublishWhere(ctx, db, "id IN (?)", labelled)
	})
	return &DeleteLabelPayload{DeletedID: id}, err
}
