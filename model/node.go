package model

import (
	"context"
	"fmt"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Node is an object with a global id.
type Node interface{ GlobalID() GlobalID }

// Tenant is the caller's own tenant.
type Tenant struct{ tenancy.Tenant }

// GlobalID returns the tenant's identity for clients.
func (t *Tenant) GlobalID() GlobalID { return tenantGlobalID(t.ID) }

// OwnTenant returns the tenant of the context, or tenancy.ErrNone.
func OwnTenant(ctx context.Context) (*Tenant, error) {
	t, err := tenancy.FromContext(ctx)
	return &Tenant{t}, err
}

// largestNodes bounds Nodes.
const largestNodes = 100

// nouns finds the rows of each noun by their ids.
var nouns = map[string]func(context.Context, *tenancy.DB, []ID) (map[ID]Node, error){
	"Member":  nodesOf[Member],
	"Project": nodesOf[Project],
	"Item":    nodesOf[Item],
	"Label":   nodesOf[Label],
	"Comment": nodesOf[Comment],
}

func nodesOf[T any, P row[T]](ctx context.Context, db *tenancy.DB, ids []ID) (map[ID]Node, error) {
	found, err := findAll[T, P](ctx, db, ids)
	nodes := make(map[ID]Node, len(found))
	for id, r := range found {
		nodes[id] = P(r)
	}
	return nodes, err
}

// NodeByID returns the object with this global id, whatever its noun.
func NodeByID(ctx context.Context, db *tenancy.DB, id GlobalID) (Node, error) {
	nodes, err := nodesByID(ctx, db, []GlobalID{id}, func(int) []string { return []string{"id"} })
	if err != nil {
		return nil, err
	}
	if nodes[0] == nil {
		return nil, &NotFoundError{Type: "object"}
	}
	return nodes[0], nil
}

// NodesByID returns the objects with these global ids (at most 100), in their order,
// with nil in the place of each that is not there. It runs one statement a noun.
func NodesByID(ctx context.Context, db *tenancy.DB, ids []GlobalID) ([]Node, error) {
	if len(ids) > largestNodes {
		return nil, &InvalidError{Errors: []relay.FieldError{{Path: relay.Path{"ids"}, Message: fmt.Sprintf("must be at most %d", largestNodes)}}}
	}
	return nodesByID(ctx, db, ids, func(i int) []string { return []string{"ids", fmt.Sprint(i)} })
}

func nodesByID(ctx context.Context, db *tenancy.DB, ids []GlobalID, path func(int) []string) ([]Node, error) {
	own, err := OwnTenant(ctx)
	if err != nil {
		return nil, err
	}
	var r rules
	wanted := map[string][]ID{}
	for i, g := range ids {
		noun, _, err := g.decode()
		if err == nil && noun != "Tenant" {
			var id ID
			if _, ok := nouns[noun]; !ok {
				err = errNotID
			} else if id, err = g.of(noun); err == nil {
				wanted[noun] = append(wanted[noun], id)
			}
		}
		if err != nil {
			r.add(err.Error(), path(i)...)
		}
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	found := map[GlobalID]Node{own.GlobalID(): own}
	for noun, ids := range wanted {
		nodes, err := nouns[noun](ctx, db, ids)
		if err != nil {
			return nil, err
		}
		for _, n := range nodes {
			found[n.GlobalID()] = n
		}
	}
	nodes := make([]Node, len(ids))
	for i, g := range ids {
		nodes[i] = found[g]
	}
	return nodes, nil
}
