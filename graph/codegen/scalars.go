package codegen

// scalarType describes a scalar of GraphQL or of this framework.
type scalarType struct {
	isString  bool // minLength, maxLength and pattern constrain its strings
	isNumeric bool // min and max constrain its values
	// maxLength is the greatest length if @constraint has none. 0: @constraint must have one.
	maxLength int
}

// scalarTypes are the scalars of fields. ID is none of them: an id is implicit, and a reference is a relation.
var scalarTypes = map[string]scalarType{
	"String":   {isString: true},
	"Email":    {isString: true, maxLength: 254},  // RFC 5321
	"URL":      {isString: true, maxLength: 2048}, // the limit of common browsers and proxies
	"Int":      {isNumeric: true},
	"BigInt":   {isNumeric: true},
	"Float":    {isNumeric: true},
	"Decimal":  {isNumeric: true},
	"Boolean":  {},
	"DateTime": {},
	"Date":     {},
	"UUID":     {},
	"JSON":     {},
}
