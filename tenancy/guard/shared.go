package guard

// findShared returns the shared table of an alias, or nil. With an empty alias it returns the
// only table of the block if that is shared.
func (b *block) findShared(alias string) *tableRef {
	for _, r := range b.refs {
		if r.shared != "" && (r.alias == alias || alias == "" && len(b.refs) == 1) {
			return r
		}
	}
	return nil
}

// refuseWrite returns the refusal of a statement that writes the shared table.
func (r *tableRef) refuseWrite() error {
	return refuseTable(r.shared, r.alias, "it is shared: tenants read it, and only the system scope writes it")
}
