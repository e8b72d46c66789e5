package relay

import (
	"reflect"
	"slices"
	"strings"
)

const (
	// maxJoins bounds the references whose rows a page's statement reads.
	maxJoins = 3
	// maxJoinedLength bounds the length of a referred row's columns, in characters: a result repeats it for each row of the page.
	maxJoinedLength = 600
)

// rowJoin reads the rows to which those of a query refer.
type rowJoin struct {
	scanned
	// sql is the JOIN, and list has the columns.
	sql  string
	list []string
	// keep keeps the row that was read, if there is one.
	keep func()
}

// join is a rowJoin for rows of T. addTo makes its rows a loaded relation of a batch.
type join[T any] struct {
	*rowJoin
	addTo func(*batch[T])
}

// newJoins returns the joins of a page. It returns none if the server could prefer another plan for them: the index of
// the page's order must remain the only range that it reads.
func (t *Type[T]) newJoins(of *Selection, w window, c condition) (joins []*join[T]) {
	if of == nil || w.hasRelated() || w.nullsSwapped || strings.Contains(c.sql, "SELECT") {
		return nil
	}
	for _, r := range of.relations {
		newJoin := t.joins[r.name]
		if newJoin == nil || len(joins) == maxJoins {
			continue
		}
		if j := newJoin(r.of); j != nil {
			joins = append(joins, j)
		}
	}
	return joins
}

// newJoin returns the join of the relation, or nil if its rows are too long. It includes softly deleted rows.
func (b *BelongsTo[T, U]) newJoin(of *Selection) *join[T] {
	if of == nil || of.length > maxJoinedLength {
		return nil
	}
	alias := "joined_" + columnName(b.name)
	last, found := new(U), map[ID]*U{}
	j := &rowJoin{
		scanned: scanned{columns: scanColumnsOf(b.to.schema), prefix: alias + "__", row: reflect.ValueOf(last).Elem()},
		sql:     "LEFT JOIN " + joinOn(b.to.schema.Table, alias, b.from.schema.Table, b.column),
		keep: func() {
			if id := b.to.rowID(last); id != (ID{}) && found[id] == nil {
				found[id] = new(*last)
			}
		},
	}
	for _, name := range of.needed {
		j.list = append(j.list, "`"+alias+"`.`"+name+"` AS `"+alias+"__"+name+"`") // faster than fmt
	}
	return &join[T]{j, func(batch *batch[T]) {
		var rows []*U
		for _, r := range batch.rows {
			if id := b.readID(r); id != nil && found[*id] != nil && !slices.Contains(rows, found[*id]) {
				rows = append(rows, found[*id])
			}
		}
		b.to.newBatch(rows...)
		batch.setLoaded(referredKey{b, of}, found)
	}}
}
