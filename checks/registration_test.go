package checks

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// registryToday is 20:00 in Beijing on 2026-01-31.
var registryToday = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

var seedReference = sync.OnceValues(func() (*reference.Set, error) { return reference.Load("") })

// registryCase is one registered name of one filed subject; change alters it.
func registryCase(t *testing.T, change func(*Case, *observe.Registration)) Case {
	t.Helper()
	ref, err := seedReference()
	if err != nil {
		t.Fatal(err)
	}
	domain := &filing.Domain{Name: "example.cn"}
	service := &filing.Service{Number: "京ICP备12345678号-1", Kind: filing.Website, Domains: []*filing.Domain{domain}}
	subject := &filing.Subject{
		Number: "京ICP备12345678号", Name: "北京示例科技有限公司", Nature: filing.NatureCompany, Province: "京",
		Principal: filing.Person{Name: "张三"}, Services: []*filing.Service{service},
	}
	c := Case{Now: registryToday, Policy: DefaultPolicy(), Reference: ref, Subject: subject, Service: service, Domain: domain}
	r := observe.Registration{
		Domain: "example.cn", State: observe.StateRegistered, Expires: moment("2027-06-01T10:00:00+08:00"), Created: moment("2014-09-08T10:52:31+08:00"),
		Registrar: "阿里云计算有限公司（万网）", Holder: "北京示例科技有限公司", HolderStatus: observe.HolderNamed, Statuses: []string{"ok"},
		Protocol: "whois", Server: "whois.cnnic.cn", AsOf: registryToday,
	}
	if change != nil {
		change(&c, &r)
	}
	c.Registration = observe.Seen[observe.Registration]{Value: &r, At: registryToday}
	return c
}

// moment reads 2006-01-02T15:04:05+08:00, or a day alone.
func moment(text string) *observe.Date {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return &observe.Date{Time: t, DateOnly: true, Raw: text}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return &observe.Date{Time: t, Raw: text}
}

// registryRow is one row of a table: what is changed, and the outcome with its
// reason and the code of why.
type registryRow struct {
	name   string
	change func(*Case, *observe.Registration)
	want   string
}

func judgeAll(t *testing.T, check Check, rows []registryRow) {
	t.Helper()
	for _, row := range rows {
		c := registryCase(t, row.change)
		if got := told(check.Judge(c)); got != row.want {
			t.Errorf("%s: %s: %s, want %s", check.ID, row.name, got, row.want)
		}
	}
}

// told is a verdict as "outcome reason why +advice".
func told(v Verdict) string {
	words := []string{string(v.outcome)}
	for _, word := range []string{v.reason, v.why.Code} {
		if word != "" {
			words = append(words, word)
		}
	}
	for _, advice := range v.advice {
		words = append(words, "+"+advice.Code)
	}
	return strings.Join(words, " ")
}

func expires(text string, statuses ...string) func(*Case, *observe.Registration) {
	return func(_ *Case, r *observe.Registration) { r.Expires, r.Statuses = moment(text), statuses }
}

