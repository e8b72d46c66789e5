package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/go-sql-driver/mysql"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// limit serves the benchmark's requests with net/http, database/sql, hand-written JSON and the best SQL for each
// question: prepared statements that read only the columns of the response, a page joined with its references, and
// the newest rows of many parents by a window over their ids. Its transactions and page sizes are those of Rowhouse. Its
// statements have no index hints, as when the other servers were measured.
type limit struct {
	*http.ServeMux
	db      *sql.DB
	tenants map[string]int64

	mu         sync.Mutex
	statements map[string]*sql.Stmt
}

// prepare returns the prepared statement of a query.
func (l *limit) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s, ok := l.statements[query]; ok {
		return s, nil
	}
	s, err := l.db.PrepareContext(ctx, query) //nolint:sqlclosecheck // the end of the database closes it
	if err == nil {
		l.statements[query] = s
	}
	return s, err
}

// limitConns bounds the connections to the database, as --max-connections does by default.
const limitConns = 32

// serveLimit serves the limit until it fails. started receives the address.
func serveLimit(ctx context.Context, dsn string, started func(addr string)) error {
	tuneGarbageCollector()
	l, err := newLimit(ctx, dsn)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	started(listener.Addr().String())
	return newHTTPServer(l, slog.New(slog.DiscardHandler)).Serve(listener)
}

// newLimit returns a limit with the database at dsn.
func newLimit(ctx context.Context, dsn string) (*limit, error) {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	l := &limit{
		ServeMux: http.NewServeMux(), db: sql.OpenDB(readCommitted{connector}), tenants: map[string]int64{},
		statements: map[string]*sql.Stmt{},
	}
	l.db.SetMaxOpenConns(limitConns)
	l.db.SetMaxIdleConns(limitConns)
	l.handleFunc("POST /point", l.readItem)
	l.handleFunc("POST /page", l.readPage)
	l.handleFunc("POST /deep", l.readNested)
	l.handleFunc("POST /filter", l.readFiltered)
	l.handleFunc("POST /create", l.createItem)
	l.handleFunc("POST /update", l.updateItem)
	return l, l.readTenants(ctx)
}

// readTenants reads the ids of all tenants.
func (l *limit) readTenants(ctx context.Context) error {
	rows, err := l.db.QueryContext(ctx, "SELECT id FROM tenants")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		l.tenants[strconv.FormatInt(id, 10)] = id
	}
	return rows.Err()
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
	const query = "SELECT `key`, name, status, priority, version FROM items WHERE tenant_id = ? AND id = ?"
	statement, err := l.prepare(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	i := limitItem{id: id}
	err = statement.QueryRowContext(ctx, tenant, id[:]).Scan(&i.key, &i.name, &i.status, &i.priority, &i.version)
	return append(i.appendJSON([]byte(`{"data":{"item":`)), "}}"...), err
}

// limitPage is the query for a page of items with their projects and assignees, after which a condition on the
// items follows. STRAIGHT_JOIN keeps servers from beginning at a small table and sorting all items.
const limitPage = "SELECT STRAIGHT_JOIN i.id, i.`key`, i.name, i.status, p.`key`, p.name, m.name, m.email FROM items i " +
	"JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id " +
	"LEFT JOIN members m ON m.tenant_id = i.tenant_id AND m.id = i.assignee_id WHERE i.tenant_id = ?"

func (l *limit) readPage(ctx context.Context, tenant int64, _ limitVariables) ([]byte, error) {
	return l.readItems(ctx, limitPage, tenant)
}

func (l *limit) readFiltered(ctx context.Context, tenant int64, _ limitVariables) ([]byte, error) {
	return l.readItems(ctx, limitPage+" AND i.status IN (?,?) AND i.priority >= ? AND m.name LIKE ?",
		tenant, "TODO", "IN_PROGRESS", model.ItemPriorityMedium, "Member 1%")
}

func (l *limit) readItems(ctx context.Context, query string, args ...any) ([]byte, error) {
	items, err := readRows(ctx, l, query+" ORDER BY i.id DESC LIMIT 21", args, func(i *limitItem) []any {
		return []any{&i.id, &i.key, &i.name, &i.status, &i.projectKey, &i.projectName, &i.assigneeName, &i.assigneeEmail}
	})
	if err != nil {
		return nil, err
	}
	more := len(items) > 20
	items = items[:min(len(items), 20)]
	b := append(make([]byte, 0, 8<<10), `{"data":{"items":{"nodes":[`...)
	for n := range items {
		i := &items[n]
		b = i.id.appendJSON(append(appendComma(b, n), `{"id":`...), "Item:")
		b = appendString(appendString(appendString(b, `,"key":`, i.key), `,"name":`, i.name), `,"status":`, i.status)
		b = appendString(appendString(b, `,"project":{"key":`, i.projectKey), `,"name":`, i.projectName)
		if i.assigneeName.Valid {
			b = append(b, `},"assignee":`...)
			b = append(appendString(appendString(b, `{"name":`, i.assigneeName.String), `,"email":`, i.assigneeEmail.String), "}}"...)
		} else {
			b = append(b, `},"assignee":null}`...)
		}
	}
	var last limitID
	if len(items) > 0 {
		last = items[len(items)-1].id
	}
	return append(appendPageInfo(b, more, last), "}}}"...), nil
}

