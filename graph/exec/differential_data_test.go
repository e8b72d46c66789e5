package exec_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
)

// strange are strings that JSON and GraphQL escape, or must not escape.
var strange = []string{
	"", " ", "plain", "\x00\x01\x1f\x7f", `"quoted\"`, "tab\tline\nreturn\r", "<a href='x'>&amp;</a>", "\u2028\u2029",
	"𝄞 é ß ﷽", `\u0041`, "null", "\uFEFF\uFFFD",
}

// rows makes random rows of a library.
type rows struct {
	*rand.Rand
	server *servertest.Server
	ids    map[string][]string // global ids, by type
	// changed is a book of an event.
	changed *model.Book
}

// text returns a strange string, which is unique with the number.
func (r *rows) text(i int) string { return strange[r.IntN(len(strange))] + fmt.Sprint(i) }

// optional returns a value or, in one of three cases, nil.
func optional[T any](r *rows, value T) *T {
	if r.IntN(3) == 0 {
		return nil
	}
	return &value
}

// pick returns a random element.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func newRow[T any](r *rows, name string) relay.Row[T] {
	row := relay.Row[T]{ID: relay.NewID()}
	r.ids[name] = append(r.ids[name], string(row.GlobalID()))
	return row
}

// fill stores rows of acme.
func (r *rows) fill(t *testing.T) {
	readers, shelves, tags := make([]*model.Reader, 9), make([]*model.Shelf, 5), make([]*model.Tag, 6)
	for i := range readers {
		readers[i] = &model.Reader{
			Row: newRow[model.Reader](r, "Reader"), Name: r.text(i), Role: pick(r.Rand, model.AllReaderRole), Languages: []string{},
			Homepage: optional(r, "https://example.com/?a=<&b="+r.text(i)),
			BornOn:   optional(r, relay.Date{Year: 1000 + i, Month: 1, Day: 1}),
		}
		if i%2 == 0 {
			email := fmt.Sprintf("a%d@example.com", i)
			readers[i].Email, readers[i].EmailKey, readers[i].Languages = &email, relay.UniqueKey(email), []string{"en", "de"}
		}
	}
	for i := range shelves {
		shelves[i] = &model.Shelf{Row: newRow[model.Shelf](r, "Shelf"), Key: "S" + string(rune('A'+i)), Name: r.text(i)}
	}
	for i := range tags {
		name := r.text(i)
		tags[i] = &model.Tag{Row: newRow[model.Tag](r, "Tag"), Name: name, NameKey: relay.UniqueKey(name), Color: "#123456"}
	}
	for _, stored := range []any{readers, shelves, tags} {
		r.server.Insert(servertest.Acme, stored)
	}
	r.fillCards(readers)
	r.fillBooks(readers, shelves, tags)
	r.change(t)
}

func (r *rows) fillCards(readers []*model.Reader) {
	for i, reader := range readers[:6] {
		r.server.Insert(servertest.Acme, &model.Card{
			Row: newRow[model.Card](r, "Card"), ReaderID: reader.ID, Serial: relay.UUID(relay.NewID()), IsActive: i%2 == 0,
			Contact: optional(r, "b@example.com"), Barcode: optional(r, pick(r.Rand, []string{"|-|-", "-", "||--", "|", "|-x|", "x"})),
			Settings: pick(r.Rand, []relay.JSON{"null", `{"b":[1,2.5,{}],"a":"<\u2028"}`, `"x"`, "[]", "1e100", "false"}),
		})
	}
}

