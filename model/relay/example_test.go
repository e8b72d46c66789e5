package relay_test

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// An input has all of its validation errors in one error.
func ExampleValidation() {
	name, email := " ", "ada"
	var v relay.Validation
	v.Line("name", &name, 100)
	v.Email("email", &email, 254)
	fmt.Println(v.Err())
	// Output: name must have 1 to 100 characters, not all blank; email must be an e-mail address of at most 254 characters
}

// A global id names its type, so that an id of another type is an error.
func ExampleGlobalID_Decode() {
	id := relay.ID{15: 7}
	g := relay.NewGlobalID("Book", id)
	decoded, err := g.Decode("Book")
	fmt.Println(decoded == id, err)
	_, err = g.Decode("Shelf")
	fmt.Println("id", err)
	// Output:
	// true <nil>
	// id is no Shelf id
}

// Strings that differ in case or normalisation form only have the same key.
func ExampleUniqueKey() {
	fmt.Println(string(relay.UniqueKey("Été")) == string(relay.UniqueKey("e\u0301te\u0301")))
	fmt.Println(string(relay.UniqueKey("Été")) == string(relay.UniqueKey("ete")))
	// Output:
	// true
	// false
}

// A page has the cursor at which the next page begins.
func ExampleType_Page() {
	d, err := library.Create(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = d.Drop() }()
	for _, title := range []string{"Emma", "Ivanhoe", "Middlemarch"} {
		_, err = shelves.Create(d.Acme, d.DB, &Shelf{Code: title, Name: title, Wood: "OAK", Height: "LOW"})
		if err != nil {
			fmt.Println(err)
		}
	}
	withM := &ShelfFilter{Code: graphql.OmittableOf(&relay.StringFilter{Contains: graphql.OmittableOf(new("m"))})}
	args := relay.PageArgs{First: new(1)}
	for {
		page, err := shelves.Page(d.Acme, d.DB, args, withM, Order("CODE_ASC"))
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, shelf := range page.Nodes {
			fmt.Println(shelf.Code)
		}
		args.After = page.PageInfo().EndCursor
		if !page.PageInfo().HasNextPage {
			return
		}
	}
	// Output:
	// Emma
	// Middlemarch
}

// A relation is loaded for all rows that were read together.
func ExampleBelongsTo_Load() {
	d, err := library.Create(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = d.Drop() }()
	for code, title := range map[string]string{"A": "Emma", "B": "Ivanhoe"} {
		shelf, err := shelves.Create(d.Acme, d.DB, &Shelf{Code: code, Name: code, Wood: "OAK", Height: "LOW"})
		if err == nil {
			_, err = books.Create(d.Acme, d.DB, &Book{ShelfID: shelf.ID, Title: title})
		}
		if err != nil {
			fmt.Println(err)
		}
	}
	d.Reset()
	page, err := books.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("TITLE_ASC"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, book := range page.Nodes {
		shelf, err := bookShelf.Load(d.Acme, d.DB, book)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(book.Title, "is on", shelf.Code)
	}
	fmt.Println(len(d.Ran()), "statements")
	// Output:
	// Emma is on A
	// Ivanhoe is on B
	// 2 statements
}
