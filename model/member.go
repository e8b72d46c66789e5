package model

import (
	"context"

	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Member is a person who works for the tenant.
type Member struct {
	relay.Row[Member]
	Name  string
	Email string
	// EmailKey is the UniqueKey of Email: an update of Email must set both.
	EmailKey []byte
	Role     MemberRole `gorm:"charset:ascii"`
}

type (
	// MemberConnection is a page of members.
	MemberConnection = relay.Connection[Member]
	// MemberEdge is a member of a page.
	MemberEdge = relay.Edge[Member]
)

// Members describes members.
var Members = relay.NewType[Member, MemberFilter](AllMemberOrder, relay.Enum(AllMemberRole))

// BeforeCreate computes EmailKey.
func (m *Member) BeforeCreate(*gorm.DB) error {
	m.EmailKey = relay.UniqueKey(m.Email)
	return nil
}

// CreateMember adds a member.
func CreateMember(ctx context.Context, db *tenancy.DB, in CreateMemberInput) (*Member, error) {
	var v relay.Validation
	v.Line("name", &in.Name, maxName)
	v.Email("email", &in.Email, maxEmail)
	if err := v.Err(); err != nil {
		return nil, err
	}
	m, err := Members.Create(ctx, db, &Member{Name: in.Name, Email: in.Email, Role: in.Role})
	return m, relay.ConflictOnDuplicate(err, "the e-mail address %s is taken", in.Email)
}

// UpdateMember changes the fields of a member that the input has.
func UpdateMember(ctx context.Context, db *tenancy.DB, in UpdateMemberInput) (*Member, error) {
	var v relay.Validation
	id := v.ID("id", in.ID, Members)
	name := checkName(&v, in.Name, maxName)
	email := relay.NotNull(&v, "email", in.Email)
	if email != nil {
		v.Email("email", email, maxEmail)
	}
	role := relay.NotNull(&v, "role", in.Role)
	if err := v.Err(); err != nil {
		return nil, err
	}
	m, err := Members.Update(ctx, db, id, func(m *Member, c relay.Columns) error {
		relay.Set(c, "name", &m.Name, name)
		relay.SetUnique(c, "email", &m.Email, &m.EmailKey, email)
		relay.Set(c, "role", &m.Role, role)
		return nil
	})
	return m, relay.ConflictOnDuplicate(err, "the e-mail address is taken")
}

// DeleteMember deletes a member and removes it from its items and comments.
func DeleteMember(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteMemberPayload, error) {
	_, err := Members.Delete(ctx, db, id, func(ctx context.Context, m *Member) error {
		if err := itemChanges.PublishWhere(ctx, db, "assignee_id = ?", m.ID); err != nil {
			return err
		}
		err := db.For(ctx).Model(&Item{}).Where("assignee_id = ?", m.ID).
			Updates(map[string]any{"assignee_id": nil, "version": gorm.Expr("version + 1")}).Error
		if err != nil {
			return err
		}
		return db.For(ctx).Model(&Comment{}).Where("author_id = ?", m.ID).Update("author_id", nil).Error
	})
	return &DeleteMemberPayload{DeletedID: id}, err
}
