package transport_test

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// TestResponseHasOnlyTheEntriesThatExist has the entries of a response in their order.
func TestResponseHasOnlyTheEntriesThatExist(t *testing.T) {
	errs := gqlerror.List{{Message: "broken"}}
	for _, test := range []struct {
		name     string
		response *graphql.Response
		want     string
	}{
		{
			name:     "data",
			response: &graphql.Response{Data: []byte("{}")},
			want:     `{"data":{}}`,
		},
		{
			name:     "errors before execution",
			response: &graphql.Response{Errors: errs},
			want:     `{"errors":[{"message":"broken"}]}`,
		},
		{
			name:     "all entries",
			response: &graphql.Response{Data: []byte("null"), Errors: errs, Extensions: map[string]any{"a": 1}},
			want:     `{"errors":[{"message":"broken"}],"data":null,"extensions":{"a":1}}`,
		},
		{
			name: "no response, because the client has disconnected",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newServer(&quota{})
			server.AroundResponses(func(context.Context, graphql.ResponseHandler) *graphql.Response { return test.response })
			w := send(t.Context(), server, "POST", "/", `{"query": "{ name }"}`)
			if got := w.Body.String(); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
