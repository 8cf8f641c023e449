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

// recorded is one labelled answer of the recorded reality.
type recorded struct {
	ID           string   `json:"id"`
	File         string   `json:"file"`
	Domain       string   `json:"domain"`
	State        string   `json:"state"`
	ErrorKind    string   `json:"error_kind"`
	Expires      string   `json:"expires"`
	Created      string   `json:"created"`
	DateOnly     bool     `json:"date_only"`
	Registrar    string   `json:"registrar"`
	IANAID       string   `json:"registrar_iana_id"`
	Holder       string   `json:"holder"`
	HolderAlt    string   `json:"holder_alt"`
	HolderStatus string   `json:"holder_status"`
	Statuses     []string `json:"statuses"`
}

// tally counts what is right of one kind, and names each miss.
type tally struct {
	name       string
	right, all int
	least      float64
}

func (s *tally) note(t *testing.T, id string, right bool, got, want any) {
	s.all++
	if right {
		s.right++
		return
	}
	t.Logf("%-10s %s: got %v, want %v", s.name, id, got, want)
}

func TestRecordedRegistrations(t *testing.T) {
	corpus := os.Getenv("ICPAUDIT_CORPUS")
	if corpus == "" {
		t.Skip("left out: ICPAUDIT_CORPUS names no recorded registrations")
	}
	dir := filepath.Join(corpus, "registration")
	file, err := os.Open(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	scores := map[string]*tally{}
	for _, s := range []tally{{name: "state", least: 0.98}, {name: "expires", least: 0.98}, {name: "created", least: 0.98}, {name: "registrar", least: 0.98},
		{name: "iana id", least: 0.98}, {name: "holder", least: 0.95}, {name: "status of holder", least: 0.95}, {name: "statuses", least: 0.95}, {name: "refusals", least: 1}} {
		scores[s.name] = &s
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var want recorded
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "records", want.File))
		if err != nil {
			t.Fatal(err)
		}
		compareRecorded(t, scores, want, raw)
	}
	for _, name := range []string{"state", "expires", "created", "registrar", "iana id", "holder", "status of holder", "statuses", "refusals"} {
		s := scores[name]
		t.Logf("%-17s %3d/%3d", s.name, s.right, s.all)
		if float64(s.right) < s.least*float64(s.all) {
			t.Errorf("%s: %d of %d right, want at least %.0f %%", s.name, s.right, s.all, s.least*100)
		}
	}
}

func compareRecorded(t *testing.T, scores map[string]*tally, want recorded, raw []byte) {
	t.Helper()
	got, fault := ReadRegistration(nil, want.Domain, raw)
	state := string(got.State)
	if fault != nil {
		state = "error"
	}
	scores["state"].note(t, want.ID, state == want.State, state, want.State)
	if want.State == "error" {
		scores["refusals"].note(t, want.ID, fault != nil && fault.Kind == observe.FaultRateLimited, fault, want.ErrorKind)
	}
	if want.State != "registered" {
		return
	}
	scores["expires"].note(t, want.ID, sameDate(got.Expires, want.Expires, want.DateOnly), got.Expires, want.Expires)
	scores["created"].note(t, want.ID, sameDate(got.Created, want.Created, want.DateOnly), got.Created, want.Created)
	scores["registrar"].note(t, want.ID, got.Registrar == want.Registrar, got.Registrar, want.Registrar)
	scores["iana id"].note(t, want.ID, got.IANAID == want.IANAID, got.IANAID, want.IANAID)
	scores["holder"].note(t, want.ID, got.Holder == want.Holder || want.HolderAlt != "" && got.Holder == want.HolderAlt || want.HolderStatus != "named" && got.Holder == "", got.Holder, want.Holder)
	scores["status of holder"].note(t, want.ID, string(got.HolderStatus) == want.HolderStatus, got.HolderStatus, want.HolderStatus)
	a, b := slices.Sorted(slices.Values(got.Statuses)), slices.Sorted(slices.Values(want.Statuses))
	scores["statuses"].note(t, want.ID, slices.Equal(a, b), a, b)
}

func sameDate(got *observe.Date, want string, dateOnly bool) bool {
	if got == nil || want == "" {
		return got == nil && want == ""
	}
	t, err := time.Parse(time.RFC3339, want)
	if err != nil {
		return false
	}
	if dateOnly {
		return got.Time.Format(time.DateOnly) == t.Format(time.DateOnly)
	}
	return got.Time.Equal(t)
}