func TestDomainExpired(t *testing.T) {
	judgeAll(t, domainExpired, []registryRow{
		{"far off", nil, "pass"},
		{"today in Beijing", expires("2026-01-31T00:00:01+08:00"), "pass"},
		{"today in Beijing, yesterday in UTC", expires("2026-01-30T16:00:00Z"), "pass"},
		{"yesterday in Beijing", expires("2026-01-30T15:59:59Z"), "deficient expired"},
		{"a day without a clock", expires("2026-01-31"), "pass"},
		{"yesterday without a clock", expires("2026-01-30"), "deficient expired"},
		{"redemption with a renewed date", expires("2027-01-01T00:00:00Z", "redemptionPeriod", "pendingDelete"), "deficient redemption"},
		{"pending restore", expires("2027-01-01T00:00:00Z", "pendingRestore"), "deficient redemption"},
		{"pending delete", expires("2027-01-01T00:00:00Z", "pendingDelete"), "deficient pending-delete"},
		{"pending delete without a date", func(_ *Case, r *observe.Registration) { r.Expires, r.Statuses = nil, []string{"pendingDelete"} }, "deficient pending-delete"},
		{"renewed by the registry", expires("2027-01-10T00:00:00Z", "autoRenewPeriod"), "suspected auto-renew registrar-date-unknown"},
		{"renewed by both", func(_ *Case, r *observe.Registration) {
			r.Expires, r.RegistrarExpires, r.Statuses = moment("2027-01-10T00:00:00Z"), moment("2027-01-10T00:00:00Z"), []string{"autoRenewPeriod"}
		}, "pass"},
		{"renewed by the registry, lapsed at the registrar", func(_ *Case, r *observe.Registration) {
			r.Expires, r.RegistrarExpires, r.Statuses = moment("2027-01-10T00:00:00Z"), moment("2026-01-10T00:00:00Z"), []string{"autoRenewPeriod"}
		}, "deficient expired"},
		{"the registrar's date is past without the status", func(_ *Case, r *observe.Registration) { r.RegistrarExpires = moment("2026-01-10T00:00:00Z") }, "suspected auto-renew registrar-date-past"},
		{"hold alone", expires("2027-01-01T00:00:00Z", "clientHold"), "pass +on-hold"},
		{"hold and expired", expires("2026-01-01T00:00:00Z", "serverHold"), "deficient expired +on-hold"},
		{"no date", func(_ *Case, r *observe.Registration) { r.Expires = nil }, "unverifiable no-expiry-date"},
		{"free", func(_ *Case, r *observe.Registration) {
			*r = observe.Registration{Domain: r.Domain, State: observe.StateAvailable}
		}, "deficient not-registered"},
		{"reserved", func(_ *Case, r *observe.Registration) {
			*r = observe.Registration{Domain: r.Domain, State: observe.StateReserved}
		}, "unverifiable name-reserved"},
		{"old answer", func(_ *Case, r *observe.Registration) { r.AsOf = registryToday.AddDate(0, 0, -46) }, "unverifiable registration-stale"},
		{"kept answer", func(_ *Case, r *observe.Registration) {
			r.AsOf, r.Kept = registryToday.AddDate(0, 0, -5), &observe.Fault{Kind: observe.FaultRateLimited}
		}, "pass +kept-answer"},
	})
}

func TestNotRegisteredNeedsTwoLooks(t *testing.T) {
	c := registryCase(t, func(_ *Case, r *observe.Registration) {
		*r = observe.Registration{Domain: r.Domain, State: observe.StateAvailable}
	})
	bench := Bench{Now: c.Now, Policy: c.Policy, Reference: c.Reference, Checks: []Check{domainExpired}}
	look := func(before time.Duration) observe.Dossier {
		return observe.Dossier{Target: "example.cn", At: registryToday.Add(-before), Registration: c.Registration}
	}
	for _, row := range []struct {
		looks Looks
		want  Outcome
	}{
		{Looks{look(0)}, Suspected}, {Looks{look(time.Minute), look(0)}, Suspected}, {Looks{look(21 * time.Minute), look(0)}, Deficient},
	} {
		f := bench.Judge(c.Subject, map[string]Looks{"example.cn": row.looks})[0]
		if f.Outcome != row.want || f.Reason != "not-registered" {
			t.Errorf("%d looks: %s %s, want %s", len(row.looks), f.Outcome, f.Reason, row.want)
		}
	}
}

