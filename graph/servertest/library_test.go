package servertest_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

// caller sends documents of acme to a server.
type caller struct {
	*servertest.Server
	t *testing.T
}

// expect sends a document, in which each %s is an id, and expects parts of the response.
func (c caller) expect(document string, ids []any, want ...string) {
	c.t.Helper()
	_, response := c.Post(c.t, "acme", fmt.Sprintf(document, ids...))
	for _, part := range want {
		if !strings.Contains(response, part) {
			c.t.Errorf("%s\n%s is missing: %s", document, part, response)
		}
	}
}

// createRow sends a mutation that selects an id, and returns it.
func (c caller) createRow(document string, ids ...any) (id any) {
	c.t.Helper()
	_, response := c.Post(c.t, "acme", fmt.Sprintf(document, ids...))
	_, rest, found := strings.Cut(response, `"id":"`)
	if !found {
		c.t.Fatalf("%s: %s", document, response)
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// TestScalarsAreStored stores a value of each scalar. The types have defaults, and a hook sets the keys of books.
func TestScalarsAreStored(t *testing.T) {
	c := caller{servertest.New(t), t}
	shelf := c.createRow(`mutation { createShelf(input: {key: "WEB", name: "web", books: [{title: "nested"}]}) { shelf { id } } }`)
	c.expect(`mutation { createReader(input: {name: "Ada", email: "ada@example.com", homepage: "https://example.com/a",
			bornOn: "1815-12-10", card: {serial: "019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b", barcode: "|-||"}}) {
		reader { name role email homepage bornOn languages card { serial settings contact barcode isActive } } } }`, nil,
		`"name":"Ada","role":"MEMBER","email":"ada@example.com","homepage":"https://example.com/a"`,
		`"bornOn":"1815-12-10","languages":["en"]`,
		`"card":{"serial":"019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b","settings":{"theme":`, // MySQL stores a space after it
		`"light"},"contact":null,"barcode":"|-||","isActive":true}`)
	c.expect(`mutation { createCard(input: {readerId: "x", serial: "x", barcode: "||x"}) { card { id } } }`, nil,
		`a Barcode cannot represent a value with other characters than | and -: \"||x\"`)
	c.expect(`mutation { createBook(input: {shelfId: "%s", title: "Notes", condition: GOOD, pages: 7, rating: 4.5, price: "12.50",
			loans: "9007199254740993", publishedAt: "1843-09-01T00:00:00Z", reviews: [{body: "a\nb"}]}) {
		book { key genre condition pages rating price loans lendable publishedAt version reviews { nodes { body } } } } }`, []any{shelf},
		`"key":"WEB-`, `"genre":"NOVEL","condition":"GOOD","pages":7,"rating":4.5,"price":"12.5","loans":"9007199254740993"`,
		`"lendable":true,"publishedAt":"1843-09-01T00:00:00Z","version":1,"reviews":{"nodes":[{"body":"a\nb"}]}`)
	c.expect(`{ shelf(id: "%s") { bookCounts(by: GENRE) { genre count pages { sum } price { max } loans { max } } } }`, []any{shelf},
		`[{"genre":"NOVEL","count":2,"pages":{"sum":"8"},"price":{"max":"12.5"},"loans":{"max":"9007199254740993"}}]`)
	c.expect(`{ books(where: {condition: {gte: GOOD}}, orderBy: SHELF_KEY_TITLE_ASC) { nodes { title } }
		search(text: "A") { __typename } }`, nil,
		`{"books":{"nodes":[{"title":"Notes"}]},"search":[{"__typename":"Reader"}]}`)
}

// TestRulesAreChecked breaks rules of fields, references and hooks.
func TestRulesAreChecked(t *testing.T) {
	c := caller{servertest.New(t), t}
	const createShelf = `mutation { createShelf(input: {key: "%s", name: "a"}) { shelf { id } } }`
	web, app := c.createRow(createShelf, "WEB"), c.createRow(createShelf, "APP")
	const createBook = `mutation { createBook(input: {shelfId: "%s", title: "a"}) { book { id } } }`
	book := c.createRow(createBook, web)
	c.expect(createShelf, []any{"web"}, `must have capital letters only`)
	c.expect(`mutation { createReader(input: {name: "Ada", languages: []}) { reader { id } } }`, nil, `must have a language`)
	c.expect(`mutation { createReader(input: {name: "Ada", pin: "1"}) { reader { id } } }`, nil, `Field \"pin\" is not defined`)
	c.expect(`mutation { createBook(input: {shelfId: "%s", title: "b", previousId: "%s"}) { book { id } } }`, []any{app, book},
		`"path":["input","previousId"]`)
	c.expect(`mutation { updateBook(input: {id: "%s", title: "b", expectedVersion: 2}) { book { id } } }`, []any{book}, `"CONFLICT"`)
	c.expect(`mutation { updateShelf(input: {id: "%s", belowId: "%s"}) { shelf { below { key } } } }`, []any{app, web},
		`{"below":{"key":"WEB"}}`)
	c.expect(`mutation { deleteShelf(input: {id: "%s"}) { deletedId } }`, []any{web}, `"CONFLICT"`)
}

// TestBooksAreDeletedSoftly deletes a book with a tag, restores it, and creates the tag again by its key.
func TestBooksAreDeletedSoftly(t *testing.T) {
	c := caller{servertest.New(t), t}
	shelf := c.createRow(`mutation { createShelf(input: {key: "WEB", name: "web"}) { shelf { id } } }`)
	book := c.createRow(`mutation { createBook(input: {shelfId: "%s", title: "a"}) { book { id } } }`, shelf)
	tag := c.createRow(`mutation { createTag(input: {name: "new"}) { tag { id } } }`)
	c.createRow(`mutation { createTagging(input: {bookId: "%s", tagId: "%s"}) { tagging { id } } }`, book, tag)
	c.expect(`mutation { deleteBook(input: {id: "%s"}) { shelf { books { totalCount } } } }`, []any{book}, `{"books":{"totalCount":0}}`)
	c.expect(`mutation { restoreBook(input: {id: "%s"}) { book { shelf { key } tags { nodes { name } } } } }`, []any{book},
		`{"shelf":{"key":"WEB"},"tags":{"nodes":[{"name":"new"}]}}`)
	c.expect(`mutation { upsertTag(input: {by: NAME, name: "New", color: "#000000"}) { created tag { id color } } }`, nil,
		fmt.Sprintf(`{"created":false,"tag":{"id":"%s","color":"#000000"}}`, tag))
	_, response := c.Post(t, "globex", "{ books(includeDeleted: true) { totalCount } tags { totalCount } }")
	if strings.Count(response, ":0}") != 2 {
		t.Errorf("the other tenant has %s", response)
	}
}

// TestUnsetVariablesInFiltersOfMutations passes documents with variables that are not set: the others of their
// conditions would match more rows.
func TestUnsetVariablesInFiltersOfMutations(t *testing.T) {
	c := caller{servertest.New(t), t}
	c.createRow(`mutation { createShelf(input: {key: "WEB", name: "web", books: [{title: "one"}, {title: "two"}]}) { shelf { id } } }`)
	for _, where := range []string{
		`{genre: {eq: NOVEL}, title: $f}`,
		`{genre: {eq: NOVEL}, title: {startsWith: "t", eq: $s}}`,
		`{genre: {eq: NOVEL}, shelf: {key: {eq: "WEB"}, name: $f}}`,
		`{not: {genre: {in: []}, title: $f}}`,
		`{or: [{genre: {eq: NOVEL}}, {title: {eq: "one"}, and: $and}]}`,
		`{reviews: {none: {body: {eq: "x"}, and: $reviews}}}`,
	} {
		head := "mutation("
		for name, of := range map[string]string{"f": "StringFilter", "s": "String", "and": "[BookFilter!]", "reviews": "[ReviewFilter!]"} {
			if strings.Contains(where, "$"+name+"}") || strings.Contains(where, "$"+name+" ") {
				head += "$" + name + ": " + of
			}
		}
		for _, field := range []string{
			`deleteBooks(input: {where: ` + where + `}) { deletedIds }`,
			`updateBooks(input: {where: ` + where + `, title: "x"}) { books { id } }`,
		} {
			_, response := c.Post(t, "acme", head+") { "+field+" }")
			const want = "was not provided, and is part of the filter of a mutation"
			if !strings.Contains(response, want) || !strings.Contains(response, "BAD_USER_INPUT") {
				t.Errorf("%s: %s", field, response)
			}
		}
	}
	c.expect(`query($f: StringFilter) { books(where: {genre: {eq: NOVEL}, title: $f}) { nodes { title } } }`, nil, `"one"`, `"two"`)
	c.expect(`mutation($f: StringFilter = {eq: "one"}) { deleteBooks(input: {where: {genre: {eq: NOVEL}, title: $f}}) { deletedIds } }`,
		nil, `"deletedIds":["`)
	c.expect(`mutation($title: String) { updateBooks(input: {where: {title: {eq: "two"}}, title: $title}) { books { title } } }`,
		nil, `"two"`)
}
