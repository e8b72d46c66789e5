// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Reader is a customer of the library.
type Reader struct {
	relay.Row[Reader]
	// The name of the reader.
	Name string
	// The role of the reader.
	Role ReaderRole `gorm:"charset:ascii"`
	// The email of the reader; null if it has none.
	Email    *string
	EmailKey []byte // the relay.UniqueKey of Email
	// The homepage of the reader; null if it has none.
	Homepage *string
	// The date when the reader was born; null if there is none.
	BornOn *relay.Date
	// The languages of the reader.
	Languages []string `gorm:"serializer:json"`
	// The pin of the reader.
	Pin string `gorm:"charset:ascii"`
}

// TableName returns the name of the table.
func (Reader) TableName() string { return "patrons" }

type (
	// ReaderConnection is a page of readers.
	ReaderConnection = relay.Connection[Reader]
	// ReaderEdge is a reader of a page.
	ReaderEdge = relay.Edge[Reader]
)

// Readers describes readers.
var Readers = relay.NewType[Reader, ReaderFilter](AllReaderOrder, relay.Fields{
	{Name: "name", MaxLength: 100},
	{Name: "role", Default: "MEMBER", Enum: relay.EnumOf(AllReaderRole)},
	{Name: "email", Scalar: relay.ScalarEmail, Unique: true, MaxLength: 254},
	{Name: "homepage", Scalar: relay.ScalarURL, MaxLength: 2048},
	{Name: "bornOn", Immutable: true},
	{Name: "languages", MaxLength: 20, Default: "[\"en\"]"},
	{Name: "pin", Computed: true, Private: true, MaxLength: 64, Exact: true},
}, relay.UniqueTogether("name", "bornOn"))

func init() {
	Readers.SetHooks(relay.Hooks[Reader]{BeforeCreate: BeforeCreateReader, Validate: ValidateReader})
}

var (
	// ReaderCard is the card of each reader, or nil.
	ReaderCard = relay.NewHasOne("card", CardReader)
	// ReaderBooks are the books of each reader.
	ReaderBooks = relay.NewHasMany("books", BookBorrower)
	// ReaderReviews are the reviews of each reader.
	ReaderReviews = relay.NewHasMany("reviews", ReviewReader)
	// ReaderFriends are the friends of each reader.
	ReaderFriends = relay.NewManyToMany[ReaderFriend](Readers, Readers, "friends", "reader_id", "friend_id")
)

// ReaderFriend links a reader with a friend.
type ReaderFriend struct {
	TenantID tenancy.ID
	ReaderID relay.ID `gorm:"primaryKey"`
	FriendID relay.ID `gorm:"primaryKey"`
	Friend   *Reader
}

// CreateReader stores a new reader.
func CreateReader(ctx context.Context, db *tenancy.DB, in CreateReaderInput) (*Reader, error) {
	return Readers.CreateFrom(ctx, db, &in)
}

// UpdateReader stores the fields of a reader that the input has.
func UpdateReader(ctx context.Context, db *tenancy.DB, in UpdateReaderInput) (*Reader, error) {
	return Readers.UpdateFrom(ctx, db, &in)
}

// DeleteReader deletes a reader.
func DeleteReader(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteReaderPayload, error) {
	if _, err := Readers.Delete(ctx, db, id); err != nil {
		return nil, err
	}
	return &DeleteReaderPayload{DeletedID: id}, nil
}

// DeleteReaderPayload has the id of a deleted reader.
type DeleteReaderPayload struct {
	DeletedID relay.GlobalID
}

// AddReaderFriend links a reader with a friend. It changes nothing if they are linked.
func AddReaderFriend(ctx context.Context, db *tenancy.DB, in AddReaderFriendInput) (*Reader, error) {
	return ReaderFriends.AddLink(ctx, db,
		relay.InputID{Field: "readerId", ID: in.ReaderID}, relay.InputID{Field: "friendId", ID: in.FriendID})
}

// RemoveReaderFriend removes the link of a reader with a friend. It changes nothing if they are not
// linked.
func RemoveReaderFriend(ctx context.Context, db *tenancy.DB, in RemoveReaderFriendInput) (*Reader, error) {
	return ReaderFriends.RemoveLink(ctx, db,
		relay.InputID{Field: "readerId", ID: in.ReaderID}, relay.InputID{Field: "friendId", ID: in.FriendID})
}
