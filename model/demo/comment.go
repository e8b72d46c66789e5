package demo

import (
	"context"

	"rowhouse/model"
)

// commentData are the comments on an item, by its key.
type commentData struct {
	item   string
	bodies []string
}

// comments are the comments of each tenant.
var comments = map[string][]commentData{
	"acme": {
		{item: "WEB-1", bodies: []string{"Legal confirmed the wording.", "Live since Monday."}},
		{item: "WEB-2", bodies: []string{
			"Reproduced with Safari.", "The session id changes at log-in; we merge by it.", "Fix is in review.",
		}},
		{item: "WEB-4", bodies: []string{"AVIF brings them to 120 kB."}},
		{item: "WEB-6", bodies: []string{"Asked for by three resellers."}},
		{item: "APP-1", bodies: []string{"Works for up to 200 parcels."}},
		{item: "APP-2", bodies: []string{"The map data is from March."}},
		{item: "OPS-2", bodies: []string{"Done on all three sites."}},
	},
	"globex": {
		{item: "WEB-1", bodies: []string{"Time zones, once more."}},
		{item: "FUS-1", bodies: []string{"Helium flow is fine.", "Changed the sensor: it was the sensor."}},
		{item: "FUS-4", bodies: []string{"There's the Hammock Hut."}},
	},
}

func init() { further = append(further, createComments) }

// createComments creates the comments of a tenant. Its members are the authors, in turn.
func createComments(ctx context.Context, rows *createdRows) error {
	author := 0
	for _, c := range comments[rows.tenant] {
		for _, body := range c.bodies {
			author = (author + 1) % len(rows.members)
			input := model.CreateCommentInput{ItemID: rows.items[c.item].GlobalID(), Body: body}
			if _, err := model.CreateCommentBy(ctx, rows.db, &rows.members[author].ID, input); err != nil {
				return err
			}
		}
	}
	return nil
}
