package model_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

func init() {
	referrals = append(referrals, referral{
		name: "label",
		create: func(ctx context.Context, d *dbtest.Database, n int) (relay.GlobalID, error) {
			l, err := model.CreateLabel(ctx, d.DB, model.CreateLabelInput{Name: fmt.Sprint("label ", n), Color: "#123456"})
			if err != nil {
				return "", err
			}
			return l.GlobalID(), nil
		},
		refer: func(ctx context.Context, d *dbtest.Database, item, label relay.GlobalID) error {
			_, err := model.AddItemLabel(ctx, d.DB, model.AddItemLabelInput{ItemID: item, LabelID: label})
			return err
		},
		remove: func(ctx context.Context, d *dbtest.Database, id relay.GlobalID) error {
			_, err := model.DeleteLabel(ctx, d.DB, id)
			return err
		},
		in: "item_labels",
	})
	uniqueStrings["labels"] = func(d *dbtest.Database) uniqueString {
		return uniqueString{
			func(ctx context.Context, s string) (relay.GlobalID, error) {
				l, err := model.CreateLabel(ctx, d.DB, model.CreateLabelInput{Name: s, Color: "#000000"})
				if err != nil {
					return "", err
				}
				return l.GlobalID(), nil
			},
			func(ctx context.Context, id relay.GlobalID, s string) error {
				_, err := model.UpdateLabel(ctx, d.DB, model.UpdateLabelInput{ID: id, Name: graphql.OmittableOf(&s)})
				return err
			},
		}
	}
}

// TestLabelHoldsLongestName stores a name of characters of four bytes.
func TestLabelHoldsLongestName(t *testing.T) {
	d := dbtest.New(t)
	in := model.CreateLabelInput{Name: strings.Repeat("🏠", 50), Color: "#ABCDEF"}
	if _, err := model.CreateLabel(d.Acme, d.DB, in); err != nil {
		t.Error(err)
	}
}
