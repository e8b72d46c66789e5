package model

import (
	"cmp"
	"context"
	"slices"

	"rowhouse/tenancy"
)

// ItemCount is how many items of a project have something in common: what they were
// counted by.
type ItemCount struct {
	ProjectID  ID
	Status     *ItemStatus
	Priority   *ItemPriority
	AssigneeID *ID
	Count      int

	peers[ItemCount]
}

// itemGroups are the columns that items are counted by.
var itemGroups = map[ItemGrouping]string{
	ItemGroupingStatus:   "status",
	ItemGroupingPriority: "priority",
	ItemGroupingAssignee: "assignee_id",
}

// ItemCountsOf counts a project's items by what they have in common, the most first.
func ItemCountsOf(ctx context.Context, db *tenancy.DB, p *Project, by ItemGrouping) ([]*ItemCount, error) {
	counts, err := together(p.cohort, by, func(rows []*Project) (map[ID][]*ItemCount, error) {
		var all []*ItemCount
		err := db.For(ctx).Model(&Item{}).Select("project_id, "+itemGroups[by]+", COUNT(*) AS count").
			Where("project_id IN ?", idsOf[Project](rows)).
			Group("project_id, " + itemGroups[by]).Order(itemGroups[by]).Scan(&all).Error
		gather(all)
		slices.SortStableFunc(all, func(a, b *ItemCount) int { return cmp.Compare(b.Count, a.Count) })
		byProject := map[ID][]*ItemCount{}
		for _, c := range all {
			byProject[c.ProjectID] = append(byProject[c.ProjectID], c)
		}
		return byProject, err
	})
	return append([]*ItemCount{}, counts[p.ID]...), err
}

// CountedAssignee returns the member whose items were counted, or nil for those of
// nobody.
func CountedAssignee(ctx context.Context, db *tenancy.DB, c *ItemCount) (*Member, error) {
	return optional[ItemCount, Member](ctx, db, c, c.cohort, "assignee", func(c *ItemCount) *ID { return c.AssigneeID })
}
