package transport_test

import (
	"net/http"
	"testing"

	"rowhouse/graph/transport"
)

func TestOtherMethodsAreRejected(t *testing.T) {
	handler := transport.AllowMethods(
		writeError,
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }),
	)
	for method, want := range map[string]int{
		"GET": 418, "POST": 418, "PUT": 418, "DELETE": 418,
		"OPTIONS": 204,
		"HEAD":    405, "PATCH": 405, "TRACE": 405, "CONNECT": 405, "QUERY": 405, "get": 405,
	} {
		w := send(t.Context(), handler, method, "/", "")
		if allow := w.Header().Get("Allow"); w.Code != want || (allow != "") != (want != 418) {
			t.Errorf("%s: %d, Allow: %s", method, w.Code, allow)
		}
	}
}
