//go:build linux

package main

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"rowhouse/model"
	"rowhouse/model/relay"
)

func (l *limit) createItem(ctx context.Context, tenant int64, v limitVariables) ([]byte, error) {
	project, err := parseLimitID("Project:", v.Input.ProjectID)
	if err != nil {
		return nil, err
	}
	i := limitItem{
		id: limitID(relay.NewID()), name: v.Input.Name, status: v.Input.Status, priority: model.ItemPriority(v.Input.Priority), version: 1,
	}
	err = l.runTransaction(ctx, func(tx *sql.Tx) error {
		const nextNumber = "UPDATE projects SET last_number = last_number + 1 WHERE tenant_id = ? AND id = ?"
		if err := l.exec(ctx, tx, nextNumber, tenant, project[:]); err != nil {
			return err
		}
		var number int
		const query = "SELECT `key`, last_number FROM projects WHERE tenant_id = ? AND id = ?"
		statement, err := l.prepare(ctx, query)
		if err != nil {
			return err
		}
		row := tx.StmtContext(ctx, statement).QueryRowContext(ctx, tenant, project[:]) //nolint:sqlclosecheck // the transaction closes it
		if err := row.Scan(&i.key, &number); err != nil {
			return err
		}
		i.key += "-" + strconv.Itoa(number)
		now := time.Now().UTC().Truncate(time.Microsecond)
		return l.exec(ctx, tx, "INSERT INTO items (tenant_id, id, project_id, number, `key`, name, description, "+
			"status, priority, assignee_id, version, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
			tenant, i.id[:], project[:], number, i.key, i.name, v.Input.Description, i.status, i.priority, nil, i.version, now, now)
	})
	return append(i.appendJSON([]byte(`{"data":{"createItem":{"item":`)), "}}}"...), err
}

// updateItem reads a row, and updates it if it still has its version: two statements without a transaction.
func (l *limit) updateItem(ctx context.Context, tenant int64, v limitVariables) ([]byte, error) {
	id, err := parseLimitID("Item:", v.Input.ID)
	if err != nil {
		return nil, err
	}
	i := limitItem{id: id}
	for {
		const query = "SELECT `key`, name, status, priority, version FROM items WHERE tenant_id = ? AND id = ?"
		statement, err := l.prepare(ctx, query) //nolint:sqlclosecheck // it is kept
		if err != nil {
			return nil, err
		}
		row := statement.QueryRowContext(ctx, tenant, id[:])
		if err := row.Scan(&i.key, &i.name, &i.status, &i.priority, &i.version); err != nil {
			return nil, err
		}
		set, args := "name=?, version=?, updated_at=?", []any{v.Input.Name, i.version + 1, time.Now().UTC().Truncate(time.Microsecond)}
		if i.status != v.Input.Status {
			set, args = set+", status=?", append(args, v.Input.Status)
		}
		set = "UPDATE items SET " + set + " WHERE tenant_id = ? AND version = ? AND id = ?"
		update, err := l.prepare(ctx, set) //nolint:sqlclosecheck // as above
		if err != nil {
			return nil, err
		}
		result, err := update.ExecContext(ctx, append(args, tenant, i.version, id[:])...)
		if err != nil {
			return nil, err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			i.version, i.name, i.status = i.version+1, v.Input.Name, v.Input.Status
			return append(i.appendJSON([]byte(`{"data":{"updateItem":{"item":`)), "}}}"...), err
		}
	}
}

// exec executes a prepared statement in a transaction.
func (l *limit) exec(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	statement, err := l.prepare(ctx, query)
	if err == nil {
		_, err = tx.StmtContext(ctx, statement).ExecContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	}
	return err
}

// runTransaction commits unless do fails.
func (l *limit) runTransaction(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