// Night after night the newest answer says by itself since when it has been so:
// confirmed once, it stays; one other answer between, and it has to begin anew.
func TestNotRegisteredIsConfirmedByTheAnswerItself(t *testing.T) {
	c := registryCase(t, nil)
	bench := Bench{Now: c.Now, Policy: c.Policy, Reference: c.Reference, Checks: []Check{domainExpired}}
	look := func(asOf, since time.Duration, change func(*observe.Dossier)) observe.Dossier {
		r := observe.Registration{Domain: "example.cn", State: observe.StateAvailable, AsOf: registryToday.Add(-asOf), Since: registryToday.Add(-since)}
		d := observe.Dossier{Target: "example.cn", At: registryToday, Registration: observe.Seen[observe.Registration]{Value: &r}}
		if change != nil {
			change(&d)
		}
		return d
	}
	const day = 24 * time.Hour
	for name, row := range map[string]struct {
		look observe.Dossier
		want Outcome
	}{
		"the first answer":              {look(0, 0, nil), Suspected},
		"too soon after the first":      {look(0, 19*time.Minute, nil), Suspected},
		"far enough after the first":    {look(0, 20*time.Minute, nil), Deficient},
		"an answer of before":           {look(day, day+time.Hour, nil), Deficient},
		"of before, and not confirmed":  {look(day, day, nil), Suspected},
		"a night later":                 {look(time.Hour, 2*day, nil), Deficient},
		"without a first":               {look(0, 0, func(d *observe.Dossier) { d.Registration.Value.Since = time.Time{} }), Suspected},
		"asked while we were unwell":    {look(0, day, func(d *observe.Dossier) { d.Unclean = true }), Suspected},
		"asked before we were unwell":   {look(time.Hour, day, func(d *observe.Dossier) { d.Unclean = true }), Deficient},
		"said to the whole registry":    {look(0, day, func(d *observe.Dossier) { d.Blocked = &observe.Blocked{Kinds: observe.WantRegistration} }), Unverifiable},
		"registered again in between":   {look(0, day, func(d *observe.Dossier) { d.Registration.Value.Since = d.Registration.Value.AsOf }), Suspected},
		"registered, whatever it bears": {look(0, day, func(d *observe.Dossier) { d.Registration.Value.State = observe.StateReserved }), Unverifiable},
	} {
		f := bench.Judge(c.Subject, map[string]Looks{"example.cn": {row.look}})[0]
		if f.Outcome != row.want {
			t.Errorf("%s: %s %s, want %s", name, f.Outcome, f.Reason, row.want)
		}
	}
}

// Who has to wait for a registry's pace is told until when.
func TestNotLookedUpTellsTheExpectedDay(t *testing.T) {
	c := registryCase(t, nil)
	fault := &observe.Fault{Kind: observe.FaultNotLookedUp, Where: "example.cn", Expected: time.Date(2026, 2, 2, 17, 0, 0, 0, time.UTC)}
	d := observe.Dossier{Target: "example.cn", At: registryToday, Registration: observe.Seen[observe.Registration]{Fault: fault}}
	bench := Bench{Now: c.Now, Policy: c.Policy, Reference: c.Reference, Checks: []Check{domainExpired}}
	f := bench.Judge(c.Subject, map[string]Looks{"example.cn": {d}})[0]
	if f.Outcome != Unverifiable || f.Why == nil || f.Why.Detail != "example.cn ≤ 2026-02-03" {
		t.Errorf("%s, %+v", f.Outcome, f.Why)
	}
}

func TestDomainExpiring(t *testing.T) {
	judgeAll(t, domainExpiring, []registryRow{
		{"far off", nil, "pass"},
		{"the last day of the next month", expires("2026-02-28T00:00:00+08:00"), "pass"},
		{"a day before it", expires("2026-02-27T23:59:59+08:00"), "deficient within-a-month"},
		{"that day in Beijing, the day before in UTC", expires("2026-02-27T16:00:00Z"), "pass"},
		{"today", expires("2026-01-31T00:00:00+08:00"), "deficient within-a-month"},
		{"past", expires("2026-01-30"), "not_applicable expired-already"},
		{"redemption", expires("2027-01-01T00:00:00Z", "redemptionPeriod"), "not_applicable expired-already"},
		{"renewed by the registry: whether it lapsed says domain-expired", expires("2027-01-10T00:00:00Z", "autoRenewPeriod"), "pass"},
		{"no date", func(_ *Case, r *observe.Registration) { r.Expires = nil }, "unverifiable no-expiry-date"},
		{"free", func(_ *Case, r *observe.Registration) { r.State = observe.StateAvailable }, "unverifiable not-registered"},
	})
}

