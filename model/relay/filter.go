package relay

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// StringFilter compares a string. All given comparisons must hold; equality is LIKE without
// a wildcard, by the collation of the column.
//
// The fields of such a filter are operators: Eq, In, Contains, StartsWith, Lt, Lte, Gt, Gte and
// IsNull. An application's filter for its own scalar or enum has some of them. The operators of a filter
// for a list are Has, HasSome, HasEvery, IsEmpty and IsNull.
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
	Eq     graphql.Omittable[*int]  `json:"eq,omitempty"`
	In     graphql.Omittable[[]int] `json:"in,omitempty"`
	Lt     graphql.Omittable[*int]  `json:"lt,omitempty"`
	Lte    graphql.Omittable[*int]  `json:"lte,omitempty"`
	Gt     graphql.Omittable[*int]  `json:"gt,omitempty"`
	Gte    graphql.Omittable[*int]  `json:"gte,omitempty"`
	IsNull graphql.Omittable[*bool] `json:"isNull,omitempty"`
}

// DateTimeFilter compares a time.
type DateTimeFilter struct {
	Lt     graphql.Omittable[*time.Time] `json:"lt,omitempty"`
	Lte    graphql.Omittable[*time.Time] `json:"lte,omitempty"`
	Gt     graphql.Omittable[*time.Time] `json:"gt,omitempty"`
	Gte    graphql.Omittable[*time.Time] `json:"gte,omitempty"`
	IsNull graphql.Omittable[*bool]      `json:"isNull,omitempty"`
}

// FloatFilter compares a number.
type FloatFilter struct {
	Eq     graphql.Omittable[*float64]  `json:"eq,omitempty"`
	In     graphql.Omittable[[]float64] `json:"in,omitempty"`
	Lt     graphql.Omittable[*float64]  `json:"lt,omitempty"`
	Lte    graphql.Omittable[*float64]  `json:"lte,omitempty"`
	Gt     graphql.Omittable[*float64]  `json:"gt,omitempty"`
	Gte    graphql.Omittable[*float64]  `json:"gte,omitempty"`
	IsNull graphql.Omittable[*bool]     `json:"isNull,omitempty"`
}

// DecimalFilter compares a decimal number, exactly.
type DecimalFilter struct {
	Eq     graphql.Omittable[*Decimal]  `json:"eq,omitempty"`
	In     graphql.Omittable[[]Decimal] `json:"in,omitempty"`
	Lt     graphql.Omittable[*Decimal]  `json:"lt,omitempty"`
	Lte    graphql.Omittable[*Decimal]  `json:"lte,omitempty"`
	Gt     graphql.Omittable[*Decimal]  `json:"gt,omitempty"`
	Gte    graphql.Omittable[*Decimal]  `json:"gte,omitempty"`
	IsNull graphql.Omittable[*bool]     `json:"isNull,omitempty"`
}

// BigIntFilter compares an integer of 64 bits.
type BigIntFilter struct {
	Eq     graphql.Omittable[*int64]  `json:"eq,omitempty"`
	In     graphql.Omittable[[]int64] `json:"in,omitempty"`
	Lt     graphql.Omittable[*int64]  `json:"lt,omitempty"`
	Lte    graphql.Omittable[*int64]  `json:"lte,omitempty"`
	Gt     graphql.Omittable[*int64]  `json:"gt,omitempty"`
	Gte    graphql.Omittable[*int64]  `json:"gte,omitempty"`
	IsNull graphql.Omittable[*bool]   `json:"isNull,omitempty"`
}

// DateFilter compares a day.
type DateFilter struct {
	Eq     graphql.Omittable[*Date]  `json:"eq,omitempty"`
	In     graphql.Omittable[[]Date] `json:"in,omitempty"`
	Lt     graphql.Omittable[*Date]  `json:"lt,omitempty"`
	Lte    graphql.Omittable[*Date]  `json:"lte,omitempty"`
	Gt     graphql.Omittable[*Date]  `json:"gt,omitempty"`
	Gte    graphql.Omittable[*Date]  `json:"gte,omitempty"`
	IsNull graphql.Omittable[*bool]  `json:"isNull,omitempty"`
}

// BooleanFilter compares a boolean.
type BooleanFilter struct {
	Eq     graphql.Omittable[*bool] `json:"eq,omitempty"`
	IsNull graphql.Omittable[*bool] `json:"isNull,omitempty"`
}

// UUIDFilter compares a UUID.
type UUIDFilter struct {
	Eq     graphql.Omittable[*UUID]  `json:"eq,omitempty"`
	In     graphql.Omittable[[]UUID] `json:"in,omitempty"`
	IsNull graphql.Omittable[*bool]  `json:"isNull,omitempty"`
}

// JSONFilter compares a JSON value, or the value inside it to which the keys in Path lead.
type JSONFilter struct {
	Path     graphql.Omittable[[]string] `json:"path,omitempty"`
	Eq       graphql.Omittable[*JSON]    `json:"eq,omitempty"`
	Contains graphql.Omittable[*JSON]    `json:"contains,omitempty"`
	IsNull   graphql.Omittable[*bool]    `json:"isNull,omitempty"`
}
