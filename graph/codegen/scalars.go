package codegen

// scalarType describes a scalar of GraphQL or of this framework.
type scalarType struct {
	text    bool // minLength, maxLength and pattern constrain its strings
	number  bool // min and max constrain its values
	ordered bool // connections can be ordered by it, and indexes have it
	// maxLength is the greatest length if @constraint has none. 0: @constraint must have one.
	maxLength int
}

// scalarTypes are the scalars of fields. ID is none of them: an id is implicit, and a reference is a relation.
var scalarTypes = map[string]scalarType{
	"String":   {text: true, ordered: true},
	"Email":    {text: true, ordered: true, maxLength: 254},  // RFC 5321
	"URL":      {text: true, ordered: true, maxLength: 2048}, // the limit of common browsers and proxies
	"Int":      {number: true, ordered: true},
	"BigInt":   {number: true, ordered: true},
	"Float":    {number: true, ordered: true},
	"Decimal":  {number: true, ordered: true},
	"Boolean":  {ordered: true},
	"DateTime": {ordered: true},
	"Date":     {ordered: true},
	"UUID":     {ordered: true},
	"JSON":     {},
}
