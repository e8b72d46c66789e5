package servertest

import (
	"context"
	"database/sql"
	"fmt"

	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// Acme and Globex are the tenants.
var (
	Acme   = tenancy.Tenant{ID: 1, Slug: "acme", Name: "Acme Ltd"}
	Globex = tenancy.Tenant{ID: 2, Slug: "globex", Name: "Globex Corp"}
)

// library stores rows of tests, without events. Its methods panic if the database fails.
type library struct {
	db        *tenancy.DB
	unguarded *sql.DB // nil without a database
	*tenancytest.Statements
}

// Exec executes SQL on one connection without the guard, for rows that the API can't make.
func (l *library) Exec(statements ...string) {
	connection, err := l.unguarded.Conn(context.Background())
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	for _, s := range statements {
		if _, err := connection.ExecContext(context.Background(), s); err != nil {
			panic(err)
		}
	}
}

// Insert stores a row, or a slice of rows in one statement.
func (l *library) Insert(tenant tenancy.Tenant, rows any) {
	if err := l.db.For(contextOf(tenant)).Create(rows).Error; err != nil {
		panic(err)
	}
}

// contextOf returns a context of a tenant.
func contextOf(tenant tenancy.Tenant) context.Context {
	return tenancy.NewContext(context.Background(), tenant)
}

// Fill gives a tenant three readers and tags, and ten shelves of eleven books, each with two tags and four
// reviews. Lists, which begin with the newest row, have them in the order of their keys. It returns the id of the
// last book. The strings contain the tenant's slug.
func (l *library) Fill(tenant tenancy.Tenant) relay.GlobalID {
	readers, tags := make([]*model.Reader, 3), make([]*model.Tag, 3)
	for i := 2; i >= 0; i-- {
		readers[i], tags[i] = newReader(fmt.Sprint(tenant.Slug, i)), newTag(fmt.Sprint(tenant.Slug, i), "#123456")
	}
	var shelves []*model.Shelf
	var books []*model.Book
	var taggings []*model.Tagging
	var reviews []*model.Review
	for i := 9; i >= 0; i-- {
		shelf := newShelf("P"+string(rune('A'+i)), tenant.Slug)
		shelves = append(shelves, shelf)
		for j := 10; j >= 0; j-- {
			b := newBook(shelf, tenant.Slug)
			b.Key, b.Pages, b.BorrowerID = fmt.Sprintf("%s-%d", shelf.Key, j+1), j+1, &readers[j%3].ID
			books = append(books, b)
			for _, tag := range []*model.Tag{tags[(j+1)%3], tags[(j+2)%3]} {
				taggings = append(taggings, &model.Tagging{Row: newRow[model.Tagging](), BookID: b.ID, TagID: tag.ID})
			}
			for k := 3; k >= 0; k-- {
				review := &model.Review{Row: newRow[model.Review](), Body: tenant.Slug, ReaderID: &readers[k%3].ID, BookID: b.ID}
				reviews = append(reviews, review)
			}
		}
	}
	for _, rows := range []any{readers, tags, shelves, books, taggings, reviews} {
		l.Insert(tenant, rows)
	}
	return books[0].GlobalID()
}

// AddBook adds a book with a summary to a tenant's shelf.
func (l *library) AddBook(tenant tenancy.Tenant, shelf *model.Shelf, title, summary string) *model.Book {
	b := newBook(shelf, title)
	b.Summary = &summary
	l.Insert(tenant, b)
	return b
}

// AddBooks adds a shelf with n books that have the same summary.
func (l *library) AddBooks(tenant tenancy.Tenant, n int, summary string) *model.Shelf {
	shelf := l.AddShelf(tenant, "WEB", "web")
	books := make([]*model.Book, n)
	for i := range books {
		books[i] = newBook(shelf, "x")
		books[i].Summary = &summary
	}
	l.Insert(tenant, books)
	return shelf
}

// AddShelf adds a shelf to a tenant.
func (l *library) AddShelf(tenant tenancy.Tenant, key, name string) *model.Shelf {
	shelf := newShelf(key, name)
	l.Insert(tenant, shelf)
	return shelf
}

func newRow[T any]() relay.Row[T] { return relay.Row[T]{ID: relay.NewID()} }

func newReader(name string) *model.Reader {
	return &model.Reader{Row: newRow[model.Reader](), Name: name, Role: model.ReaderRoleMember, Languages: []string{}}
}

func newTag(name, color string) *model.Tag {
	return &model.Tag{Row: newRow[model.Tag](), Name: name, NameKey: relay.UniqueKey(name), Color: color}
}

func newShelf(key, name string) *model.Shelf {
	return &model.Shelf{Row: newRow[model.Shelf](), Key: key, Name: name}
}

func newBook(shelf *model.Shelf, title string) *model.Book {
	b := &model.Book{Row: newRow[model.Book](), Title: title, Genre: model.GenreNovel, Pages: 1, ShelfID: shelf.ID, Version: 1}
	b.Key = fmt.Sprintf("%s-%X", shelf.Key, b.ID[len(b.ID)-4:])
	return b
}
