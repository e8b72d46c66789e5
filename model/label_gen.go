package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Label is a mark that items can carry.
type Label struct {
	relay.Row[Label]
	Name    string
	NameKey []byte // the relay.UniqueKey of Name
	Color   string `gorm:"charset:ascii"`
}

type (
	// LabelConnection is a page of labels.
	LabelConnection = relay.Connection[Label]
	// LabelEdge is a label of a page.
	LabelEdge = relay.Edge[Label]
)

// Labels describes labels.
var Labels = relay.NewType[Label, LabelFilter](AllLabelOrder, relay.Fields{
	{Name: "name", Unique: true, MaxLength: 50},
	{
		Name: "color", MaxLength: 7, Exact: true,
		Pattern: "#[0-9A-Fa-f]{6}", Message: "must be # and six hexadecimal digits",
	},
})

func init() {
	Labels.SetHooks(relay.Hooks[Label]{BeforeCreate: BeforeCreateLabel, BeforeUpdate: BeforeUpdateLabel})
}

// CreateLabel stores a new label.
func CreateLabel(ctx context.Context, db *tenancy.DB, in CreateLabelInput) (*Label, error) {
	return Labels.CreateFrom(ctx, db, &in)
}

// UpdateLabel stores the fields of a label that the input has.
func UpdateLabel(ctx context.Context, db *tenancy.DB, in UpdateLabelInput) (*Label, error) {
	return Labels.UpdateFrom(ctx, db, &in)
}

// DeleteLabel deletes a label.
func DeleteLabel(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteLabelPayload, error) {
	if _, err := Labels.Delete(ctx, db, id); err != nil {
		return nil, err
	}
	return &DeleteLabelPayload{DeletedID: id}, nil
}
