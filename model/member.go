package model

import (
	"context"
	"time"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// Member is a person who works for the tenant.
type Member struct {
	TenantID tenancy.ID
	ID       ID `gorm:"primaryKey"`
	Name     string
	Email    string
	// EmailKey is the UniqueKey of Email: an update of Email must set both.
	EmailKey []byte
	Role     MemberRole `gorm:"charset:ascii"`

	peers[Member]
}

type (
	// MemberConnection is a page of members.
	MemberConnection = Connection[Member]
	// MemberEdge is a member on a page.
	MemberEdge = Edge[Member]
)

func (m *Member) id() ID { return m.ID }

// BeforeCreate computes EmailKey.
func (m *Member) BeforeCreate(*gorm.DB) error {
	m.EmailKey = UniqueKey(m.Email)
	return nil
}

// GlobalID returns the member's identity for clients.
func (m *Member) GlobalID() GlobalID { return globalID("Member", m.ID) }

// CreatedAt returns when the member was created.
func (m *Member) CreatedAt() time.Time { return m.ID.created() }

// MemberByID returns a member.
func MemberByID(ctx context.Context, db *tenancy.DB, id GlobalID) (*Member, error) {
	return byID[Member](ctx, db, "Member", id)
}

var memberKeys = keys[Member]{
	"CREATED_AT": byAge[Member](),
	"NAME":       byText("name", func(m *Member) string { return m.Name }),
	"EMAIL":      byText("email", func(m *Member) string { return m.Email }),
	"ROLE":       byEnum("role", AllMemberRole, func(m *Member) MemberRole { return m.Role }),
}

func (f *MemberFilter) conditions(c *conditions) {
	if f == nil {
		return
	}
	logic(c, f.And.Value(), f.Or.Value(), f.Not.Value())
	c.id("id", "id", "Member", f.ID.Value())
	c.text("name", "name", f.Name.Value())
	c.text("email", "email", f.Email.Value())
	if role := f.Role.Value(); role != nil {
		equal(c, "role", role.Eq.Value())
		in(c, "role", "role", role.In.Value())
	}
}

// Members returns a page of those members that a filter wants.
func Members(ctx context.Context, db *tenancy.DB, p Page, where *MemberFilter, by *MemberOrder) (*MemberConnection, error) {
	return page[Member](ctx, db, p, where, orderOf(memberKeys, by))
}

// CreateMember adds a member.
func CreateMember(ctx context.Context, db *tenancy.DB, in CreateMemberInput) (*Member, error) {
	var r rules
	r.line("name", &in.Name, maxName)
	r.email("email", &in.Email)
	if err := r.err(); err != nil {
		return nil, err
	}
	m, err := create(ctx, db, &Member{ID: NewID(), Name: in.Name, Email: in.Email, Role: in.Role})
	return m, taken(err, "the e-mail address %s is taken", in.Email)
}

// UpdateMember changes the fields of a member that the input holds.
func UpdateMember(ctx context.Context, db *tenancy.DB, in UpdateMemberInput) (*Member, error) {
	var r rules
	id := r.id("id", in.ID, "Member")
	name := given(&r, "name", in.Name)
	if name != nil {
		r.line("name", name, maxName)
	}
	email := given(&r, "email", in.Email)
	if email != nil {
		r.email("email", email)
	}
	role := given(&r, "role", in.Role)
	if err := r.err(); err != nil {
		return nil, err
	}
	m, err := change(ctx, db, "Member", id, func(m *Member, c changes) error {
		set(c, "name", &m.Name, name)
		setUnique(c, "email", &m.Email, &m.EmailKey, email)
		set(c, "role", &m.Role, role)
		return nil
	})
	return m, taken(err, "the e-mail address is taken")
}

// DeleteMember deletes a member and takes it off its items and comments.
func DeleteMember(ctx context.Context, db *tenancy.DB, g GlobalID) (GlobalID, error) {
	_, err := remove[Member](ctx, db, "Member", g, func(ctx context.Context, id ID) error {
		if err := publishItems(ctx, db, "assignee_id = ?", id); err != nil {
			return err
		}
		err := db.For(ctx).Model(&Item{}).Where("assignee_id = ?", id).
			Updates(map[string]any{"assignee_id": nil, "version": gorm.Expr("version + 1")}).Error
		if err != nil {
			return err
		}
		return db.For(ctx).Model(&Comment{}).Where("author_id = ?", id).Update("author_id", nil).Error
	})
	return g, err
}
