package checks

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// A sketch of a look at names: "www 1.2.3.4 1.2.3.5 >cname" is www with these
// addresses and that chain; "www !timeout" a fault, "www 1.2.3.4 !timeout" one
// of its kinds of address, "www nxdomain" its absence. A view stands behind
// "| mainland" or "| overseas", with "~" where it was not honoured.
func sketch(lines ...string) (dns observe.DNS, owners observe.Owners) {
	families := map[string]observe.CNAMEFamily{
		"own":   {Provider: "huaweicloud", Product: "cdn", Confidence: "high"},
		"other": {Provider: "knownsec", Product: "waf", Confidence: "high"},
		"cf":    {Provider: "cloudflare", Product: "cdn", Confidence: "high"},
		"low":   {Provider: "aliyun", Product: "cdn", Confidence: "low"},
	}
	owners.DataDate = "2026-06-17"
	parse := func(name string, words []string) (a answer, fault *observe.Fault, state observe.NameState) {
		state = observe.NameEmpty
		for _, w := range words {
			switch {
			case strings.HasPrefix(w, "!"):
				fault = &observe.Fault{Kind: observe.FaultKind(w[1:]), Where: name}
			case strings.HasPrefix(w, ">"):
				cname := w[1:] + ".vendor.example"
				a.cnames = append(a.cnames, cname)
				if f, ok := families[w[1:]]; ok {
					f.Name, f.CNAME = name, cname
					owners.Families = append(owners.Families, f)
				}
			case w == "nxdomain":
				state = observe.NameAbsent
			default:
				a.addrs = append(a.addrs, netip.MustParseAddr(w))
				owners.Addrs = append(owners.Addrs, factsOf(w))
			}
		}
		switch {
		case len(a.addrs) > 0:
			state = observe.NameResolved
		case fault != nil:
			state = observe.NameFault
		}
		return a, fault, state
	}
	for _, line := range lines {
		parts := strings.Split(line, "|")
		words := strings.Fields(parts[0])
		n := observe.Name{Name: strings.TrimPrefix(words[0]+".example.com", "@.")}
		a, fault, state := parse(n.Name, words[1:])
		n.Addrs, n.CNAMEs, n.Fault, n.State = a.addrs, a.cnames, fault, state
		for _, part := range parts[1:] {
			words := strings.Fields(part)
			v := observe.View{Place: strings.TrimSuffix(words[0], "~"), Honoured: !strings.HasSuffix(words[0], "~")}
			a, fault, state := parse(n.Name, words[1:])
			v.Addrs, v.CNAMEs, v.Fault, v.State = a.addrs, a.cnames, fault, state
			n.Views = append(n.Views, v)
		}
		dns.Names = append(dns.Names, n)
	}
	return dns, owners
}

// accessCase is a website filed with 华为云 and one address, looked at from the mainland.
func accessCase(ref *reference.Set, look ...string) Case {
	dns, owners := sketch(look...)
	policy := DefaultPolicy()
	policy.Vantage = "mainland"
	return Case{
		Now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), Policy: policy, Reference: ref, Subject: &filing.Subject{},
		Service: &filing.Service{Kind: filing.Website, Provider: "华为云", IPs: []netip.Prefix{netip.MustParsePrefix(theFiled + "/32")}},
		Domain:  &filing.Domain{Name: "example.com"}, DNS: observe.Seen[observe.DNS]{Value: &dns}, Owners: observe.Seen[observe.Owners]{Value: &owners},
	}
}

const (
	theFiled = "119.3.85.9"      // the filed address
	theirs   = "119.3.85.251"    // 华为云, mainland
	theirsHK = "159.138.1.1"     // 华为云, overseas
	others   = "8.130.1.1"       // 阿里云, mainland
	abroad   = "8.8.8.8"         // nobody known, overseas
	carried  = "116.63.0.1"      // announced by a carrier
	idc      = "114.114.114.114" // somebody in the mainland
)

