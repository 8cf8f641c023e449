package scanner

import (
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

// verisignTerms are terms of use in the manner of large registries: they speak
// of limits, restrictions and what is not found.
const verisignTerms = `
>>> Last update of whois database: 2024-01-02T03:04:05Z <<<

NOTICE: The expiration date displayed in this record is the date the
registrar's sponsorship of the domain name registration in the registry is
currently set to expire.

TERMS OF USE: You are not authorized to access or query our Whois
database through the use of electronic processes that are high-volume and
automated except as reasonably necessary to register domain names. We
reserve the right to restrict your access to the Whois database in our sole
discretion. We may restrict or terminate your access for excessive querying
or failure to abide by these terms of use. All
rights reserved.

Access to the Whois service is rate limited. Some names are not available
for registration. Failure to locate a record is not indicative of the
availability of a domain name.
`

var shortAnswers = []struct{ domain, text, want string }{
	// No such name.
	{"example.cn", "No matching record.\n", "available"},
	{"example.cn", "no matching record", "available"},
	{"example.com", "No match for \"EXAMPLE.COM\".\r\n", "available"},
	{"example.com", "No match for domain \"EXAMPLE.COM\".", "available"},
	{"example.org", "NOT FOUND", "available"},
	{"example.org", "Domain not found.", "available"},
	{"example.xyz", "The queried object does not exist: DOMAIN NOT FOUND", "available"},
	{"example.xyz", "The queried object does not exist: no matching objects found", "available"},
	{"example.de", "Domain: example.de\nStatus: free", "available"},
	{"example.eu", "Domain: example\nStatus: AVAILABLE", "available"},
	{"example.fr", "%%\n%% This is the AFNIC Whois server.\n%%\n%% NOT FOUND", "available"},
	{"example.nl", "example.nl is free", "available"},
	{"example.ru", "% By submitting a query to RIPN's Whois Service\n% you agree to abide by the following terms of use:\nNo entries found for the selected source(s).\n\nLast updated on 2021-01-01T00:00:00Z", "available"},
	{"example.co.uk", "\n    No match for \"example.co.uk\".\n\n    This domain name has not been registered.\n\n    WHOIS lookup made at 09:51:30 10-Dec-2021\n", "available"},
	{"example.jp", "[ JPRS database provides information on network administration. Its use is    ]\n[ restricted to network administration purposes. For further information,     ]\nNo match!!", "available"},
	{"example.kr", "query : example.kr\n\n# KOREAN(UTF8)\n\nThe requested domain was not found in the Registry or Registrar’s WHOIS Server.", "available"},
	{"example.tw", "No Found", "available"},
	{"example.hk", "The domain has not been registered.", "available"},
	{"example.sg", "Domain Not Found", "available"},
	{"example.in", "No Data Found", "available"},
	{"example.us", "No Data Found\nURL of the ICANN Whois Inaccuracy Complaint Form: https://www.icann.org/wicf/", "available"},
	{"example.au", "No Data Found", "available"},
	{"example.ca", "Not found: example.ca", "available"},
	{"example.ai", "Domain Name: example.ai\nDomain Status: No Object Found", "available"},
	{"example.nz", "% New Zealand Domain Name Registry Limited\nversion: 8.3\nquery_datetime: 2021-01-01T00:00:00+13:00\ndomain_name: example.nz\nquery_status: 220 Available", "available"},
	{"example.se", "domain \"example.se\" not found.", "available"},
	{"example.dk", "No entries found for the selected source.", "available"},
	{"example.at", "% nothing found", "available"},
	{"example.cz", "%ERROR:101: no entries found\n%\n% No entries found.", "available"},
	{"example.pl", "No information available about domain name example.pl in the Registry NASK database.", "available"},
	{"example.tattoo", ">>> Domain \"example.tattoo\" is available for registration\n", "available"},
	{"example.club", "The domain name example.club is available for registration.", "available"},
	{"example.my", "Domain Name [example.my] does not exist in database", "available"},
	{"example.com", "This domain name has not been registered.", "available"},
	{"example.com", "example.com is not registered", "available"},
	{"example.com", "We do not have an entry in our database matching your query.", "available"},
	{"example.com", "No match for \"EXAMPLE.COM\".\n" + verisignTerms, "available"},
	{"example.中国", "您查询的域名 example.中国 未注册", "available"},
	{"xn--fiq06l2rdsvs.xn--fiqs8s", "没有找到匹配的记录", "available"},
	// Names that nobody can register.
	{"nic.cn", "the domain you want to register is reserved.", "reserved"},
	{"nic.cn", "Sorry, The domain you requested is in the reserved list.", "reserved"},
	{"nic.cn", "The domain name is reserved by the registry", "reserved"},
	{"example.asia", "Reserved by DotAsia", "reserved"},
	{"example.name", "Not available for second level registration.\n", "reserved"},
	{"example.tattoo", "Domain Name: example.tattoo\n\n>>> This name is not available for registration:\n>>> This name is registry reserved by Uniregistry.\n", "reserved"},
	{"example.com", "This name is reserved by the Registry in accordance with ICANN Policy.", "reserved"},
	{"example.top", "The registration of this domain is restricted, as it is protected by the Global Block.", "reserved"},
	{"example.live", "This name is not available for registration. DPML Brand Protection", "reserved"},
	{"example.cn", "Reserved Domain Name", "reserved"},
	{"example.cn", "the domain name can not be registered online, please contact CNNIC", "reserved"},
	{"example.cn", "该域名已被保留", "reserved"},
	{"example.cn", "The domain name you want to register is prohibited.", "reserved"},
	{"example.cn", "No match.\nUse of this data for advertising is prohibited.", "available"},
	{"example.com", "No match for \"EXAMPLE.COM\".\n\nAutomated access is restricted. Copyright A Registry, all rights reserved.", "available"},
	// Refusals.
	{"example.cn", "Queried interval is too short.", "rate-limited"},
	{"example.cn", "Queried interval is too short.\nNo matching record.", "rate-limited"},
	{"example.com", "You have exceeded your quota of queries.", "rate-limited"},
	{"example.org", "WHOIS LIMIT EXCEEDED - SEE WWW.PIR.ORG/WHOIS FOR DETAILS", "rate-limited"},
	{"example.com", "Number of allowed queries exceeded.", "rate-limited"},
	{"example.uk", "    The WHOIS query quota for 127.0.0.1 has been exceeded\n    and will be replenished in 50 seconds.", "rate-limited"},
	{"example.nl", "whois.domain-registry.nl: daily whois-limit exceeded for client 127.0.0.1", "rate-limited"},
	{"example.nl", "whois.domain-registry.nl: only 1 request per second allowed, try again later.", "rate-limited"},
	{"example.nl", "Maximum number of queries per second exceeded", "rate-limited"},
	{"example.de", "% Error: 55000000002 Connection refused; access control limit reached.", "rate-limited"},
	{"example.io", "Your connection limit exceeded. Please slow down and try again later.", "rate-limited"},
	{"example.it", "Denied: too many requests", "rate-limited"},
	{"example.eu", "-3: IP address used to perform the query is not authorised or has exceeded the established limit for queries.", "rate-limited"},
	{"example.fr", "%% Too many requests...", "rate-limited"},
	{"example.ca", "You have reached your maximum daily connection limit", "rate-limited"},
	{"example.com", "Excessive querying, grace period of 300 seconds.", "rate-limited"},
	{"example.com", "Sorry, you have exceeded the maximum allowable number of WHOIS commands per hour.", "rate-limited"},
	{"example.com", "WHOIS LIMIT EXCEEDED", "rate-limited"},
	{"example.com", "Lookup quota exceeded", "rate-limited"},
	{"example.com", "Query rate limit exceeded. Reduced information.", "rate-limited"},
	{"example.com", "Requests are being rate limited. No match.", "rate-limited"},
	{"example.com", "You are querying too fast", "rate-limited"},
	{"example.com", "Server is busy now, please try again later.", "rate-limited"},
	{"example.com", "Request throttled, retry in 10 seconds", "rate-limited"},
	{"example.com", "The maximum number of concurrent connections has been reached", "rate-limited"},
	{"example.com", "Your access is restricted due to excessive queries", "rate-limited"},
	{"example.com", "Too many simultaneous connections from your host", "rate-limited"},
	{"example.com", "Domain not found: you have exceeded your query limit", "rate-limited"},
	{"example.com", "查询过于频繁，请稍后再试", "rate-limited"},
	{"example.com", "您的查询次数已达到上限", "rate-limited"},
	{"example.com", "Access denied", "denied"},
	{"example.com", "Your IP address has been blocked.", "denied"},
	{"example.com", "Your IP has been blacklisted", "denied"},
	{"example.ch", "Requests of this client are not permitted. Please use https://www.nic.ch/whois/ for queries.", "denied"},
	{"example.es", "The IP address used to perform the query is not authorised", "denied"},
	{"example.com", "You are not authorized to use this service.", "denied"},
	// Neither.
	{"example.com", "", "no-data"},
	{"example.com", " \r\n ", "no-data"},
	{"example.com", "Invalid parameter: example.com", "unparsable"},
	{"example.com", "<html><body>404 page</body></html>", "unparsable"},
	{"example.com", "No match for \"OTHER.COM\".", "unparsable"},
	{"example.com", "Service temporarily unavailable", "server-failure"},
	{"example.com", "Internal error", "server-failure"},
	{"example.com", verisignTerms, "unparsable"},
	{"example.com", "\x00\x01\x02\xff\xfe", "unparsable"},
}

func TestShortAnswers(t *testing.T) {
	for _, c := range shortAnswers {
		got, fault := ReadRegistration(c.domain, []byte(c.text))
		kind := string(got.State)
		if fault != nil {
			kind = string(fault.Kind)
		}
		if kind != c.want {
			t.Errorf("%s: %q is %s (%v), want %s", c.domain, strings.TrimSpace(c.text), kind, fault, c.want)
		}
	}
}

func TestTermsAreNoAnswer(t *testing.T) {
	for _, c := range []struct {
		text string
		want observe.RegistrationState
	}{
		{"Domain not found.\n" + verisignTerms, observe.StateAvailable},
		{"Reserved Domain Name\n" + verisignTerms, observe.StateReserved},
	} {
		if got, fault := ReadRegistration("example.com", []byte(c.text)); fault != nil || got.State != c.want {
			t.Errorf("%.30q is %s, %v; want %s", c.text, got.State, fault, c.want)
		}
	}
	_, fault := ReadRegistration("example.com", []byte("Query limit exceeded.\n"+verisignTerms))
	if fault == nil || fault.Kind != observe.FaultRateLimited {
		t.Errorf("a refusal with terms: %v", fault)
	}
}
