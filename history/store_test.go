package history_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

func TestBeginIsOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		var wg sync.WaitGroup
		var won, lost atomic.Int64
		for range 20 {
			wg.Go(func() {
				r, err := s.Begin(t.Context(), history.Run{Schedule: "nightly", Planned: began, Started: time.Now()})
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, history.ErrTwice) && r.ID != 0 && r.State == history.RunStaged:
					lost.Add(1)
				default:
					t.Errorf("begin: %v %+v", err, r)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 19 {
			t.Errorf("%d won, %d lost", won.Load(), lost.Load())
		}
		if _, err := s.Begin(t.Context(), history.Run{Schedule: "weekly", Planned: began, Started: began}); err != nil {
			t.Errorf("another schedule at the same time: %v", err)
		}
	})
}

func TestPublish(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		first := night(t, s, began, site{n: 1, state: 'd', owner: "Li"}, site{n: 2, state: 'p'}, site{n: 3, state: 'u'})
		if first.State != history.RunPublished || first.Position != 1 {
			t.Errorf("first run %+v", first)
		}
		if want := (history.Moves{Items: 6, New: 1}); first.Totals.Moves != want {
			t.Errorf("moves %+v, want %+v", first.Totals.Moves, want)
		}
		same := night(t, s, began.AddDate(0, 0, 1), site{n: 1, state: 'd', noise: 5, owner: "Li"}, site{n: 2, state: 'p', noise: 6}, site{n: 3, state: 'u', noise: 7})
		if same.Totals.Moves != (history.Moves{}) {
			t.Errorf("a night like the one before moves %+v", same.Totals.Moves)
		}
		third := night(t, s, began.AddDate(0, 0, 2), site{n: 1, state: 'p', owner: "Li"}, site{n: 2, state: 'd'}, site{n: 3, state: 'u'})
		if want := (history.Moves{Items: 2, New: 1, Resolved: 1}); third.Totals.Moves != want {
			t.Errorf("moves %+v, want %+v", third.Totals.Moves, want)
		}
		open := findings(t, s, history.Filter{})
		if len(open) != 1 || open[0].Item.Name != "site2.example" || open[0].Status != history.StatusNew || open[0].FirstRun != third.ID {
			t.Errorf("open findings %+v", open)
		}
		gone := findings(t, s, history.Filter{Status: history.StatusResolved})
		if len(gone) != 1 || gone[0].Item.Name != "site1.example" || gone[0].Owner != "Li" || gone[0].FirstRun != first.ID || gone[0].LastRun != third.ID {
			t.Errorf("resolved findings %+v", gone)
		}
		if all := findings(t, s, history.Filter{Seen: true}); len(all) != 2 {
			t.Errorf("with what was never deficient: %+v", all)
		}
		if proofs := open[0].Detail.Proofs; len(proofs) != 1 || proofs[0].What != "attempts" {
			t.Errorf("proofs %+v", proofs)
		}
		runs, err := s.Runs(t.Context(), 0)
		if err != nil || len(runs) != 3 || runs[0].ID != third.ID || !runs[0].Planned.Equal(third.Planned) {
			t.Errorf("runs %+v, %v", runs, err)
		}
	})
}

func TestUnpublishedLeavesNoTrace(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		night(t, s, began, site{n: 1, state: 'd'})
		r := begin(t, s, began.AddDate(0, 0, 1))
		if err := s.Stage(t.Context(), r.ID, []history.Result{site{n: 1, state: 'p'}.result(0, began), site{n: 2, state: 'd'}.result(1, began)}); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Staged(t.Context(), r.ID); err != nil || n != (history.Staged{Subjects: 2, Rows: 4, Changed: 3}) {
			t.Errorf("staged %+v, %v", n, err)
		}
		if open := findings(t, s, history.Filter{}); len(open) != 1 {
			t.Errorf("a stage shows: %+v", open)
		}
		r, err := s.Abandon(t.Context(), r.ID, history.End{At: began, Why: history.WhyBroke})
		if err != nil || r.State != history.RunProvisional || r.Why != history.WhyBroke || r.Position != 0 {
			t.Errorf("abandoned %+v, %v", r, err)
		}
		if items, err := s.Items(t.Context(), "site2.example"); err != nil || len(items) != 0 {
			t.Errorf("items %+v, %v", items, err)
		}
		if n, err := s.Staged(t.Context(), r.ID); err != nil || n != (history.Staged{}) {
			t.Errorf("left on the stage %+v, %v", n, err)
		}
		for name, err := range map[string]error{
			"publish": errOf(s.Publish(t.Context(), r.ID, history.End{At: began})),
			"abandon": errOf(s.Abandon(t.Context(), r.ID, history.End{At: began})),
			"stage":   s.Stage(t.Context(), r.ID, nil),
			"twice":   errOf(s.Publish(t.Context(), 1, history.End{At: began})),
		} {
			if !errors.Is(err, history.ErrNotStaged) {
				t.Errorf("%s a run that ended: %v", name, err)
			}
		}
		if _, err := s.Publish(t.Context(), 99, history.End{}); !errors.Is(err, history.ErrNone) {
			t.Errorf("publish a run that is none: %v", err)
		}
		if again := night(t, s, began.AddDate(0, 0, 2), site{n: 1, state: 'd'}); again.Position != 2 {
			t.Errorf("position %d after one that was not published", again.Position)
		}
	})
}

