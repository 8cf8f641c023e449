package filing

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

// blob is a temporary file that is written once, from its beginning, and then
// read. Only its owner can read it (it holds personal data), and where the
// system allows its name is gone as soon as it is open.
type blob struct {
	file *os.File
	w    *bufio.Writer
	at   int64
}

func newBlob(dir string) (*blob, error) {
	file, err := os.CreateTemp(dir, "icpaudit-*")
	if err != nil {
		return nil, fmt.Errorf("spool rows: %w", err)
	}
	_ = os.Remove(file.Name()) // refused on some systems; then close removes it
	return &blob{file: file, w: bufio.NewWriterSize(file, 256<<10)}, nil
}

// add appends bytes and says where they begin.
func (b *blob) add(p []byte) (int64, error) {
	at := b.at
	b.at += int64(len(p))
	if _, err := b.w.Write(p); err != nil {
		return 0, fmt.Errorf("spool rows: %w", err)
	}
	return at, nil
}

// flush ends the writing and says how much there is.
func (b *blob) flush() (int64, error) {
	if err := b.w.Flush(); err != nil {
		return 0, fmt.Errorf("spool rows: %w", err)
	}
	return b.at, nil
}

// get reads bytes back, into buf where they fit.
func (b *blob) get(buf []byte, at int64, size int) ([]byte, error) {
	if cap(buf) < size {
		buf = make([]byte, size, size+size/2)
	}
	buf = buf[:size]
	if _, err := b.file.ReadAt(buf, at); err != nil {
		return buf, fmt.Errorf("read the spooled rows: %w", err)
	}
	return buf, nil
}

// reader reads all of it in order.
func (b *blob) reader() *bufio.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(b.file, 0, b.at), 64<<10)
}

// close closes and removes the file.
func (b *blob) close() error {
	name := b.file.Name()
	err := b.file.Close()
	if _, statErr := os.Lstat(name); statErr == nil {
		_ = os.Remove(name)
	}
	return err
}
