package migration_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
	"rowhouse/model/relay"
)

// TestFillKeysCorrectsKeysOfEarlierReleases migrates a database of release 2, also after an
// interruption. All tenants get the keys that this program computes, and keep all rows.
func TestFillKeysCorrectsKeysOfEarlierReleases(t *testing.T) {
	dsn := dbtest.Empty(t)
	migrateAsReleased(t, dsn, 2)
	db := openDB(t, dsn)
	names := []string{
		"Bug", "ΣΑΣ", "J\u030c", "e\u0301", "İx", "MAẞE", "\u212a", "🏠", " a", strings.Repeat("\U0001d160", 50),
		"Ꭰ", "ꭰ", // which are one letter, but the collation is older than it
	}
	for tenant := 1; tenant <= 3; tenant++ {
		for i, name := range names {
			insertNamed(t, db, tenant, i, name)
		}
	}
	for i := range 2*migration.KeyBatch + 1 { // more than two batches, of one tenant and the next
		insertNamed(t, db, 4+i/1500, i, fmt.Sprint("Name", i))
	}
	mustUp(t, dsn)
	for table, columns := range map[string][2]string{"labels": {"name", "name_key"}, "members": {"email", "email_key"}} {
		wrong := 0
		for _, r := range stringsAndKeys(t, db, table, columns) {
			if !bytes.Equal(r.key, relay.UniqueKey(r.text)) {
				wrong++
				if !strings.HasPrefix(r.text, "ꭰ") && !strings.HasPrefix(r.text, "Ꭰ") {
					t.Errorf("%s: %q has another key", table, r.text)
				}
			}
		}
		if wrong != 3 {
			t.Errorf("%s: %d rows have a key of string and id, want one in each of 3 tenants", table, wrong)
		}
	}
	// A run that was interrupted after it changed keys changes none again.
	before := stringsAndKeys(t, db, "labels", [2]string{"name", "name_key"})
	mustExec(t, db, "UPDATE goose_db_version SET is_applied = 0 WHERE version_id = 302")
	mustExec(t, db, "DELETE FROM goose_db_version WHERE version_id > 302")
	mustExec(t, db, "UPDATE labels SET name_key = UNHEX(SHA2('stale', 256)) WHERE name = 'Bug' AND tenant_id = 2")
	if err := migration.FillKeys(t.Context(), db, "labels", "name"); err != nil {
		t.Fatal(err)
	}
	if after := stringsAndKeys(t, db, "labels", [2]string{"name", "name_key"}); !slices.EqualFunc(before, after, equalKeys) {
		t.Error("the second run has changed keys")
	}
}

// TestRowsOfOlderProgramsStayUnique inserts rows as a program without the keys. The same string in
// another case is refused, as before.
func TestRowsOfOlderProgramsStayUnique(t *testing.T) {
	dsn := dbtest.Empty(t)
	mustUp(t, dsn)
	db := openDB(t, dsn)
	insertNamed(t, db, 1, 1, "Été")
	insertNamed(t, db, 2, 1, "Été")
	insertNamed(t, db, 1, 2, "ete")
	for _, same := range []string{"Été", "éTÉ"} {
		_, err := db.ExecContext(t.Context(), "INSERT INTO labels (tenant_id, id, name, color) VALUES (1, 'x', ?, '#000000')", same)
		if err == nil || !strings.Contains(err.Error(), "1062") {
			t.Errorf("%s: %v", same, err)
		}
	}
	for _, r := range stringsAndKeys(t, db, "labels", [2]string{"name", "name_key"}) {
		if !bytes.Equal(r.key, relay.UniqueKey(r.text)) {
			t.Errorf("%q: the default is not the key that this program compares with", r.text)
		}
	}
}

func insertNamed(t *testing.T, db *sql.DB, tenant, id int, name string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, '#000000')", tenant,
		fmt.Sprint(id), name); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO members (tenant_id, id, name, email, role) VALUES (?, ?, 'x', ?, 'OWNER')",
		tenant, fmt.Sprint(id), name+"@x"); err != nil {
		t.Fatal(err)
	}
}

type keyed struct {
	text string
	key  []byte
}

func equalKeys(a, b keyed) bool { return a.text == b.text && bytes.Equal(a.key, b.key) }

func stringsAndKeys(t *testing.T, db *sql.DB, table string, columns [2]string) (all []keyed) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT "+columns[0]+", "+columns[1]+" FROM "+table+" ORDER BY tenant_id, id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r keyed
		if err := rows.Scan(&r.text, &r.key); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFillKeysCorrectsAllTenants has a wrong key in each tenant, on Vitess on each shard.
func TestFillKeysCorrectsAllTenants(t *testing.T) {
	d := dbtest.New(t)
	tenants := map[string]context.Context{"acme": d.Acme, "globex": d.Globex}
	for slug, ctx := range tenants {
		l, err := model.CreateLabel(ctx, d.DB, model.CreateLabelInput{Name: "Of " + slug, Color: "#000000"})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.For(ctx).Model(l).UpdateColumn("name_key", relay.UniqueKey("stale")).Error; err != nil {
			t.Fatal(err)
		}
	}
	if err := migration.FillKeys(t.Context(), d.SQL, "labels", "name"); err != nil {
		t.Fatal(err)
	}
	for slug, ctx := range tenants {
		var l model.Label
		if err := d.For(ctx).Take(&l).Error; err != nil || !bytes.Equal(l.NameKey, relay.UniqueKey("of "+slug)) {
			t.Errorf("%s: %+v, %v", slug, l, err)
		}
	}
}