func errOf[T any](_ T, err error) error { return err }

// A shard that is done again replaces itself, and what a transaction of the
// caller's takes back was never there.
func TestStageAgain(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		r := begin(t, s, began)
		tx, err := s.Writer().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.StageTx(t.Context(), tx, r.ID, []history.Result{site{n: 9, state: 'd'}.result(0, began)}); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		for _, state := range []byte{'d', 'p', 'd'} {
			if err := s.Stage(t.Context(), r.ID, []history.Result{site{n: 1, state: state}.result(0, began), site{n: 2, state: 'p'}.result(1, began)}); err != nil {
				t.Fatal(err)
			}
		}
		r, err = s.Publish(t.Context(), r.ID, history.End{At: began})
		if want := (history.Moves{Items: 4, New: 1}); err != nil || r.Totals.Moves != want || r.Totals.Doubled != 0 {
			t.Errorf("published %+v, %v", r, err)
		}
	})
}

// Two subjects without number and name have one key: the one that was there
// before counts, else the first, and the sums say so. So nothing flips.
func TestKeysThatCollide(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		for i, letters := range []string{"dp", "dp", "pd"} {
			at := began.AddDate(0, 0, i)
			r := begin(t, s, at)
			a, b := site{n: 1, state: letters[0]}.result(0, at), site{n: 1, state: letters[1]}.result(1, at)
			if err := s.Stage(t.Context(), r.ID, []history.Result{a, b}); err != nil {
				t.Fatal(err)
			}
			r, err := s.Publish(t.Context(), r.ID, history.End{At: at})
			if err != nil || r.Totals.Doubled == 0 {
				t.Errorf("night %d: %+v, %v", i, r.Totals, err)
			}
		}
		if all := findings(t, s, history.Filter{}); len(all) != 1 || all[0].Life.Changed != 1 {
			t.Errorf("findings %+v", all)
		}
	})
}

func TestLivesInTheStore(t *testing.T) {
	for letters, want := range map[string]struct {
		status      history.Status
		unseen      bool
		regressions int
	}{
		"dddd": {status: history.StatusOpen}, "pppd": {status: history.StatusNew}, "dduu": {status: history.StatusOpen, unseen: true},
		"dues": {status: history.StatusOpen, unseen: true}, "dupd": {status: history.StatusRegressed, regressions: 1},
		"dpuu": {status: history.StatusResolved}, "dpsp": {status: history.StatusResolved}, "ddnn": {status: history.StatusResolved},
		"susu": {}, "uspp": {status: "none"}, "dpdpd": {status: history.StatusRegressed, regressions: 2},
	} {
		t.Run(letters, func(t *testing.T) {
			onEngines(t, func(t *testing.T, o history.Options) {
				s := open(t, o)
				nights(t, s, began, letters)
				all := findings(t, s, history.Filter{Seen: true})
				all = append(all, findings(t, s, history.Filter{Status: history.StatusResolved})...)
				if want.status == "none" {
					if len(all) != 0 {
						t.Errorf("findings %+v", all)
					}
					return
				}
				if len(all) != 1 || all[0].Status != want.status || all[0].Life.Unseen() != want.unseen || all[0].Life.Regressions != want.regressions {
					t.Fatalf("findings %+v", all)
				}
				if want.status != "" && all[0].Status != history.StatusResolved {
					late := all[0].Life.Due.AddDays(1)
					if over := findings(t, s, history.Filter{Status: history.StatusOverdue, Today: late}); len(over) != 1 {
						t.Errorf("overdue on %s: %+v", late, over)
					}
				}
			})
		})
	}
}

