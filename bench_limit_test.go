//go:build linux

package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/google/uuid"

	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// limit answers the benchmark's requests as fast as plain code does: net/http,
// database/sql and JSON written by hand. Its statements are Rowhouse's own, in the
// same transactions and with the same limits, but with the columns that the answer
// holds and no others, and without the relations of the row that only tells whether
// there is more.
type limit struct {
	*http.ServeMux
	db      *sql.DB
	tenants map[string]int64
}

func limitServer(b *testing.B, rig *benchRig) benchServer {
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
	l.db.SetMaxOpenConns(2 * benchConns) // as tenancy has them
	l.db.SetMaxIdleConns(2 * benchConns)
	for i := range rig.tenants {
		l.tenants[rig.tenants[i].number] = int64(rig.tenants[i].id)
	}
	l.handle("POST /point", l.point)
	l.handle("POST /page", l.page)
	l.handle("POST /deep", l.deep)
	l.handle("POST /create", l.create)
	l.handle("POST /update", l.update)
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

// limitVariables are those of all requests.
type limitVariables struct {
	ID    string
	Input struct{ ID, ProjectID, Name, Description, Status, Priority string }
}

func (l *limit) handle(pattern string, answer func(context.Context, int64, limitVariables) ([]byte, error)) {
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
			body, err = answer(r.Context(), tenant, v)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
}

func (l *limit) point(ctx context.Context, tenant int64, v limitVariables) ([]byte, error) {
	id, err := parseLimitID("Item:", v.ID)
	if err != nil {
		return nil, err
	}
	var i limitItem
	err = l.db.QueryRowContext(ctx, "SELECT `key`, name, status, priority, version FROM items WHERE tenant_id = ? AND id = ? LIMIT ?",
		tenant, id[:], 1).Scan(&i.key, &i.name, &i.status, &i.priority, &i.version)
	i.id = id
	return append(i.append([]byte(`{"data":{"item":`)), "}}"...), err
}

func (l *limit) page(ctx context.Context, tenant int64, _ limitVariables) ([]byte, error) {
	items, err := rows(ctx, l.db, "SELECT id, `key`, name, status, project_id, assignee_id FROM items WHERE tenant_id = ? ORDER BY id DESC LIMIT ?",
		[]any{tenant, 20 + 1}, func(i *limitItem) []any { return []any{&i.id, &i.key, &i.name, &i.status, &i.project, &i.assignee} })
	if err != nil {
		return nil, err
	}
	more := len(items) > 20
	items = items[:min(len(items), 20)]
	projects, err := named(ctx, l.db, "SELECT id, `key`, name FROM projects WHERE tenant_id = ? AND id IN ", tenant,
		items, func(i *limitItem) limitID { return i.project })
	if err != nil {
		return nil, err
	}
	members, err := named(ctx, l.db, "SELECT id, email, name FROM members WHERE tenant_id = ? AND id IN ", tenant,
		items, func(i *limitItem) limitID { return i.assignee })
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, 8<<10), `{"data":{"items":{"nodes":[`...)
	for n, i := range items {
		p := projects[i.project]
		b = i.id.append(append(comma(b, n), `{"id":`...), "Item:")
		b = quoted(quoted(quoted(b, `,"key":`, i.key), `,"name":`, i.name), `,"status":`, i.status)
		b = quoted(quoted(b, `,"project":{"key":`, p.key), `,"name":`, p.name)
		if m, ok := members[i.assignee]; ok {
			b = append(quoted(quoted(b, `},"assignee":{"name":`, m.name), `,"email":`, m.key), "}}"...)
		} else {
			b = append(b, `},"assignee":null}`...)
		}
	}
	return append(pageInfo(b, more, items[len(items)-1].id), "}}}"...), nil
}