func (r *rows) fillBooks(readers []*model.Reader, shelves []*model.Shelf, tags []*model.Tag) {
	var books []*model.Book
	for i := range 30 {
		shelf := shelves[r.IntN(len(shelves)-1)] // the last one is empty
		b := &model.Book{
			Row: newRow[model.Book](r, "Book"), Key: fmt.Sprint(shelf.Key, "-", i), Title: r.text(i % 4),
			Summary: optional(r, pick(r.Rand, strange)),
			Genre:   pick(r.Rand, model.AllGenre), Condition: optional(r, pick(r.Rand, model.AllCondition)), ShelfID: shelf.ID,
			Pages:  pick(r.Rand, []int{1, 2, 300, math.MaxInt32}),
			Rating: optional(r, pick(r.Rand, []float64{0, 5, 1e-7, 4.5, 1.0 / 3, math.MaxFloat64, -1e21, 123_456_789})),
			Price:  pick(r.Rand, []decimal.Decimal{decimal.New(1250, -2), decimal.Zero, decimal.New(999999, -2), decimal.New(-1, -2)}),
			Loans:  pick(r.Rand, []int64{0, math.MaxInt64, math.MinInt64, 1 << 53}), Lendable: i%2 == 0, Version: 1,
			PublishedAt: optional(r, time.Date(1000+i%3, 1, 2, 3, 4, 5, pick(r.Rand, []int{0, 120_000_000, 123_456_000}), time.UTC)),
		}
		if i == 20 { // the longest is neither the newest nor the oldest
			b.Title = strings.Repeat("long", 20)
		}
		if reader := readers[r.IntN(len(readers))]; i%3 > 0 {
			b.BorrowerID = &reader.ID
		}
		for _, other := range books {
			if other.ShelfID == b.ShelfID && r.IntN(2) == 0 {
				b.PreviousID = &other.ID
			}
		}
		books, r.changed = append(books, b), b
	}
	for _, b := range books {
		r.server.Insert(servertest.Acme, b)
		for _, i := range r.Perm(len(tags) - 1)[:r.IntN(4)] {
			r.server.Insert(servertest.Acme, &model.Tagging{Row: newRow[model.Tagging](r, "Tagging"), BookID: b.ID, TagID: tags[i].ID})
		}
		for i := range r.IntN(6) {
			review := &model.Review{Row: newRow[model.Review](r, "Review"), Body: r.text(i), BookID: b.ID}
			review.ReaderID = optional(r, readers[r.IntN(len(readers))].ID)
			r.server.Insert(servertest.Acme, review)
		}
	}
}

// change makes friends, deletes books, and stores values that the API refuses: unknown values of enums, and references to
// rows that do not exist.
func (r *rows) change(t *testing.T) {
	for range 10 {
		r.server.Post(t, "acme", fmt.Sprintf(`mutation { addReaderFriend(input: {readerId: %q, friendId: %q}) { reader { id } } }`,
			pick(r.Rand, r.ids["Reader"]), pick(r.Rand, r.ids["Reader"])))
	}
	for _, id := range r.ids["Book"][:4] {
		r.server.Query(t, "acme", fmt.Sprintf(`mutation { deleteBook(input: {id: %q}) { deletedId } }`, id), nil)
	}
	r.server.Exec(
		"SET foreign_key_checks = 0",
		"UPDATE books SET genre = 'WESTERN' WHERE tenant_id = 1 ORDER BY id DESC LIMIT 1",
		"UPDATE patrons SET role = '' WHERE tenant_id = 1 ORDER BY id LIMIT 1",
		"UPDATE reviews SET reader_id = UNHEX(REPEAT('7f', 16)) WHERE tenant_id = 1 ORDER BY id LIMIT 2",
		"UPDATE reviews SET book_id = UNHEX(REPEAT('7f', 16)) WHERE tenant_id = 1 ORDER BY id DESC LIMIT 2",
		"UPDATE taggings SET tag_id = UNHEX(REPEAT('7e', 16)) WHERE tenant_id = 1 ORDER BY id DESC LIMIT 1",
		"UPDATE library_cards SET reader_id = UNHEX(REPEAT('7d', 16)) WHERE tenant_id = 1 ORDER BY id DESC LIMIT 1",
		"SET foreign_key_checks = 1",
	)
}
