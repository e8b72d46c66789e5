package bustest_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
	"rowhouse/tenancy/bustest"
)

func TestTheLocalBus(t *testing.T) {
	bustest.Test(t, func(*testing.T) (one, two tenancy.Bus) { bus := tenancy.NewBus(); return bus, bus })
}

// broken are buses with one fault each.
var broken = map[string]func(tenancy.Bus) (one, two tenancy.Bus){
	"ignores the tenant": func(b tenancy.Bus) (one, two tenancy.Bus) { return ofOneTenant{b}, ofOneTenant{b} },
	"ignores the topic":  func(b tenancy.Bus) (one, two tenancy.Bus) { return ofOneTopic{b}, ofOneTopic{b} },
	"spoils bytes":       func(b tenancy.Bus) (one, two tenancy.Bus) { return asJSON{b}, asJSON{b} },
	"knows one topic":    func(b tenancy.Bus) (one, two tenancy.Bus) { return firstTopic{b}, firstTopic{b} },
	"loses events":       func(b tenancy.Bus) (one, two tenancy.Bus) { return forgetful{b}, forgetful{b} },
	"publishes nothing":  func(b tenancy.Bus) (one, two tenancy.Bus) { return silent{b}, silent{b} },
	"waits in Publish":   func(b tenancy.Bus) (one, two tenancy.Bus) { return waiting{b}, waiting{b} },
	"ignores the end":    func(b tenancy.Bus) (one, two tenancy.Bus) { return endless{b}, endless{b} },
}

type (
	ofOneTenant struct{ tenancy.Bus }
	ofOneTopic  struct{ tenancy.Bus }
	asJSON      struct{ tenancy.Bus }
	firstTopic  struct{ tenancy.Bus }
	forgetful   struct{ tenancy.Bus }
	silent      struct{ tenancy.Bus }
	waiting     struct{ tenancy.Bus }
	endless     struct{ tenancy.Bus }
)

func (silent) Publish(tenancy.Event) {}

func (waiting) Publish(tenancy.Event) { select {} }

func (b endless) Subscribe(_ context.Context, tenant tenancy.ID, topics ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(context.Background(), tenant, topics...) //nolint:contextcheck // that is its fault
}

func (b ofOneTenant) Publish(e tenancy.Event) { e.Tenant = 1; b.Bus.Publish(e) }
func (b ofOneTenant) Subscribe(ctx context.Context, _ tenancy.ID, topics ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(ctx, 1, topics...)
}

func (b ofOneTopic) Publish(e tenancy.Event) { e.Topic = "projects"; b.Bus.Publish(e) }
func (b ofOneTopic) Subscribe(ctx context.Context, tenant tenancy.ID, _ ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(ctx, tenant, "projects")
}

func (b asJSON) Publish(e tenancy.Event) {
	text, err := json.Marshal(e.Key)
	if err == nil && json.Unmarshal(text, &e.Key) == nil {
		b.Bus.Publish(e)
	}
}

func (b firstTopic) Subscribe(ctx context.Context, tenant tenancy.ID, topics ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(ctx, tenant, topics[0])
}

func (b forgetful) Publish(e tenancy.Event) {
	if e.Key != "5" {
		b.Bus.Publish(e)
	}
}

// TestBrokenBusesFail runs Test on each broken bus in a process of its own, which ends by itself.
func TestBrokenBusesFail(t *testing.T) {
	if buses := broken[os.Getenv("BROKEN_BUS")]; buses != nil {
		bustest.SetPatience(time.Second)
		bustest.Test(t, func(*testing.T) (one, two tenancy.Bus) { return buses(tenancy.NewBus()) })
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name := range broken {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), program, "-test.run=^TestBrokenBusesFail$")
			command.Env = append(os.Environ(), "BROKEN_BUS="+name)
			if out, err := command.CombinedOutput(); err == nil || strings.Contains(string(out), "panic") {
				t.Errorf("a bus that %s: %v, %s", name, err, out)
			}
		})
	}
}
