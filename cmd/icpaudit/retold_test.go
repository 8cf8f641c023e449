package main

import (
	"bytes"
	"context"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/report"
)

// archive is a history of a few runs over two subjects of a domain each.
type archive struct {
	p      *program
	out    bytes.Buffer
	h      remembered
	r      *recording
	passed time.Duration
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	a := &archive{r: newRecording(t, checks.Pass)}
	for _, result := range a.r.results {
		result.Subject.Services[0].Name = siteName
	}
	s := a.r.s
	s.config.Audit.TempDir = t.TempDir()
	if err := s.remember(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.history.Close() })
	a.p = &program{out: &a.out, err: &a.out, now: func() time.Time { return s.started }}
	a.h = remembered{store: s.history, config: s.config, ref: s.ref, teller: s.teller, today: filing.DayOf(s.started)}
	a.h.config.Lang = "en"
	return a
}

// night publishes a run of some of the subjects; mark makes its looks differ
// from those of other nights.
func (a *archive) night(t *testing.T, schedule, mark string, part bool, subjects ...int) history.Run {
	t.Helper()
	a.passed += 24 * time.Hour
	at := a.r.s.started.Add(a.passed)
	run, err := a.h.store.Begin(t.Context(), history.Run{
		Schedule: schedule, Family: "file:inventory.csv", Part: part, Planned: at, Started: at, Inventory: a.r.inv.Digest(), Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range subjects {
		subject := a.r.results[n].Subject
		name := subject.Services[0].Domains[0].Name
		fault := &observe.Fault{Kind: observe.FaultTimeout}
		look := observe.Dossier{
			Target: name, At: at, DNS: observe.Seen[observe.DNS]{At: at, Fault: fault}, Owners: observe.Seen[observe.Owners]{At: at, Fault: fault},
			Page: pageOf(name, mark, at), Registration: observe.Seen[observe.Registration]{At: at, Fault: fault},
			Visit: observe.Seen[observe.Visit]{At: at, Value: &observe.Visit{Attempts: []observe.Attempt{{Start: "https://" + mark + "/", Fault: fault}}}},
		}
		looks := map[string]checks.Looks{name: {look}}
		findings := benchOf(t.Context(), a.h.config, a.h.ref, nil, a.h.store, at, 0).Judge(subject, looks)
		if err := a.h.store.Stage(t.Context(), run.ID, []history.Result{{Seq: n, Subject: subject, Findings: findings, Looks: looks}}); err != nil {
			t.Fatal(err)
		}
	}
	run, err = a.h.store.Publish(t.Context(), run.ID, history.End{At: at, Totals: history.Totals{Subjects: len(subjects), Rows: len(subjects)}})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// pageOf is a home page by the filed name of the site.
func pageOf(name, mark string, at time.Time) observe.Seen[observe.Page] {
	home := "https://" + name + "/"
	return observe.Seen[observe.Page]{At: at, Value: &observe.Page{Documents: []observe.Document{{
		URL: home, Starts: []string{home}, Kind: observe.KindSite, Title: siteName, Hash: mark, Text: 100, Han: 100,
	}}}}
}

// siteName is what all sites of an archive are filed as, and call themselves.
const siteName = "江南小站"

// lines are the JSON lines of a run, of all subjects or those meant by about,
// read while they are there.
func (a *archive) lines(ctx context.Context, run history.Run, about string) (text []byte, ledger *report.Ledger, err error) {
	a.out.Reset()
	err = a.p.retold(ctx, a.h, run, about, func(t told) (err error) {
		if text, err = os.ReadFile(t.path); err != nil {
			return err
		}
		info, err := os.Stat(filepath.Dir(filepath.Dir(t.path)))
		if err == nil && info.Mode().Perm() != 0o700 {
			a.out.WriteString("others may read " + t.path)
		}
		ledger, err = report.OpenLedger(t.path)
		return err
	})
	return text, ledger, err
}

// What retention took away is missing, and the report says so by name.
func TestRetoldNamesWhatIsNotKept(t *testing.T) {
	a := newArchive(t)
	first := a.night(t, "all", "one.example", false, 0, 1)
	second := a.night(t, "all", "two.example", false, 0)
	_, l, err := a.lines(t.Context(), first, "")
	if err != nil || strings.Contains(strings.Join(l.Ended.Incomplete, " "), "not kept") || l.Ended.Domains != 2 || l.Ended.Outcomes[checks.Error] != 0 {
		t.Fatalf("before retention: %v %+v", err, l.Ended)
	}
	if _, err := a.h.store.Prune(t.Context(), filing.DayOf(second.Started).AddDays(3000)); err != nil {
		t.Fatal(err)
	}
	text, l, err := a.lines(t.Context(), first, "")
	if err != nil {
		t.Fatal(err)
	}
	gone := a.r.results[0].Subject.Services[0].Domains[0].Name
	said := strings.Join(l.Ended.Incomplete, "\n")
	if !strings.Contains(said, "the looks at 1 items are not kept any more") || !strings.Contains(said, gone) || !strings.Contains(a.out.String(), gone) {
		t.Errorf("incomplete: %q\n%s", said, &a.out)
	}
	if bytes.Contains(text, []byte(`"level":"item","item":"京ICP备12345678号`)) || bytes.Contains(text, []byte("never-looked")) || strings.Contains(said, "not those of the run") {
		t.Errorf("findings about what is not known any more:\n%s", text)
	}
	if rest, err := os.ReadDir(a.h.config.Audit.TempDir); err != nil || len(rest) > 0 || strings.Contains(a.out.String(), "others may read") {
		t.Errorf("left behind: %v %v\n%s", rest, err, &a.out)
	}
}

// What rested on texts that are not kept any more is left out, and counted: a
// page without its text is not a page without a name.
func TestRetoldWithoutPageTexts(t *testing.T) {
	a := newArchive(t)
	first := a.night(t, "all", "one.example", false, 0, 1)
	second := a.night(t, "all", "two.example", false, 0, 1)
	const named = `{"type":"finding","scene":"service-name-mismatch","level":"item"`
	text, _, err := a.lines(t.Context(), first, "")
	if err != nil || strings.Count(string(text), named) != 2 || !bytes.Contains(text, []byte(`"got":"`+siteName)) {
		t.Fatalf("with the texts: %v\n%s", err, text)
	}
	if n, err := a.h.store.Prune(t.Context(), filing.DayOf(second.Started).AddDays(200)); err != nil || n.Stripped != 2 {
		t.Fatalf("prune: %+v, %v", n, err)
	}
	text, l, err := a.lines(t.Context(), first, "")
	if err != nil || bytes.Contains(text, []byte(named)) || !bytes.Contains(text, []byte(`"scene":"site-unreachable"`)) {
		t.Errorf("without the texts: %v\n%s", err, text)
	}
	if said := strings.Join(l.Ended.Incomplete, "\n"); !strings.Contains(said, "rested on texts of pages that are not kept") || strings.Contains(said, "verdicts are not") {
		t.Errorf("incomplete: %q", said)
	}
	if text, _, err = a.lines(t.Context(), second, ""); err != nil || strings.Count(string(text), named) != 2 {
		t.Errorf("the newest night: %v\n%s", err, text)
	}
}

// Rules that are not those of the run are said, with how much they change.
func TestRetoldSaysWhatDiffers(t *testing.T) {
	a := newArchive(t)
	a.night(t, "all", "one.example", false, 0, 1)
	run := a.night(t, "all", "one.example", false, 0, 1)
	kept := a.h.config.Checks.CallTries
	a.h.config.Checks.CallTries = kept + 1
	_, l, err := a.lines(t.Context(), run, "")
	if err != nil || !strings.Contains(a.out.String(), "the rules or the policy (checks) in force are not those of the run") {
		t.Errorf("%v\n%s", err, &a.out)
	}
	if len(l.Run.Earlier) != 1 || l.Run.Version != "test" || !l.Run.Started.Equal(run.Started) || l.Run.Inventory != "inventory.csv" || !l.Run.History {
		t.Errorf("the run: %+v", l.Run)
	}
	if strings.Contains(a.out.String(), "verdicts are not") {
		t.Errorf("nothing differs, and it says\n%s", &a.out)
	}
	// Looks that are read in another way give other verdicts.
	other := a.night(t, "all", "three.example", false, 0, 1)
	a.h.store = altered{a.h.store}
	if _, l, err = a.lines(t.Context(), other, ""); err != nil || !strings.Contains(a.out.String(), "verdicts are not those of the run") {
		t.Errorf("%v\n%s", err, &a.out)
	}
	if said := strings.Join(l.Ended.Incomplete, "\n"); !strings.Contains(said, "verdicts are not those of the run") {
		t.Errorf("incomplete: %q", said)
	}
}

// altered is a history whose looks came to be others, as new rules would read them.
type altered struct{ history.Store }

func (a altered) Dossiers(ctx context.Context, r history.Run, only ...string) iter.Seq2[history.Stored, error] {
	return func(yield func(history.Stored, error) bool) {
		for stored, err := range a.Store.Dossiers(ctx, r, only...) {
			for name := range stored.Looks {
				stored.Looks[name][0].Registration = observe.Seen[observe.Registration]{}
			}
			if !yield(stored, err) {
				return
			}
		}
	}
}

// The newest run of the whole inventory is meant where none is named; a part of
// it is told while it can be known which part it was.
func TestWhichRunIsMeant(t *testing.T) {
	a := newArchive(t)
	if _, err := a.h.chosen(t.Context(), ""); err == nil {
		t.Error("an empty history has a newest run")
	}
	part := a.night(t, "part", "one.example", true, 1)
	if r, err := a.h.chosen(t.Context(), latest); err != nil || r.ID != part.ID {
		t.Errorf("of parts alone: %+v, %v", r, err)
	}
	whole := a.night(t, "all", "one.example", false, 0, 1)
	recheck := a.night(t, "part", "one.example", true, 1)
	for arg, want := range map[string]history.Run{"": whole, latest: whole, "3": recheck, "1": part} {
		if r, err := a.h.chosen(t.Context(), arg); err != nil || r.ID != want.ID {
			t.Errorf("%q: run %d, %v, want %d", arg, r.ID, err, want.ID)
		}
	}
	for _, arg := range []string{"9", "first"} {
		if _, err := a.h.chosen(t.Context(), arg); err == nil {
			t.Errorf("%q is a run", arg)
		}
	}
	if _, l, err := a.lines(t.Context(), recheck, ""); err != nil || l.Ended.Subjects != 1 {
		t.Errorf("a part that is the newest: %v", err)
	}
	a.night(t, "all", "one.example", false, 0, 1)
	if _, _, err := a.lines(t.Context(), recheck, ""); err == nil || !strings.Contains(err.Error(), "1 subjects only") {
		t.Errorf("a part that can't be known: %v\n%s", err, &a.out)
	}
}

// A question about one subject does not judge all of them.
func TestRetoldOfOneSubject(t *testing.T) {
	a := newArchive(t)
	run := a.night(t, "all", "one.example", false, 0, 1)
	subject := a.r.results[1].Subject
	item := subject.Services[0].ItemID(subject, subject.Services[0].Domains[0].Name)
	for _, about := range []string{subject.ID(), subject.Name, item, subject.Services[0].Domains[0].Name} {
		text, l, err := a.lines(t.Context(), run, about)
		if err != nil || l.Ended.Subjects != 1 || len(l.Ended.Incomplete) > 0 || !bytes.Contains(text, []byte(subject.ID())) {
			t.Errorf("%s: %v %+v", about, err, l)
		}
	}
	if _, l, err := a.lines(t.Context(), run, "nobody"); err != nil || l.Ended.Subjects != 2 {
		t.Errorf("of a name that the history does not know: %v %+v", err, l)
	}
}
