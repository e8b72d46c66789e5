package auth

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// handlerTransport sends requests to a handler in this process. In a synctest bubble, time does not advance
// while a goroutine waits for the network.
type handlerTransport struct{ http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestKeysAreReadPeriodically counts the reads of keys without requests: every 15 minutes, and every minute
// during an outage.
func TestKeysAreReadPeriodically(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads, status atomic.Int32
		p := newProvider(Config{JWKSURL: "https://issuer.example.com/keys"}, slog.New(slog.DiscardHandler))
		p.client.Transport = handlerTransport{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			reads.Add(1)
			w.WriteHeader(int(status.Load()))
			_, _ = w.Write([]byte(`{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
		})}
		go p.refresh(t.Context(), errors.New("an outage at the start"))
		for _, phase := range []struct {
			status int32
			wait   time.Duration
			reads  int32
		}{
			{http.StatusOK, time.Minute + time.Second, 1},
			{http.StatusOK, time.Hour, 4},
			{http.StatusBadGateway, 15 * time.Minute, 1},
			{http.StatusBadGateway, 10 * time.Minute, 10},
			{http.StatusOK, time.Minute, 1},
			{http.StatusOK, 30 * time.Minute, 2},
		} {
			status.Store(phase.status)
			reads.Store(0)
			time.Sleep(phase.wait)
			synctest.Wait()
			if n := reads.Load(); n != phase.reads || len(p.current()) != 1 {
				t.Errorf("%d reads in %s, want %d; %d keys", n, phase.wait, phase.reads, len(p.current()))
			}
		}
	})
}

func TestRedirectsKeepSchemeAndHost(t *testing.T) {
	for address, want := range map[string]bool{
		"https://issuer.example.com/other":     true,
		"http://issuer.example.com/keys":       false,
		"https://issuer.example.com:444/keys":  false,
		"https://other.example.com/keys":       false,
		"https://issuer.example.com.evil/keys": false,
	} {
		from := httptest.NewRequest(http.MethodGet, "https://issuer.example.com/keys", nil)
		err := checkRedirect(httptest.NewRequest(http.MethodGet, address, nil), []*http.Request{from})
		if (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
