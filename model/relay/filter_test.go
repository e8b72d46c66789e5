package relay_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

func set[V any](v V) graphql.Omittable[V] { return graphql.OmittableOf(v) }

// equals returns a filter for a string.
func equals(s string) graphql.Omittable[*relay.StringFilter] {
	return set(&relay.StringFilter{Eq: set(&s)})
}

// someShelf returns a filter for lists with a shelf.
func someShelf(f *ShelfFilter) graphql.Omittable[*ShelfListFilter] {
	return set(&ShelfListFilter{Some: set(f)})
}

// inIDs returns a filter for one of several ids.
func inIDs(ids []relay.GlobalID) graphql.Omittable[*relay.IDFilter] {
	return set(&relay.IDFilter{In: set(ids)})
}

// newLibrary stores the shelf A (oak, tall, 1 wide, empty, with the remark "100%"), on it B (ash,
// low, 2 wide, named Été), and C (beech). A has a book and a tag. Globex has a shelf A too.
func newLibrary(t *testing.T) (d *tenancytest.Database, ids map[string]relay.GlobalID) {
	t.Helper()
	d = library.New(t)
	a := &Shelf{
		Code:    "A",
		Name:    "x",
		Remark:  new("100%"),
		Wood:    "OAK",
		Height:  "TALL",
		Width:   1,
		EmptyAt: new(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
	}
	must[*Shelf](t)(shelves.Create(d.Acme, d.DB, a))
	must[*Shelf](t)(shelves.Create(d.Acme, d.DB, &Shelf{Code: "B", Name: "Été", Wood: "ASH", Height: "LOW", Width: 2, ParentID: &a.ID}))
	must[*Shelf](t)(shelves.Create(d.Acme, d.DB, &Shelf{Code: "C", Name: "Maße", Wood: "BEECH", Height: "MEDIUM", Width: 3}))
	book := newBook(d.Acme, t, d, a, "Emma")
	tag := must[*Tag](t)(tags.Create(d.Acme, d.DB, &Tag{Name: "red"}))
	if err := d.For(d.Acme).Create(&ShelfTag{ShelfID: a.ID, TagID: tag.ID}).Error; err != nil {
		t.Fatal(err)
	}
	newBook(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), "Emma")
	return d, map[string]relay.GlobalID{"A": a.GlobalID(), "Emma": book.GlobalID()}
}

