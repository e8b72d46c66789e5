package relay_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

func TestTypesListModels(t *testing.T) {
	want := []string{"Shelf", "Book", "Note", "Reply", "Tag", "Reader", "Edition", "Magazine", "Issue", "Article", "Imprint"}
	if names := types.Names(); !slices.Equal(names, want) || types.ByName("Book") != types.All()[1] {
		t.Errorf("the names are %v", names)
	}
	var models []string
	for _, m := range append(types.Models(), types.Shared()...) {
		models = append(models, reflect.TypeOf(m).Elem().Name())
	}
	if !slices.Equal(models, append(want, "ShelfTag", "ReaderBook", "Country")) {
		t.Errorf("the models are %v", models)
	}
	if topics := types.ByName("Note").Topics(); len(topics) == 0 || topics[0].Column == "" || len(types.ByName("Tag").Topics()) > 0 {
		t.Errorf("notes have the topics %v, and tags %v; want topics of notes only", topics, types.ByName("Tag").Topics())
	}
	shelf := types.ByName("Shelf")
	if _, ok := shelf.NewFilter().(*ShelfFilter); !ok || len(shelf.Orders()) != len(shelfOrders) || shelf.Schema().Table != "shelves" ||
		len(shelf.EnumValues(reflect.TypeFor[Wood]())) != 3 {
		t.Errorf("the filter is %T", shelf.NewFilter())
	}
	var relations []string
	for _, r := range shelf.Relations() {
		relations = append(relations, fmt.Sprintf("%s: %s %t %s %s", r.Name, r.Target, r.Many, r.Column, r.TargetColumn))
	}
	const wantRelations = "editions: Edition true shelf_id , magazines: Magazine true shelf_id , readers: Reader true home_id , " +
		"parent: Shelf false parent_id , children: Shelf true parent_id , books: Book true shelf_id , tags: Tag true shelf_id tag_id"
	if strings.Join(relations, ", ") != wantRelations {
		t.Errorf("the relations are %q", relations)
	}
}

// Types that do not fit relay.
type (
	Odd struct {
		relay.Row[Odd]
		Bytes    []byte
		Other    string
		ParentID *relay.ID
	}
	OddFilter struct {
		Missing graphql.Omittable[*relay.StringFilter] `json:"missing"`
	}
	OddRelation struct {
		Parent graphql.Omittable[*TagFilter] `json:"parent"`
	}
	OddListRelation struct {
		Children graphql.Omittable[*TagListFilter] `json:"children"`
	}
	OddQuantifiers struct {
		Children graphql.Omittable[*struct {
			Some graphql.Omittable[*OddQuantifiers]
		}] `json:"children"`
	}
	OddScalar struct {
		Other graphql.Omittable[string] `json:"other"`
	}
	OddPointer struct {
		Other graphql.Omittable[*string] `json:"other"`
	}
	OddCombination struct {
		Xor graphql.Omittable[[]*OddCombination] `json:"xor"`
	}
	OddOperators struct {
		Other graphql.Omittable[*struct{ Near *string }] `json:"other"`
	}
	Broken struct {
		relay.Row[Broken]
		Other struct{ X func() }
	}
)

