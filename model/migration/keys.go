package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/go-sql-driver/mysql"

	"rowhouse/model/relay"
)

// keyBatch is the number of rows in a batch of fillKeys.
const keyBatch = 1000

// errDuplicate is MySQL's and MariaDB's ER_DUP_ENTRY.
const errDuplicate = 1062

// steps has the functions that run before the statement of a version, and again after an
// interruption.
var steps = map[int64]func(context.Context, *sql.DB) error{
	302: func(ctx context.Context, db *sql.DB) error { return fillKeys(ctx, db, "labels", "name") },
	304: func(ctx context.Context, db *sql.DB) error { return fillKeys(ctx, db, "members", "email") },
}

// keyedRow is a row with a string that is unique in its tenant, and the string's key.
type keyedRow struct {
	tenant    uint32
	id        []byte
	text, key []byte
}

// fillKeys corrects the key column of a string column. Its name ends in _key, and a key is
// the relay.UniqueKey of the string. It reads all rows in batches, in the order of the primary key,
// and writes each key in a separate statement, so it holds no locks and can run again. It does not
// overwrite concurrent changes.
func fillKeys(ctx context.Context, db *sql.DB, table, column string) error {
	var last keyedRow
	for {
		rows, err := readKeys(ctx, db, table, column, last)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := r.fill(ctx, db, table, column); err != nil {
				return err
			}
		}
		if len(rows) < keyBatch {
			return nil
		}
		last = rows[len(rows)-1]
	}
}

// readKeys returns the next rows after last, of all tenants. On Vitess it reads all shards.
func readKeys(ctx context.Context, db *sql.DB, table, column string, last keyedRow) (all []keyedRow, err error) {
	query := fmt.Sprintf("SELECT /*vt+ ALLOW_SCATTER */ tenant_id, id, CAST(%s AS BINARY), %[1]s_key FROM %s "+
		"WHERE tenant_id > ? OR tenant_id = ? AND id > ? ORDER BY tenant_id, id LIMIT %d",
		column, table, keyBatch)
	rows, err := db.QueryContext(ctx, query, last.tenant, last.tenant, last.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r keyedRow
		if err := rows.Scan(&r.tenant, &r.id, &r.text, &r.key); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// fill corrects the row's key. Another row of the tenant can have the same key, if the former
// collation did not know a letter. Then the row keeps its string and gets a key made of its string
// and id, until the string changes.
func (r keyedRow) fill(ctx context.Context, db *sql.DB, table, column string) error {
	key := relay.UniqueKey(string(r.text))
	own := relay.UniqueKey(fmt.Sprintf("%s\x00%x", r.text, r.id))
	if slices.Equal(r.key, key) || slices.Equal(r.key, own) {
		return nil
	}
	statement := fmt.Sprintf("UPDATE %s SET %s_key = ? WHERE tenant_id = ? AND id = ? AND CAST(%[2]s AS BINARY) = ?", table, column)
	_, err := db.ExecContext(ctx, statement, key, r.tenant, r.id, r.text)
	if e := (*mysql.MySQLError)(nil); errors.As(err, &e) && e.Number == errDuplicate {
		_, err = db.ExecContext(ctx, statement, own, r.tenant, r.id, r.text)
	}
	return err
}
