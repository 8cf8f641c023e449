package scanner

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// recordedCase is one labelled page or fragment of the recorded footers.
type recordedCase struct {
	ID       string `json:"case_id"`
	HTML     string `json:"html"`
	Page     string `json:"page"`
	Channel  string `json:"channel"`
	Expected struct {
		Numbers  []string `json:"icp_numbers"`
		Scripted []string `json:"icp_numbers_js"`
		Hidden   []struct {
			Number string `json:"number"`
		} `json:"icp_numbers_hidden"`
		ICP []struct {
			Number string `json:"number"`
			Detail string `json:"detail"`
			Link   string `json:"link_problem"`
		} `json:"icp"`
		PSB []struct {
			Code   string `json:"code"`
			Linked bool   `json:"linked"`
		} `json:"psb"`
		Codes       []string `json:"psb_codes"`
		ICPLicences []string `json:"icp_licences"`
		B2Licences  []string `json:"b2_licences"`
		Lookalikes  []string `json:"lookalikes"`
		Lenient     []string `json:"lenient_icp_numbers"`
		Tolerance   string   `json:"tolerance"`
	} `json:"expected"`
}

// static says whether the case is what a server sends.
func (c *recordedCase) static() bool { return c.Channel == "html" || c.Channel == "markdown" }

// want is the numbers that a visitor sees.
func (c *recordedCase) want() []string {
	if c.Channel == "markdown" {
		return sorted(c.Expected.Numbers, c.Expected.Scripted)
	}
	return sorted(c.Expected.Numbers)
}

func recordedCases(t *testing.T) (folder string, cases []recordedCase) {
	folder = os.Getenv("ICPAUDIT_CORPUS")
	if folder == "" {
		t.Skip("ICPAUDIT_CORPUS is not set: the recorded footers are left out")
	}
	folder = filepath.Join(folder, "footers")
	f, err := os.Open(filepath.Join(folder, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var c recordedCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return folder, cases
}

func (c *recordedCase) body(t *testing.T, folder string) []byte {
	if c.Page == "" {
		return []byte(c.HTML)
	}
	data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(c.Page)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// score counts what was read right.
type score struct{ right, all int }

func (s *score) add(ok bool) {
	s.all++
	if ok {
		s.right++
	}
}

func (s score) share() float64 { return float64(s.right) / float64(max(1, s.all)) }

func TestRecordedFooters(t *testing.T) {
	folder, cases := recordedCases(t)
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	page, _ := url.Parse("http://www.recorded.example/")
	scores := map[string]*score{}
	count := func(name string, ok bool) {
		if scores[name] == nil {
			scores[name] = new(score)
		}
		scores[name].add(ok)
	}
	for i := range cases {
		c := &cases[i]
		doc := ReadPage(ref, c.body(t, folder), "", page, false)
		if !c.static() {
			rest := sorted(numbersOf(doc.Numbers, ""))
			want := sorted(c.Expected.Scripted, hiddenOf(c))
			ok := slices.Equal(rest, want) || c.Expected.Tolerance == "either"
			count("component sources read as pages: numbers in any channel", ok)
			if !ok {
				t.Logf("%s (%s): numbers %v, want %v", c.ID, c.Channel, rest, want)
			}
			continue
		}
		c.compare(t, &doc, count)
	}
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		s := scores[name]
		t.Logf("%-60s %4d of %4d  %5.1f %%", name, s.right, s.all, 100*s.share())
	}
	for name, bar := range map[string]float64{"numbers exact": 0.98, "no lookalike reported": 1, "links classed": 0.97, "public-security codes": 0.97} {
		if s := scores[name]; s == nil || s.share() < bar {
			t.Errorf("%s: below the bar of %.0f %%", name, 100*bar)
		}
	}
}

func (c *recordedCase) compare(t *testing.T, doc *observe.Document, count func(string, bool)) {
	e := &c.Expected
	note := func(name string, ok bool, got, want any) {
		count(name, ok)
		if !ok {
			t.Logf("%s: %s: got %v, want %v", c.ID, name, got, want)
		}
	}
	got := sorted(numbersOf(doc.Numbers, observe.ChannelHTML))
	note("numbers exact", slices.Equal(got, c.want()) || e.Tolerance == "either" && slices.Equal(got, sorted(e.Lenient)), got, c.want())
	for _, l := range e.Lookalikes {
		bad := slices.ContainsFunc(doc.Numbers, func(n observe.NumberSeen) bool {
			return !slices.Contains(c.want(), n.Number) && !slices.Contains(e.Lenient, n.Number) && strings.Contains(l, digitsOf(n.Number))
		})
		note("no lookalike reported", !bad, got, l)
	}
	for _, want := range e.ICP {
		i := slices.IndexFunc(doc.Numbers, func(n observe.NumberSeen) bool { return n.Number == want.Number })
		if i < 0 {
			note("links classed", e.Tolerance == "either", "no such number", want)
			continue
		}
		n := doc.Numbers[i]
		note("links classed", string(n.Link) == want.Link, n.Link, want)
		note("link details", n.Detail == want.Detail, n.Detail, want.Detail)
	}
	var codes, linked, wantLinked []string
	for _, n := range doc.PSB {
		if n.Channel == observe.ChannelHTML {
			codes = append(codes, n.Code)
			if n.Linked {
				linked = append(linked, n.Code)
			}
		}
	}
	for _, n := range e.PSB {
		if n.Linked {
			wantLinked = append(wantLinked, n.Code)
		}
	}
	note("public-security codes", slices.Equal(sorted(codes), sorted(e.Codes)), codes, e.Codes)
	note("public-security links", slices.Equal(sorted(linked), sorted(wantLinked)), linked, wantLinked)
	licences := sorted(numbersOf(doc.Licences, observe.ChannelHTML))
	note("licences", slices.Equal(licences, sorted(e.ICPLicences, e.B2Licences)), licences, sorted(e.ICPLicences, e.B2Licences))
	for _, h := range hiddenOf(c) {
		kept := append(numbersOf(doc.Numbers, ""), numbersOf(doc.Licences, "")...)
		note("hidden numbers kept", slices.Contains(kept, h), kept, h)
	}
	note("a site, not another kind of page", doc.Kind == observe.KindSite, doc.Kind, doc.Mark)
}

func numbersOf(list []observe.NumberSeen, channel observe.Channel) []string {
	var out []string
	for _, n := range list {
		if channel == "" || n.Channel == channel {
			out = append(out, n.Number)
		}
	}
	return out
}

func hiddenOf(c *recordedCase) []string {
	var out []string
	for _, h := range c.Expected.Hidden {
		out = append(out, h.Number)
	}
	return out
}

func sorted(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

func digitsOf(number string) string {
	return strings.TrimFunc(strings.TrimLeftFunc(number, func(r rune) bool { return r < '0' || r > '9' }), func(r rune) bool { return r < '0' || r > '9' })
}
