//go:build linux

package main

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"rowhouse/model"
)

// benchRequest is a measured request.
type benchRequest struct {
	name      string
	query     string
	variables func(*rand.Rand, *benchTenant) string
	block     int // the number of requests between two readings of the clocks, for about a quarter of a second
	// aim and peers are the CPU time of the server and the database as multiples of the limit's. Those of peers were
	// measured once, with this data and as many connections, against a limit with the CPU time limitMS; a mean of two runs.
	aim     float64
	limitMS float64
	peers   benchPeers
}

// benchPeers are the ratios of other servers.
type benchPeers struct{ tunedGqlgen, ent, postGraphile, apollo, mercurius float64 }

// benchRequests select nodes, as clients do that need no cursor of each row.
var benchRequests = []benchRequest{
	{
		name:  "point",
		query: `query($id: ID!) { item(id: $id) { id key name status priority version } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"id":"` + pickRandom(r, t.items) + `"}`
		},
		block: 2000,
		aim:   1.4, limitMS: 0.126, peers: benchPeers{1.8, 2.0, 6.4, 3.1, 1.7},
	},
	{
		name: "page",
		query: `{ items(first: 20) {
			nodes { id key name status project { key name } assignee { name email } } pageInfo { hasNextPage endCursor }
		} }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     500,
		aim:       1.6, limitMS: 0.384, peers: benchPeers{5.0, 6.5, 4.6, 4.8, 3.0},
	},
	{
		name: "deep",
		query: `{ projects(first: 10) {
			nodes { key name items(first: 10) { nodes {
				key name status labels { nodes { name color } } comments(first: 3) { nodes { body author { name } } }
			} } }
			pageInfo { hasNextPage endCursor }
		} }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     30,
		aim:       1.4, limitMS: 4.34, peers: benchPeers{5.5, 6.1, 2.1, 4.5, 2.7},
	},
	{
		name: "filter",
		query: `{ items(first: 20, where: {
			status: {in: [TODO, IN_PROGRESS]}, priority: {gte: MEDIUM}, assignee: {name: {startsWith: "Member 1"}}
		}) {
			nodes { id key name status project { key name } assignee { name email } } pageInfo { hasNextPage endCursor }
		} }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     200,
		aim:       1.4, limitMS: 1.63, peers: benchPeers{2.2, 2.8, 2.0, 2.2, 1.7},
	},
	{
		name:  "create",
		query: `mutation($input: CreateItemInput!) { createItem(input: $input) { item { id key name status priority version } } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"input":{"projectId":"` + pickRandom(r, t.projects) + `","name":"` + newName(r) +
				`","description":"` + pickRandom(r, benchTexts) + `","status":"TODO","priority":"HIGH"}}`
		},
		block: 1000,
		aim:   1.6, limitMS: 0.314, peers: benchPeers{2.5, 2.3, 3.9, 2.5, 1.9},
	},
	{
		name:  "update",
		query: `mutation($input: UpdateItemInput!) { updateItem(input: $input) { item { id key name status priority version } } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"input":{"id":"` + pickRandom(r, t.items) + `","name":"` + newName(r) +
				`","status":"` + string(pickRandom(r, model.AllItemStatus)) + `"}}`
		},
		block: 1000,
		aim:   1.5, limitMS: 0.270, peers: benchPeers{2.3, 2.6, 4.6, 2.8, 2.1},
	},
}

// pickRandom returns a random element.
func pickRandom[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// newName returns a random name.
func newName(r *rand.Rand) string { return "Renamed or new " + strconv.FormatUint(r.Uint64(), 36) }

// BenchmarkRequests measures requests over HTTP, and compares them with the hand-written limit (bench_limit_test.go). Both
// servers are processes of their own on the loopback interface; the CPU time of the clients is not measured. An iteration
// is a round: a block of requests to each server, so that other load of the machine affects both.
func BenchmarkRequests(b *testing.B) {
	rig := newRig(b)
	var results []*benchResult
	for _, q := range benchRequests {
		result := &benchResult{}
		ours, limit := rig.rowhouse.withRequest(q), rig.limit.withRequest(q)
		b.Run(q.name, func(b *testing.B) {
			*result = benchResult{benchRequest: q} // with -count, the table has the last
			checkEqual(b, ours, limit)
			for _, to := range []benchTarget{ours, limit} {
				to.sendRequests(b, q.block/5+benchConns) // opens connections to the database, fills caches
			}
			result.statements = ours.countStatements(b, rig.db.SQL, q.block/5+benchConns)
			result.limitStatements = limit.countStatements(b, rig.db.SQL, q.block/5+benchConns)
			result.peak, result.limitPeak = ours.measurePeak(b, q.block), limit.measurePeak(b, q.block)
			for b.Loop() {
				result.rounds = append(result.rounds, measureRound(b, len(result.rounds), ours, limit, q.block))
			}
			result.reportMetrics(b)
		})
		if len(result.rounds) > 0 {
			results = append(results, result)
		}
	}
	printResults(results)
}