func TestFiltersFindRows(t *testing.T) {
	d, ids := newLibrary(t)
	middle := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	emma, red := &BookFilter{Title: equals("EMMA")}, &TagFilter{Name: equals("red")}
	onA := &BookFilter{ShelfID: inIDs([]relay.GlobalID{ids["A"]})}
	inA := &ShelfFilter{Parent: set(&ShelfFilter{Code: equals("A")})}
	for _, test := range []struct {
		name   string
		filter *ShelfFilter
		want   string // codes
	}{
		{name: "nil", filter: nil, want: "A B C"},
		{name: "empty", filter: &ShelfFilter{}, want: "A B C"},
		{name: "null", filter: &ShelfFilter{Name: set[*relay.StringFilter](nil), And: set[[]*ShelfFilter](nil)}, want: "A B C"},
		{name: "id", filter: &ShelfFilter{ID: set(&relay.IDFilter{Eq: set(new(ids["A"]))})}, want: "A"},
		{name: "ids", filter: &ShelfFilter{ID: inIDs([]relay.GlobalID{ids["A"], shelves.GlobalID(relay.NewID())})}, want: "A"},
		{name: "no ids", filter: &ShelfFilter{ID: inIDs([]relay.GlobalID{})}, want: ""},
		{name: "null ids", filter: &ShelfFilter{ID: inIDs(nil)}, want: "A B C"},
		{name: "reference", filter: &ShelfFilter{ParentID: set(&relay.IDFilter{Eq: set(new(ids["A"]))})}, want: "B"},
		{name: "no reference", filter: &ShelfFilter{ParentID: set(&relay.IDFilter{IsNull: set(new(true))})}, want: "A C"},
		{name: "string without case and accents", filter: &ShelfFilter{Name: equals("ete")}, want: "B"},
		{name: "string in NFD", filter: &ShelfFilter{Name: equals("E\u0301te\u0301")}, want: "B"},
		{name: "sharp s", filter: &ShelfFilter{Name: equals("Masse")}, want: ""},
		{name: "strings", filter: &ShelfFilter{Code: set(&relay.StringFilter{In: set([]string{"A", "C", "a"})})}, want: "A C"},
		{name: "no strings", filter: &ShelfFilter{Code: set(&relay.StringFilter{In: set([]string{})})}, want: ""},
		{name: "string that ascii lacks", filter: &ShelfFilter{Code: equals("É")}, want: ""},
		{name: "byte that ascii lacks", filter: &ShelfFilter{Code: equals("\x80")}, want: ""},
		{name: "string that is not UTF-8", filter: &ShelfFilter{Name: equals("\xff")}, want: ""},
		{name: "wildcard", filter: &ShelfFilter{Remark: equals("100_")}, want: ""},
		{name: "contains", filter: &ShelfFilter{Remark: set(&relay.StringFilter{Contains: set(new("0%"))})}, want: "A"},
		{name: "starts with", filter: &ShelfFilter{Remark: set(&relay.StringFilter{StartsWith: set(new("10"))})}, want: "A"},
		{name: "not null", filter: &ShelfFilter{Remark: set(&relay.StringFilter{IsNull: set(new(false))})}, want: "A"},
		{name: "enum", filter: &ShelfFilter{Wood: set(&WoodFilter{Eq: set(new(Wood("ASH")))})}, want: "B"},
		{name: "enums", filter: &ShelfFilter{Wood: set(&WoodFilter{In: set(allWood[1:])})}, want: "B C"},
		{name: "rank", filter: &ShelfFilter{Height: &HeightFilter{Gte: new(Height("MEDIUM"))}}, want: "A C"},
		{name: "integer", filter: &ShelfFilter{Width: set(&relay.IntFilter{Eq: set(new(2))})}, want: "B"},
		{name: "integers", filter: &ShelfFilter{Width: set(&relay.IntFilter{In: set([]int{2, 3})})}, want: "B C"},
		{name: "bounds", filter: &ShelfFilter{Width: set(&relay.IntFilter{Gt: set(new(1)), Lt: set(new(3))})}, want: "B"},
		{name: "inclusive bounds", filter: &ShelfFilter{Width: set(&relay.IntFilter{Gte: set(new(1)), Lte: set(new(2))})}, want: "A B"},
		{name: "time", filter: &ShelfFilter{EmptyAt: set(&relay.DateTimeFilter{Gte: set(&middle)})}, want: "A"},
		{name: "earlier time", filter: &ShelfFilter{EmptyAt: set(&relay.DateTimeFilter{Lt: set(&middle)})}, want: ""},
		{name: "to-one relation", filter: &ShelfFilter{Parent: set(&ShelfFilter{Code: equals("A")})}, want: "B"},
		{name: "to-one relation, empty", filter: &ShelfFilter{Parent: set(&ShelfFilter{})}, want: "B"},
		{name: "relation to the same type", filter: &ShelfFilter{Children: someShelf(&ShelfFilter{Code: equals("B")})}, want: "A"},
		{name: "relation to the same type, twice", filter: &ShelfFilter{Parent: set(&ShelfFilter{Children: someShelf(inA)})}, want: "B"},
		{name: "relation to the same type without", filter: &ShelfFilter{Children: set(&ShelfListFilter{None: set(inA)})}, want: "B C"},
		{name: "has-many relation", filter: &ShelfFilter{Books: set(&BookListFilter{Some: set(emma)})}, want: "A"},
		{name: "reference to another type", filter: &ShelfFilter{Books: set(&BookListFilter{Some: set(onA)})}, want: "A"},
		{name: "has-many relation without", filter: &ShelfFilter{Books: set(&BookListFilter{None: set(emma)})}, want: "B C"},
		{name: "many-to-many relation", filter: &ShelfFilter{Tags: set(&TagListFilter{Some: set(red)})}, want: "A"},
		{name: "many-to-many relation without", filter: &ShelfFilter{Tags: set(&TagListFilter{None: set(red)})}, want: "B C"},
		{name: "and", filter: &ShelfFilter{And: set([]*ShelfFilter{{Code: equals("A")}, {Name: equals("x")}})}, want: "A"},
		{name: "or", filter: &ShelfFilter{Or: set([]*ShelfFilter{{Code: equals("A")}, {Code: equals("C")}})}, want: "A C"},
		{name: "or of none", filter: &ShelfFilter{Or: set([]*ShelfFilter{})}, want: ""},
		{name: "not", filter: &ShelfFilter{Not: set(&ShelfFilter{Remark: equals("100%")})}, want: "B C"},
		{name: "null not", filter: &ShelfFilter{Not: set[*ShelfFilter](nil)}, want: "A B C"},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, test.filter, Order("CODE_ASC")))
			var codes []string
			for _, s := range page.Nodes {
				codes = append(codes, s.Code)
			}
			if got := strings.Join(codes, " "); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
			if n := must[int](t)(page.TotalCount(d.Acme)); n != len(codes) {
				t.Errorf("a count of %d", n)
			}
		})
	}
}