func (l *limit) deep(ctx context.Context, tenant int64, _ limitVariables) ([]byte, error) {
	projects, err := rows(ctx, l.db, "SELECT id, `key`, name FROM projects WHERE tenant_id = ? ORDER BY id DESC LIMIT ?",
		[]any{tenant, 10 + 1}, func(p *limitNamed) []any { return []any{&p.id, &p.key, &p.name} })
	if err != nil {
		return nil, err
	}
	more := len(projects) > 10
	projects = projects[:min(len(projects), 10)]
	items, all, err := each(ctx, l.db, "SELECT project_id, id, `key`, name, status FROM items WHERE tenant_id = ? AND project_id = ? ORDER BY id DESC LIMIT ?",
		10, tenant, projects, func(p *limitNamed) limitID { return p.id },
		func(i *limitItem) []any { return []any{&i.project, &i.id, &i.key, &i.name, &i.status} },
		func(i *limitItem) limitID { return i.project })
	if err != nil {
		return nil, err
	}
	id := func(i *limitItem) limitID { return i.id }
	labels, _, err := each(ctx, l.db, "SELECT item_id, name, color FROM item_labels il INNER JOIN labels l ON il.label_id = l.id AND l.tenant_id = il.tenant_id WHERE il.tenant_id = ? AND item_id = ? ORDER BY label_id DESC LIMIT ?",
		20, tenant, all, id, func(l *limitLabel) []any { return []any{&l.item, &l.name, &l.color} },
		func(l *limitLabel) limitID { return l.item })
	if err != nil {
		return nil, err
	}
	comments, said, err := each(ctx, l.db, "SELECT item_id, author_id, body FROM comments WHERE tenant_id = ? AND item_id = ? ORDER BY id DESC LIMIT ?",
		3, tenant, all, id, func(c *limitComment) []any { return []any{&c.item, &c.author, &c.body} },
		func(c *limitComment) limitID { return c.item })
	if err != nil {
		return nil, err
	}
	authors, err := named(ctx, l.db, "SELECT id, '', name FROM members WHERE tenant_id = ? AND id IN ", tenant,
		said, func(c *limitComment) limitID { return c.author })
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, 64<<10), `{"data":{"projects":{"nodes":[`...)
	for n, p := range projects {
		b = append(quoted(quoted(comma(b, n), `{"key":`, p.key), `,"name":`, p.name), `,"items":{"nodes":[`...)
		for n, i := range items[p.id] {
			b = quoted(quoted(quoted(comma(b, n), `{"key":`, i.key), `,"name":`, i.name), `,"status":`, i.status)
			b = append(b, `,"labels":{"nodes":[`...)
			for n, l := range labels[i.id] {
				b = append(quoted(quoted(comma(b, n), `{"name":`, l.name), `,"color":`, l.color), '}')
			}
			b = append(b, `]},"comments":{"nodes":[`...)
			for n, c := range comments[i.id] {
				b = quoted(comma(b, n), `{"body":`, c.body)
				if a, ok := authors[c.author]; ok {
					b = append(quoted(b, `,"author":{"name":`, a.name), "}}"...)
				} else {
					b = append(b, `,"author":null}`...)
				}
			}
			b = append(b, "]}}"...)
		}
		b = append(b, "]}}"...)
	}
	return append(pageInfo(b, more, projects[len(projects)-1].id), "}}}"...), nil
}

func (l *limit) create(ctx context.Context, tenant int64, v limitVariables) ([]byte, error) {
	project, err := parseLimitID("Project:", v.Input.ProjectID)
	if err != nil {
		return nil, err
	}
	i := limitItem{id: limitID(relay.NewID()), name: v.Input.Name, status: v.Input.Status, priority: model.ItemPriority(v.Input.Priority), version: 1}
	err = l.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE projects SET last_number = last_number + 1 WHERE tenant_id = ? AND id = ?", tenant, project[:])
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
		_, err = tx.ExecContext(ctx, "INSERT INTO items (tenant_id, id, project_id, number, `key`, name, description, status, priority, assignee_id, version, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
			tenant, i.id[:], project[:], number, i.key, i.name, v.Input.Description, i.status, i.priority, nil, i.version, now, now)
		return err
	})
	return append(i.append([]byte(`{"data":{"createItem":{"item":`)), "}}}"...), err
}

