package tenancy

import (
	"fmt"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/tenancy/guard"
)

// joinModels are the models given to Open, by table: they can be the join tables of
// many-to-many relations.
type joinModels map[string]any

// setup gives each many-to-many relation of m a model of its join table that has the tenant,
// and adds that table to tables. GORM's own has none.
func (joins joinModels) setup(session *gorm.DB, m any, tables guard.Tables) error {
	s, err := parse(session, m)
	if err != nil {
		return err
	}
	for _, relation := range s.Relationships.Many2Many {
		name := relation.JoinTable.Table
		_, own := ownedBy(relation.Schema)
		_, refer := ownedBy(relation.FieldSchema)
		t := guard.Table{Shared: !own && !refer}
		model, declared := joins[name]
		if !declared && !t.Shared {
			model, err = deriveJoin(session, relation)
		}
		if err == nil && model != nil {
			err = session.SetupJoinTable(m, relation.Name, model)
		}
		if err == nil && declared && tables[name] != t {
			err = fmt.Errorf("tenants own the relation, so name the model in the list of those that they own")
		}
		if err != nil {
			return fmt.Errorf("the many-to-many relation %s of the model %T: %w; declare a model of its table %s with the relation's keys and one field of type tenancy.ID, and give it to Open", relation.Name, m, err, name)
		}
		tables[name] = t
	}
	return nil
}

// deriveJoin returns an empty row of GORM's join table with a tenant.
func deriveJoin(session *gorm.DB, relation *schema.Relationship) (any, error) {
	fields := []reflect.StructField{{Name: "TenantID", Type: reflect.TypeFor[ID]()}}
	for i := range relation.JoinTable.ModelType.NumField() {
		f := relation.JoinTable.ModelType.Field(i)
		fields = append(fields, reflect.StructField{Name: f.Name, PkgPath: f.PkgPath, Type: f.Type, Tag: f.Tag})
		if f.Name == "TenantID" {
			return nil, fmt.Errorf("its keys have a field TenantID")
		}
	}
	row := reflect.New(reflect.StructOf(fields)).Interface() // with a field that names the relation: no other has this type
	s, err := parse(session, row)
	if err != nil {
		return nil, err
	}
	s.Name, s.Table = relation.JoinTable.Name, relation.JoinTable.Table
	if _, ok := ownedBy(s); !ok {
		return nil, fmt.Errorf("its keys have a tenant of their own")
	}
	scanEmpty(s)
	return row, nil
}
