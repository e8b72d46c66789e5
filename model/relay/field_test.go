package relay_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/model/relay"
)

// TestFieldsAreData compares the facts from which a table follows.
func TestFieldsAreData(t *testing.T) {
	reader := types.ByName("Reader")
	var fields []string
	for _, f := range reader.Fields() {
		facts := []string{f.Name, f.Column, string(f.Scalar), f.KeyColumn()}
		if f.Nullable {
			facts = append(facts, "null")
		}
		if f.Exact {
			facts = append(facts, "exact")
		}
		fields = append(fields, strings.Join(slices.DeleteFunc(facts, func(s string) bool { return s == "" }), " "))
	}
	const want = "name name String, email email String email_key, card card String exact, motto motto String null, " +
		"nick nick String null exact, age age Int null, score score Float, height height Enum, active active Boolean, " +
		"bornAt born_at DateTime null, visits visits Int, homeId home_id ID, favouriteId favourite_id ID null, " +
		"sponsorId sponsor_id ID null, version version Int, createdAt created_at DateTime, updatedAt updated_at DateTime"
	if got := strings.Join(fields, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	name, visits := reader.Fields()[0], reader.Fields()[10]
	if !name.Sortable || name.MaxLength != 20 || visits.Sortable || !visits.Private || visits.RenamedFrom != "calls" {
		t.Errorf("got %+v and %+v", name, visits)
	}
	var relations []string
	for _, r := range reader.Relations() {
		relations = append(relations, fmt.Sprintf("%s %s %t", r.Name, r.OnDelete, r.Many))
	}
	const wantRelations = "sponsor SET_NULL false, protege  true, home RESTRICT false, favourite SET_NULL false, wishes  true"
	if got := strings.Join(relations, ", "); got != wantRelations {
		t.Errorf("the relations are %s", got)
	}
	facts := fmt.Sprintf("%v %v %s", reader.Uniques(), reader.Indexes(), reader.RenamedFrom())
	if !reader.IsVersioned() || facts != "[[nick home]] [[home height]] Visitor" {
		t.Errorf("got %s", facts)
	}
	values := strings.Join(heights.Values(), " ")
	if values != "LOW MEDIUM TALL" || !heights.IsRanked() || relay.EnumOf(allWood).IsRanked() {
		t.Errorf("the heights are %s", values)
	}
}

// TestRanksOrderAnEnum gives ranks in another order than that of the values.
func TestRanksOrderAnEnum(t *testing.T) {
	e := relay.RankedEnumOf([]Wood{"OAK", "BEECH", "ASH"}, 40, 0, 20)
	if got := strings.Join(e.Values(), " "); got != "BEECH ASH OAK" {
		t.Errorf("the order is %s", got)
	}
	var w Wood
	if err := relay.ScanRank(e, &w, int64(20)); err != nil || w != "ASH" {
		t.Error(w, err)
	}
	if rank, err := e.RankOf("OAK"); err != nil || rank != int64(40) {
		t.Error(rank, err)
	}
	if err := relay.ScanRank(e, &w, int64(1)); err != nil || w != "1" {
		t.Error(w, err)
	}
	if _, err := e.RankOf("1"); fmt.Sprint(err) != `"1" is no Wood` {
		t.Error(err)
	}
	if err := relay.ScanRank(e, &w, "ASH"); fmt.Sprint(err) != "ASH is no rank of Wood" {
		t.Error(err)
	}
}

// Plain is a model for descriptions that do not fit.
type (
	Plain struct {
		relay.Row[Plain]
		Name    string
		Size    int
		Wood    Wood
		OtherID relay.ID
		Tags    []string `gorm:"serializer:json"`
	}
)

func TestDescriptionsThatDoNotFitPanic(t *testing.T) {
	newPlain := func(f relay.Field, options ...relay.Option) *relay.Type[Plain] {
		return relay.NewType[Plain, noFilter]([]Order{}, append(options, relay.Fields{f})...)
	}
	create := func(input any) func() {
		return func() { _, _ = newPlain(relay.Field{Name: "name"}).CreateFrom(t.Context(), nil, input) }
	}
	for _, test := range []struct {
		name string
		do   func()
		want string
	}{
		{
			name: "field without a column",
			do:   func() { newPlain(relay.Field{Name: "dueAt"}) },
			want: "relay: the model Plain has no column due_at",
		},
		{
			name: "unique string without its key",
			do:   func() { newPlain(relay.Field{Name: "name", Unique: true}) },
			want: "relay: the model Plain has no column name_key",
		},
		{
			name: "default of another type",
			do:   func() { newPlain(relay.Field{Name: "size", Default: "big"}) },
			want: `relay: the default "big" is no int`,
		},
		{
			name: "default that is no value of the enum",
			do:   func() { newPlain(relay.Field{Name: "wood", Enum: relay.EnumOf(allWood), Default: "PINE"}) },
			want: `relay: the default "PINE" is no relay_test.Wood`,
		},
		{
			name: "bound of another type",
			do:   func() { newPlain(relay.Field{Name: "size", Min: "1.5"}) },
			want: `relay: the bound "1.5" of the field size is no Int`,
		},
		{
			name: "enum of another type",
			do:   func() { newPlain(relay.Field{Name: "name", Enum: relay.EnumOf(allWood)}) },
			want: "relay: the field name of the model Plain has the type string, not the enum relay_test.Wood",
		},
		{
			name: "version without a column",
			do:   func() { newPlain(relay.Field{Name: "name"}, relay.Versioned()) },
			want: "relay: the model Plain has no column version",
		},
		{
			name: "ranks that are not unique",
			do:   func() { relay.RankedEnumOf(allWood, 1, 2, 1) },
			want: "relay: each value of relay_test.Wood must have a rank of its own",
		},
		{
			name: "reference that can't be cleared",
			do: func() {
				p := newPlain(relay.Field{Name: "name"})
				relay.NewBelongsTo(p, p, "other", relay.SetNull)
			},
			want: "relay: the column other_id of the model Plain must have the type *ID for SetNull",
		},
		{
			name: "field of an input",
			do:   create(&struct{ Other string }{}),
			want: "relay: the field Other of the input struct { Other string } fits no field of Plain",
		},
		{
			name: "field of an input with another type",
			do: create(&struct {
				Name int `json:"name"`
			}{}),
			want: "relay: the field Name of the input ",
		},
		{
			name: "reference of an input without a relation",
			do: create(&struct {
				OtherID relay.GlobalID `json:"otherId"`
			}{}),
			want: "relay: the column other_id of the type Plain has no NewBelongsTo",
		},
		{
			name: "one row by a column that is not unique",
			do:   func() { relay.NewHasOne("tenant", readerHome) },
			want: "relay: the field homeId of the type Reader must be unique for NewHasOne",
		},
		{
			name: "groups without a column",
			do: func() {
				p := newPlain(relay.Field{Name: "name"})
				other := relay.NewBelongsTo(p, p, "other", relay.Cascade)
				relay.NewGroups[ReaderCount](relay.NewHasMany("others", other), map[Order]string{"NAME": "name"})
			},
			want: "relay: the model ReaderCount has no column name",
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

func TestEqualTimeInAnotherZoneIsNoChange(t *testing.T) {
	d := library.New(t)
	in := newReaderInput(newShelf(d.Acme, t, d, "A"), "A-1")
	in.BornAt = given(time.Date(2000, 1, 2, 3, 4, 5, 6000, time.FixedZone("", 3600)))
	reader := must[*Reader](t)(readers.CreateFrom(d.Acme, d.DB, in))
	same := &UpdateReaderInput{ID: reader.GlobalID(), BornAt: given(in.BornAt.Value().UTC())}
	if r := must[*Reader](t)(readers.UpdateFrom(d.Acme, d.DB, same)); r.Version != 1 {
		t.Errorf("an equal time in another zone leads to version %d", r.Version)
	}
}
