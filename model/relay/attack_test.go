package relay_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

type (
	// UpsertShelfInput is an input for a key with a default.
	UpsertShelfInput struct {
		By     string                     `json:"by"`
		Code   string                     `json:"code"`
		Name   string                     `json:"name"`
		Wood   graphql.Omittable[*Wood]   `json:"wood"`
		Remark graphql.Omittable[*string] `json:"remark"`
		Height graphql.Omittable[*Height] `json:"height"`
	}
	CreateVolumeInput struct {
		PublisherID relay.GlobalID           `json:"publisherId"`
		Code        string                   `json:"code"`
		Height      Height                   `json:"height"`
		Copies      []*CreateVolumeCopyInput `json:"copies"`
	}
	CreateVolumeCopyInput struct {
		PrintingID graphql.Omittable[*relay.GlobalID] `json:"printingId"`
	}
	CreateAuthorshipsInput struct {
		Authorships []*CreateAuthorshipInput `json:"authorships"`
	}
	CreateAuthorshipInput struct {
		VolumeID relay.GlobalID `json:"volumeId"`
		PersonID relay.GlobalID `json:"personId"`
		Name     string         `json:"name"`
	}
)

// TestUpsertByAKeyWithADefault leaves out the wood of a key, and then the value of a key that can be null.
func TestUpsertByAKeyWithADefault(t *testing.T) {
	d := library.New(t)
	bays := relay.NewType[Shelf, noFilter]([]Order{}, relay.Fields{
		{Name: "code", Exact: true, MaxLength: 20},
		{Name: "name", MaxLength: 100},
		{Name: "wood", Default: "OAK", Enum: relay.EnumOf(allWood)},
		{Name: "remark", MaxLength: 20},
		{Name: "height", Default: "LOW", Enum: heights},
	}, relay.UniqueTogether("wood", "code"), relay.UniqueTogether("remark", "code"))
	in := &UpsertShelfInput{By: "WOOD_CODE", Code: "A", Name: "first"}
	first := upserted[Shelf](t, true)(bays.UpsertFrom(d.Acme, d.DB, in))
	for _, wood := range []graphql.Omittable[*Wood]{{}, given(Wood("OAK"))} {
		in.Wood, in.Name = wood, "second"
		again := upserted[Shelf](t, false)(bays.UpsertFrom(d.Acme, d.DB, in))
		if again.ID != first.ID || again.Name != "second" || again.Wood != "OAK" {
			t.Errorf("got %+v", again)
		}
	}
	in.Wood = null(Wood(""))
	if _, _, err := bays.UpsertFrom(d.Acme, d.DB, in); fmt.Sprint(err) != "wood must not be null; leave it out to keep it as it is" {
		t.Errorf("got %v", err)
	}
	const noKey = "remark must have a value, because the upsert is by this field"
	for _, remark := range []graphql.Omittable[*string]{{}, null("")} {
		in := &UpsertShelfInput{By: "REMARK_CODE", Code: "B", Name: "x", Remark: remark}
		if _, _, err := bays.UpsertFrom(d.Acme, d.DB, in); fmt.Sprint(err) != noKey {
			t.Errorf("got %v", err)
		}
	}
	if n := d.Count(t, "shelves", ""); n != 1 {
		t.Errorf("%d shelves are stored", n)
	}
}

