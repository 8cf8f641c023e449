package history_test

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/icpaudit/icpaudit/history"
)

// The counts of all who work on a run add up; those of a transaction that ends
// in nothing don't count; they go with the shards.
func TestCounts(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, ctx := open(t, o), t.Context()
		run, err := s.Begin(ctx, history.Run{Schedule: "all", Planned: began, Started: began})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		want := map[string]map[string]int{}
		for n := range 250 { // more than one statement takes
			names = append(names, fmt.Sprintf("119.3.%d.0/24", n))
		}
		counts := map[string]map[string]int{}
		for _, name := range names {
			counts[name] = map[string]int{"": 5, "timeout": 3}
			want[name] = map[string]int{"": 40, "timeout": 24}
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := inTx(t, s, func(tx *sql.Tx) error { return s.CountTx(ctx, tx, run.ID, counts) }); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		broken := errors.New("broken off")
		if err := inTx(t, s, func(tx *sql.Tx) error { return errors.Join(s.CountTx(ctx, tx, run.ID, counts), broken) }); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		got, err := s.Counted(ctx, run.ID, append(names, names[0], "nobody"))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("counted %d groups, %v, %v", len(got), got[names[0]], err)
		}
		if got, err := s.Counted(ctx, run.ID+1, names); err != nil || len(got) > 0 {
			t.Errorf("another run has %v, %v", got, err)
		}
		if err := s.DropShards(ctx, run.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Counted(ctx, run.ID, names); err != nil || len(got) > 0 {
			t.Errorf("after the end: %v, %v", got, err)
		}
	})
}

// However many groups there are, the rows of a run are bounded, and those that
// are known count on.
func TestCountsAreBounded(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, ctx := open(t, o), t.Context()
		run, err := s.Begin(ctx, history.Run{Schedule: "all", Planned: began, Started: began})
		if err != nil {
			t.Fatal(err)
		}
		rows := func() (n int) {
			if err := s.Writer().QueryRowContext(ctx, `SELECT COUNT(*) FROM clusters`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for part := range 12 {
			counts := map[string]map[string]int{}
			for n := range 20_000 {
				counts[fmt.Sprintf("%d-%d", part, n)] = map[string]int{"": 1}
			}
			counts["known"] = map[string]int{"": 1}
			if err := inTx(t, s, func(tx *sql.Tx) error { return s.CountTx(ctx, tx, run.ID, counts) }); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Counted(ctx, run.ID, []string{"known", "0-0", "11-0"})
		if n := rows(); n > 200_000 || n < 150_000 || err != nil || got["known"][""] != 12 || !slices.Equal(slices.Sorted(maps.Keys(got)), []string{"0-0", "known"}) {
			t.Errorf("%d rows, %v, %v", n, got, err)
		}
	})
}