func TestAccess(t *testing.T) {
	ref := loaded(t)
	for name, c := range map[string]struct {
		look     []string
		provider string // 华为云 where empty; "-" for none
		noIPs    bool
		vantage  string // mainland where empty
		scene    ID     // empty: all three pass
		outcome  Outcome
		reason   string // or why
		first    string // what the first proof got begins with
	}{
		"filed":                                  {look: []string{"@ " + theFiled}, outcome: Pass, first: theFiled},
		"one filed name is enough":               {look: []string{"@ " + others, "www " + abroad, "shop " + theFiled}, outcome: Pass, first: theFiled},
		"filed beats a front":                    {look: []string{"@ " + theFiled + " >other"}, outcome: Pass, first: theFiled},
		"filed beats a fault":                    {look: []string{"@ !timeout", "www " + theFiled}, outcome: Pass, first: theFiled},
		"filed, provider unknown":                {look: []string{"@ " + theFiled}, provider: "某机房", outcome: Pass, first: theFiled},
		"filed, seen in a mainland view":         {look: []string{"@ " + abroad + " | mainland " + theFiled}, outcome: Pass, first: theFiled},
		"filed, though a view leads elsewhere":   {look: []string{"@ " + theFiled + " | mainland " + others}, vantage: "unknown", outcome: Pass, first: theFiled},
		"filed in the overseas view only":        {look: []string{"@ " + others + " | overseas " + theFiled}, scene: sceneAway, outcome: Deficient, reason: "other-provider", first: others},
		"no address":                             {look: []string{"@ nxdomain", "www nxdomain"}, scene: sceneAway, outcome: Deficient, reason: "no-address", first: "example.com nxdomain"},
		"no address, of any kind":                {look: []string{"@", "www nxdomain"}, scene: sceneAway, outcome: Deficient, reason: "no-address"},
		"no address, provider unknown":           {look: []string{"@ nxdomain"}, provider: "某机房", scene: sceneAway, outcome: Deficient, reason: "no-address"},
		"no address but a fault":                 {look: []string{"@ nxdomain", "www !timeout"}, scene: sceneAway, outcome: Unverifiable, reason: "timeout"},
		"an address in a mainland view only":     {look: []string{"@ nxdomain | mainland " + theirs}, scene: sceneOtherIP, outcome: Deficient, reason: "other-address-of-provider"},
		"another address of the provider":        {look: []string{"@ " + theirs}, scene: sceneOtherIP, outcome: Deficient, reason: "other-address-of-provider", first: theirs},
		"another address, others elsewhere":      {look: []string{"@ " + abroad + " " + others, "www " + carried, "m " + theirs}, scene: sceneOtherIP, outcome: Deficient, reason: "other-address-of-provider", first: theirs},
		"another address, and another's front":   {look: []string{"@ " + theirs, "www " + carried + " >other"}, scene: sceneOtherIP, outcome: Deficient, reason: "other-address-of-provider", first: theirs},
		"another address, one name unseen":       {look: []string{"@ " + theirs, "www !server-failure"}, scene: sceneOtherIP, outcome: Unverifiable, reason: "server-failure", first: theirs},
		"another address, IPv6 unseen":           {look: []string{"@ " + theirs + " !timeout"}, scene: sceneOtherIP, outcome: Unverifiable, reason: "timeout", first: theirs},
		"no IP filed":                            {look: []string{"@ " + theirs}, noIPs: true, scene: sceneOtherIP, outcome: Unverifiable, reason: "ip-not-filed", first: theirs},
		"no IP filed, elsewhere":                 {look: []string{"@ " + others}, noIPs: true, scene: sceneAway, outcome: Deficient, reason: "other-provider", first: others},
		"own front":                              {look: []string{"@ " + carried + " >own"}, scene: sceneOtherIP, outcome: Unverifiable, reason: "behind-own-service", first: carried},
		"own front beside another address":       {look: []string{"@ " + theirs, "www " + carried + " >own"}, scene: sceneOtherIP, outcome: Unverifiable, reason: "behind-own-service", first: carried},
		"own front abroad":                       {look: []string{"@ " + abroad + " >own"}, scene: sceneOtherIP, outcome: Unverifiable, reason: "behind-own-service"},
		"own front handed on":                    {look: []string{"@ " + carried + " >own >between >other"}, scene: sceneOtherIP, outcome: Unverifiable, reason: "behind-own-service"},
		"other's front":                          {look: []string{"@ " + carried + " >between >other"}, scene: sceneAway, outcome: Suspected, reason: "behind-other-cdn", first: carried},
		"other's front, others elsewhere":        {look: []string{"@ " + others, "www " + carried + " >other"}, scene: sceneAway, outcome: Suspected, reason: "behind-other-cdn", first: carried},
		"other's front beside a carrier":         {look: []string{"@ " + carried, "www " + carried + " >other"}, scene: sceneAway, outcome: Unverifiable, reason: "address-of-carrier", first: carried},
		"other's front, one name unseen":         {look: []string{"@ !timeout", "www " + carried + " >other"}, scene: sceneAway, outcome: Unverifiable, reason: "timeout"},
		"other's front abroad":                   {look: []string{"@ 104.21.1.1 >cf"}, scene: sceneOverseas, outcome: Deficient, reason: "all-overseas", first: "104.21.1.1"},
		"other's front abroad, seen from abroad": {look: []string{"@ 104.21.1.1 >cf"}, vantage: "overseas", scene: sceneAway, outcome: Suspected, reason: "behind-other-cdn"},
		"other's front abroad, by a view":        {look: []string{"@ 104.21.1.1 >cf | mainland 104.21.1.1 >cf"}, vantage: "overseas", scene: sceneOverseas, outcome: Deficient, reason: "all-overseas"},
		"a front in the view's chain only":       {look: []string{"@ " + others + " | mainland " + carried + " >other"}, vantage: "unknown", scene: sceneAway, outcome: Suspected, reason: "behind-other-cdn"},
		"a front in the plain chain only":        {look: []string{"@ " + carried + " >other | mainland " + others}, vantage: "unknown", scene: sceneAway, outcome: Deficient, reason: "other-provider", first: others},
		"a front of low confidence":              {look: []string{"@ " + others + " >low"}, scene: sceneAway, outcome: Deficient, reason: "other-provider", first: others},
		"overseas":                               {look: []string{"@ " + abroad, "www 47.242.1.1"}, scene: sceneOverseas, outcome: Deficient, reason: "all-overseas", first: abroad},
		"overseas nodes of the provider":         {look: []string{"@ " + theirsHK}, scene: sceneOverseas, outcome: Deficient, reason: "all-overseas", first: theirsHK},
		"overseas, IPv6":                         {look: []string{"@ 2606:4700::1"}, scene: sceneOverseas, outcome: Deficient, reason: "all-overseas"},
		"overseas, provider unknown":             {look: []string{"@ " + abroad}, provider: "某机房", scene: sceneOverseas, outcome: Deficient, reason: "all-overseas"},
		"overseas, provider not filed":           {look: []string{"@ " + abroad}, provider: "-", scene: sceneOverseas, outcome: Deficient, reason: "all-overseas"},
		"overseas and a name unseen":             {look: []string{"@ " + abroad, "www !denied"}, scene: sceneAway, outcome: Unverifiable, reason: "denied", first: abroad},
		"overseas and not announced":             {look: []string{"@ " + abroad + " 43.1.1.1"}, scene: sceneAway, outcome: Unverifiable, reason: "address-unrouted", first: "43.1.1.1"},
		"overseas AS, registered in CN":          {look: []string{"@ 110.41.208.1"}, scene: sceneAway, outcome: Unverifiable, reason: "address-place-unknown"},
		"overseas in the overseas view only":     {look: []string{"@ " + abroad + " | mainland " + theirs + " | overseas " + abroad}, vantage: "overseas", scene: sceneOtherIP, outcome: Deficient, reason: "other-address-of-provider"},
		"overseas in the mainland view":          {look: []string{"@ " + theirs + " | mainland " + abroad}, vantage: "overseas", scene: sceneOverseas, outcome: Deficient, reason: "all-overseas"},
		"a view from here and a view asked for":  {look: []string{"@ " + theirs + " | mainland " + abroad}, scene: sceneOtherIP, outcome: Deficient, reason: "other-address-of-provider"},
		"a view that was not honoured":           {look: []string{"@ " + others + " | mainland~ " + abroad}, scene: sceneAway, outcome: Deficient, reason: "other-provider", first: others},
		"a plain fault, but a view":              {look: []string{"@ !timeout | mainland " + others}, scene: sceneAway, outcome: Unverifiable, reason: "timeout", first: others},
		"a view that failed":                     {look: []string{"@ " + others + " | mainland !timeout"}, scene: sceneAway, outcome: Unverifiable, reason: "timeout", first: others},
		"an overseas view that failed":           {look: []string{"@ " + others + " | overseas !timeout"}, scene: sceneAway, outcome: Deficient, reason: "other-provider", first: others},
		"a view with half an answer":             {look: []string{"@ " + others + " | mainland " + others + " !timeout"}, vantage: "unknown", scene: sceneAway, outcome: Unverifiable, reason: "timeout"},
		"another provider":                       {look: []string{"@ " + others}, scene: sceneAway, outcome: Deficient, reason: "other-provider", first: others},
		"another provider and overseas":          {look: []string{"@ " + others + " " + abroad}, scene: sceneAway, outcome: Deficient, reason: "other-provider"},
		"another provider and own overseas":      {look: []string{"@ " + others + " " + theirsHK}, scene: sceneAway, outcome: Suspected, reason: "other-provider", first: theirsHK},
		"another provider and a name unseen":     {look: []string{"@ " + others, "www !timeout"}, scene: sceneAway, outcome: Unverifiable, reason: "timeout", first: others},
		"somebody in the mainland":               {look: []string{"@ " + idc}, scene: sceneAway, outcome: Deficient, reason: "other-provider", first: idc},
		"somebody, and a provider who may be so": {look: []string{"@ " + idc}, provider: "又拍云", scene: sceneAway, outcome: Unverifiable, reason: "provider-anywhere", first: idc},
		"carrier":                                {look: []string{"@ " + carried}, scene: sceneAway, outcome: Unverifiable, reason: "address-of-carrier", first: carried},
		"carrier and another provider":           {look: []string{"@ " + carried, "www " + others}, scene: sceneAway, outcome: Unverifiable, reason: "address-of-carrier", first: carried},
		"carrier's own cloud":                    {look: []string{"@ " + carried}, provider: "联通云", scene: sceneOtherIP, outcome: Deficient, reason: "other-address-of-provider", first: carried},
		"not announced":                          {look: []string{"@ 115.34.0.1"}, scene: sceneAway, outcome: Unverifiable, reason: "address-unrouted"},
		"private":                                {look: []string{"@ 10.0.0.1"}, scene: sceneAway, outcome: Unverifiable, reason: "address-private"},
		"IPv6 of the mainland":                   {look: []string{"@ 2408:8000::1"}, scene: sceneAway, outcome: Unverifiable, reason: "owner-unsettled"},
		"IPv6 of the provider":                   {look: []string{"@ 2407:c080::1"}, scene: sceneOtherIP, outcome: Deficient, reason: "other-address-of-provider"},
		"provider unknown":                       {look: []string{"@ " + others}, provider: "某机房", scene: sceneAway, outcome: Unverifiable, reason: "provider-unknown", first: others},
		"provider not filed":                     {look: []string{"@ " + others}, provider: "-", scene: sceneAway, outcome: Unverifiable, reason: "provider-not-filed", first: others},
		"provider unknown, behind a front":       {look: []string{"@ " + carried + " >other"}, provider: "某机房", scene: sceneAway, outcome: Unverifiable, reason: "provider-unknown"},
	} {
		kase := accessCase(ref, c.look...)
		switch {
		case c.provider == "-":
			kase.Service.Provider = ""
		case c.provider != "":
			kase.Service.Provider = c.provider
		}
		if c.noIPs {
			kase.Service.IPs = nil
		}
		if c.vantage != "" {
			kase.Policy.Vantage = c.vantage
		}
		for _, check := range accessChecks() {
			v := check.Judge(kase)
			if c.scene != "" && c.scene != check.ID {
				if v.outcome != NotApplicable || v.why != (Note{"other-access-scene", string(c.scene)}) {
					t.Errorf("%s: %s is %s (%s%s), want it not to apply", name, check.ID, v.outcome, v.reason, v.why.Code)
				}
				continue
			}
			got := v.reason
			if v.outcome == Unverifiable {
				got = v.why.Code
			}
			if v.outcome != c.outcome || got != c.reason {
				t.Errorf("%s: %s is %s (%s %s), want %s (%s)", name, check.ID, v.outcome, v.reason, v.why.Code, c.outcome, c.reason)
				continue
			}
			if v.reason != "" && !slices.ContainsFunc(check.Reasons, func(r Reason) bool { return r.ID == v.reason }) {
				t.Errorf("%s: %s does not declare %s", name, check.ID, v.reason)
			}
			if c.first != "" && (len(v.proofs) == 0 || !strings.HasPrefix(v.proofs[0].Got, c.first)) {
				t.Errorf("%s: proofs %+v, want the first to tell %s", name, v.proofs, c.first)
			}
			if v.outcome != Pass && len(v.proofs) == 0 && got != "timeout" {
				t.Errorf("%s: nothing is shown", name)
			}
			if rule := check.restsOnAbsence(v); rule != (got == "no-address") {
				t.Errorf("%s: rests on absence: %v", name, rule)
			}
		}
	}
}

