package codegen

import "strings"

// readTypeDirectives resolves the fields in the arguments of directives: of keys, indexes, orders,
// subscriptions and aggregates.
func (r *reader) readTypeDirectives() {
	for _, t := range r.nodes {
		for _, u := range t.uses["unique"] {
			t.Uniques = append(t.Uniques, r.readFields(t, u, "fields"))
		}
		for _, u := range t.uses["index"] {
			t.Indexes = append(t.Indexes, r.readFields(t, u, "fields"))
		}
		r.readOrders(t)
		r.readSubscription(t)
		for _, f := range t.fields {
			if u := f.uses.first("aggregate"); u != nil && f.Relation != nil {
				f.Aggregate = r.readFields(r.types[f.TypeName], u, "groupBy")
				f.Numbers = r.readFields(r.types[f.TypeName], u, "numbers")
			}
		}
	}
}

// readFields returns the fields of t that an argument names.
func (r *reader) readFields(t *typeNode, u *use, argument string) []*Field {
	var fields []*Field
	for _, name := range u.texts(argument) {
		if f := t.field(name); f != nil {
			fields = append(fields, f.Field)
		}
	}
	return fields
}

// readOrders sets the orders of a type: first those of its fields.
func (r *reader) readOrders(t *typeNode) {
	for _, f := range t.fields {
		if f.Sortable {
			t.Orders = append(t.Orders, Order{constantCase(f.Name), []OrderField{{Field: f.Field}}})
		}
	}
	for _, u := range t.uses["sortable"] {
		names := u.texts("fields")
		order := Order{Name: constantCase(strings.ReplaceAll(strings.Join(names, "_"), ".", "_"))}
		for _, name := range names {
			if by, ok := r.readOrderField(t, name); ok {
				order.By = append(order.By, by)
			}
		}
		t.Orders = append(t.Orders, order)
	}
}

// readOrderField resolves a field of an order, such as name or project.name.
func (r *reader) readOrderField(t *typeNode, name string) (by OrderField, ok bool) {
	if reference, related, found := strings.Cut(name, "."); found {
		through := t.field(reference)
		if through == nil || through.Relation == nil {
			return by, false
		}
		by.Through, t, name = through.Field, r.types[through.TypeName], related
	}
	f := t.field(name)
	if f == nil {
		return by, false
	}
	by.Field = f.Field
	return by, true
}

// readSubscription sets the subscription of a type.
func (r *reader) readSubscription(t *typeNode) {
	u := t.uses.first("subscription")
	if u == nil {
		return
	}
	t.Subscribe = &Subscription{Events: u.texts("events")}
	if by := t.field(u.text("by")); by != nil {
		t.Subscribe.By = by.Field
	}
}