func (l *limit) update(ctx context.Context, tenant int64, v limitVariables) ([]byte, error) {
	id, err := parseLimitID("Item:", v.Input.ID)
	if err != nil {
		return nil, err
	}
	i := limitItem{id: id}
	err = l.transaction(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT `key`, name, status, priority, version FROM items WHERE tenant_id = ? AND id = ? LIMIT ? FOR UPDATE",
			tenant, id[:], 1).Scan(&i.key, &i.name, &i.status, &i.priority, &i.version); err != nil {
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
	return append(i.append([]byte(`{"data":{"updateItem":{"item":`)), "}}}"...), err
}

func (l *limit) transaction(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

type (
	limitItem struct {
		id, project, assignee limitID
		key, name, status     string
		priority              model.ItemPriority // stored as its rank
		version               int
	}
	limitNamed struct {
		id        limitID
		key, name string
	}
	limitLabel struct {
		item        limitID
		name, color string
	}
	limitComment struct {
		item, author limitID
		body         string
	}
)

// limitID is a row's id; the zero one is NULL.
type limitID [16]byte

func (id *limitID) Scan(src any) error {
	b, _ := src.([]byte)
	clear(id[copy(id[:], b):])
	return nil
}

func (id limitID) append(b []byte, noun string) []byte {
	plain, _ := uuid.UUID(id).MarshalText() // never fails
	plain = append(append(make([]byte, 0, 64), noun...), plain...)
	return append(base64.RawURLEncoding.AppendEncode(append(b, '"'), plain), '"')
}

func parseLimitID(noun, s string) (limitID, error) {
	plain, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || !strings.HasPrefix(string(plain), noun) {
		return limitID{}, errors.New("no id")
	}
	id, err := uuid.ParseBytes(plain[len(noun):])
	return limitID(id), err
}

// rows reads what a statement finds, each row through the fields of one T.
func rows[T any](ctx context.Context, db *sql.DB, query string, args []any, fields func(*T) []any) ([]T, error) {
	found, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all []T
	var row T
	into := fields(&row)
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, found.Err()
}

// named reads the rows that others refer to.
func named[T any](ctx context.Context, db *sql.DB, query string, tenant int64, from []T, ref func(*T) limitID) (map[limitID]limitNamed, error) {
	byID := map[limitID]limitNamed{{}: {}}
	args := []any{tenant}
	for i := range from {
		id := ref(&from[i])
		if _, ok := byID[id]; !ok {
			byID[id] = limitNamed{}
			args = append(args, id[:])
		}
	}
	if delete(byID, limitID{}); len(byID) == 0 {
		return byID, nil
	}
	query += "(?" + strings.Repeat(",?", len(args)-2) + ")"
	found, err := rows(ctx, db, query, args, func(n *limitNamed) []any { return []any{&n.id, &n.key, &n.name} })
	for _, n := range found {
		byID[n.id] = n
	}
	return byID, err
}

// each reads at most n children of each parent, and one more, which it drops. It
// returns them by parent, and all together.
func each[P, T any](ctx context.Context, db *sql.DB, arm string, n int, tenant int64, parents []P, id func(*P) limitID,
	fields func(*T) []any, parent func(*T) limitID,
) (byParent map[limitID][]T, all []T, err error) {
	arm = "(" + arm + ")"
	args := make([]any, 0, 3*len(parents))
	for i := range parents {
		p := id(&parents[i])
		args = append(args, tenant, p[:], n+1)
	}
	found, err := rows(ctx, db, arm+strings.Repeat(" UNION ALL "+arm, len(parents)-1), args, fields)
	byParent = make(map[limitID][]T, len(parents))
	for i := range found {
		if p := parent(&found[i]); len(byParent[p]) < n {
			byParent[p] = append(byParent[p], found[i])
			all = append(all, found[i])
		}
	}
	return byParent, all, err
}

func (i *limitItem) append(b []byte) []byte {
	b = i.id.append(append(b, `{"id":`...), "Item:")
	b = quoted(quoted(quoted(quoted(b, `,"key":`, i.key), `,"name":`, i.name), `,"status":`, i.status), `,"priority":`, string(i.priority))
	return append(strconv.AppendInt(append(b, `,"version":`...), int64(i.version), 10), '}')
}

func pageInfo(b []byte, more bool, last limitID) []byte {
	b = strconv.AppendBool(append(b, `],"pageInfo":{"hasNextPage":`...), more)
	b = base64.RawURLEncoding.AppendEncode(append(b, `,"endCursor":"`...), append([]byte("id:"), last[:]...))
	return append(b, `"}`...)
}

// comma stands before every element but the first.
func comma(b []byte, n int) []byte { return append(b, ","[:min(n, 1)]...) }

// quoted appends a name and a string, quoted.
func quoted(b []byte, name, s string) []byte {
	b = append(append(b, name...), '"')
	from := 0
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			b = append(append(b, s[from:i]...), '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
			from = i + 1
		}
	}
	return append(append(b, s[from:]...), '"')
}
