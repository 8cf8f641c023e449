package scanner

import (
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

// registrationCache keeps the last good answer for each name, one small file
// each, and counts the queries of the day to each server. Without a directory
// it keeps nothing but the counts of this run.
type registrationCache struct {
	dir string

	mu     sync.Mutex
	counts dayCounts
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
	c := &registrationCache{dir: dir}
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

// get is the kept answer of a name; a file that can't be read is as good as none.
func (c *registrationCache) get(name string) (observe.Registration, bool) {
	var r observe.Registration
	if c.dir == "" {
		return r, false
	}
	data, err := readBounded(c.path(name))
	if err != nil || json.Unmarshal(data, &r) != nil || r.Domain != name || r.State == "" || r.AsOf.IsZero() {
		return observe.Registration{}, false
	}
	return r, true
}

// put keeps an answer; the old one stays whole until the new one is. An answer
// that can't be kept is good all the same: it is only asked for again.
func (c *registrationCache) put(r observe.Registration) {
	if c.dir == "" {
		return
	}
	if data, err := json.Marshal(r); err == nil {
		_ = replaceFile(c.path(r.Domain), data)
	}
}

// count counts a query to a server; false where the day's cap is reached, or
// where the count can't be kept: then the cap could not be held after a restart.
func (c *registrationCache) count(host string, now time.Time, limit int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turnTo(now)
	if c.counts.Counts[host] >= limit {
		return false
	}
	c.counts.Counts[host]++
	return c.keepCounts() == nil
}

// counted is how many queries to a server the day has had so far.
func (c *registrationCache) counted(host string, now time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turnTo(now)
	return c.counts.Counts[host]
}

// uncount takes back a query that was never sent.
func (c *registrationCache) uncount(host string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turnTo(now)
	if c.counts.Counts[host] > 0 {
		c.counts.Counts[host]--
		_ = c.keepCounts() // a count too high only makes us ask less
	}
}

// turnTo begins the count of a day: anew, or where an earlier run left it.
func (c *registrationCache) turnTo(now time.Time) {
	day := now.In(time.FixedZone("", 8*3600)).Format(time.DateOnly)
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
