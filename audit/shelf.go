package audit

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// shelf keeps values on disk, in a file without a name: however the process
// ends, nothing stays behind. It is safe for concurrent use.
type shelf struct {
	file *os.File

	mu  sync.Mutex
	end int64
}

// place is where a value lies on a shelf.
type place struct {
	at   int64
	size int
}

func newShelf(dir string) (*shelf, error) {
	file, err := os.CreateTemp(dir, "icpaudit-waiting-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for looks that wait: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, fmt.Errorf("unlink the file for looks that wait: %w", err)
	}
	return &shelf{file: file}, nil
}

// put writes a value.
func (s *shelf) put(value any) (place, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return place{}, err
	}
	s.mu.Lock()
	p := place{s.end, len(data)}
	s.end += int64(len(data))
	s.mu.Unlock()
	_, err = s.file.WriteAt(data, p.at)
	return p, err
}

// get reads a value back.
func (s *shelf) get(p place, into any) error {
	data := make([]byte, p.size)
	if _, err := s.file.ReadAt(data, p.at); err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// Close drops everything.
func (s *shelf) Close() error { return s.file.Close() }
