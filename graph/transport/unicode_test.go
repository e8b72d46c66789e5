package transport_test

import (
	"testing"

	"rowhouse/graph/transport"
)

// TestUnpairedSurrogatesAreFound has broken escapes, too: the strings of a document may have them.
func TestUnpairedSurrogatesAreFound(t *testing.T) {
	for text, want := range map[string]bool{
		``: false, `a`: false, `\`: false, `a\`: false, `\u`: false, `\u12`: false, `\ud80`: false,
		`\\ud800`: false, `\ue000`: false, `\ud7ff`: false, `\ud83d\ude00`: false,
		`\ud800`: true, `a\uDFFF`: true, `\u0041\ud800`: true, `\ude00\ud83d`: true,
		`\ud83d\ud83d\ude00`: true, `\uZZ\ud800`: true, `\u{1}\ud800`: true, `\ud83d\u`: true,
	} {
		if got := transport.HasUnpairedSurrogate([]byte(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}
