package model

import (
	"cmp"
	"context"
	"slices"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// ItemCount is the number of a project's items with the same status, priority or assignee. The
// other two are nil.
type ItemCount struct {
	ProjectID  relay.ID
	Status     *ItemStatus
	Priority   *ItemPriority
	AssigneeID *relay.ID
	Count      int

	relay.Batch[ItemCount] `gorm:"-"`
}

// groupColumns are the columns by which items are counted.
var groupColumns = map[ItemGrouping]string{
	ItemGroupingStatus:   "status",
	ItemGroupingPriority: "priority",
	ItemGroupingAssignee: "assignee_id",
}

// CountItems counts a project's items by a column, the greatest count first.
func CountItems(ctx context.Context, db *tenancy.DB, p *Project, by ItemGrouping) ([]*ItemCount, error) {
	counts, err := relay.LoadBatch(p, by, func(projects []*Project) (map[relay.ID][]*ItemCount, error) {
		var all []*ItemCount
		err := db.For(ctx).Model(&Item{}).Select("project_id, "+groupColumns[by]+", COUNT(*) AS count").
			Where("project_id IN ?", Projects.IDs(projects)).
			Group("project_id, " + groupColumns[by]).Order(groupColumns[by]).Scan(&all).Error
		relay.NewBatch(all)
		slices.SortStableFunc(all, func(a, b *ItemCount) int { return cmp.Compare(b.Count, a.Count) })
		byProject := map[relay.ID][]*ItemCount{}
		for _, c := range all {
			byProject[c.ProjectID] = append(byProject[c.ProjectID], c)
		}
		return byProject, err
	})
	return append([]*ItemCount{}, counts[p.ID]...), err
}

// CountedAssignee returns the member whose items were counted, or nil for items without an
// assignee.
func CountedAssignee(ctx context.Context, db *tenancy.DB, c *ItemCount) (*Member, error) {
	if c.AssigneeID == nil {
		return nil, nil //nolint:nilnil // NULL is no failure
	}
	members, err := relay.LoadBatch(c, "assignee", func(counts []*ItemCount) (map[relay.ID]*Member, error) {
		var ids []relay.ID
		for _, c := range counts {
			if c.AssigneeID != nil {
				ids = append(ids, *c.AssigneeID)
			}
		}
		return Members.ByIDs(ctx, db, ids)
	})
	return members[*c.AssigneeID], err
}
