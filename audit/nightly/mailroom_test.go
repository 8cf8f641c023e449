package nightly_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/remedy"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// mailroom keeps the letters that are sent, and refuses those that it is told to.
type mailroom struct {
	mu     sync.Mutex
	sent   []deliver.Letter
	under  map[string]int // on their way, by Message-ID
	tries  map[string]int
	refuse func(l deliver.Letter, try int) error // nil: all are taken
	twice  []string                              // that two sent at the same time
}

func (m *mailroom) Send(_ context.Context, l deliver.Letter) error {
	m.mu.Lock()
	if m.under == nil {
		m.under, m.tries = map[string]int{}, map[string]int{}
	}
	m.under[l.ID]++
	m.tries[l.ID]++
	if m.under[l.ID] > 1 {
		m.twice = append(m.twice, l.ID)
	}
	try, refuse := m.tries[l.ID], m.refuse
	m.mu.Unlock()
	var err error
	if refuse != nil {
		err = refuse(l, try)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.under[l.ID]--
	if err == nil {
		m.sent = append(m.sent, l)
	}
	return err
}

// taken are the letters that were taken, by recipient.
func (m *mailroom) taken() map[string][]deliver.Letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	by := map[string][]deliver.Letter{}
	for _, l := range m.sent {
		by[l.To] = append(by[l.To], l)
	}
	return by
}

func (m *mailroom) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sent)
}

// owned is an inventory in which each of the owners has subjects in turn, and
// the domains of each.
func (s *site) owned(subjects, owners int) map[string][]string {
	s.t.Helper()
	rows, domains := "主体备案号,主办单位名称,域名,责任人\n", map[string][]string{}
	for n := range subjects {
		owner, domain := fmt.Sprintf("team%d", n%owners), fmt.Sprintf("a%d.example.com", n)
		rows += fmt.Sprintf("京ICP备%08d号,第%d公司,%s,%s\n", n+1, n, domain, owner)
		domains[owner] = append(domains[owner], domain)
	}
	if err := os.WriteFile(s.inv, []byte(rows), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return domains
}

// post gives an engine a mailroom, and a team of one address for each owner.
func (s *site) post(e *nightly.Engine, m *mailroom, owners []string, change func(*deliver.Options)) {
	s.t.Helper()
	o := deliver.Default()
	o.Mail.Host, o.Mail.From = "mail.example.com", "audit@example.com"
	for _, owner := range owners {
		o.Teams = append(o.Teams, deliver.Team{Name: owner, To: []string{owner + "@example.com"}, Owners: []string{owner}})
	}
	if change != nil {
		change(&o)
	}
	if bad := o.Validate(); len(bad) > 0 {
		s.t.Fatal(bad)
	}
	e.Send = m.Send
	e.Due = func(_ checks.ID, begun filing.Day) filing.Day { return begun.AddDays(30) }
	e.Options.Letters = nightly.LetterOptions{Wait: 20 * time.Millisecond, MaxWait: 80 * time.Millisecond, GiveUp: 200 * time.Millisecond}
	e.Report = func(ctx context.Context, over nightly.Over, tell func(deliver.Letter) error) error {
		if tell == nil {
			return nil
		}
		return s.letters(ctx, e, o, over, tell)
	}
}

// letters makes the letters of a run as the program does: from the lines of its report.
func (s *site) letters(ctx context.Context, e *nightly.Engine, o deliver.Options, over nightly.Over, tell func(deliver.Letter) error) error {
	teller := report.NewTeller(s.ref, checks.DefaultPolicy(), "zh", over.Run.Started)
	outlook, err := history.NewOutlook(ctx, e.Store, filing.DayOf(over.Run.Started), e.Due)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.t.TempDir(), "run")
	options := report.Default()
	options.Formats = []string{"jsonl"}
	book, err := report.NewBook(dir, options, teller, report.RunInfo{Started: over.Run.Started, Schedule: over.Run.Schedule, History: true})
	if err != nil {
		return err
	}
	for found, err := range over.Results {
		if err != nil {
			return err
		}
		states := map[checks.Key]report.State{}
		for _, f := range found.Findings {
			states[f.Key] = report.State{Code: string(outlook.Of(found.Subject, f).Status)}
		}
		if err := book.Add(found.Seq, found.Subject, found.Findings, remedy.Plan{}, states); err != nil {
			return err
		}
	}
	if _, err := book.Close(report.End{Mistakes: func(func(filing.Mistake) bool) {}, Ended: over.Ended}); err != nil {
		return err
	}
	ledger, err := report.OpenLedger(filepath.Join(dir, "findings.jsonl"))
	if err != nil {
		return err
	}
	run := deliver.RunOf(ledger.Run)
	writer, err := deliver.NewWriter(s.ref, o, run, "key")
	if err != nil {
		return err
	}
	plan, err := deliver.MakePlan(o, "zh", run, func(string) iter.Seq2[report.Row, error] { return ledger.Rows(teller) })
	if err != nil {
		return err
	}
	for _, d := range plan.Drafts {
		if d.Skip != "" {
			continue
		}
		l, err := writer.Write(d)
		if err := errors.Join(err, tell(l)); err != nil {
			return err
		}
	}
	return nil
}

// night lets the next night come, and waits until a further run is published.
func (s *site) night(e *nightly.Engine) history.Run {
	s.t.Helper()
	until(s.t, "a tick", func() bool { return !e.Well().IsZero() })
	before := published(s.t, e)
	wait := 24 * time.Hour
	if len(before) == 0 {
		wait = 61 * time.Minute
	}
	s.clock.Add(wait)
	until(s.t, "published", func() bool { return len(published(s.t, e)) > len(before) })
	return published(s.t, e)[0]
}

// published are the runs that are published, the newest first.
func published(t *testing.T, e *nightly.Engine) []history.Run {
	t.Helper()
	return slices.DeleteFunc(runsOf(t, e), func(r history.Run) bool { return r.State != history.RunPublished })
}

// counts are the letters of the history, by state.
func counts(t *testing.T, e *nightly.Engine) map[history.NotificationState]int {
	t.Helper()
	n, err := e.Store.CountNotifications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hurry makes jobs that wait for a time available now: the queue has the system's clock.
func hurry(t *testing.T, e *nightly.Engine) {
	t.Helper()
	if _, err := e.Store.Writer().ExecContext(t.Context(), `UPDATE river_job SET state = 'available', scheduled_at = created_at
		WHERE state IN ('scheduled', 'retryable') OR state = 'available' AND scheduled_at > created_at`); err != nil {
		t.Fatal(err)
	}
}

// allSent waits until no letter is pending.
func allSent(t *testing.T, e *nightly.Engine) {
	t.Helper()
	until(t, "no letter is pending", func() bool {
		hurry(t, e)
		return counts(t, e)[history.NotificationPending] == 0
	})
}

// told are the domains whose rows a letter carries.
func told(l deliver.Letter) []string {
	names := map[string]bool{}
	for _, f := range l.Files {
		if f.Name == "findings.csv" {
			for _, name := range regexp.MustCompile(`a\d+\.example\.com`).FindAllString(string(f.Data), -1) {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
