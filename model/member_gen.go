// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Member is a person in the tenant's organisation.
type Member struct {
	relay.Row[Member]
	// The display name of the member.
	Name string
	// The e-mail address of the member, unique in the tenant; case is ignored.
	Email    string
	EmailKey []byte // the relay.UniqueKey of Email
	// The role of the member.
	Role MemberRole `gorm:"charset:ascii"`
}

type (
	// MemberConnection is a page of members.
	MemberConnection = relay.Connection[Member]
	// MemberEdge is a member of a page.
	MemberEdge = relay.Edge[Member]
)

// Members describes members.
var Members = relay.NewType[Member, MemberFilter](AllMemberOrder, relay.Fields{
	{Name: "name", MaxLength: 100},
	{Name: "email", Unique: true, Format: relay.FormatEmail, MaxLength: 254},
	{Name: "role", Default: "MEMBER", Enum: relay.EnumOf(AllMemberRole)},
})

// CreateMember stores a new member.
func CreateMember(ctx context.Context, db *tenancy.DB, in CreateMemberInput) (*Member, error) {
	return Members.CreateFrom(ctx, db, &in)
}

// UpdateMember stores the fields of a member that the input has.
func UpdateMember(ctx context.Context, db *tenancy.DB, in UpdateMemberInput) (*Member, error) {
	return Members.UpdateFrom(ctx, db, &in)
}

// DeleteMember deletes a member.
func DeleteMember(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteMemberPayload, error) {
	if _, err := Members.Delete(ctx, db, id); err != nil {
		return nil, err
	}
	return &DeleteMemberPayload{DeletedID: id}, nil
}

// DeleteMemberPayload has the id of a deleted member.
type DeleteMemberPayload struct {
	DeletedID relay.GlobalID
}
