package model_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// Models with every kind of association, over tables without foreign keys: only the scope and the
// guard separate the tenants. The ids of their rows are equal.
type (
	author struct {
		TenantID tenancy.ID
		ID       int `gorm:"primaryKey;autoIncrement:false"`
		Name     string
		Books    []*book
		Note     *authorNote
	}
	authorNote struct {
		TenantID tenancy.ID
		ID       int `gorm:"primaryKey;autoIncrement:false"`
		AuthorID *int
		Name     string
	}
	book struct {
		TenantID tenancy.ID
		ID       int `gorm:"primaryKey;autoIncrement:false"`
		Name     string
		AuthorID *int
		Author   *author
		Tags     []*tag `gorm:"many2many:book_tags"`
	}
	tag struct {
		TenantID tenancy.ID
		ID       int `gorm:"primaryKey;autoIncrement:false"`
		Name     string
	}
	bookTag struct {
		TenantID tenancy.ID
		BookID   int `gorm:"primaryKey"`
		TagID    int `gorm:"primaryKey"`
	}
)

// newLibrary has two authors, two books and two tags of each tenant. The first book is
// the first author's, and has the first tag.
func newLibrary(t *testing.T) *dbtest.Database {
	t.Helper()
	d := dbtest.New(t)
	const columns = "tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, name VARCHAR(100) NOT NULL, PRIMARY KEY (tenant_id, id)"
	for _, ddl := range []string{
		"CREATE TABLE authors (" + columns + ")",
		"CREATE TABLE author_notes (author_id INT, " + columns + ")",
		"CREATE TABLE books (author_id INT, " + columns + ")",
		"CREATE TABLE tags (" + columns + ")",
		"CREATE TABLE book_tags (tenant_id INT UNSIGNED, book_id INT, tag_id INT, PRIMARY KEY (tenant_id, book_id, tag_id))",
	} {
		if _, err := d.SQL.ExecContext(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
	}
	d.Reopen(t, &author{}, &authorNote{}, &book{}, &tag{}, &bookTag{})
	shelve(t, d)
	return d
}

// shelve inserts the rows of both tenants.
func shelve(t *testing.T, d *dbtest.Database) {
	t.Helper()
	for _, table := range []string{"authors", "author_notes", "books", "tags", "book_tags"} {
		if _, err := d.SQL.ExecContext(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
	for tenant, mark := range map[tenancy.ID]string{acmeID: acmeMark, globexID: globexMark} {
		for _, insert := range []string{
			"INSERT INTO authors (tenant_id, id, name) VALUES (?, 1, ?), (?, 2, ?)",
			"INSERT INTO author_notes (tenant_id, id, name, author_id) VALUES (?, 1, ?, 1), (?, 2, ?, NULL)",
			"INSERT INTO books (tenant_id, id, name, author_id) VALUES (?, 1, ?, 1), (?, 2, ?, NULL)",
			"INSERT INTO tags (tenant_id, id, name) VALUES (?, 1, ?), (?, 2, ?)",
		} {
			if _, err := d.SQL.ExecContext(t.Context(), insert, tenant, mark, tenant, mark); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.SQL.ExecContext(t.Context(), "INSERT INTO book_tags VALUES (?, 1, 1)", tenant); err != nil {
			t.Fatal(err)
		}
	}
}

// shelves returns a tenant's rows with their references, and its links.
func shelves(t *testing.T, d *dbtest.Database, tenant tenancy.ID) string {
	t.Helper()
	rows, err := d.SQL.QueryContext(t.Context(), `SELECT CONCAT('author ', id, ' ', name) FROM authors WHERE tenant_id = ?
		UNION ALL SELECT CONCAT('note ', id, ' of ', COALESCE(author_id, '-'), ' ', name) FROM author_notes WHERE tenant_id = ?
		UNION ALL SELECT CONCAT('book ', id, ' of ', COALESCE(author_id, '-'), ' ', name) FROM books WHERE tenant_id = ?
		UNION ALL SELECT CONCAT('tag ', id, ' ', name) FROM tags WHERE tenant_id = ?
		UNION ALL SELECT CONCAT('link ', book_id, '-', tag_id) FROM book_tags WHERE tenant_id = ?`, tenant, tenant, tenant, tenant, tenant)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.TrimSuffix(row, " "+acmeMark))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// link is an attack on an association, with its expected result and changes.
type link struct {
	name    string
	want    verdict
	changes string
	try     func(s *gorm.DB) (found any, err error)
}

// mode returns attacks in association mode, each on a new row.
func mode(row func() any, association string) func(string, verdict, string, func(*gorm.Association) error) link {
	return func(name string, want verdict, changes string, do func(*gorm.Association) error) link {
		return link{association + ": " + name, want, changes, func(s *gorm.DB) (any, error) {
			return 0, do(s.Model(row()).Association(association))
		}}
	}
}

// looks are attacks by reading.
func looks[T any](row any, association string) (all []link) {
	for name, conditions := range map[string][]any{"Find": nil, "Find with an OR": {"1=0 OR 1=1"}} {
		for _, unscoped := range []bool{false, true} {
			all = append(all, link{association + ": " + name, 1, "", func(s *gorm.DB) (any, error) {
				var found []T
				a := s.Model(row).Association(association)
				if unscoped {
					a = a.Unscoped()
				}
				return found, a.Find(&found, conditions...)
			}})
		}
	}
	return append(all,
		link{association + ": Count", 1, "", func(s *gorm.DB) (any, error) {
			a := s.Model(row).Association(association)
			return a.Count(), a.Error
		}},
		link{association + ": Find with brackets of one's own", refused, "", func(s *gorm.DB) (any, error) {
			var found []T
			return found, s.Model(row).Association(association).Find(&found, "1=1)) OR ((1=1")
		}},
	)
}

var (
	hasMany    = mode(func() any { return &author{ID: 1} }, "Books")
	hasOne     = mode(func() any { return &author{ID: 1} }, "Note")
	belongsTo  = mode(func() any { return &book{ID: 1, AuthorID: new(1)} }, "Author")
	manyToMany = mode(func() any { return &book{ID: 1} }, "Tags")
)

var associations = slices.Concat(
	looks[book](&author{ID: 1}, "Books"), looks[book](&author{TenantID: globexID, ID: 1}, "Books"),
	looks[book](&[]*author{{ID: 1}, {ID: 2}}, "Books"),
	looks[authorNote](&author{ID: 1}, "Note"), looks[author](&book{ID: 1, AuthorID: new(1)}, "Author"),
	looks[tag](&book{ID: 1}, "Tags"), looks[tag](&book{TenantID: globexID, ID: 1}, "Tags"),
	[]link{
		hasMany(
			"Append of a new one",
			0,
			"+ book 3 of 1 new",
			func(a *gorm.Association) error { return a.Append(&book{ID: 3, Name: "new"}) },
		),
		hasMany(
			"Append of a map",
			0,
			"+ book 3 of 1 new",
			func(a *gorm.Association) error { return a.Append(map[string]any{"id": 3, "name": "new"}) },
		),
		hasMany("Append", 0, "- book 2 of -, + book 2 of 1", func(a *gorm.Association) error { return a.Append(&book{ID: 2}) }),
		hasMany("Append of theirs", refused, "", func(a *gorm.Association) error { return a.Append(&book{TenantID: globexID, ID: 2}) }),
		hasMany("Append of a map of theirs", refused, "", func(a *gorm.Association) error {
			return a.Append(map[string]any{"tenant_id": globexID, "id": 3, "name": "new"})
		}),
		hasMany(
			"Replace",
			0,
			"- book 1 of 1, - book 2 of -, + book 1 of -, + book 2 of 1",
			func(a *gorm.Association) error { return a.Replace(&book{ID: 2}) },
		),
		hasMany("Replace by theirs", refused, "", func(a *gorm.Association) error { return a.Replace(&book{TenantID: globexID, ID: 2}) }),
		hasMany("Delete", 0, "- book 1 of 1, + book 1 of -", func(a *gorm.Association) error { return a.Delete(&book{ID: 1}) }),
		hasMany(
			"Delete of one with their tenant",
			0,
			"- book 1 of 1, + book 1 of -",
			func(a *gorm.Association) error { return a.Delete(&book{TenantID: globexID, ID: 1}) },
		),
		hasMany("Clear", 0, "- book 1 of 1, + book 1 of -", func(a *gorm.Association) error { return a.Clear() }),
		hasMany("Unscoped Delete", 0, "- book 1 of 1", func(a *gorm.Association) error { return a.Unscoped().Delete(&book{ID: 1}) }),
		hasMany("Unscoped Clear", 0, "- book 1 of 1", func(a *gorm.Association) error { return a.Unscoped().Clear() }),

		hasOne(
			"Append",
			0,
			"- note 1 of 1, + note 1 of -, + note 3 of 1 new",
			func(a *gorm.Association) error { return a.Append(&authorNote{ID: 3, Name: "new"}) },
		),
		hasOne(
			"Replace by theirs",
			refused,
			"",
			func(a *gorm.Association) error { return a.Replace(&authorNote{TenantID: globexID, ID: 2}) },
		),
		hasOne("Delete", 0, "- note 1 of 1, + note 1 of -", func(a *gorm.Association) error { return a.Delete(&authorNote{ID: 1}) }),
		hasOne("Clear", 0, "- note 1 of 1, + note 1 of -", func(a *gorm.Association) error { return a.Clear() }),

		belongsTo("Append", 0, "- book 1 of 1, + book 1 of 2", func(a *gorm.Association) error { return a.Append(&author{ID: 2}) }),
		belongsTo(
			"Append of a new one",
			0,
			"- book 1 of 1, + author 3 new, + book 1 of 3",
			func(a *gorm.Association) error { return a.Append(&author{ID: 3, Name: "new"}) },
		),
		belongsTo(
			"Replace by theirs",
			refused,
			"",
			func(a *gorm.Association) error { return a.Replace(&author{TenantID: globexID, ID: 2}) },
		),
		belongsTo("Delete", 0, "- book 1 of 1, + book 1 of -", func(a *gorm.Association) error { return a.Delete(&author{ID: 1}) }),
		belongsTo("Clear", 0, "- book 1 of 1, + book 1 of -", func(a *gorm.Association) error { return a.Clear() }),
		belongsTo(
			"Unscoped Delete",
			0,
			"- author 1, - book 1 of 1, + book 1 of -",
			func(a *gorm.Association) error { return a.Unscoped().Delete(&author{ID: 1}) },
		),

		manyToMany("Append", 0, "+ link 1-2", func(a *gorm.Association) error { return a.Append(&tag{ID: 2}) }),
		manyToMany(
			"Append of a new one",
			0,
			"+ link 1-3, + tag 3 new",
			func(a *gorm.Association) error { return a.Append(&tag{ID: 3, Name: "new"}) },
		),
		manyToMany("Append of theirs", refused, "", func(a *gorm.Association) error { return a.Append(&tag{TenantID: globexID, ID: 2}) }),
		manyToMany("Append of a map of theirs", refused, "", func(a *gorm.Association) error {
			return a.Append(map[string]any{"tenant_id": globexID, "id": 3, "name": "new"})
		}),
		manyToMany("Replace", 0, "- link 1-1, + link 1-2", func(a *gorm.Association) error { return a.Replace(&tag{ID: 2}) }),
		manyToMany("Replace by theirs", refused, "", func(a *gorm.Association) error { return a.Replace(&tag{TenantID: globexID, ID: 2}) }),
		manyToMany("Delete", 0, "- link 1-1", func(a *gorm.Association) error { return a.Delete(&tag{ID: 1}) }),
		manyToMany(
			"Delete of one with their tenant",
			0,
			"- link 1-1",
			func(a *gorm.Association) error { return a.Delete(&tag{TenantID: globexID, ID: 1}) },
		),
		manyToMany("Clear", 0, "- link 1-1", func(a *gorm.Association) error { return a.Clear() }),
		manyToMany("Unscoped Clear", 0, "- link 1-1", func(a *gorm.Association) error { return a.Unscoped().Clear() }),

		{
			"Create of a tree",
			0,
			"+ author 3 new, + book 3 of 3 new, + link 3-1, + link 3-3, + note 3 of 3 new, + tag 3 new",
			func(s *gorm.DB) (any, error) {
				return 0, s.Create(tree(0)).Error
			},
		},
		{"Create of a tree, a part of it theirs", refused, "", func(s *gorm.DB) (any, error) { return 0, s.Create(tree(globexID)).Error }},
		{"Save of a tree, a part of it theirs", refused, "", func(s *gorm.DB) (any, error) {
			return 0, s.Session(&gorm.Session{FullSaveAssociations: true}).Save(tree(globexID)).Error
		}},
		{
			"Delete with its links",
			0,
			"- book 1 of 1, - link 1-1",
			func(s *gorm.DB) (any, error) { return 0, s.Select("Tags").Delete(&book{ID: 1}).Error },
		},
		{"Delete with all that it has", 0, "- author 1, - book 1 of 1, - note 1 of 1", func(s *gorm.DB) (any, error) {
			return 0, s.Select("Books", "Note").Delete(&author{ID: 1}).Error
		}},
		{"Preload", 2, "", func(s *gorm.DB) (any, error) {
			var found []author
			return &found, s.Preload("Books.Tags", "1=0 OR 1=1").Preload("Note").Find(&found).Error
		}},
		{"Preload of all", 2, "", func(s *gorm.DB) (any, error) {
			var found []book
			return &found, s.Preload(clause.Associations).Find(&found).Error
		}},
		{"Joins", 2, "", func(s *gorm.DB) (any, error) {
			var found []book
			return &found, s.Joins("Author.Note").Find(&found).Error
		}},
	},
)

// tree returns an author with one row of each association, whose tag belongs to a tenant.
func tree(tenant tenancy.ID) *author {
	tags := []*tag{{ID: 1}, {TenantID: tenant, ID: 3, Name: "new"}}
	return &author{ID: 3, Name: "new", Books: []*book{{ID: 3, Name: "new", Tags: tags}}, Note: &authorNote{ID: 3, Name: "new"}}
}

func TestNoAssociationReachesAnotherTenant(t *testing.T) {
	d := newLibrary(t)
	acmeAtFirst, globexAtFirst := shelves(t, d, acmeID), shelves(t, d, globexID)
	for _, w := range slices.Concat(bound, unbound) {
		mayPass := slices.ContainsFunc(bound, func(b way) bool { return b.name == w.name })
		for _, l := range associations {
			d.Reset()
			var found any
			err := w.open(d, func(_ context.Context, s *gorm.DB) (err error) {
				found, err = l.try(s)
				return err
			})
			acme, globex := shelves(t, d, acmeID), shelves(t, d, globexID)
			changed := strings.ReplaceAll(strings.TrimSpace(difference(acmeAtFirst, acme)), "\n", ", ")
			fail := func(what string) {
				t.Helper()
				t.Errorf("%s, %s: %s\nfound: %+v, error: %v\nchanged: %s\nSQL: %q", w.name, l.name, what, found, err, changed, d.Ran())
			}
			if globex != globexAtFirst {
				fail("it changed another tenant's rows: " + difference(globexAtFirst, globex))
			}
			if (sides{acmeID, globexID}).isSecret(found) {
				fail("it read another tenant's row")
			}
			switch {
			case l.want == refused || !mayPass:
				if err == nil {
					fail("it was not refused")
				}
			// GORM saves associated rows whole then, and leaves the tenant out where it
			// joins the table of a many-to-many.
			case w.name == "every option":
			case err != nil || length(found) != int(l.want):
				fail("it must pass")
			case changed != l.changes:
				fail("it must change: " + l.changes)
			}
			if acme != acmeAtFirst || globex != globexAtFirst {
				shelve(t, d)
			}
		}
	}
}