func accessChecks() []Check { return []Check{dnsNotAtProvider, dnsOverseas, dnsNotFiledIP} }

// TestAFaultNeverAccuses injects a fault into every part of every look.
func TestAFaultNeverAccuses(t *testing.T) {
	ref := loaded(t)
	words := []string{theFiled, theirs, theirsHK, others, abroad, carried, idc, "10.0.0.1", "nxdomain", carried + " >own", carried + " >other"}
	var looks [][]string
	for _, a := range words {
		for _, b := range words {
			looks = append(looks, []string{"@ " + a, "www " + b}, []string{"@ " + a + " | mainland " + b}, []string{"@ " + a + " | overseas " + b})
		}
	}
	for _, look := range looks {
		for _, vantage := range []string{"mainland", "unknown"} {
			before := accessCase(ref, look...)
			before.Policy.Vantage = vantage
			for i := range look {
				for _, hurt := range hurts(look[i]) {
					hurtLook := slices.Clone(look)
					hurtLook[i] = hurt
					after := accessCase(ref, hurtLook...)
					after.Policy.Vantage = vantage
					for _, check := range accessChecks() {
						if check.Judge(after).outcome == Deficient && check.Judge(before).outcome != Deficient {
							t.Errorf("%q is %s for %s, but %q deficient", look, check.Judge(before).outcome, check.ID, hurtLook)
						}
					}
				}
			}
		}
	}
}