func TestHistoryOfAnItem(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		nights(t, s, began, "ppdduup")
		items, err := s.Items(t.Context(), "site1.example")
		if err != nil || len(items) != 1 || items[0].Level != checks.LevelItem || items[0].First != 1 || items[0].Last != 7 || items[0].Left {
			t.Fatalf("items %+v, %v", items, err)
		}
		changes, err := s.Changes(t.Context(), items[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, c := range changes {
			got.WriteString(string(c.Outcomes["site-unreachable"].Outcome) + " " + c.Day.String() + " " + string(rune('0'+c.Nights)) + "\n")
		}
		const want = "pass 2026-03-08 1\nunverifiable 2026-03-06 2\ndeficient 2026-03-04 2\npass 2026-03-02 2\n"
		if got.String() != want {
			t.Errorf("changes\n%swant\n%s", got.String(), want)
		}
		past, err := s.Past(t.Context(), items[0].Key, 6)
		if want := (checks.Past{Observations: 4, NightsAbsent: 2, AbsentSince: filing.NewDay(2026, 3, 4)}); err != nil || *past != want {
			t.Errorf("past %+v, %v, want %+v", past, err, want)
		}
		if past, err := s.Past(t.Context(), items[0].Key, 0); err != nil || past.Observations != 5 || past.NightsAbsent != 0 {
			t.Errorf("past up to now %+v, %v", past, err)
		}
		if past, err := s.Past(t.Context(), "unheard-of", 0); err != nil || past == nil || *past != (checks.Past{}) {
			t.Errorf("past of what nobody knows %+v, %v", past, err)
		}
		night(t, s, began.AddDate(0, 0, 7), site{n: 2, state: 'p'})
		if items, err = s.Items(t.Context(), "site1.example"); err != nil || !items[0].Left {
			t.Errorf("an item that left: %+v, %v", items, err)
		}
	})
}

func TestDiff(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		a := night(t, s, began, site{n: 1, state: 'p'}, site{n: 2, state: 'd'}, site{n: 3, state: 'p'})
		night(t, s, began.AddDate(0, 0, 1), site{n: 1, state: 'u'}, site{n: 2, state: 'd', noise: 3}, site{n: 3, state: 'p'})
		b := night(t, s, began.AddDate(0, 0, 2), site{n: 1, state: 'd'}, site{n: 2, state: 'd', noise: 4}, site{n: 4, state: 'p'})
		var got []string
		for d, err := range s.Diff(t.Context(), a, b) {
			if err != nil {
				t.Fatal(err)
			}
			if d.Item.Level == checks.LevelItem {
				got = append(got, d.Item.Name+" "+string(d.A["site-unreachable"].Outcome)+">"+string(d.B["site-unreachable"].Outcome))
			}
		}
		want := "site1.example pass>deficient, site3.example pass>, site4.example >pass"
		if strings.Join(got, ", ") != want {
			t.Errorf("diff %v, want %s", got, want)
		}
		for _, err := range s.Diff(t.Context(), a, history.Run{ID: 7}) {
			if err == nil {
				t.Error("a run that is not published was compared")
			}
		}
	})
}

// What a run judged can be judged again, with ages as they were in that run.
func TestDossiers(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		night(t, s, began, site{n: 1, state: 'p', noise: 1}, site{n: 2, state: 'p'})
		r := night(t, s, began.AddDate(0, 0, 1), site{n: 1, state: 'p', noise: 2}, site{n: 2, state: 'd'})
		night(t, s, began.AddDate(0, 0, 2), site{n: 1, state: 'd'}, site{n: 2, state: 'p'}, site{n: 3, state: 'p'})
		var all []history.Stored
		for stored, err := range s.Dossiers(t.Context(), r) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, stored)
		}
		if len(all) != 2 || all[0].Subject.Name != "Subject 1" || all[0].Subject.Principal.Mobile != "13800138000" {
			t.Fatalf("stored %+v", all)
		}
		looks := all[0].Looks["site1.example"]
		if len(looks) != 1 || !looks[0].At.Equal(began.AddDate(0, 0, 1).Add(time.Second)) {
			t.Errorf("looks %+v", looks)
		}
		doc := looks[0].Page.Value.Documents[0]
		if strings.Contains(doc.Title, "13800138000") || strings.Contains(doc.Footer, "11010519491231002X") || doc.Numbers[0].Number == "" {
			t.Errorf("page text with personal numbers: %q %q", doc.Title, doc.Footer)
		}
		if o := all[1].Outcomes[checks.LevelItem][site{n: 2}.key()]; o["site-unreachable"].Outcome != checks.Deficient {
			t.Errorf("outcomes %+v", all[1].Outcomes)
		}
		if got := findings(t, s, history.Filter{})[0].Detail.Proofs[0].Got; strings.Contains(got, "13800138000") {
			t.Errorf("a phone in a proof: %q", got)
		}
	})
}

