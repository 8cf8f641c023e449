package report

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"sync"
)

// spool takes pieces in any order and gives them back in the order of their
// numbers. The pieces lie on disk; 16 bytes a piece are held in memory.
type spool struct {
	mu    sync.Mutex
	file  *os.File
	out   *bufio.Writer
	end   int64
	index []piece
}

type piece struct {
	at   int64
	size int32
}

func newSpool(dir string) (*spool, error) {
	file, err := os.CreateTemp(dir, ".spool-*")
	if err != nil {
		return nil, fmt.Errorf("make a spool: %w", err)
	}
	// Unlinked at once: however the process ends, nothing stays behind.
	os.Remove(file.Name())
	return &spool{file: file, out: bufio.NewWriterSize(file, 256<<10)}, nil
}

// put stores the piece of a number; each number is stored at most once.
func (s *spool) put(n int, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.index) <= n {
		s.index = append(s.index, piece{})
	}
	if s.index[n].size != 0 {
		return fmt.Errorf("spool piece %d: stored twice", n)
	}
	s.index[n] = piece{at: s.end, size: int32(len(data))}
	s.end += int64(len(data))
	_, err := s.out.Write(data)
	return err
}

// writeTo writes all pieces in order.
func (s *spool) writeTo(w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.out.Flush(); err != nil {
		return err
	}
	for _, p := range s.index {
		if _, err := io.Copy(w, io.NewSectionReader(s.file, p.at, int64(p.size))); err != nil {
			return err
		}
	}
	return nil
}

func (s *spool) close() error { return s.file.Close() }