func TestFiltersAreChecked(t *testing.T) {
	d, ids := newLibrary(t)
	many, deep := slices.Repeat([]*ShelfFilter{{}}, 101), &ShelfFilter{}
	for range 8 {
		deep = &ShelfFilter{And: set([]*ShelfFilter{deep})}
	}
	for _, test := range []struct {
		name   string
		filter *ShelfFilter
		want   string
	}{
		{
			name:   "ids of other types",
			filter: &ShelfFilter{ID: set(&relay.IDFilter{Eq: set(new(ids["Emma"]))}), ParentID: inIDs([]relay.GlobalID{ids["A"], "x"})},
			want:   "where.id.eq is no Shelf id; where.parentId.in[1] is not an id of this API",
		},
		{
			name:   "entries that a list can have",
			filter: &ShelfFilter{Width: set(&relay.IntFilter{In: set(make([]int, 100))})},
			want:   "<nil>",
		},
		{
			name:   "entries of a list",
			filter: &ShelfFilter{Width: set(&relay.IntFilter{In: set(make([]int, 101))})},
			want:   "where.width.in must have at most 100 entries",
		},
		{
			name:   "entries of and and or",
			filter: &ShelfFilter{Not: set(&ShelfFilter{And: set(many), Or: set(many)})},
			want: "where.not.and must have at most 100 entries; where.not.or must have at most 100 entries; " +
				"where must have at most 50 conditions",
		},
		{
			name:   "as many conditions as possible",
			filter: &ShelfFilter{Name: equals("A"), Or: set(slices.Repeat([]*ShelfFilter{{Code: equals("A")}}, 24))},
			want:   "<nil>",
		},
		{
			name: "conditions, of which further ones are not read",
			filter: &ShelfFilter{
				Or:  set(slices.Repeat([]*ShelfFilter{{Code: equals("A")}}, 26)),
				Not: set(&ShelfFilter{ID: inIDs([]relay.GlobalID{"x"})}),
			},
			want: "where must have at most 50 conditions",
		},
		{
			name:   "greatest depth",
			filter: &ShelfFilter{Not: set(deep.And.Value()[0])},
			want:   "<nil>",
		},
		{
			name:   "depth",
			filter: deep,
			want:   "where" + strings.Repeat(".and[0]", 8) + " exceeds the depth limit of nested filters",
		},
	} {
		_, err := shelves.Page(d.Acme, d.DB, relay.PageArgs{}, test.filter, nil)
		if fmt.Sprint(err) != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}
