package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/history"
)

// The serving program is killed again and again from its start on: no letter
// goes out before the run is published, none is lost, and one that came twice
// is the same one.
func TestLettersOutliveKills(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { lettersOutliveKills(t, file(t)) })
	t.Run("postgres", func(t *testing.T) {
		o := history.Default()
		o.URL = newCluster(t).Database(t)
		lettersOutliveKills(t, o)
	})
}

func lettersOutliveKills(t *testing.T, o history.Options) {
	d := newDesk(t, o, 2*time.Second, func(dir string) string {
		return fmt.Sprintf("schedules: [{name: all, cron: '* * * * *', inventory: %q}]", filepath.Join(dir, "inventory.csv"))
	})
	d.office.pause = 150 * time.Millisecond
	s := &soak{t: t, dir: d.dir, history: o}
	s.ask(func(store history.Store) {
		if _, err := store.Since(t.Context(), "all", "* * * * *", time.Now().Add(-2*time.Minute)); err != nil {
			t.Fatal(err)
		}
	})
	states := func() (published int, letters map[history.NotificationState]int) {
		s.ask(func(store history.Store) {
			runs, err := store.Runs(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range runs {
				if r.State == history.RunPublished {
					published++
				}
			}
			if letters, err = store.CountNotifications(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		return published, letters
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	var cmd *exec.Cmd
	for range 8 {
		cmd = s.start(t.Context())
		select {
		case <-time.After(300*time.Millisecond + time.Duration(random.Int64N(int64(1500*time.Millisecond)))):
		case <-t.Context().Done():
		}
		s.end(cmd, false)
		arrived := d.arrived()
		if published, letters := states(); published == 0 && (len(arrived) > 0 || len(letters) > 0) {
			t.Errorf("before anything is published %v arrived, there are %v", arrived, letters)
		}
	}
	cmd = s.start(t.Context())
	d.until("all is sent", func() bool {
		if !bytes.Contains(s.log(), []byte("msg=ready")) {
			return false
		}
		published, letters := states()
		return published > 0 && letters[history.NotificationPending] == 0
	})
	s.end(cmd, true)
	_, letters := states()
	arrived := d.arrived()
	// The first run told all that is new, and later ones had nothing to tell.
	if letters[history.NotificationSent] != 3 || len(letters) != 1 || len(arrived) != 3 {
		t.Errorf("letters %v, arrived %v", letters, arrived)
	}
	t.Logf("arrived, by id: %v", arrived)
}

// arrived counts what arrived, by Message-ID, and by text in the room.
func (d *desk) arrived() map[string]int {
	d.t.Helper()
	d.office.mu.Lock()
	defer d.office.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	count := map[string]int{}
	id := regexp.MustCompile(`(?m)^Message-ID: (\S+)`)
	for to, letters := range d.office.letters {
		for _, l := range letters {
			m := id.FindStringSubmatch(l)
			if m == nil {
				d.t.Fatalf("%s got a letter without an id:\n%s", to, l)
			}
			count[to+" "+m[1]]++
		}
	}
	for _, text := range d.room {
		count["room "+strings.TrimSpace(text)]++
	}
	return count
}