func TestPeople(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		today := filing.DayOf(began)
		night(t, s, began, site{n: 1, state: 'd', owner: "Li", tags: []string{"vip"}}, site{n: 2, state: 'd', owner: "Li"})
		good := history.Waiver{Scene: "site-unreachable", Target: "site1.example", Reason: history.WaiverProgress, Who: "Wang", Until: today.AddDays(3), Made: began}
		for name, spoil := range map[string]func(*history.Waiver){
			"scene": func(w *history.Waiver) { w.Scene = "" }, "target": func(w *history.Waiver) { w.Target = "" },
			"reason": func(w *history.Waiver) { w.Reason = "because" }, "who": func(w *history.Waiver) { w.Who = "" },
			"until": func(w *history.Waiver) { w.Until = filing.Day{} }, "past": func(w *history.Waiver) { w.Until = today.AddDays(-1) },
			"note": func(w *history.Waiver) { w.Note = strings.Repeat("x", 5000) },
		} {
			bad := good
			spoil(&bad)
			if _, err := s.Waive(t.Context(), bad); err == nil {
				t.Errorf("a waiver with a bad %s was taken", name)
			}
		}
		w, err := s.Waive(t.Context(), good)
		if err != nil || w.ID == 0 {
			t.Fatalf("waive: %+v, %v", w, err)
		}
		unused := good
		unused.Scene = "icp-number-wrong"
		if unused, err = s.Waive(t.Context(), unused); err != nil {
			t.Fatal(err)
		}
		all := findings(t, s, history.Filter{})
		if len(all) != 2 || all[0].Waiver == nil || all[0].Life.Outcome != checks.Deficient || all[1].Waiver != nil {
			t.Errorf("findings %+v", all)
		}
		if late := findings(t, s, history.Filter{Today: today.AddDays(4)}); late[0].Waiver != nil {
			t.Error("an expired waiver still holds")
		}
		list, err := s.Waivers(t.Context())
		if err != nil || len(list) != 2 || list[0].Covers != 1 || !list[1].Unused() || list[0].Expired(today.AddDays(3)) || !list[0].Expired(today.AddDays(4)) {
			t.Errorf("waivers %+v, %v", list, err)
		}
		if err := s.EndWaiver(t.Context(), unused.ID, began); err != nil {
			t.Error(err)
		}
		if err := s.EndWaiver(t.Context(), unused.ID, began); !errors.Is(err, history.ErrNone) {
			t.Errorf("ended twice: %v", err)
		}
		for _, a := range []history.Assignment{
			{Kind: history.AssignScene, Value: "site-unreachable", Owner: "Scene", Who: "Wang"},
			{Kind: history.AssignTag, Value: "vip", Owner: "Tag", Who: "Wang"},
			{Kind: history.AssignSubject, Value: site{n: 9}.number(), Owner: "Nobody", Who: "Wang"},
		} {
			if err := s.Assign(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		if all = findings(t, s, history.Filter{}); all[0].Owner != "Tag" || all[1].Owner != "Scene" {
			t.Errorf("owners %q %q", all[0].Owner, all[1].Owner)
		}
		if err := s.Assign(t.Context(), history.Assignment{Kind: history.AssignScene, Value: "site-unreachable", Who: "Wang"}); err != nil {
			t.Fatal(err)
		}
		if all = findings(t, s, history.Filter{Owner: "Li"}); len(all) != 1 || all[0].Item.Name != "site2.example" {
			t.Errorf("of Li: %+v", all)
		}
		note := history.Note{Target: "site1.example", Who: "Wang", Text: "asked them", Made: began.UTC()}
		if err := s.AddNote(t.Context(), note); err != nil {
			t.Fatal(err)
		}
		notes, err := s.Notes(t.Context(), "site1.example")
		if note.ID = 1; err != nil || len(notes) != 1 || notes[0] != note {
			t.Errorf("notes %+v, %v", notes, err)
		}
	})
}