func TestDomainHolderMismatch(t *testing.T) {
	holder := func(name string) func(*Case, *observe.Registration) {
		return func(_ *Case, r *observe.Registration) { r.Holder = name }
	}
	in := func(province string, nature filing.Nature) func(*Case, *observe.Registration) {
		return func(c *Case, r *observe.Registration) {
			r.Holder, c.Subject.Province, c.Subject.Nature = "张三", province, nature
		}
	}
	status := func(s observe.HolderStatus, name string) func(*Case, *observe.Registration) {
		return func(_ *Case, r *observe.Registration) { r.Holder, r.HolderStatus = name, s }
	}
	judgeAll(t, domainHolderMismatch, []registryRow{
		{"the subject", nil, "pass"},
		{"written otherwise", func(c *Case, r *observe.Registration) {
			c.Subject.Name, r.Holder = "示例（北京）科技 有限公司", "示例(北京)科技有限公司"
		}, "pass"},
		{"in traditional characters", func(c *Case, r *observe.Registration) {
			c.Subject.Name, r.Holder = "西部数码国际有限公司", "西部數碼國際有限公司"
		}, "pass"},
		{"an alias", func(c *Case, r *observe.Registration) {
			c.Subject.Aliases, r.Holder = []string{"北京示例旧名有限公司"}, "北京示例旧名有限公司"
		}, "pass"},
		{"another body", holder("上海别家有限公司"), "deficient other-holder"},
		{"another form of company", holder("北京示例科技有限责任公司"), "deficient other-holder"},
		{"a branch", holder("北京示例科技有限公司上海分公司"), "deficient other-holder"},
		{"another person", holder("李四"), "deficient other-holder"},
		{"the legal representative", in("京", filing.NatureCompany), "suspected legal-representative representative-allowed"},
		{"the legal representative in Guangdong", in("粤", filing.NatureCompany), "suspected legal-representative representative-allowed"},
		{"the legal representative in Ningxia", in("宁", filing.NatureCompany), "deficient other-holder"},
		{"the legal representative, nature not filed", in("", ""), "suspected legal-representative representative-allowed"},
		{"an individual's own name", func(c *Case, r *observe.Registration) {
			c.Subject.Name, c.Subject.Nature, r.Holder = "张三", filing.NatureIndividual, "张三"
		}, "pass"},
		{"an individual's domain with somebody else", func(c *Case, r *observe.Registration) {
			c.Subject.Name, c.Subject.Nature, r.Holder = "张三", filing.NatureIndividual, "李四"
		}, "deficient other-holder"},
		{"in English", holder("Beijing Example Technology Co., Ltd."), "unverifiable holder-in-latin"},
		{"filed in English, held in Chinese", func(c *Case, r *observe.Registration) { c.Subject.Name = "Example Inc." }, "unverifiable holder-in-latin"},
		{"both in English", func(c *Case, r *observe.Registration) { c.Subject.Name, r.Holder = "Example Inc.", "EXAMPLE, INC" }, "pass"},
		{"partly masked", holder("北京**科技有限公司"), "unverifiable holder-redacted"},
		{"redacted", status(observe.HolderRedacted, ""), "unverifiable holder-redacted"},
		{"a proxy", status(observe.HolderProxy, "Domains By Proxy, LLC"), "unverifiable holder-proxy"},
		{"absent", status(observe.HolderAbsent, ""), "unverifiable holder-absent"},
		{"no subject name", func(c *Case, _ *observe.Registration) { c.Subject.Name = "" }, "unverifiable subject-name-not-filed"},
		{"free", func(_ *Case, r *observe.Registration) { r.State = observe.StateAvailable }, "unverifiable not-registered"},
	})
}

