package checks_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of the cases, and their tally")

const casesDir = "../fixtures/cases"

// caseFile is one case: a filing, what was seen of it, and the finding of one
// scene. Its name says what is to be found before anything is computed:
// outcome-reason or outcome-why, then -- and what is particular about it.
type caseFile struct {
	path     string
	scene    checks.ID
	name     string // without what is particular
	archive  *txtar.Archive
	subject  *filing.Subject
	looks    []observe.Dossier
	evidence *filing.Evidence // nil: no feed was given
	past     *checks.Past     // of the item; nil: there is no history
	now      time.Time
	policy   checks.Policy
	data     map[string][]byte // reference data that the operator has put in place of ours
	own      *reference.Set    // with those data; nil until it is asked for
}

// caseFiles reads all cases.
func caseFiles(t testing.TB) []*caseFile {
	t.Helper()
	paths, err := filepath.Glob(casesDir + "/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases in %s: %v", casesDir, err)
	}
	all := make([]*caseFile, 0, len(paths))
	for _, path := range paths {
		c, err := readCase(path)
		if err != nil {
			t.Fatalf("read the case %s: %v", path, err)
		}
		all = append(all, c)
	}
	return all
}

func readCase(path string) (*caseFile, error) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".txtar"), "--")
	c := &caseFile{path: path, scene: checks.ID(filepath.Base(filepath.Dir(path))), name: name, archive: archive, policy: checks.DefaultPolicy(), data: map[string][]byte{}}
	for _, f := range archive.Files {
		switch f.Name {
		case "filing.json":
			err = strictly(f.Data, &c.subject)
		case "looks.json":
			err = strictly(f.Data, &c.looks)
		case "evidence.json":
			err = strictly(f.Data, &c.evidence)
		case "past.json":
			err = strictly(f.Data, &c.past)
		case "policy.json":
			err = strictly(f.Data, &c.policy)
		case "now":
			c.now, err = time.Parse(time.RFC3339, strings.TrimSpace(string(f.Data)))
		case "want":
		default:
			file, ok := strings.CutPrefix(f.Name, "data/")
			if !ok {
				return nil, fmt.Errorf("%s: a part of this name has no meaning", f.Name)
			}
			c.data[file] = f.Data
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if c.subject == nil || c.now.IsZero() {
		return nil, fmt.Errorf("filing.json or now is missing")
	}
	return c, nil
}

func strictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// judge judges the case with all checks, on other looks than its own where
// they are given, and returns the finding that it is about: the first of its
// scene.
func (c *caseFile) judge(t testing.TB, ref *reference.Set, looks []observe.Dossier) checks.Finding {
	t.Helper()
	if len(c.data) > 0 {
		ref = c.overridden(t)
	}
	byTarget := map[string]checks.Looks{}
	for _, d := range looks {
		byTarget[d.Target] = append(byTarget[d.Target], d)
	}
	for _, f := range bench(c, ref).Judge(c.subject, byTarget) {
		if f.Scene == c.scene {
			return f
		}
	}
	t.Fatalf("%s: no finding of %s", c.path, c.scene)
	return checks.Finding{}
}

// overridden is the reference data with the case's own files.
func (c *caseFile) overridden(t testing.TB) *reference.Set {
	t.Helper()
	if c.own != nil {
		return c.own
	}
	dir := t.TempDir()
	for name, data := range c.data {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ref, err := reference.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	c.own = ref
	return ref
}

// told is a finding as the cases write it.
func told(f checks.Finding) string {
	var b strings.Builder
	line := func(parts ...string) {
		b.WriteString(strings.TrimRight(strings.Join(parts, " "), " ") + "\n")
	}
	line(string(f.Outcome), f.Reason)
	line("item", f.Item)
	if f.Why != nil {
		line("why", f.Why.Code, f.Why.Detail)
	}
	for _, p := range f.Proofs {
		line("proof", p.What+": want", strconv.Quote(p.Want)+", got", strconv.Quote(p.Got)+", at", p.Where)
	}
	for _, n := range f.Advice {
		line("advice", n.Code, n.Detail)
	}
	for _, cause := range f.CausedBy {
		line("caused by", string(cause))
	}
	for _, at := range f.Looks {
		line("look", at.Format(time.RFC3339))
	}
	return b.String()
}

// nameOf is what the file of a case with this finding has to be called.
func nameOf(f checks.Finding) string {
	name := strings.ReplaceAll(string(f.Outcome), "_", "-")
	switch {
	case f.Reason != "":
		name += "-" + f.Reason
	case f.Why != nil:
		name += "-" + f.Why.Code
	}
	return name
}

func TestCases(t *testing.T) {
	ref := load(t)
	for _, c := range caseFiles(t) {
		t.Run(string(c.scene)+"/"+strings.TrimSuffix(filepath.Base(c.path), ".txtar"), func(t *testing.T) {
			f := c.judge(t, ref, c.looks)
			if got := nameOf(f); got != c.name {
				t.Errorf("the case is called %s, but its finding is %s:\n%s", c.name, got, told(f))
			}
			c.compare(t, told(f))
		})
	}
}

// compare holds a finding against the wanted part, or rewrites that.
func (c *caseFile) compare(t *testing.T, got string) {
	t.Helper()
	at := slices.IndexFunc(c.archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	if !*update {
		if at < 0 {
			t.Fatal("the case has no wanted part; run the tests with -update and read what they write")
		}
		if want := string(c.archive.Files[at].Data); got != want {
			t.Errorf("got:\n%swant:\n%s", got, want)
		}
		return
	}
	if at < 0 {
		at = len(c.archive.Files)
		c.archive.Files = append(c.archive.Files, txtar.File{Name: "want"})
	}
	c.archive.Files[at].Data = []byte(got)
	if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestTally compares how many cases of each check come to each outcome with
// the golden table: what a change of a rule does to all cases, at one glance.
func TestTally(t *testing.T) {
	counts := map[checks.ID]map[checks.Outcome]int{}
	ref := load(t)
	for _, c := range caseFiles(t) {
		if counts[c.scene] == nil {
			counts[c.scene] = map[checks.Outcome]int{}
		}
		counts[c.scene][c.judge(t, ref, c.looks).Outcome]++
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	row := []string{"check"}
	for _, o := range checks.Outcomes() {
		row = append(row, string(o))
	}
	w.Write(row)
	for _, check := range checks.All() {
		row := []string{string(check.ID)}
		for _, o := range checks.Outcomes() {
			row = append(row, strconv.Itoa(counts[check.ID][o]))
		}
		w.Write(row)
	}
	w.Flush()
	golden := casesDir + "/tally.csv"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got:\n%swant:\n%s", b.String(), want)
	}
}

func load(t testing.TB) *reference.Set {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