// hurts are the ways in which a part of a look can fail.
func hurts(line string) []string {
	plain, view, viewed := strings.Cut(line, " | ")
	name := strings.Fields(plain)[0]
	if !viewed {
		return []string{name + " !timeout", plain + " !timeout"}
	}
	place := strings.Fields(view)[0]
	return []string{
		name + " !timeout | " + view, plain + " !timeout | " + view, plain + " | " + place + "~ !timeout", plain + " | " + view + " !timeout", name + " !timeout | " + place + "~ !timeout",
	}
}

func TestAdviceOnAddresses(t *testing.T) {
	ref := loaded(t)
	codes := func(c Case) []string {
		var all []string
		for _, check := range accessChecks() {
			for _, note := range check.Judge(c).advice {
				all = append(all, note.Code+" "+note.Detail)
			}
		}
		return all
	}
	for name, c := range map[string]struct {
		look  []string
		late  bool
		other string
		want  []string
	}{
		"fresh data":              {look: []string{"@ " + others}},
		"old data":                {look: []string{"@ " + others}, late: true, want: []string{"address-data-old 2026-06-17"}},
		"old data, but filed":     {look: []string{"@ " + theFiled}, late: true},
		"old data, but a front":   {look: []string{"@ " + carried + " >other"}, late: true},
		"old data, unverifiable":  {look: []string{"@ " + carried}, late: true, want: []string{"address-data-old 2026-06-17"}},
		"at the other provider":   {look: []string{"@ " + others}, other: "阿里云计算有限公司", want: []string{"at-other-filed-provider 阿里云计算有限公司"}},
		"not at the other either": {look: []string{"@ " + others}, other: "腾讯云"},
		"perhaps a front":         {look: []string{"@ " + others + " >low"}, want: []string{"perhaps-fronted low.vendor.example"}},
	} {
		kase := accessCase(ref, c.look...)
		kase.Service.OtherProvider = c.other
		if c.late {
			kase.Now = time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
		}
		if got := codes(kase); !slices.Equal(got, c.want) {
			t.Errorf("%s: advice %q, want %q", name, got, c.want)
		}
	}
}

