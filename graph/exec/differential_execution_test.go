package exec_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// execution is a document with its responses and logged lines, with plans and without.
type execution struct {
	document      *document
	text          string
	variables     map[string]any
	with, without string
	wasBlocked    bool           // the rows of a table were deleted while a statement waited for them
	previous      map[string]any // the variables of an earlier execution of the same text
	isTogether    bool

	operation                 *ast.OperationDefinition // see executors.walk
	all                       []occurrence
	byPath, byObject, byAlias map[string][]*occurrence
}

// areEqual reports whether the responses are equal. Of those beyond the limit of fields in lists, it compares that error
// alone: gqlgen counts the fields in any order, so that any of the lists can exceed the limit.
func (e *execution) areEqual() bool {
	const limit = "fields in lists like"
	return e.with == e.without || strings.Contains(e.with, limit) && strings.Contains(e.without, limit)
}

func (e *execution) hasErrors() bool { return strings.Contains(e.without, "\n  ") }

// execute executes a document with plans and without. A mutation has no effect afterwards.
func (x *executors) execute(d *document) *execution {
	e := &execution{document: d}
	e.text, e.variables = d.text()
	if d.operation == "subscription" {
		e.with, e.without = x.subscribe(d)
		return e
	}
	x.plans.PanicIn(d.trouble.panics)
	defer x.plans.PanicIn("")
	if d.trouble.missing != "" {
		x.plans.Exec("RENAME TABLE " + d.trouble.missing + " TO missing")
		defer x.plans.Exec("RENAME TABLE missing TO " + d.trouble.missing)
	}
	responses, servers, body := [2]string{}, x.serversFor(d.trouble), d.body()
	var all sync.WaitGroup
	for i, s := range servers {
		post := func() {
			s.Log.Take()
			responses[i] = x.normalize(d, x.post(e, s, body))
			if log := s.Log.Take(); !d.trouble.canceled { // otherwise the log depends on the time
				responses[i] += normalizeLog(log)
			}
		}
		if d.operation == "mutation" || d.trouble.isSerial() {
			post()
			continue
		}
		all.Go(post)
	}
	all.Wait()
	e.with, e.without = responses[0], responses[1]
	return e
}

// post returns the response of a server. It restores the rows that the request has changed.
func (x *executors) post(e *execution, s *servertest.Server, body string) (response string) {
	d := e.document
	accept := "application/json"
	if d.isDeferred {
		accept = servertest.AcceptParts
	}
	r := servertest.NewRequest(x.t, http.MethodPost, "/graphql", body,
		"Content-Type", "application/json", "Accept", accept, tenancy.HeaderName, "acme")
	if d.operation == "mutation" || d.trouble.deleted != "" {
		defer x.restore()
	}
	switch {
	case d.trouble.deleted != "":
		return x.postDuringDeletion(e, s, r)
	case d.trouble.held != "":
		defer x.plans.Hold(d.trouble.held)()
	}
	if d.trouble.canceled {
		ctx, cancel := context.WithTimeout(x.t.Context(), 30*time.Millisecond)
		defer cancel()
		s.Do(r.WithContext(ctx))
		return "{}"
	}
	return s.Do(r).Body.String()
}

// postDuringDeletion deletes half of the rows of a table before the first statement that reads it.
func (x *executors) postDuringDeletion(e *execution, s *servertest.Server, r *http.Request) (response string) {
	unlock := x.plans.LockTable(e.document.trouble.deleted)
	done := make(chan string)
	go func() { done <- s.Do(r).Body.String() }()
	for isDone := false; !isDone && !x.plans.HasBlocked(); {
		select {
		case response = <-done:
			isDone = true
		case <-time.After(time.Millisecond):
		}
	}
	unlock("DELETE FROM " + e.document.trouble.deleted + " WHERE tenant_id = 1 AND ORD(SUBSTR(id, 16)) % 2 = 0")
	if response == "" {
		response, e.wasBlocked = <-done, true
	}
	return response
}

// compareTogether executes a document with several values of its variables at the same time. It returns their number.
func (x *executors) compareTogether(d *document) int {
	const n = 4
	var all sync.WaitGroup
	bodies, responses := [n]string{}, [n][2]string{}
	for i := range n {
		x.setVariables(d)
		bodies[i] = d.body()
		for j, s := range x.serversFor(d.trouble) {
			all.Go(func() {
				e := &execution{document: d}
				responses[i][j] = x.normalize(d, x.post(e, s, bodies[i]))
			})
		}
	}
	all.Wait()
	for i, r := range responses {
		e := &execution{document: d, with: r[0], without: r[1], isTogether: true}
		if !e.areEqual() {
			x.t.Errorf("several at the same time, %s\nwith plans: %s\nwithout:    %s", bodies[i], r[0], r[1])
		}
		x.operations++
		x.count(e)
	}
	for _, s := range x.serversFor(d.trouble) {
		s.Log.Take()
	}
	return n
}

// subscribe returns the first messages of subscriptions with plans and without. It publishes changes until they come,
// because no protocol reports that a subscription has begun.
func (x *executors) subscribe(d *document) (with, without string) {
	messages := [2]chan servertest.Message{}
	for i, url := range x.urls {
		socket := servertest.Connect(x.t, url, "acme")
		defer socket.CloseNow() //nolint:errcheck // the client is done
		socket.SetReadLimit(-1)
		socket.Send(fmt.Sprintf(`{"id": "1", "type": "subscribe", "payload": %s}`, d.body()))
		messages[i] = make(chan servertest.Message, 1)
		go func() {
			m, err := socket.Next()
			if err != nil {
				m.Payload = []byte(fmt.Sprintf("%q", err))
			}
			messages[i] <- m
		}()
	}
	servertest.WaitUntil(x.t, "both subscriptions have a message", func() bool {
		x.plans.PublishBook(servertest.Acme, x.changed)
		time.Sleep(time.Millisecond)
		return len(messages[0]) == 1 && len(messages[1]) == 1
	})
	return x.normalizeMessage(d, <-messages[0]), x.normalizeMessage(d, <-messages[1])
}

func (x *executors) normalizeMessage(d *document, m servertest.Message) string {
	if m.Type != "next" {
		return m.Type + x.normalize(d, `{"errors":`+string(m.Payload)+"}")
	}
	return x.normalize(d, string(m.Payload))
}
