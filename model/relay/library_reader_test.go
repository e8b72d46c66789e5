package relay_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// The name of this file is before model_test.go, so that Go initialises the relations of readers before
// library, which needs the links.
type (
	// Reader is a person with a shelf and a favourite book. It has each kind of rule, of reference and of
	// unique key.
	Reader struct {
		relay.Row[Reader]
		Name        string
		Email       string
		EmailKey    []byte
		Card        string `gorm:"charset:ascii"`
		Motto       *string
		Nick        *string
		Age         *int
		Score       float64
		Height      Height
		Active      bool
		BornAt      *time.Time
		Visits      int
		HomeID      relay.ID
		FavouriteID *relay.ID
		SponsorID   *relay.ID
		Version     int
		CreatedAt   time.Time
		UpdatedAt   time.Time
	}
	ReaderFilter struct {
		Card    graphql.Omittable[*relay.StringFilter] `json:"card"`
		Sponsor graphql.Omittable[*ReaderFilter]       `json:"sponsor"`
		Protege graphql.Omittable[*ReaderFilter]       `json:"protege"`
	}
	// ReaderBook links a reader with a book that the reader wishes for.
	ReaderBook struct {
		TenantID tenancy.ID
		ReaderID relay.ID `gorm:"primaryKey"`
		BookID   relay.ID `gorm:"primaryKey"`
		Reader   *Reader
		Book     *Book
	}
	// ReaderCount is the number of a shelf's readers with the same height or favourite.
	ReaderCount struct {
		HomeID      relay.ID
		Height      *Height
		FavouriteID *relay.ID
		Count       int

		relay.Batch[ReaderCount] `gorm:"-"`
	}
	CreateReaderInput struct {
		Name        string                             `json:"name"`
		Email       string                             `json:"email"`
		Card        string                             `json:"card"`
		Motto       graphql.Omittable[*string]         `json:"motto"`
		Nick        *string                            `json:"nick"`
		Age         graphql.Omittable[*int]            `json:"age"`
		Score       graphql.Omittable[*float64]        `json:"score"`
		Height      graphql.Omittable[*Height]         `json:"height"`
		BornAt      graphql.Omittable[*time.Time]      `json:"bornAt"`
		HomeID      relay.GlobalID                     `json:"homeId"`
		FavouriteID graphql.Omittable[*relay.GlobalID] `json:"favouriteId"`
		SponsorID   graphql.Omittable[*relay.GlobalID] `json:"sponsorId"`
	}
	UpdateReaderInput struct {
		ID              relay.GlobalID                     `json:"id"`
		Name            graphql.Omittable[*string]         `json:"name"`
		Email           graphql.Omittable[*string]         `json:"email"`
		Motto           graphql.Omittable[*string]         `json:"motto"`
		Nick            graphql.Omittable[*string]         `json:"nick"`
		Age             graphql.Omittable[*int]            `json:"age"`
		Score           graphql.Omittable[*float64]        `json:"score"`
		Height          graphql.Omittable[*Height]         `json:"height"`
		BornAt          graphql.Omittable[*time.Time]      `json:"bornAt"`
		HomeID          graphql.Omittable[*relay.GlobalID] `json:"homeId"`
		FavouriteID     graphql.Omittable[*relay.GlobalID] `json:"favouriteId"`
		ExpectedVersion graphql.Omittable[*int]            `json:"expectedVersion"`
	}
)

const (
	// MySQL 9.7 does not check a foreign key whose columns lead an index with a NULL: nick is ahead of home_id.
	createReaders = `CREATE TABLE readers (tenant_id INT UNSIGNED, id BINARY(16), name VARCHAR(20) NOT NULL,
		email VARCHAR(254) NOT NULL, email_key BINARY(32) NOT NULL,
		card VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, motto VARCHAR(30), nick VARCHAR(10), age INT,
		score DOUBLE NOT NULL, height TINYINT UNSIGNED NOT NULL, active BOOLEAN NOT NULL, born_at DATETIME(6),
		visits INT NOT NULL, home_id BINARY(16) NOT NULL, favourite_id BINARY(16), sponsor_id BINARY(16), version INT NOT NULL,
		created_at DATETIME(6) NOT NULL, updated_at DATETIME(6) NOT NULL, PRIMARY KEY (tenant_id, id),
		UNIQUE KEY (tenant_id, email_key), UNIQUE KEY (tenant_id, card),
		UNIQUE KEY (tenant_id, sponsor_id), UNIQUE KEY (tenant_id, nick, home_id),
		FOREIGN KEY (tenant_id, sponsor_id) REFERENCES readers (tenant_id, id),
		FOREIGN KEY (tenant_id, home_id) REFERENCES shelves (tenant_id, id),
		FOREIGN KEY (tenant_id, favourite_id) REFERENCES books (tenant_id, id))`
	createReaderBooks = `CREATE TABLE reader_books (tenant_id INT UNSIGNED, reader_id BINARY(16), book_id BINARY(16),
		PRIMARY KEY (tenant_id, reader_id, book_id),
		FOREIGN KEY (tenant_id, reader_id) REFERENCES readers (tenant_id, id) ON DELETE CASCADE,
		FOREIGN KEY (tenant_id, book_id) REFERENCES books (tenant_id, id) ON DELETE CASCADE)`
)

