package demo

import (
	"context"

	"rowhouse/model"
)

// labelData is a label, with the keys of its items.
type labelData struct {
	name, color string
	items       []string
}

// labels are the labels of each tenant. Both have a label bug.
var labels = map[string][]labelData{
	"acme": {
		{name: "bug", color: "#d1242f", items: []string{"WEB-2", "WEB-4", "APP-2"}},
		{name: "feature", color: "#0969da", items: []string{"WEB-1", "WEB-3", "WEB-6", "WEB-7", "APP-1", "APP-3"}},
		{name: "docs", color: "#8250df", items: []string{"WEB-5", "APP-4"}},
		{name: "customer", color: "#bf8700", items: []string{"WEB-1", "WEB-2", "WEB-6"}},
	},
	"globex": {
		{name: "bug", color: "#cf222e", items: []string{"WEB-1"}},
		{name: "safety", color: "#bc4c00", items: []string{"FUS-1", "FUS-3"}},
		{name: "research", color: "#1a7f37", items: []string{"FUS-2"}},
	},
}

func init() { further = append(further, createLabels) }

// createLabels creates the labels of a tenant, and adds them to items.
func createLabels(ctx context.Context, rows *createdRows) error {
	for _, l := range labels[rows.tenant] {
		label, err := model.CreateLabel(ctx, rows.db, model.CreateLabelInput{Name: l.name, Color: l.color})
		if err != nil {
			return err
		}
		for _, key := range l.items {
			input := model.AddItemLabelInput{ItemID: rows.items[key].GlobalID(), LabelID: label.GlobalID()}
			if _, err := model.AddItemLabel(ctx, rows.db, input); err != nil {
				return err
			}
		}
	}
	return nil
}