func TestKeptThings(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		if _, err := s.Registration(t.Context(), "a.example"); !errors.Is(err, history.ErrNone) {
			t.Errorf("a registration that is none: %v", err)
		}
		for _, hours := range []int{5, 9, 7} {
			r := observe.Registration{Domain: "a.example", Registrar: string(rune('0' + hours)), AsOf: began.Add(time.Duration(hours) * time.Hour)}
			if err := s.KeepRegistration(t.Context(), "a.example", r); err != nil {
				t.Fatal(err)
			}
		}
		if r, err := s.Registration(t.Context(), "a.example"); err != nil || r.Registrar != "9" {
			t.Errorf("kept %+v, %v", r, err)
		}
		n := history.Notification{Run: 1, Channel: "mail", Recipient: "li@a.example", State: history.NotificationPending, Body: "first", Made: began}
		for _, body := range []string{"first", "second"} {
			n.Body = body
			if err := s.Notify(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
		waiting, err := s.Notifications(t.Context(), history.NotificationPending)
		if err != nil || len(waiting) != 1 || waiting[0].Body != "first" {
			t.Fatalf("messages %+v, %v", waiting, err)
		}
		if err := s.Told(t.Context(), waiting[0].ID, history.NotificationSent, "250 ok", began); err != nil {
			t.Error(err)
		}
		if err := s.Told(t.Context(), 99, history.NotificationSent, "", began); !errors.Is(err, history.ErrNone) {
			t.Errorf("a message that is none: %v", err)
		}
		if sent, err := s.Notifications(t.Context(), history.NotificationSent); err != nil || len(sent) != 1 || !sent[0].Told.Equal(began) {
			t.Errorf("sent %+v, %v", sent, err)
		}
	})
}

func TestPrune(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		o.PageTextDays, o.DossierDays, o.EvidenceDays = 10, 20, 40
		s := open(t, o)
		nights(t, s, began, "pdupu") // the looks are the same, so a dossier each; u and p come back
		stale := begin(t, s, began.AddDate(0, 0, 5))
		if err := s.Stage(t.Context(), stale.ID, []history.Result{site{n: 1, state: 'p'}.result(0, began)}); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			days int
			want history.Pruned
		}{
			{5, history.Pruned{}},
			{14, history.Pruned{Stripped: 1, Stages: 2}}, // p of the fourth night; u is the newest, d is evidence
			{30, history.Pruned{Dossiers: 1}},
			{60, history.Pruned{Dossiers: 1}},
			{900, history.Pruned{}},
		} {
			got, err := s.Prune(t.Context(), filing.DayOf(began).AddDays(step.days))
			if err != nil || got != step.want {
				t.Errorf("after %d days: %+v, %v, want %+v", step.days, got, err, step.want)
			}
		}
		r, err := s.Run(t.Context(), 5)
		if err != nil {
			t.Fatal(err)
		}
		for stored, err := range s.Dossiers(t.Context(), r) {
			if err != nil || len(stored.Missing) != 0 || stored.Looks["site1.example"][0].Page.Value.Documents[0].Title == "" {
				t.Errorf("the newest: %+v, %v", stored, err)
			}
		}
		if r, err = s.Run(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		for stored, err := range s.Dossiers(t.Context(), r) {
			if err != nil || len(stored.Missing) != 1 {
				t.Errorf("an old one: %+v, %v", stored, err)
			}
		}
	})
}

func TestSchema(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		from, to, err := history.Migrate(t.Context(), o)
		if err != nil || from != 0 || to == 0 {
			t.Fatalf("migrate: %d to %d, %v", from, to, err)
		}
		h, err := history.Inspect(t.Context(), o)
		if err != nil || h.Schema != to || h.Wanted != to || h.Bytes == 0 || strings.Contains(h.Where, "secret") {
			t.Errorf("health %+v, %v", h, err)
		}
		s := open(t, o)
		if _, err := s.Writer().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)`, sqlTrue(o)); err != nil {
			t.Fatal(err)
		}
		s.Close()
		if _, err := history.Open(t.Context(), o); !errors.Is(err, history.ErrNewer) {
			t.Errorf("a newer schema: %v", err)
		}
	})
}

func sqlTrue(o history.Options) any {
	if o.URL == "" {
		return 1
	}
	return true
}

// The tables are made once, however many programs start.
func TestOpenAtOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				s, err := history.Open(t.Context(), o)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Runs(t.Context(), 0); err != nil {
					t.Error(err)
				}
				s.Close()
			})
		}
		wg.Wait()
	})
}
