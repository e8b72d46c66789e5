package migration_test

func init() {
	keyedStrings = append(keyedStrings, keyedString{
		table: "labels", column: "name",
		insert: "INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, '#000000')", version: 302,
	})
}