// TestPlaceOfTheLook: from an unknown place nothing is deficient, unless a
// mainland view was honoured.
func TestPlaceOfTheLook(t *testing.T) {
	ref := loaded(t)
	for name, c := range map[string]struct {
		look    string
		vantage string
		want    Outcome
	}{
		"from the mainland":      {"@ " + others, "mainland", Deficient},
		"from an unknown place":  {"@ " + others, "unknown", Suspected},
		"from overseas":          {"@ " + abroad, "overseas", Suspected},
		"an honoured view":       {"@ " + others + " | mainland " + others, "unknown", Deficient},
		"a view not honoured":    {"@ " + others + " | mainland~ " + others, "unknown", Suspected},
		"an overseas view alone": {"@ " + others + " | overseas " + others, "unknown", Suspected},
	} {
		kase := accessCase(ref, c.look)
		kase.Policy.Vantage = c.vantage
		kase.Service.Domains = []*filing.Domain{kase.Domain}
		bench := Bench{Now: kase.Now, Policy: kase.Policy, Reference: ref, Checks: accessChecks()}
		subject := &filing.Subject{Number: "京ICP备12345678号", Services: []*filing.Service{kase.Service}}
		look := observe.Dossier{Target: "example.com", At: kase.Now, DNS: kase.DNS, Owners: kase.Owners}
		found := false
		for _, f := range bench.Judge(subject, map[string]Looks{"example.com": {look}}) {
			if f.Outcome != NotApplicable {
				found = true
				if f.Outcome != c.want {
					t.Errorf("%s: %s is %s, want %s", name, f.Scene, f.Outcome, c.want)
				}
			}
		}
		if !found {
			t.Errorf("%s: no scene applies", name)
		}
	}
}

