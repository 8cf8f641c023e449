package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// registrationCache keeps the last good answer for each name, one small file
// each, and counts the queries of the day to each server. Without a directory
// it keeps nothing but the counts.
type registrationCache struct {
	dir string

	mu     sync.Mutex
	day    string
	counts map[string]int
}

func openRegistrationCache(dir string) (*registrationCache, error) {
	c := &registrationCache{dir: dir, counts: map[string]int{}}
	if dir == "" {
		return c, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the registration cache: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "queries.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	var kept struct {
		Day    string         `json:"day"`
		Counts map[string]int `json:"counts"`
	}
	if err == nil {
		err = json.Unmarshal(data, &kept)
	}
	if err != nil {
		return nil, fmt.Errorf("read the registration cache's counts: %w", err)
	}
	c.day = kept.Day
	if kept.Counts != nil {
		c.counts = kept.Counts
	}
	return c, nil
}

// path is the file of a name: hashed, for a name is foreign text.
func (c *registrationCache) path(name string) string {
	sum := sha256.Sum256([]byte(name))
	text := hex.EncodeToString(sum[:16])
	return filepath.Join(c.dir, text[:2], text[2:]+".json")
}

// get is the kept answer of a name; a file that can't be read is as good as none.
func (c *registrationCache) get(name string) (observe.Registration, bool) {
	var r observe.Registration
	if c.dir == "" {
		return r, false
	}
	data, err := os.ReadFile(c.path(name))
	if err != nil || json.Unmarshal(data, &r) != nil || r.Domain != name {
		return observe.Registration{}, false
	}
	return r, true
}

// put keeps an answer; the old one stays whole until the new one is.
func (c *registrationCache) put(name string, r observe.Registration) *observe.Fault {
	if c.dir == "" {
		return nil
	}
	data, err := json.Marshal(r)
	if err == nil {
		err = replaceFile(c.path(name), data)
	}
	if err != nil {
		return &observe.Fault{Kind: observe.FaultInternal, Where: name, Detail: bounded("keep the answer: "+err.Error(), maxDetail)}
	}
	return nil
}

// count counts a query to a server; false where the day's cap is reached. The
// day is Beijing's.
func (c *registrationCache) count(host string, now time.Time, cap int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if day := now.In(time.FixedZone("", 8*3600)).Format(time.DateOnly); day != c.day {
		c.day, c.counts = day, map[string]int{}
	}
	if c.counts[host] >= cap {
		return false
	}
	c.counts[host]++
	if c.dir == "" {
		return true
	}
	data, err := json.Marshal(map[string]any{"day": c.day, "counts": c.counts})
	if err == nil {
		err = replaceFile(filepath.Join(c.dir, "queries.json"), data)
	}
	// A count that can't be kept must not let the cap be overrun after a restart.
	return err == nil
}

// replaceFile writes a file beside the old one and puts it in its place.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}
