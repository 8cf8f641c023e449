package checks

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/scanner"
)

// loaded is the embedded reference data.
func loaded(t testing.TB) *reference.Set {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// The facts of addresses, as the address data of 2026-06-17 have them.
func factsOf(text string) observe.AddrFacts {
	f := map[string]observe.AddrFacts{
		"119.3.85.251":    {ASN: 55990, ASName: "Huawei Cloud Service data center", Provider: "huaweicloud", Class: "mainland", Country: "CN"},
		"122.9.224.1":     {ASN: 55990, Provider: "huaweicloud", Class: "unknown", Country: "CN"},
		"159.138.1.1":     {ASN: 136907, Provider: "huaweicloud", Class: "overseas", Country: "SG"},
		"110.41.208.1":    {ASN: 136907, Provider: "huaweicloud", Class: "overseas", Country: "CN", Conflict: true},
		"8.130.1.1":       {ASN: 37963, ASName: "Hangzhou Alibaba Advertising Co.,Ltd.", Provider: "aliyun", Class: "mainland", Country: "SG", Conflict: true},
		"47.242.1.1":      {ASN: 45102, Provider: "aliyun", Class: "overseas", Country: "US"},
		"223.5.5.5":       {ASN: 45102, Provider: "aliyun", Class: "unknown", Country: "CN"},
		"122.9.0.1":       {ASN: 23724, Carrier: "telecom", Country: "CN"},
		"116.63.0.1":      {ASN: 4808, Carrier: "unicom", Country: "CN"},
		"120.232.1.1":     {ASN: 56040, Carrier: "mobile", Country: "CN"},
		"203.0.1.1":       {ASN: 4809, Carrier: "telecom", Country: "HK"},
		"139.9.224.1":     {ASN: 58519, Provider: "ctyun", Class: "mainland", Country: "CN"},
		"114.114.114.114": {ASN: 21859, ASName: "Zenlayer Inc", Country: "CN"},
		"8.8.8.8":         {ASN: 15169, ASName: "Google LLC", Country: "US"},
		"8.8.9.9":         {ASN: 15169, ASName: "Google LLC", Country: "US"},
		"104.21.1.1":      {ASN: 13335, Provider: "cloudflare", Class: "overseas", Country: "US"},
		"101.1.1.1":       {ASN: 64500},
		"115.34.0.1":      {Country: "CN"},
		"43.1.1.1":        {Country: "SG"},
		"2407:c080::1":    {Provider: "huaweicloud", Class: "mainland", Country: "CN"},
		"2408:8000::1":    {Country: "CN"},
		"2606:4700::1":    {Country: "US"},
		"2001:1::1":       {},
		"10.0.0.1":        {}, "127.0.0.1": {}, "169.254.1.1": {}, "0.0.0.0": {}, "198.18.0.1": {}, "240.0.0.1": {}, "fd00::1": {}, "::1": {},
	}[text]
	f.Addr, f.DataDate = netip.MustParseAddr(text), "2026-06-17"
	return f
}

func front(provider, product, confidence string) observe.CNAMEFamily {
	return observe.CNAMEFamily{Name: "www.example.com", CNAME: "www.example.com." + provider + ".example", Suffix: provider + ".example",
		Provider: provider, Product: product, Confidence: confidence}
}

func TestDecide(t *testing.T) {
	ref := loaded(t)
	listed := func(text string, ids ...string) observe.AddrFacts {
		f := factsOf(text)
		f.Listed = ids
		return f
	}
	own, other, low := front("huaweicloud", "cdn", "high"), front("knownsec", "waf", "high"), front("aliyun", "cdn", "low")
	oss, gtm := front("huaweicloud", "oss", "high"), front("tencentcloud", "gtm", "high")
	for name, c := range map[string]struct {
		facts    observe.AddrFacts
		families []observe.CNAMEFamily
		filed    string // provider; empty: 华为云; "-": none
		want     Belonging
		place    Place
		rule     int
		whose    string
	}{
		"1 filed beats all":                  {facts: listed("8.8.4.4", "aliyun"), families: []observe.CNAMEFamily{other}, want: BelongsFiled, place: PlaceUnknown, rule: 1},
		"1 filed in a range":                 {facts: factsOf("8.8.8.8"), want: BelongsFiled, place: PlaceOverseas, rule: 1},
		"2 own list":                         {facts: listed("122.9.0.1", "huaweicloud"), want: BelongsMainland, place: PlaceMainland, rule: 2, whose: "huaweicloud"},
		"2 own list before an overseas AS":   {facts: listed("47.242.1.1", "huaweicloud"), want: BelongsMainland, place: PlaceMainland, rule: 2, whose: "huaweicloud"},
		"2 own list before a front":          {facts: listed("122.9.0.1", "huaweicloud"), families: []observe.CNAMEFamily{other}, want: BelongsMainland, place: PlaceMainland, rule: 2, whose: "huaweicloud"},
		"2 two lists, one of them own":       {facts: listed("122.9.0.1", "aliyun", "huaweicloud"), want: BelongsMainland, place: PlaceMainland, rule: 2, whose: "huaweicloud"},
		"2 another's list beats the own AS":  {facts: listed("119.3.85.251", "aliyun"), want: BelongsOther, place: PlaceMainland, rule: 2, whose: "aliyun"},
		"3 a front before another's list":    {facts: listed("122.9.0.1", "aliyun"), families: []observe.CNAMEFamily{front("aliyun", "waf", "high")}, want: BelongsBehindOther, place: PlaceMainland, rule: 3, whose: "aliyun"},
		"3 own front":                        {facts: factsOf("116.63.0.1"), families: []observe.CNAMEFamily{own}, want: BelongsBehindOwn, place: PlaceMainland, rule: 3, whose: "huaweicloud"},
		"3 other's front":                    {facts: factsOf("116.63.0.1"), families: []observe.CNAMEFamily{other}, want: BelongsBehindOther, place: PlaceMainland, rule: 3, whose: "knownsec"},
		"3 own first, other last":            {facts: factsOf("116.63.0.1"), families: []observe.CNAMEFamily{own, other}, want: BelongsBehindOwn, place: PlaceMainland, rule: 3, whose: "huaweicloud"},
		"3 other first, own last":            {facts: factsOf("116.63.0.1"), families: []observe.CNAMEFamily{other, own}, want: BelongsBehindOwn, place: PlaceMainland, rule: 3, whose: "huaweicloud"},
		"3 two others name the first":        {facts: factsOf("116.63.0.1"), families: []observe.CNAMEFamily{front("volcengine", "cdn", "high"), front("ctyun", "cdn", "high")}, want: BelongsBehindOther, place: PlaceMainland, rule: 3, whose: "volcengine"},
		"3 a balancer is a front":            {facts: factsOf("119.3.85.251"), families: []observe.CNAMEFamily{front("huaweicloud", "elb", "medium")}, want: BelongsBehindOwn, place: PlaceMainland, rule: 3, whose: "huaweicloud"},
		"3 low confidence decides nothing":   {facts: factsOf("119.3.85.251"), families: []observe.CNAMEFamily{low}, want: BelongsMainland, place: PlaceMainland, rule: 4, whose: "huaweicloud"},
		"3 storage and names hide nothing":   {facts: factsOf("119.3.85.251"), families: []observe.CNAMEFamily{oss, gtm}, want: BelongsMainland, place: PlaceMainland, rule: 4, whose: "huaweicloud"},
		"4 own AS in the mainland":           {facts: factsOf("119.3.85.251"), want: BelongsMainland, place: PlaceMainland, rule: 4, whose: "huaweicloud"},
		"4 the class beats the registry":     {facts: factsOf("8.130.1.1"), filed: "阿里云", want: BelongsMainland, place: PlaceMainland, rule: 4, whose: "aliyun"},
		"4 own AS overseas":                  {facts: factsOf("47.242.1.1"), filed: "阿里云", want: BelongsOverseasNode, place: PlaceOverseas, rule: 4, whose: "aliyun"},
		"4 own AS, place undecided":          {facts: factsOf("223.5.5.5"), filed: "阿里云", want: BelongsUnknownNode, place: PlaceUnknown, rule: 4, whose: "aliyun"},
		"4 own prefix, place undecided":      {facts: factsOf("122.9.224.1"), want: BelongsUnknownNode, place: PlaceUnknown, rule: 4, whose: "huaweicloud"},
		"4 overseas AS, registered in CN":    {facts: factsOf("110.41.208.1"), want: BelongsUnknownNode, place: PlaceUnknown, rule: 4, whose: "huaweicloud"},
		"4 own IPv6 prefix":                  {facts: factsOf("2407:c080::1"), want: BelongsMainland, place: PlaceMainland, rule: 4, whose: "huaweicloud"},
		"5 another's AS":                     {facts: factsOf("8.130.1.1"), want: BelongsOther, place: PlaceMainland, rule: 5, whose: "aliyun"},
		"5 another's AS overseas":            {facts: factsOf("47.242.1.1"), want: BelongsOther, place: PlaceOverseas, rule: 5, whose: "aliyun"},
		"5 another's AS, undecided":          {facts: factsOf("223.5.5.5"), want: BelongsOther, place: PlaceUnknown, rule: 5, whose: "aliyun"},
		"6 another's AS that carries own":    {facts: factsOf("139.9.224.1"), want: BelongsCarrier, place: PlaceMainland, rule: 6},
		"5 the same AS for somebody else":    {facts: factsOf("139.9.224.1"), filed: "阿里云", want: BelongsOther, place: PlaceMainland, rule: 5, whose: "ctyun"},
		"6 carrier":                          {facts: factsOf("122.9.0.1"), want: BelongsCarrier, place: PlaceMainland, rule: 6},
		"6 carrier's own cloud, telecom":     {facts: factsOf("122.9.0.1"), filed: "天翼云", want: BelongsMainland, place: PlaceMainland, rule: 6, whose: "ctyun"},
		"6 carrier's own cloud, unicom":      {facts: factsOf("116.63.0.1"), filed: "联通云", want: BelongsMainland, place: PlaceMainland, rule: 6, whose: "unicomcloud"},
		"6 carrier's own cloud, mobile":      {facts: factsOf("120.232.1.1"), filed: "移动云", want: BelongsMainland, place: PlaceMainland, rule: 6, whose: "ecloud"},
		"6 another carrier for such a cloud": {facts: factsOf("116.63.0.1"), filed: "天翼云", want: BelongsCarrier, place: PlaceMainland, rule: 6},
		"6 carrier's own cloud, place open":  {facts: factsOf("203.0.1.1"), filed: "天翼云", want: BelongsUnknownNode, place: PlaceUnknown, rule: 6, whose: "ctyun"},
		"6 carrier, registered elsewhere":    {facts: factsOf("203.0.1.1"), want: BelongsCarrier, place: PlaceUnknown, rule: 6},
		"7 not announced":                    {facts: factsOf("115.34.0.1"), want: BelongsUnrouted, place: PlaceUnknown, rule: 7},
		"7 not announced, registered abroad": {facts: factsOf("43.1.1.1"), want: BelongsUnrouted, place: PlaceUnknown, rule: 7},
		"7 IPv6 of the mainland":             {facts: factsOf("2408:8000::1"), want: BelongsUnknown, place: PlaceMainland, rule: 7},
		"7 IPv6 of nobody":                   {facts: factsOf("2001:1::1"), want: BelongsUnknown, place: PlaceUnknown, rule: 7},
		"7 an AS without a country":          {facts: factsOf("101.1.1.1"), want: BelongsUnknown, place: PlaceUnknown, rule: 7},
		"7 no data":                          {facts: observe.AddrFacts{Addr: netip.MustParseAddr("1.2.3.4")}, want: BelongsUnknown, place: PlaceUnknown, rule: 7},
		"7 private":                          {facts: factsOf("10.0.0.1"), want: BelongsPrivate, place: PlaceUnknown, rule: 7},
		"7 loopback":                         {facts: factsOf("127.0.0.1"), want: BelongsPrivate, place: PlaceUnknown, rule: 7},
		"7 link-local":                       {facts: factsOf("169.254.1.1"), want: BelongsPrivate, place: PlaceUnknown, rule: 7},
		"7 unspecified":                      {facts: factsOf("0.0.0.0"), want: BelongsPrivate, place: PlaceUnknown, rule: 7},
		"7 benchmarking":                     {facts: factsOf("198.18.0.1"), want: BelongsPrivate, place: PlaceUnknown, rule: 7},
		"7 reserved":                         {facts: factsOf("240.0.0.1"), want: BelongsPrivate, place: PlaceUnknown, rule: 7},
		"7 unique local":                     {facts: factsOf("fd00::1"), want: BelongsPrivate, place: PlaceUnknown, rule: 7},
		"7 IPv6 loopback":                    {facts: factsOf("::1"), want: BelongsPrivate, place: PlaceUnknown, rule: 7},
		"8 elsewhere in the mainland":        {facts: factsOf("114.114.114.114"), want: BelongsElsewhere, place: PlaceMainland, rule: 8},
		"9 overseas":                         {facts: factsOf("8.8.9.9"), want: BelongsOverseas, place: PlaceOverseas, rule: 9},
		"9 IPv6 overseas":                    {facts: factsOf("2606:4700::1"), want: BelongsOverseas, place: PlaceOverseas, rule: 9},
		"no filing: a known provider":        {facts: factsOf("8.130.1.1"), filed: "-", want: BelongsKnown, place: PlaceMainland, rule: 5, whose: "aliyun"},
		"no filing: a list":                  {facts: listed("122.9.0.1", "huaweicloud"), filed: "-", want: BelongsKnown, place: PlaceMainland, rule: 2, whose: "huaweicloud"},
		"no filing: a carrier":               {facts: factsOf("122.9.0.1"), filed: "-", want: BelongsCarrier, place: PlaceMainland, rule: 6},
	} {
		service := &filing.Service{Provider: "华为云", IPs: []netip.Prefix{netip.MustParsePrefix("8.8.4.4/32")},
			IPRanges: []filing.IPRange{{From: netip.MustParseAddr("8.8.8.1"), To: netip.MustParseAddr("8.8.8.8")}}}
		if c.filed != "" {
			service.Provider = c.filed
		}
		if c.filed == "-" {
			service = nil
		}
		var provider *reference.Provider
		if service != nil {
			provider, _ = ref.Providers.Match(service.Provider)
		}
		got := Decide(c.facts, c.families, service, provider)
		if got.Belonging != c.want || got.Place != c.place || got.Rule != c.rule || got.Provider != c.whose {
			t.Errorf("%s: %+v, want %s in %s by rule %d, %q", name, got, c.want, c.place, c.rule, c.whose)
		}
		if len(c.families) == 0 && DecideAddress(ref, c.facts, service) != got {
			t.Errorf("%s: by itself the address is decided otherwise", name)
		}
		if c.rule >= 4 && c.facts.ASN != 0 && !strings.HasPrefix(got.Detail, "AS") || proofOfBelonging(got.Belonging) == "" {
			t.Errorf("%s: detail %q, proof %q", name, got.Detail, proofOfBelonging(got.Belonging))
		}
	}
}

// TestRealAddresses decides on addresses whose owners are known, with the
// embedded data.
func TestRealAddresses(t *testing.T) {
	ref := loaded(t)
	for _, c := range []struct {
		filed string
		want  Belonging
		place Place
		addrs string
	}{
		{"华为云", BelongsMainland, PlaceMainland, "119.3.85.251 121.36.1.1 124.70.1.1 139.9.1.1 122.9.240.1 2407:c080::1"},
		{"华为云", BelongsUnknownNode, PlaceUnknown, "122.9.224.1 122.9.232.1 110.41.208.1 113.45.127.1 124.71.248.1"},
		{"华为云", BelongsOverseasNode, PlaceOverseas, "159.138.1.1 119.8.1.1"},
		// Announced by carriers (or by another provider that carries it): never another provider's.
		{"华为云", BelongsCarrier, PlaceMainland, "49.4.32.1 49.4.96.1 114.115.128.1 114.116.0.1 116.63.0.1 122.9.0.1 139.9.144.1 139.9.224.1 139.159.164.1 140.210.128.1 218.245.64.1"},
		{"优刻得", BelongsCarrier, PlaceMainland, "106.75.1.1 117.50.1.1"},
		{"华为云", BelongsUnrouted, PlaceUnknown, "115.34.0.1"},
		{"阿里云", BelongsMainland, PlaceMainland, "8.130.1.1 59.82.1.1 203.107.1.1 47.96.1.1"},
		{"阿里云", BelongsOverseasNode, PlaceOverseas, "47.242.1.1 47.74.1.1"},
		{"阿里云", BelongsUnknownNode, PlaceUnknown, "223.5.5.5 223.6.6.6"},
		{"腾讯云", BelongsUnknownNode, PlaceUnknown, "119.29.29.29"},
		{"腾讯云", BelongsOverseasNode, PlaceOverseas, "101.33.1.1"},
		{"天翼云", BelongsMainland, PlaceMainland, "101.251.1.1 202.96.128.86 36.99.1.1"},
		{"天翼云", BelongsCarrier, PlaceMainland, "116.63.0.1"},
		{"联通云", BelongsMainland, PlaceMainland, "116.63.0.1 202.106.0.20"},
		{"移动云", BelongsMainland, PlaceMainland, "221.130.33.1"},
		{"华为云", BelongsOther, PlaceMainland, "8.130.1.1 52.80.1.1"},
		{"华为云", BelongsOther, PlaceOverseas, "47.242.1.1 104.21.1.1 13.32.0.1 1.1.1.1"},
		{"华为云", BelongsElsewhere, PlaceMainland, "114.114.114.114"},
		{"华为云", BelongsOverseas, PlaceOverseas, "8.8.8.8 203.80.96.1 168.95.1.1 2606:4700::1111"},
		{"华为云", BelongsUnknown, PlaceMainland, "2408:8000::1 240e:56:4000::1"},
	} {
		for _, text := range strings.Fields(c.addrs) {
			got := DecideAddress(ref, scanner.AddressFacts(ref, netip.MustParseAddr(text)), &filing.Service{Provider: c.filed})
			if got.Belonging != c.want || got.Place != c.place {
				t.Errorf("%s for %s: %+v, want %s in %s", text, c.filed, got, c.want, c.place)
			}
		}
	}
}
