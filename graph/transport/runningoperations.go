package transport

import "context"

// runningOperation is an operation of a connection that runs several.
type runningOperation struct{ cancel context.CancelFunc }

// runningOperations are the running operations of a connection, by id. An id is free as soon as
// its operation is stopped, although that may still be ending. A lock guards the map.
type runningOperations map[string]*runningOperation

// cancelOperation cancels and removes the operation with an id, and reports whether it was running.
// If only is not nil, it does not stop another operation that has the id now.
func (all runningOperations) cancelOperation(id string, only *runningOperation) bool {
	o := all[id]
	if o == nil || only != nil && o != only {
		return false
	}
	o.cancel()
	delete(all, id)
	return true
}
