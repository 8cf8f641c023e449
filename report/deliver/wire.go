package deliver

import (
	"context"
	"fmt"
	"net"
	"time"
)

// mostAnswers bounds what a mail server may say about one letter, in bytes of
// the wire. The client that reads it has no bound of its own.
const mostAnswers = 256 << 10

// errTooMuch is a server that says too much.
type errTooMuch struct{}

func (errTooMuch) Error() string {
	return fmt.Sprintf("the server's answers are longer than %d bytes", mostAnswers)
}

// wire is the connection of one letter, bounded in bytes and, step by step, in
// time; the context that it was made under bounds it as a whole. Only one
// goroutine may use it at a time.
type wire struct {
	net.Conn
	step time.Duration // that one read or write may take
	left int           // bytes that may still be read
}

// dial connects; when the context ends, so does the connection.
func dial(ctx context.Context, address string, step time.Duration) (w *wire, stop func() bool, err error) {
	conn, err := (&net.Dialer{Timeout: step}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, nil, err
	}
	return &wire{conn, step, mostAnswers}, context.AfterFunc(ctx, func() { conn.Close() }), nil
}

// Read reads within the bounds.
func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, errTooMuch{}
	}
	if err := w.Conn.SetReadDeadline(time.Now().Add(w.step)); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p[:min(len(p), w.left)])
	w.left -= n
	return n, err
}

// Write writes within the bounds.
func (w *wire) Write(p []byte) (int, error) {
	if err := w.Conn.SetWriteDeadline(time.Now().Add(w.step)); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// SetDeadline changes nothing: the bounds of the wire stand.
func (w *wire) SetDeadline(time.Time) error { return nil }

// SetReadDeadline changes nothing.
func (w *wire) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline changes nothing.
func (w *wire) SetWriteDeadline(time.Time) error { return nil }
