package report

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/reference"
)

func reader(t *testing.T) *Teller {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return NewTeller(ref, checks.DefaultPolicy(), "zh", night)
}

// What is read back says the same as what was written: the CSV of both is one.
func TestRowsReadBackAreTheRowsWritten(t *testing.T) {
	lines, err := os.ReadFile("testdata/golden/zh.findings.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	info, err := ReadRun(bytes.NewReader(lines))
	if err != nil || info.Inventory != "inventory.csv" || !info.Started.Equal(night) {
		t.Fatalf("the run is %+v, %v", info, err)
	}
	teller := reader(t)
	var back []Row
	for r, err := range teller.ReadRows(bytes.NewReader(lines)) {
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, r)
	}
	subject, findings := sample(t)
	written := teller.Rows(subject, findings)
	if len(back) != len(written) {
		t.Fatalf("%d rows read, %d written", len(back), len(written))
	}
	for i, w := range written {
		// How a way was fitted to the filing is not in the lines.
		w.RemedyWords, back[i].RemedyWords = "", ""
		want, err := csvRows([]Row{w})
		if err != nil {
			t.Fatal(err)
		}
		got, err := csvRows([]Row{back[i]})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("row %d\nread    %s\nwritten %s", i, got, want)
		}
		if back[i].Province != "浙" || len(back[i].Tags) != 1 || back[i].Tags[0] != "重点" {
			t.Errorf("row %d is of province %q with tags %q", i, back[i].Province, back[i].Tags)
		}
	}
}

// A file that can't be whole is never read as one in which all was mended.
func TestBrokenLinesAreErrors(t *testing.T) {
	run := `{"type":"run","schema":1}` + "\n"
	finding := `{"type":"finding","scene":"domain-expired","level":"item","item":"x","subject":"x","outcome":"pass"}` + "\n"
	for name, c := range map[string]struct{ text, want string }{
		"breaks off": {run + finding, "breaks off"},
		"cut line":   {run + finding[:40], "line 2"},
		"no outcome": {run + strings.Replace(finding, "pass", "splendid", 1), "splendid"},
		"not json":   {run + "hello\n", "line 2"},
		"long line":  {run + strings.Repeat("x", longestLine+1), "token too long"},
	} {
		t.Run(name, func(t *testing.T) {
			var last error
			for _, err := range reader(t).ReadRows(strings.NewReader(c.text)) {
				last = err
			}
			if last == nil || !strings.Contains(last.Error(), c.want) {
				t.Errorf("the error is %v", last)
			}
		})
	}
	for _, text := range []string{"", "x", finding, `{"type":"run","schema":2}`} {
		if _, err := ReadRun(strings.NewReader(text)); err == nil {
			t.Errorf("%q is read as a run", text)
		}
	}
}

// The lines may have been edited by anybody.
func TestTextReadBackIsClean(t *testing.T) {
	line := `{"type":"finding","scene":"a\u0007b","level":"item","item":"x\r\ny","subject":"\u202e1","name":"\u001b[31m","outcome":"deficient","reason":"r\u0000",` +
		`"proofs":[{"what":"w\u202e","want":"110101199003070011","got":"a\r\nBcc: x@y"}],"subject_name":"\u200b名\n称","owner":"o\u0085","tags":["t\u2066"],"due":"=1+1","state":"\u001b","operations":["o\u0007"],"caused_by":["c\u202e"],"why":{"code":"y\u0007"},"advice":[{"code":"z\u0007"}]}`
	for r, err := range reader(t).ReadRows(strings.NewReader(line + "\n" + `{"type":"totals"}`)) {
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(append([]string{
			string(r.Scene), r.Item, r.Subject, r.Name, r.Reason, r.Want, r.Got, r.SubjectName, r.Owner, r.Due, string(r.State), r.RemedyWords, r.CauseWords, r.WhyWord, r.AdviceWords,
		}, append(r.Tags, r.Operations...)...), "|")
		if strings.ContainsAny(all, "\x00\x07\x1b\r\n\u202e\u2066\u200b\u0085") || strings.Contains(all, "19900307") || r.Due != "" || r.State != "" {
			t.Errorf("the row reads %q", all)
		}
	}
}
