package model_test

import (
	"context"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/model"
	"rowhouse/model/relay"
)

type links = []*model.ItemLabel

func findLinks(s *gorm.DB) (found links, err error) { return found, s.Find(&found).Error }

// joins are ways from a link to its label.
var joins = []struct {
	name string
	own  int // the number of links with acme's labels, or -1 for a refusal
	read func(ctx context.Context, s *gorm.DB) (links, error)
}{
	{"Joins", 2, func(_ context.Context, s *gorm.DB) (links, error) { return findLinks(s.Joins("Label")) }},
	{"InnerJoins", 2, func(_ context.Context, s *gorm.DB) (links, error) { return findLinks(s.InnerJoins("Label")) }},
	{"Joins and a lone Or", 2, func(_ context.Context, s *gorm.DB) (links, error) {
		return findLinks(s.Joins("Label").Or("`Label`.tenant_id = 2").Or("1 = 1"))
	}},
	{"an ON with an Or", 2, func(_ context.Context, s *gorm.DB) (links, error) {
		return findLinks(s.InnerJoins("Label", s.Where("1 = 0").Or("1 = 1")))
	}},
	{"an ON with a lone Or", 2, func(_ context.Context, s *gorm.DB) (links, error) {
		return findLinks(s.Joins("Label", s.Or("1 = 1")))
	}},
	{"an ON with a tab and an OR", 2, func(_ context.Context, s *gorm.DB) (links, error) {
		return findLinks(s.InnerJoins("Label", s.Where("1=0\tOR 1=1")))
	}},
	{"an ON with || and columns of its own", 2, func(_ context.Context, s *gorm.DB) (links, error) {
		return findLinks(s.Joins("Label", s.Select("name").Omit("tenant_id").Where("1=0||1=1")))
	}},
	{"an ON for the other tenant", -1, func(_ context.Context, s *gorm.DB) (links, error) {
		return findLinks(s.InnerJoins("Label", s.Where("`Label`.tenant_id = 2")))
	}},
	{"an ON with a value for another placeholder", -1, func(_ context.Context, s *gorm.DB) (links, error) {
		return findLinks(s.Joins("Label", s.Where("1 = ?")))
	}},
	{"Preload", 2, func(_ context.Context, s *gorm.DB) (links, error) { return findLinks(s.Preload("Label")) }},
	{"Preload of all", 2, func(_ context.Context, s *gorm.DB) (links, error) { return findLinks(s.Preload(clause.Associations)) }},
	{"Preload with an OR", 2, func(_ context.Context, s *gorm.DB) (links, error) { return findLinks(s.Preload("Label", "1=1 OR 1=1")) }},
	{"Preload by way of an alias", 2, func(_ context.Context, s *gorm.DB) (links, error) {
		return findLinks(s.Preload("Label", func(s *gorm.DB) *gorm.DB { return s.Table("labels AS x") }))
	}},
	{"a generic join", 2, func(ctx context.Context, s *gorm.DB) (links, error) {
		return gorm.G[*model.ItemLabel](s).Joins(clause.Has("Label"), func(on gorm.JoinBuilder, _, _ clause.Table) error {
			on.Where("1=0\tOR 1=1")
			return nil
		}).Find(ctx)
	}},
	{"a generic right join", 2, func(ctx context.Context, s *gorm.DB) (links, error) {
		return gorm.G[*model.ItemLabel](s).Joins(clause.RightJoin.Association("Label"), nil).Find(ctx)
	}},
	{"a generic join of another kind", 4, func(ctx context.Context, s *gorm.DB) (links, error) {
		return gorm.G[*model.ItemLabel](s).Joins(clause.JoinType("JOIN labels x LEFT").Association("Label"), nil).Find(ctx)
	}},
	{"a generic join of a subquery", -1, func(ctx context.Context, s *gorm.DB) (links, error) {
		sub := gorm.G[model.Label](s).Select("*")
		return gorm.G[*model.ItemLabel](s).Joins(clause.LeftJoin.AssociationFrom("Label", sub), nil).Find(ctx)
	}},
	{"a join that is none", -1, func(_ context.Context, s *gorm.DB) (links, error) { return findLinks(s.Joins("Label.Tenant")) }},
	{"association mode", 2, func(_ context.Context, s *gorm.DB) (links, error) {
		found, err := findLinks(s)
		for _, l := range found {
			var labels []*model.Label
			if err := s.Model(l).Association("Label").Find(&labels, "1=1 OR 1=1"); err != nil {
				return nil, err
			}
			if len(labels) > 0 {
				l.Label = labels[0]
			}
		}
		return found, err
	}},
}

// TestNoJoinReachesAnotherTenant gives acme two links to its own labels, and a bad one with the id
// of globex's label, whose other columns must stay secret.
func TestNoJoinReachesAnotherTenant(t *testing.T) {
	h := newHouse(t)
	item, label := h.targetOf(t, &model.Item{}), h.targetOf(t, &model.Label{})
	bad := &model.ItemLabel{TenantID: acmeID, ItemID: item.ours().(*model.Item).ID, LabelID: label.theirs().(*model.Label).ID}
	h.inserts = append(h.inserts, insertOf(schemaOf(t, bad), bad))
	h.restore(t)
	h.acme, h.globex = h.state(t)
	for _, j := range joins {
		if j.name == "a generic right join" && h.Product(t) == "Vitess" {
			continue // vtgate looks for the right table's tenant_id in WHERE, not in ON, and so needs all shards
		}
		h.Reset()
		found, err := j.read(h.Acme, h.For(h.Acme))
		own := 0
		for _, l := range found {
			if h.isSecret(l.Label) {
				t.Errorf("%s: it read %+v\nSQL: %q", j.name, l.Label, h.Ran())
			}
			if l.Label != nil {
				own++
			}
		}
		if j.own < 0 && err == nil || j.own >= 0 && (err != nil || own != j.own) {
			t.Errorf("%s: it found %d labels, want %d; error: %v\nSQL: %q", j.name, own, j.own, err, h.Ran())
		}
		if found, err := j.read(h.Globex, h.For(h.Acme).WithContext(h.Globex)); err == nil || len(found) > 0 && found[0].Label != nil {
			t.Errorf("%s in globex's context: %v, %v", j.name, found, err)
		}
	}
	for _, w := range []func(*gorm.Association) error{
		func(a *gorm.Association) error {
			row := relay.Row[model.Label]{ID: bad.LabelID}
			return a.Append(&model.Label{Row: row, Name: "mine", NameKey: relay.UniqueKey("mine"), Color: "#000000"})
		},
		func(a *gorm.Association) error { return a.Append(label.changed(label.theirs())) },
		func(a *gorm.Association) error { return a.Replace(label.theirs()) },
		func(a *gorm.Association) error { return a.Unscoped().Replace(label.theirs()) },
		func(a *gorm.Association) error { return a.Unscoped().Delete(label.theirs()) },
		func(a *gorm.Association) error { return a.Unscoped().Clear() },
	} {
		mine := *bad
		_ = w(h.For(h.Acme).Session(&gorm.Session{FullSaveAssociations: true}).Model(&mine).Association("Label"))
		mine.Label = label.changed(label.theirs()).(*model.Label)
		_ = h.For(h.Acme).Session(&gorm.Session{FullSaveAssociations: true}).Save(&mine)
		if _, globex := h.state(t); globex != h.globex {
			t.Errorf("association mode changed another tenant's rows:\n%s", difference(h.globex, globex))
		}
		h.restore(t)
	}
}
