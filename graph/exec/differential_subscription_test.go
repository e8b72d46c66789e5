package exec_test

import (
	"fmt"
	"time"

	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
)

// newSubscription returns a random document for the changes of a shelf's books.
func (x *executors) newSubscription() *document {
	x.document, x.names, x.budget = &document{operation: "subscription"}, map[string]*responseName{}, 5+x.IntN(60)
	x.document.set = []*selection{{
		key: "e", field: "bookChanged", arguments: []string{fmt.Sprintf("shelfId: %q", model.BookShelf.GlobalID(x.changed))},
		set: x.newSet(x.schema.Types["BookEvent"], 6),
	}}
	return x.document
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
