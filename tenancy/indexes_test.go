package tenancy_test

import "testing"

// TestIndexHintsNeedUniqueKeysOfTheTenant compares hints before and after a unique key is added that does not begin with
// tenant_id.
func TestIndexHintsNeedUniqueKeysOfTheTenant(t *testing.T) {
	d := newNotes(t)
	check := func(table, text, want string) {
		t.Helper()
		if got := d.UseIndexes(table, text); got != want {
			t.Errorf("the hint for %q in %s is %q, want %q", text, table, got, want)
		}
	}
	check("notes", "folder", "USE INDEX (PRIMARY)")
	check("notes", "`folder` = ?", "USE INDEX (PRIMARY,`folder`)")
	check("others", "`folder` = ?", "")
	if _, err := d.SQL.ExecContext(t.Context(), "ALTER TABLE notes ADD UNIQUE KEY folders (folder, tenant_id, id)"); err != nil {
		t.Fatal(err)
	}
	d.Reopen(t, &note{})
	check("notes", "`folder` = ?", "")
}
