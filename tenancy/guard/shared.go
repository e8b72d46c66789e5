package guard

// findShared returns the shared table of an alias, or nil. An empty alias is that of the only table
// of the block.
func (b *block) findShared(alias string) *tableRef {
	for _, r := range b.refs {
		if r.shared != "" && (r.alias == alias || alias == "" && len(b.refs) == 1) {
			return r
		}
	}
	return nil
}

// refuseWrite returns the refusal of a write to the shared table.
func (r *tableRef) refuseWrite() error {
	return refuseTable(r.shared, r.alias, "it is shared: tenants read it, and only the system scope writes it")
}
