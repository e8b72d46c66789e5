package model

import (
	"context"
	"strings"

	"rowhouse/tenancy"
)

// BeforeCreateLabel stores colours in lower case.
func BeforeCreateLabel(_ context.Context, _ *tenancy.DB, label *Label) error {
	label.Color = strings.ToLower(label.Color)
	return nil
}

// BeforeUpdateLabel stores colours in lower case.
func BeforeUpdateLabel(ctx context.Context, db *tenancy.DB, _, label *Label) error {
	return BeforeCreateLabel(ctx, db, label)
}
