package deliver

import (
	"errors"
	"fmt"
	"time"
)

// Fault says why a letter did not go out. Whoever queues letters asks it
// whether another try makes sense.
type Fault struct {
	To        string        // recipient: an address, or the name of a chat
	Step      string        // what was being done: connect, tls, auth, send, answer …
	Code      int           // of the server's answer; 0: there was none
	Temporary bool          // another try may succeed
	Unsure    bool          // the letter may have arrived all the same: the answer was lost
	After     time.Duration // at least to be waited before the next try; 0: as the sender likes
	Err       error         // clean, and without secrets
}

// Error tells the fault on one line.
func (f *Fault) Error() string {
	kind := "permanent"
	if f.Temporary {
		kind = "temporary"
	}
	return fmt.Sprintf("send letter to %s: %s: %s: %v", f.To, f.Step, kind, f.Err)
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// IsTemporary says whether another try may succeed. An error that is no Fault
// is permanent.
func IsTemporary(err error) bool {
	f, ok := errors.AsType[*Fault](err)
	return ok && f.Temporary
}
