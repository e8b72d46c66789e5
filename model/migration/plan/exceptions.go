package main

// unindexed are columns without an index for orders by them, because these are rare or the lists are short:
// see docs/clients.md. A server sorts such a list.
var unindexed = []string{"items.number", "labels.color"}

// kept are the columns and indexes that no type needs, as table.column or table.index. They stay until a
// release drops them by rowhouse migrate diff NAME --drop.
var kept []string
