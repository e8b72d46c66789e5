package codegen

import (
	"slices"
	"strings"
)

// readOrders sets the orders of a type: first those of its fields.
func (r *reader) readOrders(t *typeNode) {
	for _, f := range t.fields {
		if f.Sortable && !f.failed && f.Column != "" && f.Relation == nil && !f.CreatedAt {
			t.Orders = append(t.Orders, Order{constantCase(f.Name), []OrderField{{Field: f.Field}}})
		}
	}
	for _, u := range t.uses["sortable"] {
		names := r.stringList(t.Name, u, "fields")
		switch {
		case u.wrong:
		case len(names) == 0:
			r.report(u.Position, t.Name, "@sortable at a type needs fields; add fields: [\"…\"]")
		case len(names) == 1 && !strings.Contains(names[0], "."):
			r.report(u.Position, t.Name, "@sortable with one field belongs to the field; move it to %s.%s", t.Name, names[0])
		default:
			r.readOrder(t, u, names)
		}
	}
}

// readOrder adds the order of several fields.
func (r *reader) readOrder(t *typeNode, u *use, names []string) {
	order := Order{Name: constantCase(strings.ReplaceAll(strings.Join(names, "_"), ".", "_"))}
	for _, name := range names {
		if by, ok := r.readOrderField(t, u, name); ok {
			order.By = append(order.By, by)
		}
	}
	if len(order.By) < len(names) {
		return
	}
	if slices.ContainsFunc(t.Orders, func(other Order) bool { return other.Name == order.Name }) {
		r.report(u.Position, t.Name, "the type has another order with the name %s; remove one of them, or rename a field", order.Name)
		return
	}
	t.Orders = append(t.Orders, order)
}

// readOrderField resolves a field of an order, such as name or project.name.
func (r *reader) readOrderField(t *typeNode, u *use, name string) (by OrderField, ok bool) {
	owner, last := t, name
	if reference, related, found := strings.Cut(name, "."); found {
		through := r.lookup(t, u, "fields", reference)
		if through == nil {
			return by, false
		}
		if through.Relation == nil || through.Relation.Kind != BelongsTo || through.Private {
			r.report(u.Position, t.Name, "fields of @sortable has %s, and %s is no reference that clients can read; "+
				"name one with @belongsTo", name, through.where())
			return by, false
		}
		by.Through, owner, last = through.Field, r.types[through.TypeName], related
	}
	if strings.Contains(last, ".") {
		r.report(u.Position, t.Name, "fields of @sortable has %s, and an order has fields of the row and of rows that it refers to; "+
			"shorten it", name)
		return by, false
	}
	f := r.lookup(owner, u, "fields", last)
	if f == nil || !r.checkOrderField(t, u, name, f) {
		return by, false
	}
	by.Field = f.Field
	return by, true
}

// checkOrderField reports whether rows can be ordered by a field.
func (r *reader) checkOrderField(t *typeNode, u *use, name string, f *fieldNode) bool {
	switch {
	case f.Private:
		r.report(u.Position, t.Name, "fields of @sortable has %s, which clients can't read; remove it, or @private", name)
	case f.Relation != nil || f.List || f.Scalar == "JSON":
		r.report(u.Position, t.Name,
			"fields of @sortable has %s, and no order can have %s; name a field of another type", name, kindWords(f))
	case isLong(f.Field):
		r.report(u.Position, t.Name, "fields of @sortable has %s, and an order has strings of at most %d characters; "+
			"lower its maxLength, or remove it", name, maxIndexed)
	default:
		return true
	}
	return false
}

// readSubscription sets the subscription of a type.
func (r *reader) readSubscription(t *typeNode) {
	u := t.uses.first("subscription")
	if u == nil || u.wrong {
		return
	}
	t.Subscribe = &Subscription{Events: r.stringList(t.Name, u, "events")}
	if len(t.Subscribe.Events) == 0 {
		r.report(u.Position, t.Name, "events is empty; name one of CREATED, UPDATED and DELETED, or remove @subscription")
	}
	name := u.stringArgument("by")
	if name == "" {
		return
	}
	by := r.lookup(t, u, "by", name)
	switch {
	case by == nil:
	case by.Relation == nil || by.Relation.Kind != BelongsTo || by.Private:
		r.report(u.Position, t.Name,
			"by of @subscription has %s, which is no reference that clients can read; name one with @belongsTo", name)
	case !by.Required:
		r.report(u.Position, t.Name, "by of @subscription has %s, which can be null, so no subscription has the events of such rows; "+
			"write %[1]s: %s!, or remove by", name, by.TypeName)
	case !by.Immutable:
		r.report(u.Position, t.Name, "by of @subscription has %s, which can change, and the subscriptions of its old value would miss it; "+
			"add @immutable to %s", name, by.where())
	default:
		t.Subscribe.By = by.Field
	}
}
