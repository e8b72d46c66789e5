package model_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// poolReaders and poolRunners pass SQL to DB(), where the context alone decides.
var poolReaders = []reader{
	{"DB and a query", func(a *attempt, sql string, args []any) (any, error) {
		return a.all(a.pool().QueryContext(a.d.Acme, sql, args...))
	}},
	{"DB and a row", func(a *attempt, sql string, args []any) (any, error) {
		return one(a.pool().QueryRowContext(a.d.Acme, "SELECT COUNT(*) FROM ("+sql+") x", args...))
	}},
	{"DB and a statement", func(a *attempt, sql string, args []any) (any, error) {
		statement, err := a.pool().PrepareContext(a.d.Acme, sql)
		if err != nil {
			return nil, err
		}
		defer statement.Close()
		return a.all(statement.QueryContext(a.d.Acme, args...))
	}},
	{"DB and a statement that globex prepared", func(a *attempt, sql string, args []any) (any, error) {
		statement, err := a.pool().PrepareContext(a.d.Globex, sql)
		if err != nil {
			return nil, err
		}
		defer statement.Close()
		return a.all(statement.QueryContext(a.d.Acme, args...))
	}},
	{"DB and a connection that was globex's", func(a *attempt, sql string, args []any) (any, error) {
		conn, err := a.pool().Conn(a.d.Globex)
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		count := a.sql("SELECT COUNT(*) FROM {table} WHERE tenant_id = ?")
		if n, err := one(conn.QueryRowContext(a.d.Globex, count, a.globexID)); err != nil ||
			n != 2 {
			return nil, fmt.Errorf("globex has %v rows: %w", n, err)
		}
		return a.all(conn.QueryContext(a.d.Acme, sql, args...))
	}},
	{"DB and a transaction that globex began", func(a *attempt, sql string, args []any) (any, error) {
		tx, err := a.pool().BeginTx(a.d.Globex, nil)
		if err != nil {
			return nil, err
		}
		defer func() { _ = tx.Rollback() }()
		return a.all(tx.QueryContext(a.d.Acme, sql, args...))
	}},
	{"ConnPool", func(a *attempt, sql string, args []any) (any, error) {
		return a.all(a.s.Statement.ConnPool.QueryContext(a.d.Acme, sql, args...))
	}},
}

