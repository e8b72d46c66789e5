//go:build linux

package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// limit serves the benchmark's requests with net/http, database/sql and hand-written JSON. Its statements,
// transactions and page sizes are those of Rowhouse. It reads only the columns of the response, and no
// relations of the extra row that determines hasNextPage.
type limit struct {
	*http.ServeMux
	db      *sql.DB
	tenants map[string]int64
}

// newLimitServer returns a limit with the database and the tenants of rig.
func newLimitServer(b *testing.B, rig *benchRig) benchServer {
	config, err := tenancy.ParseDSN(rig.db.DSN)
	if err != nil {
		b.Fatal(err)
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		b.Fatal(err)
	}
	l := &limit{http.NewServeMux(), sql.OpenDB(readCommitted{connector}), map[string]int64{}}
	b.Cleanup(func() { _ = l.db.Close() })
	l.db.SetMaxOpenConns(2 * benchConns) // as in tenancy
	l.db.SetMaxIdleConns(2 * benchConns)
	for i := range rig.tenants {
		l.tenants[rig.tenants[i].number] = int64(rig.tenants[i].id)
	}
	l.handleFunc("POST /point", l.readItem)
	l.handleFunc("POST /page", l.readPage)
	l.handleFunc("POST /deep", l.readNested)
	l.handleFunc("POST /create", l.createItem)
	l.handleFunc("POST /update", l.updateItem)
	return benchServer{handler: l}
}

// readCommitted opens connections as tenancy does.
type readCommitted struct{ driver.Connector }

func (c readCommitted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	_, err = conn.(driver.ExecerContext).ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil)
	return conn, err
}

// limitVariables are the variables of all requests.
type limitVariables struct {
	ID    string
	Input struct{ ID, ProjectID, Name, Description, Status, Priority string }
}

// handleFunc registers a function that returns the response to the variables of a tenant.
func (l *limit) handleFunc(pattern string, respond func(context.Context, int64, limitVariables) ([]byte, error)) {
	l.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		tenant, ok := l.tenants[r.Header.Get(tenancy.HeaderName)]
		if !ok {
			http.Error(w, "no such tenant", http.StatusForbidden)
			return
		}
		var v limitVariables
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &v)
		}
		if err == nil {
			body, err = respond(r.Context(), tenant, v)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
}

func (l *limit) readItem(ctx context.Context, tenant int64, v limitVariables) ([]byte, error) {
	id, err := parseLimitID("Item:", v.ID)
	if err != nil {
		return nil, err
	}
	var i limitItem
	err = l.db.QueryRowContext(ctx, "SELECT `key`, name, status, priority, version FROM items WHERE tenant_id = ? AND id = ? LIMIT ?",
		tenant, id[:], 1).Scan(&i.key, &i.name, &i.status, &i.priority, &i.version)
	i.id = id
	return append(i.appendJSON([]byte(`{"data":{"item":`)), "}}"...), err
}

func (l *limit) readPage(ctx context.Context, tenant int64, _ limitVariables) ([]byte, error) {
	const query = "SELECT id, `key`, name, status, project_id, assignee_id FROM items WHERE tenant_id = ? ORDER BY id DESC LIMIT ?"
	items, err := readRows(ctx, l.db, query, []any{tenant, 20 + 1},
		func(i *limitItem) []any { return []any{&i.id, &i.key, &i.name, &i.status, &i.project, &i.assignee} })
	if err != nil {
		return nil, err
	}
	more := len(items) > 20
	items = items[:min(len(items), 20)]
	projects, err := readNamed(ctx, l.db, "SELECT id, `key`, name FROM projects WHERE tenant_id = ? AND id IN ", tenant,
		items, func(i *limitItem) limitID { return i.project })
	if err != nil {
		return nil, err
	}
	members, err := readNamed(ctx, l.db, "SELECT id, email, name FROM members WHERE tenant_id = ? AND id IN ", tenant,
		items, func(i *limitItem) limitID { return i.assignee })
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, 8<<10), `{"data":{"items":{"nodes":[`...)
	for n, i := range items {
		p := projects[i.project]
		b = i.id.appendJSON(append(appendComma(b, n), `{"id":`...), "Item:")
		b = appendString(appendString(appendString(b, `,"key":`, i.key), `,"name":`, i.name), `,"status":`, i.status)
		b = appendString(appendString(b, `,"project":{"key":`, p.key), `,"name":`, p.name)
		if m, ok := members[i.assignee]; ok {
			b = append(appendString(appendString(b, `},"assignee":{"name":`, m.name), `,"email":`, m.key), "}}"...)
		} else {
			b = append(b, `},"assignee":null}`...)
		}
	}
	return append(appendPageInfo(b, more, items[len(items)-1].id), "}}}"...), nil
}