func (l *limit) readNested(ctx context.Context, tenant int64, _ limitVariables) ([]byte, error) {
	projects, err := readRows(ctx, l, "SELECT id, `key`, name FROM projects WHERE tenant_id = ? ORDER BY id DESC LIMIT 11",
		[]any{tenant}, func(p *limitNamed) []any { return []any{&p.id, &p.key, &p.name} })
	if err != nil {
		return nil, err
	}
	more := len(projects) > 10
	projects = projects[:min(len(projects), 10)]
	items, all, err := l.readProjectItems(ctx, tenant, projects)
	if err != nil {
		return nil, err
	}
	labels, err := l.readLabels(ctx, tenant, all)
	if err != nil {
		return nil, err
	}
	comments, authors, err := l.readComments(ctx, tenant, all)
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
				b = append(appendString(appendString(appendComma(b, n), `{"name":`, l.name), `,"color":`, l.key), '}')
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

// readProjectItems reads the newest items of projects, in one statement with an arm for each: the best form for few
// parents. It returns them by project, and all of them.
func (l *limit) readProjectItems(ctx context.Context, tenant int64, projects []limitNamed) (map[limitID][]limitItem, []limitItem, error) {
	const arm = "(SELECT project_id, id, `key`, name, status FROM items WHERE tenant_id = ? AND project_id = ? ORDER BY id DESC LIMIT 10)"
	var args []any
	for i := range projects {
		args = append(args, tenant, projects[i].id[:])
	}
	all, err := readRows(ctx, l, arm+strings.Repeat(" UNION ALL "+arm, len(projects)-1), args,
		func(i *limitItem) []any { return []any{&i.project, &i.id, &i.key, &i.name, &i.status} })
	byProject := map[limitID][]limitItem{}
	for _, i := range all {
		byProject[i.project] = append(byProject[i.project], i)
	}
	return byProject, all, err
}

// readLabels reads the labels of items: the links, and each label once.
func (l *limit) readLabels(ctx context.Context, tenant int64, items []limitItem) (map[limitID][]limitNamed, error) {
	args := []any{tenant}
	for i := range items {
		args = append(args, items[i].id[:])
	}
	links, err := readRows(ctx, l, "SELECT item_id, label_id FROM item_labels WHERE tenant_id = ? AND item_id IN "+
		repeatPlaceholder(len(items))+" ORDER BY item_id, label_id DESC", args,
		func(l *limitLink) []any { return []any{&l.item, &l.label} })
	if err != nil {
		return nil, err
	}
	labels, err := readNamed(ctx, l, "SELECT id, color, name FROM labels WHERE tenant_id = ? AND id IN ", tenant,
		links, func(l *limitLink) limitID { return l.label })
	byItem := map[limitID][]limitNamed{}
	for _, link := range links {
		if of := byItem[link.item]; len(of) < 20 {
			byItem[link.item] = append(of, labels[link.label])
		}
	}
	return byItem, err
}

// readComments reads the three newest comments of items, and their authors. The window is over ids alone: with the
// bodies, the server would write its temporary table to the disk.
func (l *limit) readComments(ctx context.Context, tenant int64, items []limitItem) (
	byItem map[limitID][]limitComment, authors map[limitID]limitNamed, err error,
) {
	args := []any{tenant}
	for i := range items {
		args = append(args, items[i].id[:])
	}
	comments, err := readRows(ctx, l, "SELECT c.item_id, c.author_id, c.body FROM "+
		"(SELECT id, ROW_NUMBER() OVER (PARTITION BY item_id ORDER BY id DESC) AS n FROM comments WHERE tenant_id = ? AND item_id IN "+
		repeatPlaceholder(len(items))+") AS newest JOIN comments c ON c.tenant_id = ? AND c.id = newest.id WHERE newest.n <= 3 "+
		"ORDER BY newest.id DESC", append(args, tenant), func(c *limitComment) []any { return []any{&c.item, &c.author, &c.body} })
	if err != nil {
		return nil, nil, err
	}
	byItem = map[limitID][]limitComment{}
	for _, c := range comments {
		byItem[c.item] = append(byItem[c.item], c)
	}
	authors, err = readNamed(ctx, l, "SELECT id, '', name FROM members WHERE tenant_id = ? AND id IN ", tenant,
		comments, func(c *limitComment) limitID { return c.author })
	return byItem, authors, err
}