func TestTypesThatDoNotFitPanic(t *testing.T) {
	odd := func(f func(*relay.Type[Odd])) func() {
		return func() { f(relay.NewType[Odd, struct{}]([]Order{})) }
	}
	for _, test := range []struct {
		name string
		do   func()
		want string
	}{
		{
			name: "order by no column",
			do:   func() { relay.NewType[Odd, struct{}]([]Order{"NAME_ASC"}) },
			want: "relay: the model Odd has no column name",
		},
		{
			name: "order by bytes",
			do:   func() { relay.NewType[Odd, struct{}]([]Order{"BYTES_ASC"}) },
			want: "relay: the model Odd can't be ordered by the column bytes of type []uint8",
		},
		{
			name: "order that NewType did not get",
			do: odd(func(o *relay.Type[Odd]) {
				_, _ = o.Page(t.Context(), nil, relay.PageArgs{}, nil, Order("OTHER_ASC"))
			}),
			want: "relay: the type Odd has no order OTHER_ASC: pass it to NewType",
		},
		{
			name: "filter of another type",
			do: odd(func(o *relay.Type[Odd]) {
				_, _ = o.Page(t.Context(), nil, relay.PageArgs{}, &TagFilter{}, nil)
			}),
			want: "relay: *relay_test.TagFilter is no filter of the type Odd",
		},
		{
			name: "filter with a value that JSON lacks",
			do: func() {
				year10000 := &ShelfFilter{EmptyAt: set(&relay.DateTimeFilter{Lt: set(new(time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)))})}
				_, _ = shelfChildren.Page(t.Context(), nil, &Shelf{}, relay.PageArgs{}, year10000, nil)
			},
			want: "json: error calling MarshalJSON",
		},
		{
			name: "field of a filter",
			do:   func() { relay.NewTypes(relay.NewType[Odd, OddFilter]([]Order{})).Models() },
			want: "relay: the field Missing of the filter relay_test.OddFilter fits neither a field of Odd nor one of its relations",
		},
		{
			name: "field of a filter that is no filter",
			do:   func() { relay.NewTypes(relay.NewType[Odd, OddScalar]([]Order{})).Models() },
			want: "relay: the field Other of the filter relay_test.OddScalar fits neither",
		},
		{
			name: "field of a filter that is a pointer",
			do:   func() { relay.NewTypes(relay.NewType[Odd, OddPointer]([]Order{})).Models() },
			want: "relay: the field Other of the filter relay_test.OddPointer fits neither",
		},
		{
			name: "combination other than and, or and not",
			do:   func() { relay.NewTypes(relay.NewType[Odd, OddCombination]([]Order{})).Models() },
			want: "relay: the field Xor of the filter relay_test.OddCombination fits neither",
		},
		{
			name: "filter of a relation",
			do: func() {
				o := relay.NewType[Odd, OddRelation]([]Order{})
				relay.NewBelongsTo(o, o, "parent", relay.SetNull)
				relay.NewTypes(o).Models()
			},
			want: "relay: the field Parent of the filter relay_test.OddRelation fits neither",
		},
		{
			name: "filter of a relation to many rows",
			do: func() {
				o := relay.NewType[Odd, OddListRelation]([]Order{})
				relay.NewHasMany("children", relay.NewBelongsTo(o, o, "parent", relay.SetNull))
				relay.NewTypes(o).Models()
			},
			want: "relay: the field Children of the filter relay_test.OddListRelation fits neither",
		},
		{
			name: "filter of a relation to many rows without none",
			do: func() {
				o := relay.NewType[Odd, OddQuantifiers]([]Order{})
				relay.NewHasMany("children", relay.NewBelongsTo(o, o, "parent", relay.SetNull))
				relay.NewTypes(o).Models()
			},
			want: "relay: the field Children of the filter relay_test.OddQuantifiers fits neither",
		},
		{
			name: "operator of a filter",
			do:   func() { relay.NewTypes(relay.NewType[Odd, OddOperators]([]Order{})).Models() },
			want: "relay: the field Near of the filter struct { Near *string } is no operator",
		},
		{
			name: "struct that is no model",
			do:   func() { relay.NewType[Broken, struct{}]([]Order{}) },
			want: "relay: the model relay_test.Broken: ",
		},
		{
			name: "reference without a column",
			do:   odd(func(o *relay.Type[Odd]) { relay.NewBelongsTo(o, shelves, "dueAt2", relay.Cascade) }),
			want: "relay: the model Odd has no column due_at2_id",
		},
		{
			name: "reference that is no id",
			do:   odd(func(o *relay.Type[Odd]) { relay.NewManyToMany[Odd](o, o, "x", "other", "other") }),
			want: "relay: the column other of the model Odd must have the type ID or *ID",
		},
		{
			name: "order by a field of a relation that it lacks",
			do: func() {
				t := relay.NewType[Odd, struct{}]([]Order{"X_ASC"}, relay.OrderBy("X", "parent.name"))
				relay.NewTypes(t).Models()
			},
			want: "relay: the type Odd has no reference parent for an order: see NewBelongsTo",
		},
		{
			name: "order by several fields, one of which it lacks",
			do: func() {
				t := relay.NewType[Odd, struct{}]([]Order{"X_ASC"}, relay.OrderBy("X", "other", "name"))
				relay.NewTypes(t).Models()
			},
			want: "relay: the type Odd has no field name",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, test.want) {
					t.Errorf("got %q, want %q", got, test.want)
				}
			}()
			test.do()
		})
	}
}

func TestChangesAreAnEnum(t *testing.T) {
	var c relay.Change
	var b strings.Builder
	if err := c.UnmarshalGQL("UPDATED"); err != nil || c != relay.ChangeUpdated || c.String() != "UPDATED" {
		t.Error(c, err)
	}
	if c.MarshalGQL(&b); b.String() != `"UPDATED"` {
		t.Error(b.String())
	}
	for _, invalid := range []any{"updated", 7, nil} {
		if err := c.UnmarshalGQL(invalid); err == nil {
			t.Errorf("%v is a Change", invalid)
		}
	}
}

func TestStoredValuesAreChecked(t *testing.T) {
	if _, err := Height("HUGE").Value(); fmt.Sprint(err) != `"HUGE" is no Height` {
		t.Error(err)
	}
	var h Height
	for _, invalid := range []any{3, 1.5, "LOW", nil} {
		if err := h.Scan(invalid); err == nil {
			t.Errorf("%v is a rank", invalid)
		}
	}
	var id relay.ID
	for _, invalid := range []any{"x", make([]byte, 15), nil} {
		if err := id.Scan(invalid); err == nil {
			t.Errorf("%v is an id", invalid)
		}
	}
	if made := relay.NewID().Time(); time.Since(made) > time.Minute || made.Location() != time.UTC {
		t.Errorf("made at %v", made)
	}
}
