package scanner

import (
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// worldRecords are records in the manner of many registries; the names and
// bodies in them are made up.
var worldRecords = []struct {
	domain, text                      string
	expires, created, registrar, iana string
	holder, status, statuses          string
}{
	{"example.cn", cnRecord, "2027-09-08T10:52:31+08:00", "2014-09-08T10:52:31+08:00", "阿里云计算有限公司（万网）", "", "北京示例科技有限公司", "named", "ok"},
	{"example.com.cn", "Domain Name: example.com.cn\nDomain Status: ok\nRegistrant Organization: 康示例（深圳）有限公司\nRegistrant Name: 朴某\nAdministrative Email: a@b.cn\nSponsoring Registrar: 北京新网互联科技有限公司\n" +
		"Name Server:ns1.dns.com.cn\nRegistration Date: 2002-03-06 00:00\nExpiration Date: 2013-03-06 00:00\n",
		"2013-03-06T00:00:00+08:00", "2002-03-06T00:00:00+08:00", "北京新网互联科技有限公司", "", "康示例（深圳）有限公司", "named", "ok"},
	{"xn--fsqu00a.xn--fiqs8s", "Domain Name: 例子.中国\nPuny Name: xn--fsqu00a.xn--fiqs8s\nDomain Name: 例子.中國\nPuny Name: xn--fsqu00a.xn--fiqz9s\nDomain Status: clientTransferProhibited\nRegistrant: 某人\nSponsoring Registrar: 某公司\n" +
		"Registration Time: 2011-02-03 04:05:06\nExpiration Time: 2031-02-03 04:05:06\n",
		"2031-02-03T04:05:06+08:00", "2011-02-03T04:05:06+08:00", "某公司", "", "某人", "named", "clientTransferProhibited"},
	{"example.xn--55qx5d", "Domain Name: example.公司\nPuny Name: example.xn--55qx5d\nUpdated Date: 2020-01-02T03:04:05Z\nCreation Date: 2014-08-15T04:12:59Z\nRegistry Expiry Date: 2029-08-15T04:12:59Z\n" +
		"Sponsoring Registrar: 某注册商\nSponsoring Registrar IANA ID: 1599\nDomain Status: ok\nRegistrant Name: 某人\nRegistrant Organization: 某机构\n",
		"2029-08-15T04:12:59Z", "2014-08-15T04:12:59Z", "某注册商", "1599", "某机构", "named", "ok"},
	{"example.hk", " ------------------------------\n Whois server by HKIRC\n ------------------------------\n\nDomain Name:  EXAMPLE.HK\n\nDomain Status: Active\n\nRegistrar Name: SOME REGISTRAR LIMITED\n\nRegistrant Contact Information:\n\n" +
		"Company English Name (It should be the same as the registered/corporation name on your Business Register Certificate or relevant documents): EXAMPLE LTD\nCompany Chinese name: 示例有限公司\nAddress:  SOME ROAD\n\n" +
		"Domain Name Commencement Date: 06-04-2004\nExpiry Date: 31-03-2027\n\nAdministrative Contact Information:\n\nGiven name:  A\nFamily name:  B\nCompany name:  C\n",
		"2027-03-31", "2004-04-06", "SOME REGISTRAR LIMITED", "", "示例有限公司", "named", "active"},
	{"example.hk", "Domain Name:  EXAMPLE.HK\nDomain Status: Active\nRegistrar Name: SOME REGISTRAR LIMITED\nRegistrant Contact Information:\nHolder English Name (It should be the same as your legal name on your HKID card or other relevant documents):  CHAN TAI MAN\n" +
		"Holder Chinese Name:  -\nEmail:  a@b.hk\nDomain Name Commencement Date: 06-04-2004\nExpiry Date: 31-03-2027\n",
		"2027-03-31", "2004-04-06", "SOME REGISTRAR LIMITED", "", "CHAN TAI MAN", "named", "active"},
	{"example.mo", "% Monic Whois Server Version 1.0\n\nDomain Name: example.mo\nRecord created on 2018-02-05 22:59:12.55172\nRecord expires on 2027-02-05\n\nRegistrant:\n----------------\nOrg:          澳門示例有限公司\nName:         陳某\nAddress:      某路\n\n" +
		"Admin Contact(s):\n----------------\nOrg:          別的公司\nName:         別人\n",
		"2027-02-05", "2018-02-05T22:59:12+08:00", "", "", "澳門示例有限公司", "named", ""},
	{"example.tw", "Domain Name: example.tw\n   Domain Status: clientDeleteProhibited,clientTransferProhibited\n   Registrant:\n      示例股份有限公司\n      Example Co., Ltd.\n      Some One  a@b.tw\n      +886.212345678\n      Taipei\n      TW\n\n" +
		"   Administrative Contact:\n      Other One  c@d.tw\n\n   Record expires on 2027-04-05 11:22:33 (UTC+8)\n   Record created on 2001-04-05 11:22:33 (UTC+8)\n\n   Domain servers in listed order:\n      ns1.b.tw\n\nRegistration Service Provider: Some NIC\n",
		"2027-04-05T11:22:33+08:00", "2001-04-05T11:22:33+08:00", "Some NIC", "", "示例股份有限公司", "named", "clientDeleteProhibited clientTransferProhibited"},
	{"example.sg", "    Domain Name:\t\tEXAMPLE.SG\n    Registrar:\t\tSome Registrar Pte. Ltd.\n\n    Creation Date:\t\t05-Mar-2005 11:14:38\n    Expiration Date:\t\t05-Mar-2027 11:14:38\n\n    Domain Status:\t\tOK\n\n" +
		"    Registrant:\n\n        Name:\t\tEXAMPLE PTE. LTD. (SGNIC-ORG1234567)\n\n    Administrative Contact:\n\n        Name:\t\tOTHER (SGNIC-PER7654321)\n\n    Name Servers:\n        ns1.b.sg\n",
		"2027-03-05T11:14:38+08:00", "2005-03-05T11:14:38+08:00", "Some Registrar Pte. Ltd.", "", "EXAMPLE PTE. LTD.", "named", "ok"},
	{"example.jp", "[ JPRS database provides information on network administration. Its use is    ]\n[ restricted to network administration purposes. For further information,     ]\n\nDomain Information:\n[Domain Name]                   EXAMPLE.JP\n\n[Registrant]                    Example K.K.\n\n" +
		"[Name Server]                   ns1.example.jp\n\n[Created on]                    2005/03/30\n[Expires on]                    2027/03/31\n[Status]                        Active\n[Last Updated]                  2021/04/01 01:05:09 (JST)\n\nContact Information:\n[Name]                          Other\n",
		"2027-03-31", "2005-03-30", "", "", "Example K.K.", "named", "active"},
	{"example.com", "\nWhois Server Version 2.0\n\n   Server Name: EXAMPLE.COM.EVIL.NET\n   Registrar: EVIL, INC.\n   Whois Server: whois.evil.net\n\n   Domain Name: EXAMPLE.COM\n   Registrar: GOOD, LLC\n   Whois Server: whois.good.com\n   Status: pendingDelete\n" +
		"   Updated Date: 05-may-2013\n   Creation Date: 26-may-2010\n   Expiration Date: 26-may-2013\n" + verisignTerms,
		"2013-05-26", "2010-05-26", "GOOD, LLC", "", "", "absent", "pendingDelete"},
	{"example.net", "Registrant:\n   Example Body\n   1 Some Street\n   Town, KS 67226\n   US\n\n   Domain Name: EXAMPLE.NET\n\n   Administrative Contact:\n      Somebody Else\n\n   Domain created on 06-Nov-1999\n   Domain expires on 06-Nov-2027\n",
		"2027-11-06", "1999-11-06", "", "", "Example Body", "named", ""},
	{"example.me", "Domain ID:D1-ME\nDomain Name:EXAMPLE.ME\nDomain Create Date:17-Jul-2008 15:54:20 UTC\nDomain Expiration Date:17-Jul-2027 15:54:20 UTC\nSponsoring Registrar:Some SAS R1-ME (81)\nDomain Status:CLIENT TRANSFER PROHIBITED\nDomain Status:PENDING DELETE\n" +
		"Domain Status:DELETE PROHIBITED\nRegistrant ID:X1\nRegistrant Name:Some One\nRegistrant Organization:\n",
		"2027-07-17T15:54:20Z", "2008-07-17T15:54:20Z", "Some SAS R1-ME (81)", "", "Some One", "named", "clientTransferProhibited pendingDelete serverDeleteProhibited"},
	{"example.top", "Domain Name: example.top\nRegistrar: Some Co\nRegistrar IANA ID: 01556\nDomain Status: CLIENT_HOLD https://www.icann.org/epp#ClientHold\nDomain Status: redemptionPeriod https://icann.org/epp#redemptionPeriod\n" +
		"Creation Date: 2015-02-26T13:19:20+0000\nRegistry Expiry Date: 2026-02-26T13:19:20.0Z\nRegistrar Registration Expiration Date: 2027-02-26T13:19:20Z\nRegistrant Name: REDACTED FOR PRIVACY\nRegistrant Organization: REDACTED FOR PRIVACY\n",
		"2026-02-26T13:19:20Z", "2015-02-26T13:19:20Z", "Some Co", "01556", "", "redacted", "clientHold redemptionPeriod"},
	{"example.org", "Domain Name: EXAMPLE.ORG\nRegistrar: Limit Exceeded Ltd\nCreation Date: 2001-01-01T00:00:00Z\nRegistry Expiry Date: 2027-01-01T00:00:00Z\nRegistrant Organization: No Match Found Inc.\n",
		"2027-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "Limit Exceeded Ltd", "", "No Match Found Inc.", "named", ""},
}

func TestRecords(t *testing.T) {
	for _, c := range worldRecords {
		for _, ending := range []string{"\n", "\r\n"} {
			got, fault := ReadRegistration(c.domain, []byte(strings.ReplaceAll(c.text, "\n", ending)))
			if fault != nil {
				t.Errorf("%s: %v", c.domain, fault)
				break
			}
			for _, f := range []struct{ what, got, want string }{
				{"expires", printed(got.Expires), c.expires},
				{"created", printed(got.Created), c.created},
				{"registrar", got.Registrar, c.registrar}, {"iana id", got.IANAID, c.iana}, {"holder", got.Holder, c.holder},
				{"holder status", string(got.HolderStatus), c.status}, {"statuses", strings.Join(got.Statuses, " "), c.statuses},
			} {
				if f.got != f.want {
					t.Errorf("%s: %s %q, want %q", c.domain, f.what, f.got, f.want)
				}
			}
		}
	}
}

func printed(d *observe.Date) string {
	switch {
	case d == nil:
		return ""
	case d.DateOnly:
		return d.Time.Format(time.DateOnly)
	}
	return d.Time.Format("2006-01-02T15:04:05Z07:00")
}

func TestForeignCharsets(t *testing.T) {
	for name, raw := range map[string][]byte{
		"GB18030": []byte("Domain Name: example.cn\nRegistrant: \xb1\xb1\xbe\xa9\xca\xbe\xc0\xfd\nRegistration Time: 2014-09-08 10:52:31\n"),
		"UTF-8":   []byte("\ufeffDomain Name: example.cn\nRegistrant: 北京示例\nRegistration Time: 2014-09-08 10:52:31\n"),
	} {
		if got, fault := ReadRegistration("example.cn", raw); fault != nil || got.Holder != "北京示例" {
			t.Errorf("%s: %q, %v", name, got.Holder, fault)
		}
	}
	got, fault := ReadRegistration("example.com", []byte("Domain Name: example.com\nRegistrant Name: Ren\xe9 \nCreation Date: 2014-09-08T10:52:31Z\n"))
	if fault != nil || got.Holder != "René" {
		t.Errorf("Latin-1: %q, %v", got.Holder, fault)
	}
}
