package limits

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// CheckVariables returns an error for variables with more values than Cost. Counting them is
// faster than coercing them.
func (l Limits) CheckVariables(variables map[string]any) *gqlerror.Error {
	if (&estimate{limit: l.Cost}).countValues(0, variables, 0) > l.Cost {
		return Exceeded(
			"the variables hold more than %d values, where an object counts for ten, or nest more than %d deep: send smaller filters",
			l.Cost, maxValueDepth,
		)
	}
	return nil
}

// CheckDocument returns the statistics of a document, or an error if they exceed a limit. Unused
// fragments count, too: validation compares all fields of each fragment in pairs.
func (l Limits) CheckDocument(document *ast.QueryDocument) (Statistics, *gqlerror.Error) {
	if n := len(document.Fragments); n > l.Fragments {
		return Statistics{}, Exceeded("the document has %d fragments, and may have %d", n, l.Fragments)
	}
	s := measureDocument(document)
	for _, e := range s.fragments {
		if err := l.checkExtent(e); err != nil {
			return s, err
		}
	}
	for _, e := range s.operations {
		if err := l.checkExtent(e); err != nil {
			return s, err
		}
		if e.fields > l.RootFields {
			return s, Exceeded("the operation has %d root fields, and may have %d", e.fields, l.RootFields)
		}
	}
	return s, l.checkStatistics(s)
}

// checkStatistics checks the figures of the whole document.
func (l Limits) checkStatistics(s Statistics) *gqlerror.Error {
	if s.UnknownFragments > l.Errors {
		return Exceeded("the document spreads %d fragments that it does not define", s.UnknownFragments)
	}
	if s.LongestName > l.Name {
		return Exceeded("the document has a name or a label of %d bytes, and it may have %d", s.LongestName, l.Name)
	}
	if n := s.Selections + s.Values/10; n > l.Selections {
		return Exceeded(
			"the document has %d fields, fragments and tens of values, counted for each operation, and may have %d", n, l.Selections,
		)
	}
	return nil
}

// checkExtent checks an operation or a fragment.
func (l Limits) checkExtent(e extent) *gqlerror.Error {
	for _, check := range []struct {
		n, limit int
		message  string
	}{
		{e.depth, l.Depth, "nests fields %d deep"},
		{e.width, l.Width, "has %d sibling fields"},
		{e.aliases, l.Aliases, "has %d aliases"},
		{e.directives, l.Directives, "has %d directives"},
	} {
		if check.n > check.limit {
			return Exceeded("the %s "+check.message+", and may have %d", e.name, check.n, check.limit)
		}
	}
	return nil
}
