package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"rowhouse/model"
)

// Rows of the limit.
type (
	limitItem struct {
		id, project                 limitID
		key, name, status           string
		priority                    model.ItemPriority // stored as its rank
		version                     int
		projectKey, projectName     string
		assigneeName, assigneeEmail sql.NullString
	}
	limitNamed struct {
		id        limitID
		key, name string
	}
	limitLink    struct{ item, label limitID }
	limitComment struct {
		item, author limitID
		body         string
	}
)

// limitID is the id of a row. The zero value is NULL.
type limitID [16]byte

// Scan reads BINARY(16) or NULL.
func (id *limitID) Scan(src any) error {
	b, _ := src.([]byte)
	clear(id[copy(id[:], b):])
	return nil
}

// appendJSON appends the global id. prefix is the type with a colon.
func (id limitID) appendJSON(b []byte, prefix string) []byte {
	plain, _ := uuid.UUID(id).MarshalText() // never fails
	plain = append(append(make([]byte, 0, 64), prefix...), plain...)
	return append(base64.RawURLEncoding.AppendEncode(append(b, '"'), plain), '"')
}

// parseLimitID parses a global id.
func parseLimitID(prefix, s string) (limitID, error) {
	plain, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || !strings.HasPrefix(string(plain), prefix) {
		return limitID{}, errors.New("invalid id")
	}
	id, err := uuid.ParseBytes(plain[len(prefix):])
	return limitID(id), err
}

// readRows returns the rows of a statement. fields returns the pointers into which a row is scanned.
func readRows[T any](ctx context.Context, l *limit, query string, args []any, fields func(*T) []any) ([]T, error) {
	statement, err := l.prepare(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	found, err := statement.QueryContext(ctx, args...)
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

// readNamed reads the rows that other rows reference.
func readNamed[T any](ctx context.Context, l *limit, query string, tenant int64, from []T, ref func(*T) limitID) (
	map[limitID]limitNamed, error,
) {
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
	for n := len(args) - 1; n&(n-1) != 0; n++ {
		args = append(args, args[len(args)-1]) // so that few statements are prepared
	}
	found, err := readRows(ctx, l, query+repeatPlaceholder(len(args)-1), args,
		func(n *limitNamed) []any { return []any{&n.id, &n.key, &n.name} })
	for _, n := range found {
		byID[n.id] = n
	}
	return byID, err
}

// repeatPlaceholder returns a list of n placeholders.
func repeatPlaceholder(n int) string { return "(?" + strings.Repeat(",?", n-1) + ")" }

// appendJSON appends the item.
func (i *limitItem) appendJSON(b []byte) []byte {
	b = i.id.appendJSON(append(b, `{"id":`...), "Item:")
	b = appendString(appendString(b, `,"key":`, i.key), `,"name":`, i.name)
	b = appendString(appendString(b, `,"status":`, i.status), `,"priority":`, string(i.priority))
	return append(strconv.AppendInt(append(b, `,"version":`...), int64(i.version), 10), '}')
}

// appendPageInfo appends the end of a connection.
func appendPageInfo(b []byte, more bool, last limitID) []byte {
	b = strconv.AppendBool(append(b, `],"pageInfo":{"hasNextPage":`...), more)
	b = base64.RawURLEncoding.AppendEncode(append(b, `,"endCursor":"`...), append([]byte("id:"), last[:]...))
	return append(b, `"}`...)
}

// appendComma appends a comma before each element except the first.
func appendComma(b []byte, n int) []byte { return append(b, ","[:min(n, 1)]...) }

// appendString appends the start of a field, and a string in JSON.
func appendString(b []byte, name, s string) []byte {
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