// TestOrdersByARelatedFieldReadDeletedRows orders issues by the titles of magazines, one of which is deleted
// softly and another belongs to another tenant.
func TestOrdersByARelatedFieldReadDeletedRows(t *testing.T) {
	d := library.New(t)
	for i, ctx := range []context.Context{d.Acme, d.Globex} {
		for n, title := range []string{"c", "a", "b"} {
			in := newMagazineInput(issn(n))
			in.Title = title
			m := must[*Magazine](t)(magazines.CreateFrom(ctx, d.DB, in))
			must[*Issue](t)(issues.CreateFrom(ctx, d.DB, issueOf(m, 10*i+n+1)))
			if title == "a" {
				must[*Magazine](t)(magazines.Delete(ctx, d.DB, m.GlobalID()))
			}
		}
	}
	for order, want := range map[Order]string{"MAGAZINE_TITLE_ASC": "2 3 1", "MAGAZINE_TITLE_DESC": "1 3 2"} {
		var got []string
		args := relay.PageArgs{First: new(1)}
		for range 3 {
			page := must[*relay.Connection[Issue]](t)(issues.Page(d.Acme, d.DB, args, nil, order))
			got = append(got, fmt.Sprint(page.Nodes[0].Number))
			args.After = page.PageInfo().EndCursor
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", order, got, want)
		}
	}
}

// TestNestedReferencesAreWithinTheNewParent creates a volume with copies of printings of other volumes.
func TestNestedReferencesAreWithinTheNewParent(t *testing.T) {
	d := catalogue.New(t)
	house, theirHouse := newPublisher(d.Acme, t, d, "x"), newPublisher(d.Globex, t, d, "x")
	printing := newPrinting(d.Acme, t, d, newVolume(d.Acme, t, d, house, "1"))
	theirs := newPrinting(d.Globex, t, d, newVolume(d.Globex, t, d, theirHouse, "1"))
	for _, test := range []struct {
		name     string
		printing relay.GlobalID
		want     string
	}{
		{
			name:     "of another volume",
			printing: printing.GlobalID(),
			want:     "copies[1].printingId must be a printing with the same volume",
		},
		{
			name:     "of another tenant",
			printing: theirs.GlobalID(),
			want:     "copies[1]: there is no Printing with this id",
		},
	} {
		_, err := volumes.CreateFrom(d.Acme, d.DB, &CreateVolumeInput{
			PublisherID: house.GlobalID(), Code: "2", Height: "LOW",
			Copies: []*CreateVolumeCopyInput{{}, {PrintingID: given(test.printing)}},
		})
		if fmt.Sprint(err) != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
	if d.Count(t, "volumes", "") != 2 || d.Count(t, "copies", "") != 0 {
		t.Error("rows are stored")
	}
}

// TestRowsOfLinksAreChecked creates links of a volume with ids of another tenant, and twice in one input.
func TestRowsOfLinksAreChecked(t *testing.T) {
	d := catalogue.New(t)
	v, theirs := newVolume(d.Acme, t, d, newPublisher(d.Acme, t, d, "x"), "1"), newPerson(d.Globex, t, d, "x")
	ada := newPerson(d.Acme, t, d, "ada")
	theirVolume := newVolume(d.Globex, t, d, newPublisher(d.Globex, t, d, "x"), "1")
	for _, test := range []struct {
		name   string
		volume relay.GlobalID
		person relay.GlobalID
		want   string
	}{
		{
			name:   "person of another tenant",
			volume: v.GlobalID(),
			person: theirs.GlobalID(),
			want:   "authorships[1]: there is no Person with this id",
		},
		{
			name:   "volume of another tenant",
			volume: theirVolume.GlobalID(),
			person: ada.GlobalID(),
			want:   "authorships[1]: there is no Volume with this id",
		},
		{
			name:   "same link",
			volume: v.GlobalID(),
			person: ada.GlobalID(),
			want:   "authorships[1]: another authorship has this volume and person",
		},
	} {
		_, err := authorships.CreateManyFrom(d.Acme, d.DB, &CreateAuthorshipsInput{[]*CreateAuthorshipInput{
			{VolumeID: v.GlobalID(), PersonID: ada.GlobalID(), Name: "x"}, {VolumeID: test.volume, PersonID: test.person, Name: "y"},
		}})
		if fmt.Sprint(err) != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
	if n := d.Count(t, "authorships", ""); n != 0 {
		t.Errorf("%d links are stored", n)
	}
}
