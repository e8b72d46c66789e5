package bustest

import "time"

// SetPatience shortens how long Test waits for a Bus that is broken.
func SetPatience(d time.Duration) { patience = d }
