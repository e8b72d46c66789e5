package servertest

import (
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// matcher is a filter of objects of type T. The filter nil matches all.
type matcher[T any] interface{ matches(object *T) bool }

// selectMatches returns the objects that a filter matches.
func selectMatches[T any](all []*T, filter matcher[T]) []*T {
	return slices.DeleteFunc(slices.Clone(all), func(object *T) bool { return !filter.matches(object) })
}

// matchesLogic applies and, or and not.
func matchesLogic[T any, F matcher[T]](object *T, and, or graphql.Omittable[[]F], not graphql.Omittable[F], hasNot bool) bool {
	matches := func(filter F) bool { return filter.matches(object) }
	for _, filter := range and.Value() {
		if !matches(filter) {
			return false
		}
	}
	return (or.Value() == nil || slices.ContainsFunc(or.Value(), matches)) && !(hasNot && matches(not.Value()))
}

func (f *BookFilter) matches(b *Book) bool {
	if f == nil {
		return true
	}
	return matchesLogic(b, f.And, f.Or, f.Not, f.Not.Value() != nil) &&
		f.ID.Value().matches(b.ID) && f.Title.Value().matches(b.Title) && f.Genre.Value().matches(b.Genre) &&
		f.Pages.Value().matches(b.Pages) && f.PublishedAt.Value().matches(b)
}

func (f *TagFilter) matches(t *Tag) bool {
	return f == nil || matchesLogic(t, f.And, f.Or, f.Not, f.Not.Value() != nil) && f.Name.Value().matches(t.Name)
}

func (f *ReviewFilter) matches(r *Review) bool {
	return f == nil || matchesLogic(r, f.And, f.Or, f.Not, f.Not.Value() != nil) &&
		f.ID.Value().matches(r.ID) && f.Body.Value().matches(r.Body)
}

func (f *ReaderFilter) matches(r *Reader) bool {
	return f == nil || f.Role.Value() == nil || matchesValue(r.Role, f.Role.Value().Eq, graphql.Omittable[[]ReaderRole]{})
}

// matchesValue applies eq and in. Null is the same as no condition.
func matchesValue[T comparable](value T, eq graphql.Omittable[*T], in graphql.Omittable[[]T]) bool {
	return (eq.Value() == nil || *eq.Value() == value) && (in.Value() == nil || slices.Contains(in.Value(), value))
}

func (f *IDFilter) matches(id GlobalID) bool { return f == nil || matchesValue(id, f.Eq, f.In) }

func (f *GenreFilter) matches(g Genre) bool { return f == nil || matchesValue(g, f.Eq, f.In) }

func (f *StringFilter) matches(s string) bool {
	return f == nil || matchesValue(s, f.Eq, f.In) && (f.Contains.Value() == nil || strings.Contains(s, *f.Contains.Value()))
}

func (f *IntFilter) matches(n int) bool {
	return f == nil || matchesValue(n, f.Eq, f.In) && (f.Lt.Value() == nil || n < *f.Lt.Value())
}

func (f *DateTimeFilter) matches(b *Book) bool {
	return f == nil || f.Lt.Value() == nil || b.PublishedAt != nil && b.PublishedAt.Before(*f.Lt.Value())
}

// all is a filter that matches all objects.
type all[T any] struct{}

func (all[T]) matches(*T) bool { return true }