func TestRegistrarUnapproved(t *testing.T) {
	by := func(registrar, iana string) func(*Case, *observe.Registration) {
		return func(_ *Case, r *observe.Registration) { r.Registrar, r.IANAID = registrar, iana }
	}
	judgeAll(t, registrarUnapproved, []registryRow{
		{"on the seed list", nil, "pass +registrar-by-seed"},
		{"by its id", by("Some New Name", "1599"), "pass +registrar-by-seed"},
		{"by a former name", by("厦门易名网络科技有限公司", ""), "pass +registrar-by-seed"},
		{"foreign", by("MarkMonitor Inc.", "292"), "suspected foreign-registrar no-official-list"},
		{"foreign without its id", by("GODADDY.COM, LLC", ""), "suspected foreign-registrar no-official-list"},
		{"unknown", by("某新注册商有限公司", ""), "unverifiable no-official-list"},
		{"none named", by("", ""), "unverifiable no-registrar"},
	})
}

func TestRegistrarUnapprovedByTheOfficialList(t *testing.T) {
	dir := t.TempDir()
	list := "registrar,aliases,tlds,date\n阿里云计算有限公司,万网,.cn .中国 com,2026-01-01\n商中在线科技股份有限公司,,com,2025-12-01\n"
	if err := os.WriteFile(filepath.Join(dir, "registrars_official.csv"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	ref, err := reference.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ domain, registrar, iana, want string }{
		{"example.cn", "阿里云计算有限公司（万网）", "", "pass"},
		{"example.com.cn", "阿里云计算有限公司", "", "pass"},
		{"example.xn--fiqs8s", "阿里云计算有限公司", "", "pass"},
		{"example.com", "Alibaba Cloud Computing Ltd. d/b/a HiChina (www.net.cn)", "1599", "pass"},
		{"example.com", "Bizcn.com, Inc.", "471", "pass"},
		{"example.cn", "商中在线科技股份有限公司", "", "deficient not-on-list"},
		{"example.cn", "某新注册商有限公司", "", "deficient not-on-list"},
		{"example.com", "MarkMonitor Inc.", "292", "deficient not-on-list"},
		{"example.top", "MarkMonitor Inc.", "292", "suspected foreign-registrar tld-not-on-list"},
		{"example.top", "阿里云计算有限公司", "", "unverifiable tld-not-on-list"},
		{"example.top", "某新注册商有限公司", "", "unverifiable tld-not-on-list"},
	} {
		c := registryCase(t, func(c *Case, r *observe.Registration) {
			c.Reference, r.Domain, r.Registrar, r.IANAID = ref, row.domain, row.registrar, row.iana
		})
		if got := told(registrarUnapproved.Judge(c)); got != row.want {
			t.Errorf("%s at %s: %s, want %s", row.domain, row.registrar, got, row.want)
		}
	}
}

func TestDomainRegisteredAfterFiling(t *testing.T) {
	type kind int
	const first, latest kind = 1, 2
	approved := func(domain, service, subject string, which kind) func(*Case, *observe.Registration) {
		day := func(text string) filing.Approvals {
			var a filing.Approvals
			into := map[kind]*filing.Day{first: &a.First, latest: &a.Latest}[which]
			if err := into.UnmarshalText([]byte(text)); err != nil {
				t.Fatal(err)
			}
			return a
		}
		return func(c *Case, _ *observe.Registration) {
			c.Domain.Approved, c.Service.Approved, c.Subject.Approved = day(domain), day(service), day(subject)
		}
	}
	both := func(f, l int) filing.Approvals {
		return filing.Approvals{First: filing.NewDay(f, 1, 1), Latest: filing.NewDay(l, 1, 1)}
	}
	// The domain was created on 2014-09-08, Beijing time.
	judgeAll(t, domainRegisteredAfterFiling, []registryRow{
		{"the same day", approved("2014-09-08", "", "", first), "pass"},
		{"a day after", approved("2014-09-07", "", "", first), "pass"},
		{"two days after", approved("2014-09-06", "", "", first), "deficient after-domain-approval"},
		{"long before", approved("2020-01-01", "", "", first), "pass"},
		{"before the domain's latest approval", approved("2020-01-01", "", "", latest), "unverifiable only-latest-approval"},
		{"after the domain's latest approval", approved("2014-01-01", "", "", latest), "deficient after-domain-approval"},
		{"the domain's date beats the service's", approved("2020-01-01", "2010-01-01", "", first), "pass"},
		{"after the service's latest", approved("", "2014-01-01", "", latest), "deficient after-latest-approval"},
		{"before the service's latest", approved("", "2020-01-01", "", latest), "unverifiable only-latest-approval"},
		{"after the subject's latest, the service's is later", approved("", "2020-01-01", "2010-01-01", latest), "unverifiable only-latest-approval"},
		{"after the subject's latest", approved("", "", "2010-01-01", latest), "deficient after-latest-approval"},
		{"between the domain's first and latest", func(c *Case, _ *observe.Registration) { c.Domain.Approved = both(2012, 2020) }, "deficient after-domain-approval"},
		{"before the domain's first and latest", func(c *Case, _ *observe.Registration) { c.Domain.Approved = both(2015, 2020) }, "pass"},
		{"between the service's first and latest", func(c *Case, _ *observe.Registration) { c.Service.Approved = both(2012, 2020) }, "suspected after-first-approval added-later-perhaps"},
		{"before the service's first and latest", func(c *Case, _ *observe.Registration) { c.Service.Approved = both(2015, 2020) }, "pass"},
		{"after the service's first and latest", func(c *Case, _ *observe.Registration) { c.Service.Approved = both(2010, 2012) }, "deficient after-latest-approval"},
		{"after the first", approved("", "2014-01-01", "", first), "suspected after-first-approval added-later-perhaps"},
		{"before the first", approved("", "2020-01-01", "", first), "pass"},
		{"no date filed", nil, "unverifiable approval-not-filed"},
		{"no creation date", func(_ *Case, r *observe.Registration) { r.Created = nil }, "unverifiable no-creation-date"},
		{"the day in Beijing counts", func(c *Case, r *observe.Registration) {
			approved("2014-09-07", "", "", first)(c, r)
			r.Created = moment("2014-09-08T16:30:00Z") // the 9th in Beijing
		}, "deficient after-domain-approval"},
		{"a day without a clock counts as it stands", func(c *Case, r *observe.Registration) {
			approved("2014-09-07", "", "", first)(c, r)
			r.Created = moment("2014-09-08")
		}, "pass"},
	})
}

func TestRegistrationChecksAreBoundToTheirNeeds(t *testing.T) {
	for _, check := range []Check{domainExpired, domainExpiring, domainHolderMismatch, registrarUnapproved, domainRegisteredAfterFiling} {
		c := registryCase(t, nil)
		bench := Bench{Now: c.Now, Policy: c.Policy, Reference: c.Reference, Checks: []Check{check}}
		for kind, want := range map[observe.FaultKind]Outcome{observe.FaultRateLimited: Unverifiable, observe.FaultNoServer: Unverifiable, observe.FaultInternal: Error} {
			d := observe.Dossier{At: registryToday, Registration: observe.Seen[observe.Registration]{Fault: &observe.Fault{Kind: kind}}}
			if f := bench.Judge(c.Subject, map[string]Looks{"example.cn": {d}})[0]; f.Outcome != want || f.Why == nil || f.Why.Code != string(kind) {
				t.Errorf("%s with %s: %s %v, want %s", check.ID, kind, f.Outcome, f.Why, want)
			}
		}
	}
}
