package relay

import (
	"context"
	"fmt"
	"strconv"

	"rowhouse/tenancy"
)

// Node is an object with a global id.
type Node interface{ GlobalID() GlobalID }

// Tenant is the caller's tenant, as an object of the API.
type Tenant struct{ tenancy.Tenant }

const tenantType = "Tenant"

// GlobalID returns the tenant's identity for clients.
func (t *Tenant) GlobalID() GlobalID {
	return encodeGlobalID(tenantType, strconv.FormatUint(uint64(t.ID), 10))
}

// CurrentTenant returns the tenant of the context, or tenancy.ErrNone.
func CurrentTenant(ctx context.Context) (*Tenant, error) {
	t, err := tenancy.FromContext(ctx)
	return &Tenant{t}, err
}

// maxNodes bounds NodesByID.
const maxNodes = 100

// NodeByID returns the object of any type with this global id.
func (all *Types) NodeByID(ctx context.Context, db *tenancy.DB, id GlobalID) (Node, error) {
	nodes, err := all.nodesByID(ctx, db, []GlobalID{id}, func(int) Path { return Path{"id"} })
	if err != nil {
		return nil, err
	}
	if nodes[0] == nil {
		return nil, &NotFoundError{Type: "object"}
	}
	return nodes[0], nil
}

// NodesByID returns the objects with these global ids, at most 100, in their order. A missing
// object is nil. It runs one statement per type.
func (all *Types) NodesByID(ctx context.Context, db *tenancy.DB, ids []GlobalID) ([]Node, error) {
	if len(ids) > maxNodes {
		return nil, &InvalidError{Errors: []FieldError{{Path: Path{"ids"}, Message: fmt.Sprintf("must be at most %d", maxNodes)}}}
	}
	return all.nodesByID(ctx, db, ids, func(i int) Path { return Path{"ids", i} })
}

func (all *Types) nodesByID(ctx context.Context, db *tenancy.DB, ids []GlobalID, path func(int) Path) ([]Node, error) {
	tenant, err := CurrentTenant(ctx)
	if err != nil {
		return nil, err
	}
	byType, err := all.decodeIDs(ids, path)
	if err != nil {
		return nil, err
	}
	found := map[GlobalID]Node{tenant.GlobalID(): tenant}
	for name, ids := range byType {
		nodes, err := all.byName[name].findNodes(ctx, db, ids)
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

// decodeIDs returns the ids of rows by their types. It leaves out ids of tenants.
func (all *Types) decodeIDs(ids []GlobalID, path func(int) Path) (map[string][]ID, error) {
	var v Validation
	byType := map[string][]ID{}
	for i, g := range ids {
		name, _, _ := g.splitParts() // no type has the name of an invalid id
		if name == tenantType {
			continue
		}
		if all.byName[name] == nil {
			v.Add(errNotID.Error(), path(i)...)
			continue
		}
		id, err := g.Decode(name)
		if err != nil {
			v.Add(err.Error(), path(i)...)
		}
		byType[name] = append(byType[name], id)
	}
	return byType, v.Err()
}
