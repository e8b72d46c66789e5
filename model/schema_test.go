package model_test

import (
	"database/sql"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/model"
	"rowhouse/model/dbtest"
)

// TestModelsMatchTables compares every model with its table: equal columns, nullable where the
// field can be nil, and no table of tenants without a model. A further column can be NULL: the release
// before uses it.
func TestModelsMatchTables(t *testing.T) {
	d := dbtest.New(t)
	var tables []string
	for _, m := range model.Types.Models() {
		s, err := schema.Parse(m, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, s.Table)
		var fields []string
		for _, name := range s.DBNames {
			null := ""
			of := s.FieldsByDBName[name].FieldType
			if of.Kind() == reflect.Pointer || of == reflect.TypeFor[gorm.DeletedAt]() {
				null = " NULL"
			}
			fields = append(fields, name+null)
		}
		columns := column(t, d.SQL, `SELECT CONCAT(column_name, IF(is_nullable = 'YES', ' NULL', '')) FROM information_schema.columns
			WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position`, s.Table)
		columns = slices.DeleteFunc(columns, func(c string) bool { return strings.HasSuffix(c, " NULL") && !slices.Contains(fields, c) })
		if !slices.Equal(slices.Sorted(slices.Values(columns)), slices.Sorted(slices.Values(fields))) {
			t.Errorf("%s: the table has %v, the model %v", s.Table, columns, fields)
		}
	}
	owned := column(
		t,
		d.SQL,
		`SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() AND column_name = 'tenant_id'`,
	)
	slices.Sort(owned)
	if slices.Sort(tables); !slices.Equal(owned, tables) {
		t.Errorf("tables with tenant_id: %v, models: %v", owned, tables)
	}
}

// TestTenantLeadsEveryKey checks the database's own isolation: a row can't refer to another
// tenant's row, an upsert can't replace one, and a unique key reveals no values of other tenants.
func TestTenantLeadsEveryKey(t *testing.T) {
	d := dbtest.New(t)
	ours := `table_schema = DATABASE() AND table_name NOT IN ('tenants', 'goose_db_version'`
	for _, m := range model.Types.Shared() {
		ours += ", '" + tableOf(m) + "'"
	}
	ours += ")"
	if keys := column(t, d.SQL, `SELECT CONCAT(table_name, '.', index_name) FROM information_schema.statistics
		WHERE `+ours+` AND seq_in_index = 1 AND column_name <> 'tenant_id'`); len(keys) > 0 {
		t.Errorf("keys that the tenant does not lead: %v", keys)
	}
	if keys := column(t, d.SQL, `SELECT CONCAT(table_name, '.', constraint_name) FROM information_schema.key_column_usage
		WHERE `+ours+` AND ordinal_position = 1 AND referenced_table_name IS NOT NULL
		AND NOT (column_name = 'tenant_id' AND referenced_column_name = 'tenant_id')`); len(keys) > 0 {
		t.Errorf("foreign keys that the tenant does not lead: %v", keys)
	}
	// The queries must see the catalogue: each reference has a foreign key.
	references := 0
	for _, of := range model.Types.All() {
		for _, r := range of.Relations() {
			if !r.Many || r.Link != nil {
				references++
			}
		}
	}
	if keys := column(t, d.SQL, `SELECT constraint_name FROM information_schema.key_column_usage
		WHERE `+ours+` AND ordinal_position = 1 AND referenced_table_name IS NOT NULL`); len(keys) < references {
		t.Errorf("foreign keys: %v", keys)
	}
	// Columns such as assignee_id are the last ones of foreign keys. There are two queries, since Vitess can't join tables
	// of information_schema.
	named := column(t, d.SQL, `SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns
		WHERE `+ours+` AND column_name LIKE '%\_id' AND column_name <> 'tenant_id'`)
	keyed := column(t, d.SQL, `SELECT CONCAT(table_name, '.', SUBSTRING_INDEX(GROUP_CONCAT(column_name ORDER BY ordinal_position), ',', -1))
		FROM information_schema.key_column_usage WHERE `+ours+` AND referenced_table_name IS NOT NULL GROUP BY table_name, constraint_name`)
	if columns := slices.DeleteFunc(named, func(c string) bool { return slices.Contains(keyed, c) }); len(columns) > 0 {
		t.Errorf("columns without a foreign key: %v", columns)
	}
	if columns := column(t, d.SQL, `SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns
		WHERE `+ours+` AND extra LIKE '%auto_increment%'`); len(
		columns,
	) > 0 {
		t.Errorf("AUTO_INCREMENT: %v", columns)
	}
}

// TestLimitsOfInputsEqualColumnLengths stores the longest values, in characters of
// four bytes where any character is valid.
func TestLimitsOfInputsEqualColumnLengths(t *testing.T) {
	d := dbtest.New(t)
	wide := func(n int) string { return strings.Repeat("🏠", n) }
	email := strings.Repeat("a", 64) + "@" + strings.Repeat("b", 254-64-1-len(".example")) + ".example"
	project, err := model.CreateProject(
		d.Acme,
		d.DB,
		model.CreateProjectInput{Key: "ABCDEFGHIJ", Name: wide(100), Description: text(wide(10_000))},
	)
	if err != nil {
		t.Fatal(err)
	}
	item, err := model.CreateItem(d.Acme, d.DB, model.CreateItemInput{
		ProjectID: project.GlobalID(), Name: wide(200), Description: text(wide(10_000)),
		Status: model.ItemStatusInProgress, Priority: model.ItemPriorityUrgent,
	})
	if err != nil {
		t.Fatal(err)
	}
	member := model.CreateMemberInput{Name: wide(100), Email: email, Role: model.MemberRoleMember}
	if _, err := model.CreateMember(d.Acme, d.DB, member); err != nil {
		t.Error(err)
	}
	if _, err := model.CreateComment(d.Acme, d.DB, model.CreateCommentInput{ItemID: item.GlobalID(), Body: wide(10_000)}); err != nil {
		t.Error(err)
	}
	_, err = model.CreateItem(d.Acme, d.DB, model.CreateItemInput{
		ProjectID: project.GlobalID(), Name: wide(201), Description: text(wide(10_001)),
		Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
	})
	if want := "name must have 1 to 200 characters, not all blank; description must have at most 10000 characters"; err == nil ||
		err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func column(t *testing.T, db *sql.DB, query string, args ...any) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
