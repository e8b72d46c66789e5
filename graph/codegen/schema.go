package codegen

import "github.com/vektah/gqlparser/v2/ast"

// Schema is a schema.graphqls with its directives resolved: the source of the API, of the Go code and of
// the tables.
type Schema struct {
	Types []*Type // with @model, in the order of the file
	Enums []*Enum // the enums of the file, with those without a directive
	// Plain are the definitions without a directive of this package, and the extensions, for gqlgen alone.
	// Extensions of a type with @model have fields with resolvers written by hand.
	Plain []*ast.Definition
	// Extends reports which of Plain are extensions.
	Extends map[*ast.Definition]bool
	// Scalars are the scalars of the application with @storedAs, which are in Plain, too: each with the scalar of
	// the framework.
	Scalars map[string]string
	// Directives are the directives that the file defines, for gqlgen alone.
	Directives []*ast.DirectiveDefinition
}

// Type is an object type with @model.
type Type struct {
	Name        string // Item
	Plural      string // Items
	Table       string // items
	RenamedFrom string // the earlier name of the type, or ""
	Description string
	Position    *ast.Position
	// Interfaces are the application's interfaces that the type implements: Node is not among them.
	Interfaces []string

	Fields []*Field // in the order of the file
	// Custom are the fields with a resolver written by hand: they have arguments, or a type without @model.
	Custom     ast.FieldList
	Operations map[Operation]bool
	Versioned  bool
	SoftDelete bool

	Uniques   [][]*Field // of @unique(fields:) on the type
	Indexes   [][]*Field // of @index(fields:)
	Orders    []Order    // of @sortable, first of the fields, then of the type; CREATED_AT is not among them
	Subscribe *Subscription
	// Referrers are the fields of all types with @belongsTo to this one.
	Referrers []*Field
}

// Operation is a mutation of a type: a value of ModelOperation.
type Operation string

// Field is a field of a type. It is a column, or a relation.
type Field struct {
	Of          *Type
	Name        string // dueAt
	GoName      string // DueAt
	Column      string // due_at; of a reference, assignee_id; empty for relations without a column
	RenamedFrom string // the earlier name of the field, or ""
	Description string
	Deprecated  string // the reason of @deprecated, or ""
	Position    *ast.Position

	// The type. Of a relation it is the other type.
	Kind     Kind
	TypeName string // String, ItemStatus, Member, …
	Scalar   string // for KindScalar: a key of scalarTypes, which differs from TypeName with @storedAs
	Enum     *Enum  // for KindEnum
	List     bool   // of scalars, or a relation to many rows
	Required bool   // non-null

	Default   *ast.Value // nil without @default
	Unique    bool
	Sortable  bool
	Immutable bool
	Computed  bool
	Private   bool
	CreatedAt bool // @createdAt
	UpdatedAt bool // @updatedAt

	Constraint Constraint
	Relation   *Relation // nil for a column that is no reference
	Aggregate  []*Field  // of @aggregate(groupBy:)
	Numbers    []*Field  // of @aggregate(numbers:)
}

// Kind is the kind of a field's type.
type Kind int

// The kinds of fields.
const (
	KindScalar   Kind = iota // of GraphQL or of this package (see scalars.go), or of the application with @storedAs
	KindEnum                 // an enum of the file
	KindRelation             // another type with @model
)

// Constraint has the arguments of @constraint. Absent numbers are nil, absent strings empty.
type Constraint struct {
	MinLength, MaxLength *int
	Pattern, Message     string
	Format               string
	Min, Max             *ast.Value
	Multiline, Exact     bool
}

// Relation is a relation of a type.
type Relation struct {
	Kind   RelationKind
	Target *Type
	// GoName is the variable of package model: ItemProject, or OrderItemsRelation if a type has the name OrderItem.
	GoName string
	// OnDelete and Within are of BelongsTo.
	OnDelete OnDelete
	Within   []*Field
	// Inverse is the field of Target for the same relation: never nil for HasMany and HasOne, nil for
	// BelongsTo and ManyToMany without one.
	Inverse *Field
	// Through is the type of a ManyToMany's links, or nil. ThroughFrom and ThroughTo are its references.
	Through                *Type
	ThroughFrom, ThroughTo *Field
	// LinkTable is the table of a ManyToMany without Through: item_labels. LinkFrom is its column for the
	// field's own type, LinkTo the one for Target: item_id and label_id.
	LinkTable, LinkFrom, LinkTo string
	// LinkOwner reports whether this field defines the links. The other field is its Inverse.
	LinkOwner bool
	// Create reports whether the input of a mutation that creates a row has the new rows of this HasMany or
	// HasOne, too.
	Create bool
}

// RelationKind is a kind of relations.
type RelationKind int

// The kinds of relations.
const (
	BelongsTo RelationKind = iota
	HasMany
	HasOne
	ManyToMany
)

// OnDelete is the effect of a row's deletion on the rows that refer to it: a value of the enum OnDelete.
type OnDelete string

// Order is an order of a connection, by a field, or by several. A field can be one of a related row.
type Order struct {
	Name string // DUE_AT, without _ASC
	By   []OrderField
}

// OrderField is a field of an order. Through is the reference to its row, or nil.
type OrderField struct {
	Through, Field *Field
}

// Subscription has the arguments of @subscription.
type Subscription struct {
	Events []string
	By     *Field // or nil
}

// Enum is an enum of the file.
type Enum struct {
	Name        string
	Description string
	Position    *ast.Position
	Ranked      bool
	Values      []EnumValue
}

// EnumValue is a value of an enum. Rank is its rank in a ranked enum.
type EnumValue struct {
	Name, Description, RenamedFrom string
	Deprecated                     string // the reason of @deprecated, or ""
	Rank                           int
}
