package checks

import (
	"cmp"
	"sync"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

var loadOnce = sync.OnceValues(func() (*reference.Set, error) { return reference.Load("") })

func loadReference(t *testing.T) *reference.Set {
	t.Helper()
	ref, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// worldDay is the day of all cases: noon in Beijing.
var worldDay = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)

// bench is a bench of one check with a mainland vantage.
func bench(t *testing.T, check Check) Bench {
	t.Helper()
	policy := DefaultPolicy()
	policy.Vantage = "mainland"
	return Bench{Now: worldDay, Policy: policy, Reference: loadReference(t), Checks: []Check{check}}
}

// site is a website on file with one domain.
func site() *filing.Subject {
	d := &filing.Domain{Name: "example.cn", Label: "example.cn"}
	return &filing.Subject{
		Number: "京ICP备12345678号", Name: "某某科技有限公司", Nature: filing.NatureCompany, Province: "京",
		Principal: filing.Person{Name: "张三"},
		Services:  []*filing.Service{{Number: "京ICP备12345678号-1", Kind: filing.Website, Name: "某某网", Provider: "华为云", Domains: []*filing.Domain{d}}},
	}
}

// twice is the same look taken twice, as far apart as confirming asks for.
func twice(d observe.Dossier) Looks {
	first, second := d, d
	first.At, second.At = worldDay.Add(-time.Hour), worldDay
	return Looks{first, second}
}

// judged is the finding of the one check on the one item, service or subject.
func judged(t *testing.T, check Check, subject *filing.Subject, looks Looks) Finding {
	t.Helper()
	findings := bench(t, check).Judge(subject, map[string]Looks{"example.cn": looks})
	if len(findings) != 1 {
		t.Fatalf("%d findings, want one", len(findings))
	}
	return findings[0]
}

// says shortens a finding to outcome and reason or why.
func says(f Finding) string {
	switch {
	case f.Outcome == Pass:
		return "pass"
	case f.Reason != "":
		return string(f.Outcome) + " " + f.Reason
	case f.Why != nil:
		return string(f.Outcome) + " " + f.Why.Code
	}
	return string(f.Outcome)
}

// pages is a look at pages only.
func pages(documents ...observe.Document) observe.Dossier {
	return observe.Dossier{Page: observe.Seen[observe.Page]{Value: &observe.Page{Documents: documents}}}
}

func document(numbers ...observe.NumberSeen) observe.Document {
	return observe.Document{URL: "http://example.cn/", Starts: []string{"http://example.cn/"}, Kind: observe.KindSite, Title: "某某网 - 首页", Text: 900, Han: 600, Numbers: numbers}
}

func hung(number string, link observe.LinkProblem) observe.NumberSeen {
	return observe.NumberSeen{Number: number, Channel: observe.ChannelHTML, Bottom: true, Link: link}
}

func in(channel observe.Channel, n observe.NumberSeen) observe.NumberSeen {
	n.Channel = channel
	return n
}

func with(d observe.Document, change func(*observe.Document)) observe.Document {
	change(&d)
	return d
}

func TestNumberOnPages(t *testing.T) {
	const own, subject, sibling, other = "京ICP备12345678号-1", "京ICP备12345678号", "京ICP备12345678号-2", "沪ICP备87654321号-1"
	lookalike := observe.NumberSeen{Number: "京ICP备123456789号", Note: "digit-count", Channel: observe.ChannelHTML, Bottom: true}
	deep := with(document(hung(own, observe.LinkNone)), func(d *observe.Document) {
		d.URL, d.Starts = "http://example.cn/about", []string{"http://example.cn/about"}
	})
	for name, c := range map[string]struct {
		documents []observe.Document
		want      string
	}{
		"right":                          {[]observe.Document{document(hung(own, observe.LinkNone))}, "pass"},
		"subject number only":            {[]observe.Document{document(hung(subject, observe.LinkNone))}, "pass"},
		"everyday letter":                {[]observe.Document{document(hung(own, observe.LinkMissing))}, "pass"},
		"absent":                         {[]observe.Document{document()}, "deficient absent"},
		"another service's":              {[]observe.Document{document(hung(sibling, observe.LinkNone))}, "deficient other-service"},
		"another subject's":              {[]observe.Document{document(hung(other, observe.LinkNone))}, "deficient other-subject"},
		"another subject's in the news":  {[]observe.Document{document(observe.NumberSeen{Number: other, Channel: observe.ChannelHTML})}, "deficient absent"},
		"malformed":                      {[]observe.Document{with(document(), func(d *observe.Document) { d.Lookalikes = []observe.NumberSeen{lookalike} })}, "deficient malformed"},
		"in a comment only":              {[]observe.Document{document(in(observe.ChannelHidden, hung(own, observe.LinkNone)))}, "deficient hidden-only"},
		"in script only":                 {[]observe.Document{document(in(observe.ChannelScript, hung(own, observe.LinkNone)))}, "unverifiable needs-rendering"},
		"off the home page only":         {[]observe.Document{document(), deep}, "deficient off-home"},
		"the filed page is all there is": {[]observe.Document{deep}, "pass"},
		"cut":                            {[]observe.Document{with(document(), func(d *observe.Document) { d.Truncated = true })}, "unverifiable page-truncated"},
		"cut behind another's number":    {[]observe.Document{with(document(hung(other, observe.LinkNone)), func(d *observe.Document) { d.Truncated = true })}, "unverifiable page-truncated"},
		"cut behind the right number":    {[]observe.Document{with(document(hung(own, observe.LinkNone)), func(d *observe.Document) { d.Truncated = true })}, "pass"},
		"an empty shell":                 {[]observe.Document{with(document(), func(d *observe.Document) { d.Shell = true })}, "unverifiable needs-rendering"},
		"a foot filled by script":        {[]observe.Document{with(document(), func(d *observe.Document) { d.Deferred = true })}, "unverifiable needs-rendering"},
		"unreadable":                     {[]observe.Document{with(document(), func(d *observe.Document) { d.Fault = &observe.Fault{Kind: observe.FaultUnparsable} })}, "unverifiable page-unreadable"},
		"two home pages that differ":     {[]observe.Document{document(), document(hung(own, observe.LinkNone))}, "pass"},
		"own and another's":              {[]observe.Document{document(hung(other, observe.LinkNone), hung(own, observe.LinkNone))}, "pass"},
	} {
		if got := says(judged(t, icpNumberWrong, site(), twice(pages(c.documents...)))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	once := twice(pages(document()))[1:]
	if got := judged(t, icpNumberWrong, site(), once); got.Outcome != Suspected || got.Why.Code != WhyUnconfirmed {
		t.Errorf("absent once: %s, want suspected for want of confirmation", says(got))
	}
	unfiled := site()
	unfiled.Number, unfiled.Services[0].Number = "", ""
	if got := says(judged(t, icpNumberWrong, unfiled, twice(pages(document())))); got != "unverifiable number-not-filed" {
		t.Errorf("without a filed number: %s", got)
	}
}

func TestLinkOfTheNumber(t *testing.T) {
	const own = "京ICP备12345678号-1"
	for problem, want := range map[observe.LinkProblem]string{
		observe.LinkNone: "pass", observe.LinkMissing: "deficient no-link", observe.LinkOldHost: "deficient old-host",
		observe.LinkWrongHost: "deficient wrong-host", observe.LinkNotAnchor: "deficient dead-link",
	} {
		if got := says(judged(t, icpNumberUnlinked, site(), twice(pages(document(hung(own, problem)))))); got != want {
			t.Errorf("%s: %s, want %s", problem, got, want)
		}
	}
	if got := says(judged(t, icpNumberUnlinked, site(), twice(pages(document())))); got != "unverifiable no-number-shown" {
		t.Errorf("no number: %s", got)
	}
	cut := with(document(hung(own, observe.LinkMissing)), func(d *observe.Document) { d.Truncated = true })
	if got := says(judged(t, icpNumberUnlinked, site(), twice(pages(cut)))); got != "unverifiable page-truncated" {
		t.Errorf("unlinked on a cut page: %s", got)
	}
}

func TestPublicSecurityNumber(t *testing.T) {
	const code = "11010502030143"
	filed := site()
	filed.Services[0].Domains[0].PSB = "京公网安备" + code + "号"
	shown := func(code, linkCode string) observe.Document {
		return with(document(), func(d *observe.Document) {
			d.PSB = []observe.NumberSeen{{Number: "京公网安备" + code + "号", Code: code, LinkCode: linkCode, Linked: linkCode != "", Channel: observe.ChannelHTML, Bottom: true}}
		})
	}
	for name, c := range map[string]struct {
		document observe.Document
		want     string
	}{
		"right": {shown(code, code), "pass"}, "unlinked": {shown(code, ""), "pass"}, "absent": {document(), "deficient absent"},
		"another's": {shown("31010602000299", ""), "deficient other-number"}, "link leads elsewhere": {shown(code, "31010602000299"), "deficient link-code-differs"},
		"cut": {with(document(), func(d *observe.Document) { d.Truncated = true }), "unverifiable page-truncated"},
	} {
		if got := says(judged(t, psbNumberMissing, filed, twice(pages(c.document)))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := judged(t, psbNumberMissing, site(), twice(pages(shown(code, code)))); says(got) != "unverifiable psb-not-filed" || len(got.Proofs) != 1 {
		t.Errorf("none filed: %s with %d proofs, want what was seen", says(got), len(got.Proofs))
	}
}

func TestServiceName(t *testing.T) {
	for name, c := range map[string]struct {
		filed string
		title string
		want  string
	}{
		"in the title": {"某某网", "欢迎光临 某某网", "pass"}, "brackets and width": {"某某（北京）网", "某某(北京)网-首页", "pass"},
		"without the tail": {"某某商城官方网站", "某某商城_首页", "pass"}, "not shown": {"某某网", "别家公司的主页", "deficient name-not-shown"},
		"near": {"某某数据服务平台", "某某数据平台首页", "suspected near-miss"}, "Latin page": {"某某网", "Welcome", "unverifiable latin-only"},
		"Latin name": {"Foobar", "别家公司的主页", "unverifiable latin-only"},
	} {
		subject := site()
		subject.Services[0].Name = c.filed
		d := with(document(), func(d *observe.Document) { d.Title = c.title })
		if got := says(judged(t, serviceNameMismatch, subject, twice(pages(d)))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func visited(attempts ...observe.Attempt) observe.Dossier {
	return observe.Dossier{Visit: observe.Seen[observe.Visit]{Value: &observe.Visit{Attempts: attempts}}}
}

func TestReachability(t *testing.T) {
	page := func(kind observe.PageKind) observe.Attempt {
		return observe.Attempt{Start: "http://example.cn/", Final: "http://example.cn/", Status: 200, End: observe.EndPage, Kind: kind}
	}
	status := func(code int) observe.Attempt {
		return observe.Attempt{Start: "http://example.cn/", End: observe.EndStatus, Status: code}
	}
	end := func(end observe.End) observe.Attempt {
		kind := map[observe.End]observe.FaultKind{observe.EndUnresolved: observe.FaultUnresolved, observe.EndNotHTTP: observe.FaultNotHTTP}[end]
		return observe.Attempt{Start: "http://example.cn/", End: end, Fault: &observe.Fault{Kind: cmp.Or(kind, observe.FaultTimeout)}}
	}
	for name, c := range map[string]struct {
		attempts []observe.Attempt
		want     string
	}{
		"open": {[]observe.Attempt{page(observe.KindSite)}, "pass"}, "one of two opens": {[]observe.Attempt{end(observe.EndTimeout), page(observe.KindSite)}, "pass"},
		"silence": {[]observe.Attempt{end(observe.EndTimeout), end(observe.EndRefused)}, "deficient nothing-answers"},
		"parking": {[]observe.Attempt{page(observe.KindParking), end(observe.EndRefused)}, "deficient parking-page"},
		"default": {[]observe.Attempt{page(observe.KindDefault)}, "deficient default-page"}, "block": {[]observe.Attempt{page(observe.KindBlock)}, "deficient block-page"},
		"error page": {[]observe.Attempt{page(observe.KindError)}, "deficient error-page"}, "404": {[]observe.Attempt{status(404)}, "deficient error-page"},
		"500": {[]observe.Attempt{status(500)}, "deficient error-page"}, "403": {[]observe.Attempt{status(403)}, "unverifiable status-denied"},
		"challenge":  {[]observe.Attempt{page(observe.KindChallenge), end(observe.EndTimeout)}, "unverifiable challenge"},
		"no TLS":     {[]observe.Attempt{end(observe.EndTLS), end(observe.EndRefused)}, "unverifiable tls"},
		"no address": {[]observe.Attempt{end(observe.EndUnresolved)}, "deficient no-address"}, "our own trouble": {[]observe.Attempt{end(observe.EndFault), end(observe.EndTimeout)}, "unverifiable visit-fault"},
	} {
		if got := says(judged(t, siteUnreachable, site(), twice(visited(c.attempts...)))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestVantage(t *testing.T) {
	b := bench(t, siteUnreachable)
	b.Policy.Vantage = "unknown"
	looks := twice(visited(observe.Attempt{Start: "http://example.cn/", End: observe.EndTimeout}))
	got := b.Judge(site(), map[string]Looks{"example.cn": looks})[0]
	if got.Outcome != Suspected || got.Why.Code != "vantage-unknown" {
		t.Errorf("from an unknown place: %s", says(got))
	}
	view := observe.View{ID: "telecom", Place: "mainland", Honoured: true}
	for i := range looks {
		looks[i].DNS.Value = &observe.DNS{Names: []observe.Name{{Name: "example.cn", Views: []observe.View{view}}}}
	}
	if got := b.Judge(site(), map[string]Looks{"example.cn": looks})[0]; got.Outcome != Deficient {
		t.Errorf("with an honoured mainland view: %s", says(got))
	}
}

func TestConfirmation(t *testing.T) {
	down := visited(observe.Attempt{Start: "http://example.cn/", End: observe.EndTimeout})
	up := visited(observe.Attempt{Start: "http://example.cn/", End: observe.EndPage, Kind: observe.KindSite})
	broken := observe.Dossier{Visit: observe.Seen[observe.Visit]{Fault: &observe.Fault{Kind: observe.FaultTLS}}}
	at := func(d observe.Dossier, before time.Duration) observe.Dossier {
		d.At = worldDay.Add(-before)
		return d
	}
	unclean := at(down, time.Hour)
	unclean.Unclean = true
	for name, c := range map[string]struct {
		looks Looks
		want  string
	}{
		"twice": {Looks{at(down, time.Hour), at(down, 0)}, "deficient nothing-answers"}, "too soon": {Looks{at(down, time.Minute), at(down, 0)}, "suspected nothing-answers"},
		"mended": {Looks{at(down, time.Hour), at(up, 0)}, "pass"}, "new": {Looks{at(up, time.Hour), at(down, 0)}, "suspected nothing-answers"},
		"then kept from seeing": {Looks{at(down, time.Hour), at(broken, 0)}, "suspected nothing-answers"}, "while we were unwell": {Looks{unclean, at(down, 0)}, "suspected nothing-answers"},
		"kept from seeing": {Looks{at(broken, 0)}, "unverifiable tls"}, "never looked": {nil, "error never-looked"},
	} {
		if got := says(judged(t, siteUnreachable, site(), c.looks)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// For every check and every kind of fault in any of its needs: never deficient.
func TestAFaultIsNeverADeficiency(t *testing.T) {
	kinds := []observe.FaultKind{observe.FaultTimeout, observe.FaultRefused, observe.FaultReset, observe.FaultTLS, observe.FaultChallenge, observe.FaultRateLimited,
		observe.FaultUnparsable, observe.FaultTooLarge, observe.FaultBlockedAddress, observe.FaultDisagreement, observe.FaultInternal, observe.FaultNoNetwork, observe.FaultNoDescriptors}
	for _, check := range All() {
		if check.Needs == 0 || check.Needs.Has(observe.WantApp) { // no website's
			continue
		}
		for _, kind := range kinds {
			fault := &observe.Fault{Kind: kind}
			d := observe.Dossier{DNS: observe.Seen[observe.DNS]{Fault: fault}, Owners: observe.Seen[observe.Owners]{Fault: fault}, Visit: observe.Seen[observe.Visit]{Fault: fault},
				Page: observe.Seen[observe.Page]{Fault: fault}, Registration: observe.Seen[observe.Registration]{Fault: fault}}
			want := Unverifiable
			if fault.Ours() {
				want = Error
			}
			if got := judged(t, check, site(), twice(d)); got.Outcome != want {
				t.Errorf("%s with the fault %s: %s, want %s", check.ID, kind, says(got), want)
			}
		}
	}
}
