package history

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxClusters is how many rows of counts a run has at most: past them only
	// groups that are known are counted on.
	maxClusters = 200_000
	// clusterBatch is how many rows of counts one statement takes.
	clusterBatch = 200
)

// cluster is one row of counts.
type cluster struct {
	name, how string
	looks     int
}

func (s *store) CountTx(ctx context.Context, tx *sql.Tx, run int64, counts map[string]map[string]int) error {
	if len(counts) == 0 {
		return nil
	}
	// In order, so that two who count at once never wait for each other in a ring.
	var rows []cluster
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		for _, how := range slices.Sorted(maps.Keys(counts[name])) {
			rows = append(rows, cluster{name, how, counts[name][how]})
		}
	}
	var known int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM clusters WHERE run = $1`, run).Scan(&known)
	for chunk := range slices.Chunk(rows, clusterBatch) {
		if err == nil {
			err = s.count(ctx, tx, run, chunk, known+len(rows) <= maxClusters)
		}
	}
	if err != nil {
		return fmt.Errorf("count the looks of run %d: %w", run, err)
	}
	return nil
}

// count adds rows to those that are there, and where there is room makes new ones.
func (s *store) count(ctx context.Context, tx *sql.Tx, run int64, rows []cluster, room bool) error {
	if !room {
		q := prepare(tx)
		for _, r := range rows {
			if _, err := q.exec(ctx, `UPDATE clusters SET looks = looks + $1 WHERE run = $2 AND name = $3 AND how = $4`, r.looks, run, r.name, r.how); err != nil {
				return err
			}
		}
		return nil
	}
	var query strings.Builder
	query.WriteString(`INSERT INTO clusters (run, name, how, looks) VALUES `)
	var args []any
	for i, r := range rows {
		if i > 0 {
			query.WriteByte(',')
		}
		query.WriteString(places(len(args), 4))
		args = append(args, run, r.name, r.how, r.looks)
	}
	query.WriteString(` ON CONFLICT (run, name, how) DO UPDATE SET looks = clusters.looks + excluded.looks`)
	_, err := tx.ExecContext(ctx, query.String(), args...)
	return err
}

func (s *store) Counted(ctx context.Context, run int64, groups []string) (map[string]map[string]int, error) {
	counts := map[string]map[string]int{}
	groups = slices.Compact(slices.Sorted(slices.Values(groups)))
	for chunk := range slices.Chunk(groups, clusterBatch) {
		args := []any{run}
		for _, name := range chunk {
			args = append(args, name)
		}
		err := each(ctx, s.writer, `SELECT name, how, looks FROM clusters WHERE run = $1 AND name IN `+places(1, len(chunk)), args, func(scan func(...any) error) error {
			var r cluster
			if err := scan(&r.name, &r.how, &r.looks); err != nil {
				return err
			}
			if counts[r.name] == nil {
				counts[r.name] = map[string]int{}
			}
			counts[r.name][r.how] = r.looks
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read the counts of run %d: %w", run, err)
		}
	}
	return counts, nil
}

// places is a list of n parameters, after some that are there already.
func places(after, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(after+i+1)
	}
	return "(" + strings.Join(all, ", ") + ")"
}
