package nightly

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/icpaudit/icpaudit/history"
)

// collectTime is what collecting may take.
const collectTime = 15 * time.Second

// collector reads the figures from the database when they are asked for, so
// that they are right after a restart and the same on every machine.
type collector struct{ engine *Engine }

// figure is one metric: its name, help and labels.
func figure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("icpaudit_"+name, help, labels, nil)
}

// Describe says nothing: the figures depend on what there is.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect reads all figures. A figure that can't be read is missing, and
// icpaudit_up is 0.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectTime)
	defer cancel()
	g := &gauge{out: out, now: c.engine.Now()}
	up := 1.0
	parts := []func(context.Context, *gauge) error{
		c.engine.measureRuns, c.engine.measureOpen, c.engine.measureScenes, c.engine.measureQueue, c.engine.measureLetters, c.engine.measureRegistries,
	}
	for _, part := range parts {
		if err := part(ctx, g); err != nil {
			up = 0
			c.engine.Log.Error("metrics", "error", err)
		}
	}
	paused := 0.0
	if h := c.engine.Health; h != nil && h.Paused() {
		paused = 1
	}
	g.set(figure("paused", "1 where no look begins, for this machine's own way out is in doubt."), paused)
	g.set(figure("up", "1 where all figures could be read."), up)
	well := c.engine.Well()
	if !well.IsZero() {
		g.set(figure("tick_age_seconds", "Time since the schedules were looked after."), age(g.now, well))
	}
}

type gauge struct {
	out chan<- prometheus.Metric
	now time.Time
}

func (g *gauge) set(desc *prometheus.Desc, value float64, labels ...string) {
	g.out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}

// age is the time since a moment; 0 where a clock that was put back makes it less.
func age(now, since time.Time) float64 { return max(0, now.Sub(since).Seconds()) }

// measureRuns tells of the newest runs of each schedule.
func (e *Engine) measureRuns(ctx context.Context, g *gauge) error {
	since := figure("run_age_seconds", "Time since the newest published run of a schedule ended; since the schedule is known where there is none.", "schedule")
	coverage := figure("run_coverage", "Share of the verdicts of the newest published run that could be judged.", "schedule")
	duration := figure("run_duration_seconds", "What the newest published run took.", "schedule")
	items := figure("run_items", "Domains and Apps of the newest published run.", "schedule")
	faults := figure("run_faults", "Verdicts of the newest published run that could not be judged, by reason.", "schedule", "why")
	seen := figure("run_seen", "Share of the items of the newest run that ended which our own trouble did not keep from being seen to the end.", "schedule")
	provisional := figure("run_provisional", "1 where the newest run that ended was not fit to be published.", "schedule")
	for _, s := range e.Schedules {
		runs, err := e.Store.RunsOf(ctx, s.Name, 100)
		if err != nil {
			return err
		}
		unfit := 0.0
		published, err := e.Store.Since(ctx, s.Name, s.Cron, g.now)
		if err != nil {
			return err
		}
		ended := false
		for _, r := range runs {
			if n := r.Totals.Items; r.State != history.RunStaged && !ended && r.Why != history.WhyOverlap {
				ended = true
				if r.State == history.RunProvisional {
					unfit = 1
				}
				if n > 0 {
					g.set(seen, float64(n-r.Totals.Unseen)/float64(n), s.Name)
				}
			}
			if r.State != history.RunPublished {
				continue
			}
			published = r.Ended
			g.set(coverage, r.Totals.Coverage, s.Name)
			g.set(duration, r.Ended.Sub(r.Started).Seconds(), s.Name)
			g.set(items, float64(r.Totals.Items), s.Name)
			for why, n := range r.Totals.Faults {
				g.set(faults, float64(n), s.Name, why)
			}
			break
		}
		g.set(since, age(g.now, published), s.Name)
		g.set(provisional, unfit, s.Name)
	}
	return nil
}

// measureOpen tells how far the runs under way came.
func (e *Engine) measureOpen(ctx context.Context, g *gauge) error {
	open, err := e.Store.Open(ctx)
	if err != nil {
		return err
	}
	shards := figure("open_run_shards", "Shards of the runs under way, by state: done, waiting for the second looks, left.", "run", "schedule", "state")
	since := figure("open_run_age_seconds", "Time since a run under way was begun.", "run", "schedule")
	for _, r := range open {
		if !ours(r) {
			continue
		}
		p, err := e.Store.Progress(ctx, r.ID)
		if err != nil {
			return err
		}
		id, schedule := fmt.Sprint(r.ID), ScheduleOf(r)
		g.set(since, age(g.now, r.Started), id, schedule)
		g.set(shards, float64(p.Done), id, schedule, "done")
		g.set(shards, float64(p.Waiting), id, schedule, "waiting")
		g.set(shards, float64(p.Shards-p.Done-p.Waiting), id, schedule, "left")
	}
	return nil
}

// measureScenes tells the outcomes that are in force.
func (e *Engine) measureScenes(ctx context.Context, g *gauge) error {
	counts, err := e.Store.Scenes(ctx)
	if err != nil {
		return err
	}
	outcomes := figure("outcomes", "Outcomes in force, by scene.", "scene", "outcome")
	for scene, row := range counts {
		for outcome, n := range row {
			g.set(outcomes, float64(n), string(scene), string(outcome))
		}
	}
	return nil
}

// measureLetters tells of the letters that did not reach anybody.
func (e *Engine) measureLetters(ctx context.Context, g *gauge) error {
	counts, err := e.Store.CountNotifications(ctx)
	if err != nil {
		return err
	}
	letters := figure("letters", "Letters that are not sent, by state: pending, held for a person, failed.", "state")
	for _, state := range []history.NotificationState{history.NotificationPending, history.NotificationHeld, history.NotificationFailed} {
		g.set(letters, float64(counts[state]), string(state))
	}
	return nil
}

// measureQueue tells the depth of the queues and how many processes work.
func (e *Engine) measureQueue(ctx context.Context, g *gauge) error {
	alive, err := e.Store.Alive(ctx, g.now.Add(-e.Options.Rescue))
	if err != nil {
		return err
	}
	g.set(figure("workers", "Processes that work."), float64(len(alive)))
	rows, err := e.Store.Writer().QueryContext(ctx, `SELECT queue, CAST(state AS TEXT), COUNT(*) FROM river_job
		WHERE finalized_at IS NULL OR state = 'discarded' GROUP BY queue, state`)
	if err != nil {
		return err
	}
	defer rows.Close()
	depth := figure("queue_jobs", "Jobs that are not done, by queue and state.", "queue", "state")
	for rows.Next() {
		var queue, state string
		var n int
		if err := rows.Scan(&queue, &state, &n); err != nil {
			return err
		}
		g.set(depth, float64(n), queue, state)
	}
	return rows.Err()
}
