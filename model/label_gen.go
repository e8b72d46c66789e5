// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Label is a label that can be added to items.
type Label struct {
	relay.Row[Label]
	// The name of the label, unique in the tenant; case is ignored, accents are not: `bug` conflicts with
	// `Bug`, but not with `búg`.
	Name    string
	NameKey []byte // the relay.UniqueKey of Name
	// The colour of the label, such as `#1f883d`.
	Color string `gorm:"charset:ascii"`
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
		Name: "color", MaxLength: 7, Exact: true, Pattern: "#[0-9A-Fa-f]{6}",
		Message: "must be # and six hexadecimal digits",
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

// DeleteLabelPayload has the id of a deleted label.
type DeleteLabelPayload struct {
	DeletedID relay.GlobalID
}