func (l *limit) readNested(ctx context.Context, tenant int64, _ limitVariables) ([]byte, error) {
	projects, err := readRows(ctx, l.db, "SELECT id, `key`, name FROM projects WHERE tenant_id = ? ORDER BY id DESC LIMIT ?",
		[]any{tenant, 10 + 1}, func(p *limitNamed) []any { return []any{&p.id, &p.key, &p.name} })
	if err != nil {
		return nil, err
	}
	more := len(projects) > 10
	projects = projects[:min(len(projects), 10)]
	items, all, err := readPages(ctx, l.db, "SELECT project_id, id, `key`, name, status FROM items "+
		"WHERE tenant_id = ? AND project_id = ? ORDER BY id DESC LIMIT ?",
		10, tenant, projects, func(p *limitNamed) limitID { return p.id },
		func(i *limitItem) []any { return []any{&i.project, &i.id, &i.key, &i.name, &i.status} },
		func(i *limitItem) limitID { return i.project })
	if err != nil {
		return nil, err
	}
	id := func(i *limitItem) limitID { return i.id }
	labels, _, err := readPages(ctx, l.db, "SELECT item_id, name, color FROM item_labels il "+
		"INNER JOIN labels l ON il.label_id = l.id AND l.tenant_id = il.tenant_id "+
		"WHERE il.tenant_id = ? AND item_id = ? ORDER BY label_id DESC LIMIT ?",
		20, tenant, all, id, func(l *limitLabel) []any { return []any{&l.item, &l.name, &l.color} },
		func(l *limitLabel) limitID { return l.item })
	if err != nil {
		return nil, err
	}
	comments, allComments, err := readPages(ctx, l.db, "SELECT item_id, author_id, body FROM comments "+
		"WHERE tenant_id = ? AND item_id = ? ORDER BY id DESC LIMIT ?",
		3, tenant, all, id, func(c *limitComment) []any { return []any{&c.item, &c.author, &c.body} },
		func(c *limitComment) limitID { return c.item })
	if err != nil {
		return nil, err
	}
	authors, err := readNamed(ctx, l.db, "SELECT id, '', name FROM members WHERE tenant_id = ? AND id IN ", tenant,
		allComments, func(c *limitComment) limitID { return c.author })
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, 64<<10), `{"data":{"projects":{"nodes":[`...)
	for n, p := range projects {
		b = append(appendString(appendString(appendComma(b, n), `{"key":`, p.key), `,"name":`, p.name), `,"items":{"nodes":[`...)
		for n, i := range items[p.id] {
			b = appendString(appendString(appendString(appendComma(b, n), `{"key":`, i.key), `,"name":`, i.name), `,"status":`, i.status)
			b = append(b, `,"labels":{"nodes":[`...)
			for n, l := range labels[i.id] {
				b = append(appendString(appendString(appendComma(b, n), `{"name":`, l.name), `,"color":`, l.color), '}')
			}
			b = append(b, `]},"comments":{"nodes":[`...)
			for n, c := range comments[i.id] {
				b = appendString(appendComma(b, n), `{"body":`, c.body)
				if a, ok := authors[c.author]; ok {
					b = append(appendString(b, `,"author":{"name":`, a.name), "}}"...)
				} else {
					b = append(b, `,"author":null}`...)
				}
			}
			b = append(b, "]}}"...)
		}
		b = append(b, "]}}"...)
	}
	return append(appendPageInfo(b, more, projects[len(projects)-1].id), "}}}"...), nil
}

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
		_, err := tx.ExecContext(ctx, nextNumber, tenant, project[:])
		if err != nil {
			return err
		}
		var number int
		if err := tx.QueryRowContext(ctx, "SELECT `key`, last_number FROM projects WHERE tenant_id = ? AND id = ? LIMIT ?",
			tenant, project[:], 1).Scan(&i.key, &number); err != nil {
			return err
		}
		i.key += "-" + strconv.Itoa(number)
		now := time.Now().UTC().Truncate(time.Microsecond)
		_, err = tx.ExecContext(ctx, "INSERT INTO items (tenant_id, id, project_id, number, `key`, name, description, "+
			"status, priority, assignee_id, version, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
			tenant, i.id[:], project[:], number, i.key, i.name, v.Input.Description, i.status, i.priority, nil, i.version, now, now)
		return err
	})
	return append(i.appendJSON([]byte(`{"data":{"createItem":{"item":`)), "}}}"...), err
}

func (l *limit) updateItem(ctx context.Context, tenant int64, v limitVariables) ([]byte, error) {
	id, err := parseLimitID("Item:", v.Input.ID)
	if err != nil {
		return nil, err
	}
	i := limitItem{id: id}
	err = l.runTransaction(ctx, func(tx *sql.Tx) error {
		const query = "SELECT `key`, name, status, priority, version FROM items WHERE tenant_id = ? AND id = ? LIMIT ? FOR UPDATE"
		row := tx.QueryRowContext(ctx, query, tenant, id[:], 1)
		if err := row.Scan(&i.key, &i.name, &i.status, &i.priority, &i.version); err != nil {
			return err
		}
		i.version++
		set, args := "name=?, version=?, updated_at=?", []any{v.Input.Name, i.version, time.Now().UTC().Truncate(time.Microsecond)}
		if i.status != v.Input.Status {
			set, args = set+", status=?", append(args, v.Input.Status)
		}
		i.name, i.status = v.Input.Name, v.Input.Status
		_, err := tx.ExecContext(ctx, "UPDATE items SET "+set+" WHERE tenant_id = ? AND id = ?", append(args, tenant, id[:])...)
		return err
	})
	return append(i.appendJSON([]byte(`{"data":{"updateItem":{"item":`)), "}}}"...), err
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
