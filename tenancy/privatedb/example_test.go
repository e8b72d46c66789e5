//go:build unix

package privatedb_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	"rowhouse/tenancy/privatedb"
)

// A test starts a throwaway server in a new folder, which is removed when the server has ended.
func ExampleStart() {
	parent, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)
	server, err := privatedb.Start(context.Background(), filepath.Join(parent, "data"), privatedb.Options{
		Throwaway: true,
		Program:   os.Getenv("TEST_DATABASE_PROGRAM"), // empty for an installed program
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	db, err := sql.Open("mysql", server.DSN("mysql"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var sum int
	fmt.Println(db.QueryRow("SELECT 1 + 1").Scan(&sum), sum)
	fmt.Println(db.Close(), server.Stop())
	// Output:
	// <nil> 2
	// <nil> <nil>
}
