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

// keyedString is a string column that release 3 gave a key, with an INSERT of a tenant, an id and the string.
type keyedString struct {
	table, column string
	insert        string
	version       int // of the migration that fills the keys
}

// keyedStrings have that of members. Further types add theirs in files of their own.
var keyedStrings = []keyedString{{
	table: "members", column: "email",
	insert: "INSERT INTO members (tenant_id, id, name, email, role) VALUES (?, ?, 'x', ?, 'OWNER')", version: 304,
}}

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
	for _, k := range keyedStrings {
		wrong := 0
		for _, r := range readStrings(t, db, k) {
			if !bytes.Equal(r.key, relay.UniqueKey(r.text)) {
				wrong++
				if !strings.HasPrefix(r.text, "ꭰ") && !strings.HasPrefix(r.text, "Ꭰ") {
					t.Errorf("%s: %q has another key", k.table, r.text)
				}
			}
		}
		if wrong != 3 {
			t.Errorf("%s: %d rows have a key of string and id, want one in each of 3 tenants", k.table, wrong)
		}
	}
	for _, k := range keyedStrings { // a run that was interrupted after it changed keys changes none again
		before := readStrings(t, db, k)
		mustExec(t, db, fmt.Sprintf("UPDATE goose_db_version SET is_applied = 0 WHERE version_id = %d", k.version))
		mustExec(t, db, fmt.Sprintf("DELETE FROM goose_db_version WHERE version_id > %d", k.version))
		mustExec(t, db, fmt.Sprintf("UPDATE %s SET %s_key = UNHEX(SHA2('stale', 256)) WHERE %[2]s LIKE 'Bug%%' AND tenant_id = 2",
			k.table, k.column))
		if err := migration.FillKeys(t.Context(), db, k.table, k.column); err != nil {
			t.Fatal(err)
		}
		if after := readStrings(t, db, k); !slices.EqualFunc(before, after, equalKeys) {
			t.Errorf("the second run has changed keys of %s", k.table)
		}
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
	for _, k := range keyedStrings {
		for _, same := range []string{"Été", "éTÉ"} {
			if _, err := db.ExecContext(t.Context(), k.insert, 1, "x", same); err == nil || !strings.Contains(err.Error(), "1062") {
				t.Errorf("%s: %s: %v", k.table, same, err)
			}
		}
		for _, r := range readStrings(t, db, k) {
			if !bytes.Equal(r.key, relay.UniqueKey(r.text)) {
				t.Errorf("%s: %q: the default is not the key that this program compares with", k.table, r.text)
			}
		}
	}
}

// insertNamed inserts a row with a string into each table of keyedStrings.
func insertNamed(t *testing.T, db *sql.DB, tenant, id int, name string) {
	t.Helper()
	for _, k := range keyedStrings {
		if _, err := db.ExecContext(t.Context(), k.insert, tenant, fmt.Sprint(id), name); err != nil {
			t.Fatal(err)
		}
	}
}

type keyed struct {
	text string
	key  []byte
}

func equalKeys(a, b keyed) bool { return a.text == b.text && bytes.Equal(a.key, b.key) }

func readStrings(t *testing.T, db *sql.DB, k keyedString) (all []keyed) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), fmt.Sprintf("SELECT %s, %[1]s_key FROM %s ORDER BY tenant_id, id", k.column, k.table))
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
		in := model.CreateMemberInput{Name: slug, Email: slug + "@Example.com", Role: model.MemberRoleMember}
		m, err := model.CreateMember(ctx, d.DB, in)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.For(ctx).Model(m).UpdateColumn("email_key", relay.UniqueKey("stale")).Error; err != nil {
			t.Fatal(err)
		}
	}
	if err := migration.FillKeys(t.Context(), d.SQL, "members", "email"); err != nil {
		t.Fatal(err)
	}
	for slug, ctx := range tenants {
		var m model.Member
		if err := d.For(ctx).Take(&m).Error; err != nil || !bytes.Equal(m.EmailKey, relay.UniqueKey(slug+"@example.com")) {
			t.Errorf("%s: %+v, %v", slug, m, err)
		}
	}
}