var (
	readers = relay.NewType[Reader, ReaderFilter]([]Order{"NAME_ASC"}, relay.Fields{
		{Name: "name", MinLength: 2, MaxLength: 20},
		{Name: "email", Unique: true, Format: relay.FormatEmail},
		{
			Name: "card", Unique: true, Immutable: true, MaxLength: 8,
			Pattern: "[A-Z]-[0-9]+", Message: "must be a letter, - and digits",
		},
		{Name: "motto", MaxLength: 30, Multiline: true},
		{Name: "nick", MaxLength: 10, Exact: true},
		{Name: "age", Min: "6", Max: "120"},
		{Name: "score", Min: "-1.5", Default: "0.5"},
		{Name: "height", Enum: heights, Default: "MEDIUM"},
		{Name: "active", Default: "true", Computed: true},
		{Name: "visits", Max: "9", Private: true, Computed: true, RenamedFrom: "calls"},
		{Name: "sponsorId", Unique: true},
	}, relay.Versioned(), relay.UniqueTogether("nick", "home"), relay.Index("home", "height"), relay.RenamedFrom("Visitor"))

	readerHome      = relay.NewBelongsTo(readers, shelves, "home", relay.Restrict)
	readerFavourite = relay.NewBelongsTo(readers, books, "favourite", relay.SetNull)
	readerSponsor   = relay.NewBelongsTo(readers, readers, "sponsor", relay.SetNull)
	readerProtege   = relay.NewHasOne("protege", readerSponsor)
	readerWishes    = relay.NewManyToMany[ReaderBook](readers, books, "wishes", "reader_id", "book_id")
	_               = relay.NewManyToMany[ReaderBook](books, readers, "wishedBy", "book_id", "reader_id")
	shelfReaders    = relay.NewHasMany("readers", readerHome)

	readerChanges = relay.NewTopic(readers)

	readerCounts = relay.NewGroups[ReaderCount](shelfReaders, map[Order]string{"HEIGHT": "height", "FAVOURITE": "favourite_id"})
	// loadFavourite loads the favourite of the readers that were counted.
	loadFavourite = relay.NewGroupReference[ReaderCount](books, "favourite")
)

// readerHooks is the context key of the hooks of one test. Validate is a rule of all tests.
type readerHooks struct{}

func init() {
	hooksOf := func(ctx context.Context) relay.Hooks[Reader] {
		h, _ := ctx.Value(readerHooks{}).(relay.Hooks[Reader])
		return h
	}
	callRow := func(hook func(relay.Hooks[Reader]) relay.RowHook[Reader]) relay.RowHook[Reader] {
		return func(ctx context.Context, db *tenancy.DB, r *Reader) error {
			if h := hook(hooksOf(ctx)); h != nil {
				return h(ctx, db, r)
			}
			return nil
		}
	}
	readers.SetHooks(relay.Hooks[Reader]{
		Validate:     validateReader,
		BeforeCreate: callRow(func(h relay.Hooks[Reader]) relay.RowHook[Reader] { return h.BeforeCreate }),
		AfterCreate:  callRow(func(h relay.Hooks[Reader]) relay.RowHook[Reader] { return h.AfterCreate }),
		BeforeDelete: callRow(func(h relay.Hooks[Reader]) relay.RowHook[Reader] { return h.BeforeDelete }),
		AfterDelete:  callRow(func(h relay.Hooks[Reader]) relay.RowHook[Reader] { return h.AfterDelete }),
		BeforeUpdate: func(ctx context.Context, db *tenancy.DB, old, r *Reader) error {
			if h := hooksOf(ctx).BeforeUpdate; h != nil {
				return h(ctx, db, old, r)
			}
			return nil
		},
		AfterUpdate: func(ctx context.Context, db *tenancy.DB, old, r *Reader) error {
			if h := hooksOf(ctx).AfterUpdate; h != nil {
				return h(ctx, db, old, r)
			}
			return nil
		},
	})
}

// validateReader rejects a motto with the reader's name, and a name that gets shorter.
func validateReader(v *relay.Validation, old, r *Reader) {
	if r.Motto != nil && strings.Contains(*r.Motto, r.Name) {
		v.Add("must not have the name", "motto")
	}
	if old != nil && len(r.Name) < len(old.Name) {
		v.Add("must not get shorter", "name")
	}
}

// newReader stores a reader with a card, an e-mail address of it and a home.
func newReader(ctx context.Context, t *testing.T, d *tenancytest.Database, home *Shelf, card string) *Reader {
	t.Helper()
	return must[*Reader](t)(readers.CreateFrom(ctx, d.DB, newReaderInput(home, card)))
}

func newReaderInput(home *Shelf, card string) *CreateReaderInput {
	return &CreateReaderInput{Name: "Ada", Email: card + "@acme.example", Card: card, HomeID: home.GlobalID()}
}

// given returns a value of an input, and null returns null.
func given[V any](v V) graphql.Omittable[*V] { return graphql.OmittableOf(&v) }
func null[V any](V) graphql.Omittable[*V]    { return graphql.OmittableOf[*V](nil) }
func findReader(t *testing.T, d *tenancytest.Database, id relay.ID) *Reader {
	t.Helper()
	return must[*Reader](t)(readers.Find(d.Acme, d.DB, id))
}