// TestProofsAreBounded: many addresses and long lists of filed ones.
func TestProofsAreBounded(t *testing.T) {
	ref := loaded(t)
	kase := accessCase(ref, "@ "+others)
	dns := kase.DNS.Value
	dns.Names[0].Addrs = nil
	for i := range 32 {
		addr := netip.AddrFrom4([4]byte{8, 130, 1, byte(i)})
		facts := factsOf(others)
		facts.Addr = addr
		dns.Names[0].Addrs, kase.Owners.Value.Addrs = append(dns.Names[0].Addrs, addr), append(kase.Owners.Value.Addrs, facts)
	}
	for i := range 300 {
		kase.Service.IPs = append(kase.Service.IPs, netip.PrefixFrom(netip.AddrFrom4([4]byte{119, 3, byte(i >> 8), byte(i)}), 32))
	}
	v := dnsNotAtProvider.Judge(kase)
	if v.outcome != Deficient || len(v.proofs) != 16 {
		t.Fatalf("%s with %d proofs, want deficient with 16", v.outcome, len(v.proofs))
	}
	if want := v.proofs[0].Want; len(want) > 120 || !strings.HasPrefix(want, "华为云 119.3.85.9 ") || !strings.HasSuffix(want, "… +296") {
		t.Errorf("the first proof wants %q", want)
	}
}

func BenchmarkAccess(b *testing.B) {
	kase := accessCase(loaded(b), "@ "+theirs, "www "+carried+" >own")
	b.ReportAllocs()
	for b.Loop() {
		for _, check := range accessChecks() {
			check.Judge(kase)
		}
	}
}
