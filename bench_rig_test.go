//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"rowhouse/model/dbtest"
)

// benchConns is the number of concurrent requests.
const benchConns = 16

// benchRig has two servers with one database.
type benchRig struct {
	db              *dbtest.Database
	rowhouse, limit *benchServer
}

// newRig creates the data and starts the servers.
func newRig(b *testing.B) *benchRig {
	rig := &benchRig{db: dbtest.New(b)}
	tenants := seedTenants(b, rig.db)
	rig.rowhouse = startServer(b, benchRowhouse, rig.db.DSN, dbtest.PID(b), tenants, benchConns)
	rig.limit = startServer(b, benchLimit, rig.db.DSN, dbtest.PID(b), tenants, benchConns)
	return rig
}

// checkEqual checks that both servers do the same work: their responses to a query are equal. Responses
// to a mutation have equal fields, since ids and numbers differ.
func checkEqual(b *testing.B, ours, limit benchTarget) {
	random := ours.conns[0].random
	for range 10 {
		t := &ours.tenants[random.IntN(len(ours.tenants))]
		variables := ours.variables(random, t)
		var responses [2]any
		for i, to := range []benchTarget{ours, limit} {
			response, err := to.conns[0].sendRequest(to, t, variables)
			if err == nil {
				err = json.Unmarshal(response, &responses[i])
			}
			if err != nil {
				b.Fatal(err)
			}
			if strings.HasPrefix(ours.query, "mutation") {
				responses[i] = replaceValues(responses[i])
			}
		}
		if !reflect.DeepEqual(responses[0], responses[1]) {
			b.Fatalf("the response of the limit differs:\n%v\n%v", responses[0], responses[1])
		}
	}
}

// replaceValues replaces the values in objects with their types.
func replaceValues(v any) any {
	if object, ok := v.(map[string]any); ok {
		for k := range object {
			object[k] = replaceValues(object[k])
		}
		return object
	}
	return fmt.Sprintf("%T", v)
}
