package relay

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// StringFilter compares a string. All given comparisons must hold; equality is LIKE without
// a wildcard, by the collation of the column.
//
// The fields of such a filter are operators: Eq, In, Contains, StartsWith, Lt, Lte, Gt, Gte and
// IsNull. An application's filter for its own scalar or enum has some of them.
type StringFilter struct {
	Eq         graphql.Omittable[*string]  `json:"eq,omitempty"`
	In         graphql.Omittable[[]string] `json:"in,omitempty"`
	Contains   graphql.Omittable[*string]  `json:"contains,omitempty"`
	StartsWith graphql.Omittable[*string]  `json:"startsWith,omitempty"`
	IsNull     graphql.Omittable[*bool]    `json:"isNull,omitempty"`
}

// IDFilter compares the id of a row, or a reference to one, with global ids.
type IDFilter struct {
	Eq     graphql.Omittable[*GlobalID]  `json:"eq,omitempty"`
	In     graphql.Omittable[[]GlobalID] `json:"in,omitempty"`
	IsNull graphql.Omittable[*bool]      `json:"isNull,omitempty"`
}

// IntFilter compares an integer.
type IntFilter struct {
	Eq  graphql.Omittable[*int]  `json:"eq,omitempty"`
	In  graphql.Omittable[[]int] `json:"in,omitempty"`
	Lt  graphql.Omittable[*int]  `json:"lt,omitempty"`
	Lte graphql.Omittable[*int]  `json:"lte,omitempty"`
	Gt  graphql.Omittable[*int]  `json:"gt,omitempty"`
	Gte graphql.Omittable[*int]  `json:"gte,omitempty"`
}

// DateTimeFilter compares a time.
type DateTimeFilter struct {
	Lt     graphql.Omittable[*time.Time] `json:"lt,omitempty"`
	Lte    graphql.Omittable[*time.Time] `json:"lte,omitempty"`
	Gt     graphql.Omittable[*time.Time] `json:"gt,omitempty"`
	Gte    graphql.Omittable[*time.Time] `json:"gte,omitempty"`
	IsNull graphql.Omittable[*bool]      `json:"isNull,omitempty"`
}
