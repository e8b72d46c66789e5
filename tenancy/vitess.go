package tenancy

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// vtgateTimeout bounds how long AwaitVTGate waits. vtgate needs about one second.
const vtgateTimeout = 30 * time.Second

// AwaitVTGate waits until the vtgate behind db has the current columns of all tables in its
// keyspace, for at most 30 seconds. After DDL, vtgate plans statements with the former columns
// for about a second: SELECT * omits new columns or fails (1054), and filters on a new table
// fail (VT09015). On other servers AwaitVTGate returns immediately.
//
// Behind a load balancer it checks one vtgate of several.
func AwaitVTGate(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil || !strings.HasSuffix(version, "-Vitess") {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, vtgateTimeout)
	defer cancel()
	columns, err := readColumns(ctx, db)
	if err != nil {
		return fmt.Errorf("read the keyspace's columns: %w", err)
	}
	for {
		stale, err := findStaleTable(ctx, db, columns)
		if err == nil && stale == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			if err == nil {
				err = fmt.Errorf("the columns of the table %s are not current: "+
					"is it in the VSchema, and does vtgate run with --schema-change-signal?", stale)
			}
			return fmt.Errorf("wait until vtgate has the columns of the migrated tables: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// readColumns returns the column names of each table in the database.
func readColumns(ctx context.Context, db *sql.DB) (map[string][]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, err
		}
		columns[table] = append(columns[table], column)
	}
	return columns, rows.Err()
}

// findStaleTable returns a table whose columns differ in vtgate, or "". It plans SELECT *
// without running it: vtgate replaces the star by its columns.
func findStaleTable(ctx context.Context, db *sql.DB, columns map[string][]string) (table string, err error) {
	for table, names := range columns {
		var plan string
		if err := db.QueryRowContext(ctx, "VEXPLAIN PLAN SELECT * FROM `"+table+"` LIMIT 1").Scan(&plan); err != nil {
			return table, err
		}
		_, list, _ := strings.Cut(plan, `"Query": "select `)
		list, _, _ = strings.Cut(list, " from ")
		known := strings.Split(strings.ReplaceAll(list, "`", ""), ", ")
		slices.Sort(known)
		slices.Sort(names)
		if !slices.Equal(known, names) {
			return table, nil
		}
	}
	return "", nil
}
