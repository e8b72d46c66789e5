// Package relay implements the conventions of Relay for rows in tables of tenants: nodes with
// global ids, connections with cursors, filters, relations, changes and subscriptions.
//
// An application embeds Row in a struct and describes it once:
//
//	type Item struct {
//		relay.Row[Item]
//		ProjectID relay.ID
//		Name      string
//	}
//
//	var (
//		Items = relay.NewType[Item, ItemFilter](AllItemOrder, relay.Fields{
//			{Name: "name", MaxLength: 200},
//		})
//		itemProject = relay.NewBelongsTo(Items, Projects, "project", relay.Cascade)
//		Types       = relay.NewTypes(Projects, Items)
//	)
//
// The description is data: Fields has the rules for the values of inputs, and together with the
// relations it determines the table. Rules that need code are Hooks.
//
// Type has the mutations of the API: CreateFrom, UpdateFrom and Delete for one row, CreateManyFrom,
// UpdateManyFrom and DeleteMany for up to 100, UpsertFrom for the row of a unique key, and Restore for a type
// with SoftDeletion. Each is one transaction.
//
// Orders and filters follow from the struct: the order DUE_AT_ASC sorts by the column due_at, and a
// field DueAt of the filter compares it. Start reading at Type.
//
// All rows of one statement form a batch. The first access to a relation loads it for the whole
// batch, so each relation costs one statement, whatever the number of rows.
//
// All functions use the session of the context's tenant, and run in the context's transaction if
// there is one. They return *NotFoundError for a missing row or one of another tenant,
// *InvalidError with all validation errors of an input, and *ConflictError for a
// contradiction to stored data.
package relay
