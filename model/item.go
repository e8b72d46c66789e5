package model

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// BeforeCreateItem sets the item's number, the next of its project, and its key, as in WEB-12.
func BeforeCreateItem(ctx context.Context, db *tenancy.DB, item *Item) error {
	project, err := incrementNumber(ctx, db, item.ProjectID)
	if err != nil {
		return err
	}
	item.Number = project.LastNumber
	item.Key = fmt.Sprintf("%s-%d", project.Key, project.LastNumber)
	return nil
}

// incrementNumber increments the last number of a project and returns the project. Concurrent
// callers wait until the transaction ends, so numbers have no duplicates, and gaps only where items
// were deleted.
func incrementNumber(ctx context.Context, db *tenancy.DB, id relay.ID) (*Project, error) {
	updated := db.For(ctx).Model(&Project{}).Where("id = ?", id).
		UpdateColumn("last_number", gorm.Expr("last_number + 1"))
	if updated.Error != nil {
		return nil, updated.Error
	}
	if updated.RowsAffected == 0 {
		return nil, &relay.NotFoundError{Type: Projects.Name()}
	}
	return Projects.Find(ctx, db, id)
}