var poolRunners = []runner{
	{"DB and Exec", func(a *attempt, sql string, args []any) error {
		_, err := a.pool().ExecContext(a.d.Acme, sql, args...)
		return err
	}},
	{"DB and a statement", func(a *attempt, sql string, args []any) error {
		statement, err := a.pool().PrepareContext(a.d.Globex, sql)
		if err != nil {
			return err
		}
		defer statement.Close()
		_, err = statement.ExecContext(a.d.Acme, args...)
		return err
	}},
	{"DB and a transaction", func(a *attempt, sql string, args []any) error {
		tx, err := a.pool().BeginTx(a.d.Acme, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		if _, err := tx.ExecContext(a.d.Acme, sql, args...); err != nil {
			return err
		}
		return tx.Commit()
	}},
	{"ConnPool", func(a *attempt, sql string, args []any) error {
		_, err := a.s.Statement.ConnPool.ExecContext(a.d.Acme, sql, args...)
		return err
	}},
}

// pool has the methods of DB() outside transactions.
func (a *attempt) pool() *sql.DB {
	db, err := a.d.For(a.d.Acme).DB()
	if err != nil {
		panic(err)
	}
	return db
}

// pools are attacks with some statements in every way around the session.
var pools = concat(read(poolReaders, few), run(poolRunners, fewWrites))

// past are other ways around the session: further methods of DB(), GORM's own transactions, and
// the Migrator, whose statements about the catalogue are of no tenant.
var past = []attack{
	{"DB without tenant", fenced, func(a *attempt) (any, error) {
		return a.all(a.pool().QueryContext(context.Background(), a.sql("SELECT * FROM {table} WHERE tenant_id = {us}")))
	}},
	{"DB and globex's context", fenced, func(a *attempt) (any, error) {
		return a.all(a.pool().QueryContext(a.d.Globex, a.sql("SELECT * FROM {table} WHERE tenant_id = {us}")))
	}},
	{"DB and a statement that acme prepared, without tenant", fenced, func(a *attempt) (any, error) {
		return a.prepared(context.Background(), a.sql("SELECT * FROM {table} WHERE tenant_id = ?"))
	}},
	{"DB and a statement that acme prepared, run by globex", fenced, func(a *attempt) (any, error) {
		return a.prepared(a.d.Globex, a.sql("SELECT * FROM {table} WHERE tenant_id = ?"))
	}},
	{"DB and a transaction without tenant", fenced, func(a *attempt) (any, error) {
		tx, err := a.pool().BeginTx(context.Background(), nil)
		if err == nil {
			err = tx.Rollback()
			return nil, err
		}
		return nil, err
	}},
	{"DB and the driver's connection", fenced, func(a *attempt) (any, error) {
		c, err := a.pool().Conn(a.d.Acme)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		return nil, c.Raw(func(c any) error {
			_, err := c.(driver.QueryerContext).QueryContext(a.d.Acme, a.sql("SELECT * FROM {table}"), nil)
			return err
		})
	}},
	{"ConnPool without tenant", fenced, func(a *attempt) (any, error) {
		return a.all(a.s.Statement.ConnPool.QueryContext(context.Background(), a.sql("SELECT * FROM {table} WHERE tenant_id = {us}")))
	}},

	{"a transaction", changes, wrote(func(a *attempt) *gorm.DB {
		return failed(a.s, a.s.Transaction(func(s *gorm.DB) error { return s.Delete(a.ours()).Error }))
	})},
	{"a transaction that rolls back", 0, func(a *attempt) (any, error) {
		err := a.s.Transaction(func(s *gorm.DB) error { return errors.Join(s.Delete(a.ours()).Error, errUndo) })
		return 0, undone(err)
	}},
	{"a transaction inside one", changes, wrote(func(a *attempt) *gorm.DB {
		return failed(a.s, a.s.Transaction(func(s *gorm.DB) error {
			return errors.Join(
				s.Create(a.fresh()).Error,
				s.Transaction(func(s *gorm.DB) error { return s.Create(a.other()).Error }),
			)
		}))
	})},
	{"a transaction inside one that rolls back", 2, func(a *attempt) (any, error) {
		a.s = a.s.Session(&gorm.Session{})
		a.s.DisableNestedTransaction = false
		var found any
		err := a.s.Transaction(func(s *gorm.DB) error {
			err := s.Transaction(func(s *gorm.DB) error { return errors.Join(s.Delete(a.ours()).Error, errUndo) })
			rows := a.rows()
			found = rows
			return errors.Join(undone(err), s.Find(rows).Error)
		})
		return found, err
	}},
	{"a save point", 2, func(a *attempt) (any, error) {
		var found any
		err := a.s.Transaction(func(s *gorm.DB) error {
			rows := a.rows()
			found = rows
			return errors.Join(
				s.SavePoint("here").Error, s.Where("1=1").Delete(a.row()).Error, s.RollbackTo("here").Error, s.Find(rows).Error,
			)
		})
		return found, err
	}},
	{"a save point with more behind its name", fenced, func(a *attempt) (any, error) {
		return nil, a.s.Transaction(func(s *gorm.DB) error { return s.SavePoint(a.sql("x; DELETE FROM {table}")).Error })
	}},
	{"Begin and Commit", changes, func(a *attempt) (any, error) {
		s := a.s.Session(&gorm.Session{}).Begin()
		if errors.Is(s.Error, gorm.ErrInvalidTransaction) { // inside another
			return nil, a.s.Delete(a.ours()).Error
		}
		return nil, errors.Join(s.Delete(a.ours()).Error, s.Commit().Error)
	}},

	// A refused question of the Migrator is answered with no.
	migrator("HasTable", func(a *attempt, m gorm.Migrator) error { return unless(m.HasTable(a.row())) }),
	migrator("HasColumn", func(a *attempt, m gorm.Migrator) error { return unless(m.HasColumn(a.row(), a.key)) }),
	migrator("HasIndex", func(a *attempt, m gorm.Migrator) error { return unless(m.HasIndex(a.row(), "PRIMARY")) }),
	migrator("HasConstraint", func(a *attempt, m gorm.Migrator) error { return unless(m.HasConstraint(a.row(), "PRIMARY")) }),
	migrator("CurrentDatabase", func(_ *attempt, m gorm.Migrator) error { return unless(m.CurrentDatabase() != "") }),
	migrator("GetTables", func(_ *attempt, m gorm.Migrator) error { _, err := m.GetTables(); return err }),
	migrator("GetIndexes", func(a *attempt, m gorm.Migrator) error { _, err := m.GetIndexes(a.row()); return err }),
	migrator("ColumnTypes", func(a *attempt, m gorm.Migrator) error { _, err := m.ColumnTypes(a.row()); return err }),
	migrator("TableType", func(a *attempt, m gorm.Migrator) error { _, err := m.TableType(a.row()); return err }),
	migrator("AutoMigrate", func(a *attempt, m gorm.Migrator) error { return m.AutoMigrate(a.row()) }),
	migrator("CreateTable", func(a *attempt, m gorm.Migrator) error { return m.CreateTable(a.row()) }),
	migrator("DropTable", func(a *attempt, m gorm.Migrator) error { return m.DropTable(a.row()) }),
	migrator("RenameTable", func(a *attempt, m gorm.Migrator) error { return m.RenameTable(a.row(), "x") }),
	migrator("AddColumn", func(a *attempt, m gorm.Migrator) error { return m.AddColumn(a.row(), a.key) }),
	migrator("DropColumn", func(a *attempt, m gorm.Migrator) error { return m.DropColumn(a.row(), a.key) }),
	migrator("AlterColumn", func(a *attempt, m gorm.Migrator) error { return m.AlterColumn(a.row(), a.key) }),
	migrator("RenameColumn", func(a *attempt, m gorm.Migrator) error { return m.RenameColumn(a.row(), a.key, "x") }),
	migrator("CreateView", func(a *attempt, m gorm.Migrator) error {
		return m.CreateView("x", gorm.ViewOption{Query: a.query()})
	}),
	migrator("DropView", func(_ *attempt, m gorm.Migrator) error { return m.DropView("x") }),
	migrator("DropIndex", func(a *attempt, m gorm.Migrator) error { return m.DropIndex(a.row(), "PRIMARY") }),
	migrator("DropConstraint", func(a *attempt, m gorm.Migrator) error { return m.DropConstraint(a.row(), "x") }),
}

var errUndo = errors.New("roll back")

// undone returns the error of a transaction other than the one for rolling it back.
func undone(err error) error {
	if err != nil && err.Error() == errUndo.Error() {
		return nil
	}
	return err
}

// failed is a session that has this error.
func failed(s *gorm.DB, err error) *gorm.DB {
	s = s.Session(&gorm.Session{})
	s.Error = err
	return s
}

// prepared runs a statement that acme prepared in another context.
func (a *attempt) prepared(ctx context.Context, query string) (any, error) {
	statement, err := a.pool().PrepareContext(a.d.Acme, query) //nolint:contextcheck // it is run in another
	if err != nil {
		return nil, err
	}
	defer statement.Close()
	return a.all(statement.QueryContext(ctx, a.acmeID))
}

// migrator is an attack by the Migrator.
func migrator(name string, do func(*attempt, gorm.Migrator) error) attack {
	return attack{
		"Migrator " + name,
		refused,
		func(a *attempt) (any, error) { return nil, calmly(func() error { return do(a, a.s.Migrator()) }) },
	}
}

// unless returns errNoRow for false.
func unless(there bool) error {
	if there {
		return nil
	}
	return errNoRow
}
