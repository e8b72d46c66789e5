package relay_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

type (
	CopyInput struct {
		ID         relay.GlobalID                     `json:"id"`
		VolumeID   graphql.Omittable[*relay.GlobalID] `json:"volumeId"`
		PrintingID graphql.Omittable[*relay.GlobalID] `json:"printingId"`
	}
	CopiesInput struct {
		Copies []*CreateCopyInput `json:"copies"`
	}
	CreateCopyInput struct {
		VolumeID   relay.GlobalID                     `json:"volumeId"`
		PrintingID graphql.Omittable[*relay.GlobalID] `json:"printingId"`
	}
)

// newPrinting stores a printing of a volume.
func newPrinting(ctx context.Context, t *testing.T, d *tenancytest.Database, v *Volume) *Printing {
	t.Helper()
	return must[*Printing](t)(printings.Create(ctx, d.DB, &Printing{VolumeID: v.ID}))
}

func TestReferenceWithinAParentHasTheSameParent(t *testing.T) {
	d := catalogue.New(t)
	house, theirHouse := newPublisher(d.Acme, t, d, "x"), newPublisher(d.Globex, t, d, "x")
	one, other := newVolume(d.Acme, t, d, house, "1"), newVolume(d.Acme, t, d, house, "2")
	theirs := newVolume(d.Globex, t, d, theirHouse, "1")
	first, last := newPrinting(d.Acme, t, d, one), newPrinting(d.Acme, t, d, other)
	their := newPrinting(d.Globex, t, d, theirs)
	c := must[*Copy](t)(copies.Create(d.Acme, d.DB, &Copy{VolumeID: one.ID, PrintingID: &first.ID}))
	free := must[*Copy](t)(copies.Create(d.Acme, d.DB, &Copy{VolumeID: one.ID}))
	const differs, missing = "printingId must be a printing with the same volume", "there is no Printing with this id"
	create := func(v *Volume, printing relay.ID) error {
		return second(copies.Create(d.Acme, d.DB, &Copy{VolumeID: v.ID, PrintingID: &printing}))
	}
	update := func(in CopyInput) error { return second(copies.UpdateFrom(d.Acme, d.DB, &in)) }
	move := func(p *Printing, v *Volume) error {
		return second(printings.Update(d.Acme, d.DB, p.ID, func(p *Printing) error { p.VolumeID = v.ID; return nil }))
	}
	for _, test := range []struct {
		name string
		do   func() error
		want string
	}{
		{
			name: "new row",
			do:   func() error { return create(one, last.ID) },
			want: differs,
		},
		{
			name: "new row with a printing of another tenant",
			do:   func() error { return create(one, their.ID) },
			want: missing,
		},
		{
			name: "new row with an unknown printing",
			do:   func() error { return create(one, relay.NewID()) },
			want: missing,
		},
		{
			name: "new row with a volume of another tenant and its printing",
			do:   func() error { return create(theirs, their.ID) },
			want: missing,
		},
		{
			name: "several new rows",
			do: func() error {
				return second(copies.CreateManyFrom(d.Acme, d.DB, &CopiesInput{Copies: []*CreateCopyInput{
					{VolumeID: one.GlobalID(), PrintingID: given(first.GlobalID())},
					{VolumeID: other.GlobalID(), PrintingID: given(first.GlobalID())},
				}}))
			},
			want: "copies[1].printingId must be a printing with the same volume",
		},
		{
			name: "another printing",
			do:   func() error { return update(CopyInput{ID: free.GlobalID(), PrintingID: given(last.GlobalID())}) },
			want: differs,
		},
		{
			name: "another volume",
			do:   func() error { return update(CopyInput{ID: c.GlobalID(), VolumeID: given(other.GlobalID())}) },
			want: differs,
		},
		{
			name: "another volume of the printing",
			do:   func() error { return move(first, other) },
			want: "volume can't change: Copy.printing refers to this row and must have the same volume",
		},
		{
			name: "another volume of a printing without copies",
			do:   func() error { return errors.Join(move(last, one), move(last, other)) },
			want: "<nil>",
		},
		{
			name: "another volume without a printing",
			do:   func() error { return update(CopyInput{ID: free.GlobalID(), VolumeID: given(other.GlobalID())}) },
			want: "<nil>",
		},
		{
			name: "both fields",
			do: func() error {
				return update(CopyInput{ID: c.GlobalID(), VolumeID: given(other.GlobalID()), PrintingID: given(last.GlobalID())})
			},
			want: "<nil>",
		},
		{
			name: "no printing",
			do:   func() error { return update(CopyInput{ID: c.GlobalID(), PrintingID: null(first.GlobalID())}) },
			want: "<nil>",
		},
	} {
		n := d.Count(t, "copies", "")
		if err := test.do(); fmt.Sprint(err) != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
		if left := d.Count(t, "copies", ""); left != n {
			t.Errorf("%s: %d copies, want %d", test.name, left, n)
		}
	}
}

// TestForeignKeyRefusesAnotherParent writes rows without the checks of relay.
func TestForeignKeyRefusesAnotherParent(t *testing.T) {
	d := catalogue.New(t)
	house := newPublisher(d.Acme, t, d, "x")
	one, other := newVolume(d.Acme, t, d, house, "1"), newVolume(d.Acme, t, d, house, "2")
	printing := newPrinting(d.Acme, t, d, other)
	for name, c := range map[string]*Copy{
		"another parent":               {VolumeID: one.ID, PrintingID: &printing.ID},
		"missing printing":             {VolumeID: one.ID, PrintingID: new(relay.NewID())},
		"missing parent, NULL after":   {VolumeID: relay.NewID()},
		"missing printing, NULL after": {VolumeID: other.ID, PrintingID: new(relay.NewID()), Note: nil},
	} {
		c.ID = relay.NewID()
		if err := d.For(d.Acme).Create(c).Error; err == nil {
			t.Errorf("%s: the server stores the row", name)
		}
	}
	stored := must[*Copy](t)(copies.Create(d.Acme, d.DB, &Copy{VolumeID: other.ID, PrintingID: &printing.ID}))
	must[*Printing](t)(printings.Delete(d.Acme, d.DB, printing.GlobalID()))
	if again := must[*Copy](t)(copies.Find(d.Acme, d.DB, stored.ID)); again.PrintingID != nil {
		t.Errorf("the copy keeps a deleted printing: %+v", again)
	}
	last := newPrinting(d.Acme, t, d, other)
	must[*Copy](t)(copies.Create(d.Acme, d.DB, &Copy{VolumeID: other.ID, PrintingID: &last.ID}))
	must[*Volume](t)(volumes.Delete(d.Acme, d.DB, other.GlobalID()))
	if n := d.Count(t, "copies", "") + d.Count(t, "printings", ""); n != 0 {
		t.Errorf("%d rows are left of a deleted volume", n)
	}
}
