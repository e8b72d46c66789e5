package auth

import (
	"maps"
	"slices"
	"strings"
)

const (
	// maxTenants bounds the tenants of a token.
	maxTenants = 100
	// maxTenant bounds the external id of a tenant, in bytes.
	maxTenant = 255
)

// readTenants returns the strings at a path of the claims, without duplicates. It returns none if the
// claims do not have the path, and false if a value is not an external id or there are more than
// maxTenants.
func readTenants(claims map[string]any, path string) (tenants []string, ok bool) {
	if path == "" {
		return nil, true
	}
	found, ok := resolve(claims, path)
	if !ok {
		return nil, true
	}
	for _, one := range found {
		s, ok := one.(string)
		if !ok || !isTenant(s) {
			return nil, false
		}
		if !slices.Contains(tenants, s) {
			tenants = append(tenants, s)
		}
		if len(tenants) > maxTenants {
			return nil, false
		}
	}
	return tenants, true
}

// isTenant reports whether s can be the external id of a tenant.
func isTenant(s string) bool {
	return s != "" && len(s) <= maxTenant && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// resolve returns the values at a path inside a value, or false if the value does not have the path. In a
// list, the path applies to each element; the result has nil for an element without it.
func resolve(value any, path string) (found []any, ok bool) {
	switch value := value.(type) {
	case []any:
		for _, one := range value {
			below, ok := resolve(one, path)
			if !ok {
				below = []any{nil}
			}
			found = append(found, below...)
		}
		return found, true
	case map[string]any:
		for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
			if member, ok := value[path[:end]]; ok && end == len(path) {
				return flatten(member)
			} else if ok {
				if found, ok := resolve(member, path[end+1:]); ok {
					return found, true
				}
			}
		}
		if rest, ok := strings.CutPrefix(path, "*."); ok {
			members := []any{}
			for _, name := range slices.Sorted(maps.Keys(value)) {
				members = append(members, value[name])
			}
			return resolve(members, rest)
		}
	}
	return nil, false
}

// flatten returns the values of a claim: the elements of a list, the names of an object, or the value
// itself. It returns false for null.
func flatten(value any) (found []any, ok bool) {
	switch value := value.(type) {
	case nil:
		return nil, false
	case []any:
		return value, true
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			found = append(found, name)
		}
		return found, true
	}
	return []any{value}, true
}
