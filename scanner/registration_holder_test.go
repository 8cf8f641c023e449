package scanner

import (
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

var holders = []struct {
	organisation, person, want string
	status                     observe.HolderStatus
}{
	{"北京学神科技有限公司", "", "北京学神科技有限公司", observe.HolderNamed},
	{"", "张三", "张三", observe.HolderNamed},
	{"Openance", "Redacted | EU Registrar", "Openance", observe.HolderNamed},
	{"", "", "", observe.HolderAbsent},
	{"N/A", "-", "", observe.HolderAbsent},
	{"REDACTED FOR PRIVACY", "REDACTED FOR PRIVACY", "", observe.HolderRedacted},
	{"", "Not Disclosed", "", observe.HolderRedacted},
	{"", "Private Person", "", observe.HolderRedacted},
	{"GDPR Masked", "GDPR Masked", "", observe.HolderRedacted},
	{"Data Protected", "", "", observe.HolderRedacted},
	{"Statutory Masking Enabled", "", "", observe.HolderRedacted},
	{"***", "", "", observe.HolderAbsent},
	{"Domains By Proxy, LLC", "Registration Private", "Domains By Proxy, LLC", observe.HolderProxy},
	{"WhoisGuard, Inc.", "WhoisGuard Protected", "WhoisGuard, Inc.", observe.HolderProxy},
	{"Privacy service provided by Withheld for Privacy ehf", "", "Privacy service provided by Withheld for Privacy ehf", observe.HolderProxy},
	{"Contact Privacy Inc. Customer 0123456789", "", "Contact Privacy Inc. Customer 0123456789", observe.HolderProxy},
	{"See PrivacyGuardian.org", "", "See PrivacyGuardian.org", observe.HolderProxy},
	{"Super Privacy Service LTD c/o Dynadot", "", "Super Privacy Service LTD c/o Dynadot", observe.HolderProxy},
	{"Perfect Privacy, LLC", "PERFECT PRIVACY, LLC", "Perfect Privacy, LLC", observe.HolderProxy},
	{"Nexperian Holding Limited", "YinSi BaoHu Yi KaiQi (Hidden by Whois Privacy Protection Service)", "Nexperian Holding Limited", observe.HolderProxy},
	{"Identity Protection Service", "On behalf of example.com owner", "Identity Protection Service", observe.HolderProxy},
	{"Domain Protection Services, Inc.", "", "Domain Protection Services, Inc.", observe.HolderProxy},
	{"Private by Design, LLC", "", "Private by Design, LLC", observe.HolderProxy},
	// Bodies whose names only sound like it.
	{"Microsoft Corporation", "Domain Administrator", "Microsoft Corporation", observe.HolderNamed},
	{"Imperial Tobacco Limited", "REDACTED FOR PRIVACY", "Imperial Tobacco Limited", observe.HolderNamed},
	{"北京信息保护研究院", "", "北京信息保护研究院", observe.HolderNamed},
	{"Environmental Protection Agency", "", "Environmental Protection Agency", observe.HolderNamed},
	{"Hidden Valley Ranch Ltd", "", "Hidden Valley Ranch Ltd", observe.HolderNamed},
	{"Unknown Worlds Entertainment", "", "Unknown Worlds Entertainment", observe.HolderNamed},
}

func TestHolderOf(t *testing.T) {
	for _, c := range holders {
		got, status := holderOf(c.organisation, c.person)
		if got != c.want || status != c.status {
			t.Errorf("%q, %q: %q is %s, want %q, %s", c.organisation, c.person, got, status, c.want, c.status)
		}
	}
}
