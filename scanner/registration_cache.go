package scanner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// registrationCache is the keeper of programs without a history: the last good
// answer for each name, one small file each, and the queries of the day to each
// server. Without a directory it keeps nothing but the counts of this run.
type registrationCache struct {
	dir string

	mu     sync.Mutex
	counts dayCounts
	next   map[string]time.Time // turn, by server
	rests  map[string]Rest
}

// dayCounts is the queries of one day by server.
type dayCounts struct {
	Day    string         `json:"day"` // Beijing's, YYYY-MM-DD
	Counts map[string]int `json:"counts"`
}

const (
	countsFile   = "queries.json"
	maxCacheFile = 1 << 20
)

func openRegistrationCache(dir string) (*registrationCache, error) {
	c := &registrationCache{dir: dir, next: map[string]time.Time{}, rests: map[string]Rest{}}
	if dir == "" {
		return c, nil
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("open the registration cache: %q is no directory", dir)
	}
	if _, err := c.readCounts(); err != nil {
		return nil, fmt.Errorf("read the registration cache's counts: %w (remove the file to count anew)", err)
	}
	return c, nil
}

func (c *registrationCache) readCounts() (dayCounts, error) {
	var counts dayCounts
	data, err := readBounded(filepath.Join(c.dir, countsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return counts, nil
	}
	if err != nil {
		return counts, err
	}
	if err := json.Unmarshal(data, &counts); err != nil {
		return counts, fmt.Errorf("%s: %w", countsFile, err)
	}
	return counts, nil
}

// path is the file of a name: hashed, for a name is foreign text.
func (c *registrationCache) path(name string) string {
	sum := sha256.Sum256([]byte(name))
	text := hex.EncodeToString(sum[:16])
	return filepath.Join(c.dir, text[:2], text[2:]+".json")
}

// Answer is the kept answer of a name; a file that can't be read is as good as none.
func (c *registrationCache) Answer(_ context.Context, name string) (r observe.Registration, ok bool, err error) {
	if c.dir == "" {
		return r, false, nil
	}
	data, err := readBounded(c.path(name))
	if err != nil || json.Unmarshal(data, &r) != nil || r.Domain != name || r.State == "" || r.AsOf.IsZero() {
		return observe.Registration{}, false, nil
	}
	return r, true, nil
}

// Keep keeps an answer; the old one stays whole until the new one is.
func (c *registrationCache) Keep(_ context.Context, r observe.Registration) error {
	if c.dir == "" {
		return nil
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return replaceFile(c.path(r.Domain), data)
}

// Turn counts a query to a server. It fails where the count can't be kept: then
// the cap could not be held after a restart.
func (c *registrationCache) Turn(_ context.Context, server string, ask Asking) (Turn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turnTo(ask.Day)
	if c.counts.Counts[server] >= ask.Cap {
		return Turn{Full: true}, nil
	}
	c.counts.Counts[server]++
	turn := Turn{At: ask.Now, Rest: c.rests[server]}
	for _, t := range []time.Time{c.next[server], turn.Rest.Until} {
		if t.After(turn.At) {
			turn.At = t
		}
	}
	c.next[server] = turn.At.Add(ask.Interval)
	return turn, c.keepCounts()
}

// Asked is how many queries to a server a day has had.
func (c *registrationCache) Asked(_ context.Context, server, day string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turnTo(day)
	return c.counts.Counts[server], nil
}

// GiveBack takes back a query that was never sent.
func (c *registrationCache) GiveBack(_ context.Context, server, day string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turnTo(day)
	if c.counts.Counts[server] == 0 {
		return nil
	}
	c.counts.Counts[server]--
	return c.keepCounts()
}

// Rest notes how a server refused or failed, for this run only.
func (c *registrationCache) Rest(_ context.Context, server string, r Rest) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rests[server] = r
	return nil
}

// turnTo begins the count of a day: anew, or where an earlier run left it.
func (c *registrationCache) turnTo(day string) {
	if c.counts.Day == day && c.counts.Counts != nil {
		return
	}
	c.counts = dayCounts{Day: day, Counts: map[string]int{}}
	if c.dir == "" {
		return
	}
	if kept, err := c.readCounts(); err == nil && kept.Day == day && kept.Counts != nil {
		c.counts = kept
	}
}

func (c *registrationCache) keepCounts() error {
	if c.dir == "" {
		return nil
	}
	data, err := json.Marshal(c.counts)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(c.dir, countsFile), data)
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxCacheFile+1))
	if err == nil && len(data) > maxCacheFile {
		err = fmt.Errorf("%s: more than %d bytes", filepath.Base(path), maxCacheFile)
	}
	return data, err
}

// replaceFile writes a file beside the old one and puts it in its place.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
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
