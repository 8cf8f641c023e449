package checks

import (
	"net/netip"
	"testing"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

func TestDecide(t *testing.T) {
	ref := loadReference(t)
	addr := netip.MustParseAddr("192.0.2.1")
	filed := &filing.Service{
		IPs:      []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
		IPRanges: []filing.IPRange{{From: netip.MustParseAddr("203.0.113.5"), To: netip.MustParseAddr("203.0.113.9")}},
	}
	facts := func(asn uint32, provider string, class observe.ASNClass, carrier, country string) observe.AddrFacts {
		return observe.AddrFacts{Addr: addr, ASN: asn, Provider: provider, Class: class, Carrier: carrier, Country: country}
	}
	cdn := func(provider, confidence string) observe.CNAMEFamily {
		return observe.CNAMEFamily{CNAME: "x", Provider: provider, Product: "cdn", Confidence: confidence}
	}
	for name, c := range map[string]struct {
		facts    observe.AddrFacts
		families []observe.CNAMEFamily
		provider string
		want     Belonging
		rule     int
	}{
		"filed prefix":                     {facts: observe.AddrFacts{Addr: netip.MustParseAddr("198.51.100.7"), Country: "US"}, want: BelongsFiled, rule: 1},
		"filed range":                      {facts: observe.AddrFacts{Addr: netip.MustParseAddr("203.0.113.9")}, want: BelongsFiled, rule: 1},
		"past the filed range":             {facts: observe.AddrFacts{Addr: netip.MustParseAddr("203.0.113.10"), ASN: 1, Country: "US"}, want: BelongsOverseas, rule: 9},
		"operator's list, own":             {facts: observe.AddrFacts{Addr: addr, Listed: []string{"huaweicloud"}, Carrier: "chinaunicom"}, want: BelongsMainland, rule: 2},
		"operator's list, other":           {facts: observe.AddrFacts{Addr: addr, Listed: []string{"aliyun"}}, want: BelongsOther, rule: 2},
		"behind the own CDN":               {facts: facts(4134, "", "", "chinatelecom", "CN"), families: []observe.CNAMEFamily{cdn("huaweicloud", "high")}, want: BelongsBehindOwn, rule: 3},
		"behind another's CDN":             {facts: facts(4134, "", "", "chinatelecom", "CN"), families: []observe.CNAMEFamily{cdn("aliyun", "medium")}, want: BelongsBehindOther, rule: 3},
		"own CDN anywhere in the chain":    {facts: facts(1, "", "", "", "US"), families: []observe.CNAMEFamily{cdn("huaweicloud", "high"), cdn("aliyun", "high")}, want: BelongsBehindOwn, rule: 3},
		"low confidence decides nothing":   {facts: facts(1, "", "", "", "US"), families: []observe.CNAMEFamily{cdn("aliyun", "low")}, want: BelongsOverseas, rule: 9},
		"own ASN":                          {facts: facts(55990, "huaweicloud", observe.ASNMainland, "", "CN"), want: BelongsMainland, rule: 4},
		"own overseas ASN":                 {facts: facts(136907, "huaweicloud", observe.ASNOverseas, "", "SG"), want: BelongsOverseasNode, rule: 4},
		"own ASN of unknown place":         {facts: facts(1, "huaweicloud", observe.ASNUnknown, "", "CN"), want: BelongsUnknownNode, rule: 4},
		"the class beats the registry":     {facts: facts(37963, "aliyun", observe.ASNMainland, "", "SG"), provider: "aliyun", want: BelongsMainland, rule: 4},
		"another's ASN":                    {facts: facts(37963, "aliyun", observe.ASNMainland, "", "SG"), want: BelongsOther, rule: 5},
		"another's overseas ASN":           {facts: facts(45102, "aliyun", observe.ASNOverseas, "", "US"), want: BelongsOtherOverseas, rule: 5},
		"a carrier settles nothing":        {facts: facts(4808, "", "", "chinaunicom", "CN"), want: BelongsCarrier, rule: 6},
		"the carrier's own cloud":          {facts: facts(4134, "", "", "chinatelecom", "CN"), provider: "ctyun", want: BelongsMainland, rule: 6},
		"another carrier than the cloud's": {facts: facts(4837, "", "", "chinaunicom", "CN"), provider: "ctyun", want: BelongsCarrier, rule: 6},
		"conflict":                         {facts: observe.AddrFacts{Addr: addr, ASN: 136907, Provider: "huaweicloud", Class: observe.ASNOverseas, Country: "CN", Conflict: true}, want: BelongsUnknown, rule: 7},
		"no data":                          {facts: observe.AddrFacts{Addr: addr}, want: BelongsUnknown, rule: 7},
		"not announced":                    {facts: facts(0, "", "", "", "CN"), want: BelongsUnknown, rule: 8},
		"some mainland host":               {facts: facts(65000, "", "", "", "CN"), want: BelongsElsewhere, rule: 8},
		"overseas":                         {facts: facts(16509, "", "", "", "US"), want: BelongsOverseas, rule: 9},
		"IPv6 in the mainland":             {facts: observe.AddrFacts{Addr: netip.MustParseAddr("240e::1"), Country: "CN"}, want: BelongsUnknown, rule: 7},
	} {
		id := c.provider
		if id == "" {
			id = "huaweicloud"
		}
		provider, ok := ref.Providers.ByID(id)
		if !ok {
			t.Fatalf("no provider %q", id)
		}
		if got := Decide(c.facts, c.families, filed, provider); got.Belonging != c.want || got.Rule != c.rule {
			t.Errorf("%s: %s by rule %d, want %s by rule %d", name, got.Belonging, got.Rule, c.want, c.rule)
		}
		Decide(c.facts, c.families, nil, nil) // without any filing it decides too
	}
}
