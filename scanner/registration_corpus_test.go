package scanner

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// recordedAnswer is one labelled answer of recorded reality.
type recordedAnswer struct {
	ID, File, Domain, State string
	Expires, Created        *time.Time
	DateOnly                bool `json:"date_only"`
	Registrar, Holder       string
	HolderAlt               string `json:"holder_alt"` // another reading that is as right
	IANAID                  string `json:"registrar_iana_id"`
	HolderStatus            string `json:"holder_status"`
	Statuses                []string
}

func TestRecordedRegistrations(t *testing.T) {
	corpus := os.Getenv("ICPAUDIT_CORPUS")
	if corpus == "" {
		t.Skip("left out: ICPAUDIT_CORPUS does not say where recorded answers lie")
	}
	dir := filepath.Join(corpus, "registration")
	file, err := os.Open(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	counts := tally{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var want recordedAnswer
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "records", want.File))
		if err != nil {
			t.Fatal(err)
		}
		counts.compare(t, want, raw)
	}
	for _, want := range []struct {
		what  string
		least float64
	}{{"state", 0.98}, {"refusal", 1}, {"expires", 0.98}, {"created", 0.98}, {"registrar", 0.98}, {"iana id", 0.98}, {"holder", 0.95}, {"holder status", 0.95}, {"statuses", 0.95}} {
		c := counts[want.what]
		if c == nil {
			t.Errorf("%s: no case", want.what)
			continue
		}
		t.Logf("%-14s %3d of %3d", want.what, c.right, c.all)
		if share := float64(c.right) / float64(c.all); share < want.least {
			t.Errorf("%s: %.3f, want at least %.2f", want.what, share, want.least)
		}
	}
}

type tally map[string]*struct{ right, all int }

func (c tally) note(t *testing.T, id, what string, right bool, got, want any) {
	if c[what] == nil {
		c[what] = &struct{ right, all int }{}
	}
	c[what].all++
	if right {
		c[what].right++
		return
	}
	t.Logf("miss: %s: %s is %v, want %v", id, what, got, want)
}

func (c tally) compare(t *testing.T, want recordedAnswer, raw []byte) {
	got, fault := ReadRegistration(want.Domain, raw)
	state := string(got.State)
	if fault != nil {
		state = "error"
	}
	c.note(t, want.ID, "state", state == want.State, state+" "+faultText(fault), want.State)
	if want.State == "error" {
		c.note(t, want.ID, "refusal", fault != nil && (fault.Kind == observe.FaultRateLimited || fault.Kind == observe.FaultDenied), fault, "a refusal")
	}
	if want.State != "registered" {
		return
	}
	c.note(t, want.ID, "expires", sameDay(got.Expires, want.Expires, want.DateOnly), got.Expires, want.Expires)
	c.note(t, want.ID, "created", sameDay(got.Created, want.Created, want.DateOnly), got.Created, want.Created)
	c.note(t, want.ID, "registrar", got.Registrar == want.Registrar, got.Registrar, want.Registrar)
	c.note(t, want.ID, "iana id", got.IANAID == want.IANAID, got.IANAID, want.IANAID)
	c.note(t, want.ID, "holder", got.Holder == want.Holder || want.HolderAlt != "" && got.Holder == want.HolderAlt, got.Holder, want.Holder)
	c.note(t, want.ID, "holder status", string(got.HolderStatus) == want.HolderStatus, got.HolderStatus, want.HolderStatus)
	slices.Sort(got.Statuses)
	slices.Sort(want.Statuses)
	c.note(t, want.ID, "statuses", slices.Equal(got.Statuses, want.Statuses), got.Statuses, want.Statuses)
}

func faultText(f *observe.Fault) string {
	if f == nil {
		return ""
	}
	return f.Error()
}

// sameDay compares the moment, or where the registry prints a day only, the day.
func sameDay(got *observe.Date, want *time.Time, dateOnly bool) bool {
	if got == nil || want == nil {
		return got == nil && want == nil
	}
	if dateOnly {
		return got.Time.Format(time.DateOnly) == want.Format(time.DateOnly)
	}
	return got.Time.Truncate(time.Second).Equal(*want)
}
