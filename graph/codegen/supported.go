package codegen

import (
	"errors"
	"slices"
)

// checkSupported returns an error for each part of a schema for which package relay has no code yet.
func checkSupported(s *Schema) error {
	var errs []error
	for _, t := range s.Types {
		report := func(f *Field, part string) {
			e := &Error{Position: t.Position, Where: t.Name, Message: part + " is not generated yet; leave it out"}
			if f != nil {
				e.Position, e.Where = f.Position, t.Name+"."+f.Name
			}
			errs = append(errs, e)
		}
		for _, o := range []Operation{"UPSERT"} {
			if t.Operations[o] {
				report(nil, "the operation "+string(o))
			}
		}
		if slices.Contains([]string{registryFile, enumsFile, modelsFile}, fileName(t)) {
			errs = append(errs, &Error{Position: t.Position, Where: t.Name, Message: "the file of its Go code would be " + fileName(t) +
				", which is another generated file; rename the type"})
		}
		if t.SoftDelete {
			report(nil, "softDelete")
		}
		for _, o := range t.Orders {
			if len(o.By) > 1 || o.By[0].Through != nil {
				report(nil, "the order "+o.Name+" by several fields or by a related row")
			}
		}
		for _, f := range t.Fields {
			if part := unsupportedPart(f); part != "" {
				report(f, part)
			}
		}
	}
	return errors.Join(errs...)
}

// unsupportedPart returns the part of a field that is not generated, or "".
func unsupportedPart(f *Field) string {
	switch r := f.Relation; {
	case r == nil:
	case r.Through != nil:
		return "@manyToMany(through:)"
	case r.Create:
		return "the creation of rows with their parent"
	case len(r.Within) > 0:
		return "@belongsTo(within:)"
	case len(f.Numbers) > 0:
		return "@aggregate(numbers:)"
	case len(f.Aggregate) > 0 && r.Kind != HasMany:
		return "@aggregate of links"
	}
	return ""
}
