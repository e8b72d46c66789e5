package codegen

import (
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

// frameworkModule returns the path of the module with this package, which is the application's.
func frameworkModule() string {
	return strings.TrimSuffix(reflect.TypeFor[Schema]().PkgPath(), "/graph/codegen")
}

// bindTypes binds the definitions of the framework and the fields of the types to Go. Package model has
// all others, by name. Entries of gqlgen.yml come first.
func bindTypes(cfg *config.Config, s *Schema) {
	framework := frameworkModule()
	for _, name := range []string{"ID", "Int", "Float", "String", "Boolean"} {
		bindModel(cfg, name, framework+"/graph/scalar."+name)
	}
	for _, d := range parseFramework() {
		switch {
		case d.Kind == ast.Scalar:
			bindModel(cfg, d.Name, framework+"/graph/scalar."+d.Name)
		case !isOperation(d.Name):
			bindModel(cfg, d.Name, framework+"/model/relay."+d.Name)
		}
	}
	for name := range s.Scalars {
		bindModel(cfg, name, cfg.Model.ImportPath()+"."+name)
	}
	bindField(cfg, "Tenant", "id", globalID)
	for _, t := range s.Types {
		bindField(cfg, t.Name, "id", globalID)
		if t.SoftDelete {
			bindField(cfg, t.Name, "deletedAt", deletionTime)
		}
		for _, f := range t.Fields {
			bindRelation(cfg, f)
		}
		if group := (&goType{Type: t, schema: s}).Group(); group != nil {
			for _, f := range group.References() {
				bindField(cfg, group.StructName(), f.Name, withResolver)
			}
		}
	}
	cfg.AutoBind = append(cfg.AutoBind, cfg.Model.ImportPath())
}

// globalID and deletionTime bind fields to methods of a row. withResolver gives a field a resolver.
var (
	globalID     = config.TypeMapField{FieldName: "GlobalID"}
	deletionTime = config.TypeMapField{FieldName: "DeletionTime"}
	withResolver = config.TypeMapField{Resolver: true}
)

// bindRelation gives the relations of a type resolvers, with their fields in payloads, events and counts.
func bindRelation(cfg *config.Config, f *Field) {
	if f.Relation == nil || f.Private {
		return
	}
	bindField(cfg, f.Of.Name, f.Name, withResolver)
	if len(f.Aggregate) > 0 {
		bindField(cfg, f.Of.Name, newCountsField(f).Name, withResolver)
	}
	if isParent(f) {
		bindField(cfg, "Delete"+f.Of.Name+"Payload", f.Name, withResolver)
	}
	if f.Of.Subscribe != nil && f.Of.Subscribe.By == f {
		bindField(cfg, f.Of.Name+"Event", f.Name, withResolver)
	}
}

// bindModel binds a definition to a Go type.
func bindModel(cfg *config.Config, name, goType string) {
	if !cfg.Models.UserDefined(name) {
		cfg.Models.Add(name, goType)
	}
}

// bindField binds a field of a definition.
func bindField(cfg *config.Config, typeName, field string, to config.TypeMapField) {
	entry := cfg.Models[typeName]
	if entry.Fields == nil {
		entry.Fields = map[string]config.TypeMapField{}
	}
	if _, ok := entry.Fields[field]; !ok {
		entry.Fields[field] = to
	}
	cfg.Models[typeName] = entry
}
