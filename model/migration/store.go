package migration

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// errRecord marks a failure to record a version after the statement of its file has run.
var errRecord = errors.New("record the version")

// store is goose's store for MySQL, extended by begun versions: rows with is_applied = 0, which
// it hides from goose. Embedding the interface hides TableExists, which does not find the
// table in information_schema on Vitess.
type store struct{ database.Store }

func newStore() (store, error) {
	inner, err := database.NewStore(database.DialectMySQL, goose.DefaultTablename)
	return store{inner}, err
}

// CreateVersionTable creates goose's table unless it exists.
func (s store) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+s.Tablename()+` (
		id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
		version_id bigint NOT NULL,
		is_applied boolean NOT NULL,
		tstamp datetime NULL default CURRENT_TIMESTAMP,
		PRIMARY KEY(id)
	)`)
	return err
}

// Insert records a version as applied, in the row of insertBegun if there is one.
func (s store) Insert(ctx context.Context, db database.DBTxConn, req database.InsertRequest) error {
	result, err := db.ExecContext(ctx, "UPDATE "+s.Tablename()+
		" SET is_applied = 1, tstamp = CURRENT_TIMESTAMP WHERE version_id = ? AND is_applied = 0", req.Version)
	if err != nil {
		return fmt.Errorf("%w: %w", errRecord, err)
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return s.insertAll(ctx, db, []int64{req.Version})
}

// insertAll records versions as applied in one statement.
func (s store) insertAll(ctx context.Context, db database.DBTxConn, versions []int64) error {
	var rows []string
	for _, v := range versions {
		rows = append(rows, fmt.Sprintf("(%d, 1)", v))
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO "+s.Tablename()+" (version_id, is_applied) VALUES "+strings.Join(rows,
		", ")); err != nil {
		return fmt.Errorf("%w: %w", errRecord, err)
	}
	return nil
}

// insertBegun records a version as begun, before its statement runs.
func (s store) insertBegun(ctx context.Context, db database.DBTxConn, version int64) error {
	_, err := db.ExecContext(ctx, "INSERT INTO "+s.Tablename()+" (version_id, is_applied) VALUES (?, 0)", version)
	return err
}

// deleteBegun deletes the row of insertBegun.
func (s store) deleteBegun(ctx context.Context, db database.DBTxConn, version int64) error {
	_, err := db.ExecContext(ctx, "DELETE FROM "+s.Tablename()+" WHERE version_id = ? AND is_applied = 0", version)
	return err
}

// Delete deletes a version that was undone, and the version of an earlier release that was
// split into it.
func (s store) Delete(ctx context.Context, db database.DBTxConn, version int64) error {
	for old, split := range replaces {
		if slices.Contains(split, version) {
			if err := s.Store.Delete(ctx, db, old); err != nil {
				return err
			}
		}
	}
	return s.Store.Delete(ctx, db, version)
}

// GetMigration returns a version if it is applied. Version 0 always is: goose reads it to check
// that its table exists, and Up has created the table before.
func (s store) GetMigration(ctx context.Context, db database.DBTxConn, version int64) (*database.GetMigrationResult, error) {
	if version == 0 {
		return &database.GetMigrationResult{IsApplied: true}, nil
	}
	result, err := s.Store.GetMigration(ctx, db, version)
	if err == nil && !result.IsApplied {
		return nil, database.ErrVersionNotFound
	}
	return result, err
}

// GetLatestVersion returns the highest version that is applied.
func (s store) GetLatestVersion(ctx context.Context, db database.DBTxConn) (int64, error) {
	var version sql.NullInt64
	err := db.QueryRowContext(ctx, "SELECT MAX(version_id) FROM "+s.Tablename()+" WHERE is_applied = 1").Scan(&version)
	if err == nil && !version.Valid {
		err = database.ErrVersionNotFound
	}
	return version.Int64, err
}

// ListMigrations returns the applied versions, highest first. It leaves out the versions of
// earlier releases, which have no file.
func (s store) ListMigrations(ctx context.Context, db database.DBTxConn) ([]*database.ListMigrationsResult, error) {
	all, err := s.Store.ListMigrations(ctx, db)
	all = slices.DeleteFunc(all, func(r *database.ListMigrationsResult) bool { return !r.IsApplied || replaces[r.Version] != nil })
	slices.SortFunc(all, func(a, b *database.ListMigrationsResult) int { return cmp.Compare(b.Version, a.Version) })
	return all, err
}

// record is the row of a version in goose's table.
type record struct {
	applied bool
	at      time.Time
}

const errNoTable = 1146 // ER_NO_SUCH_TABLE

// readRecords returns the record of each version. It returns none for a database without goose's
// table.
func (s store) readRecords(ctx context.Context, db database.DBTxConn) (map[int64]record, error) {
	rows, err := db.QueryContext(ctx, "SELECT version_id, is_applied, tstamp FROM "+s.Tablename()+" ORDER BY id")
	if e := (*mysql.MySQLError)(nil); errors.As(err, &e) && e.Number == errNoTable {
		return map[int64]record{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[int64]record{}
	for rows.Next() {
		var version int64
		var r record
		var at sql.NullTime
		if err := rows.Scan(&version, &r.applied, &at); err != nil {
			return nil, err
		}
		r.at = at.Time
		if !all[version].applied {
			all[version] = r
		}
	}
	return all, rows.Err()
}
