package scanner

import (
	"regexp"
	"strings"

	whoisparser "github.com/likexian/whois-parser"

	"github.com/icpaudit/icpaudit/observe"
)

// readWHOIS classifies a text before any parser sees it: a parser takes a
// refusal that says "not available" for a name that is not registered.
func readWHOIS(domain, text string) (observe.Registration, *observe.Fault) {
	r := observe.Registration{Domain: domain, Protocol: "whois"}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	lines := recordOf(wholeLines(text), domain)
	if strings.TrimSpace(text) == "" {
		return r, &observe.Fault{Kind: observe.FaultNoData, Where: domain, Detail: "the answer is empty"}
	}
	if !lines.registered() {
		return unregistered(r, domain, text)
	}
	r.State = observe.StateRegistered
	r.Expires, r.Created = parseDate(lines.first(expiryKeys), domain), parseDate(lines.first(creationKeys), domain)
	r.RegistrarExpires = parseDate(lines.first(registrarExpiryKeys), domain)
	parsed := fieldsOf(lines.text)
	r.Registrar, r.IANAID = parsed.registrar, parsed.ianaID
	if r.Registrar == "" {
		r.Registrar = lines.first(registrarKeys)
	}
	if r.IANAID == "" {
		r.IANAID = lines.first([]string{"registrar iana id", "sponsoring registrar iana id"})
	}
	for _, status := range lines.all([]string{"domain status", "status", "state"}) {
		r.Statuses = addStatus(r.Statuses, status)
	}
	if r.Expires == nil {
		r.Expires = parseDate(parsed.expires, domain)
	}
	if r.Created == nil {
		r.Created = parseDate(parsed.created, domain)
	}
	if r.Expires == nil {
		r.Expires, r.RegistrarExpires = r.RegistrarExpires, nil
	}
	if parsed.organisation == "" && parsed.person == "" {
		parsed.organisation, parsed.person = lines.first(organisationKeys), lines.first(personKeys)
	}
	r.Holder, r.HolderStatus = holderOf(parsed.organisation, parsed.person)
	return r, nil
}

var (
	expiryKeys = []string{"expiration time", "registry expiry date", "expiration date", "expiry date", "expires", "expires on", "expire date", "domain expiration date",
		"record expires on", "paid-till", "expire", "renewal date", "valid until", "validity", "domain expires", "registrar registration expiration date"}
	registrarExpiryKeys = []string{"registrar registration expiration date"}
	creationKeys        = []string{"registration time", "creation date", "created", "created on", "registration date", "domain name commencement date", "record created on", "registered on",
		"registered", "domain registration date", "created date", "domain created", "registered date", "create date"}
	registrarKeys    = []string{"sponsoring registrar", "registrar", "registrar name", "registrar organization", "registration service provider"}
	organisationKeys = []string{"registrant organization", "registrant organisation", "owner organization", "company english name (it should be the same as the registered/corporation name on your business register certificate or relevant documents)", "org", "organisation"}
	personKeys       = []string{"registrant name", "registrant", "owner name", "owner", "holder"}
)

// wholeLines is an answer without a last line that has no end: the connection
// may have broken off in the middle of a name. A short answer is left alone.
func wholeLines(text string) string {
	if strings.HasSuffix(text, "\n") || strings.Count(text, "\n") < 3 {
		return text
	}
	return text[:strings.LastIndexByte(text, '\n')+1]
}

// record is the lines of an answer as keys and values.
type record struct {
	text  string
	lines []keyValue
}

type keyValue struct{ key, value string }

// maxLines bounds what is read of one answer.
const maxLines = 4000

// recordOf cuts an answer into keys and values. What stands before the line
// that names the domain (another registry's answer, hosts of the same name) is
// of something else.
func recordOf(text, domain string) record {
	all := strings.SplitN(text, "\n", maxLines+1)
	if len(all) > maxLines {
		all = all[:maxLines]
	}
	for i, line := range all {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.TrimSpace(key), "domain name") && strings.EqualFold(strings.TrimSpace(value), domain) {
			all = all[i:]
			break
		}
	}
	r := record{text: strings.Join(all, "\n")}
	for _, line := range all {
		if trimmed := strings.TrimSpace(line); trimmed == "" || trimmed[0] == '%' || trimmed[0] == '#' || strings.HasPrefix(trimmed, ">>>") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		key = strings.ToLower(strings.Trim(strings.TrimSpace(key), ".[] "))
		if value = strings.TrimSpace(value); ok && value != "" {
			r.lines = append(r.lines, keyValue{key, value})
			continue
		}
		for _, phrase := range []string{"record expires on", "record created on"} {
			if rest, ok := strings.CutPrefix(key, phrase+" "); ok {
				r.lines = append(r.lines, keyValue{phrase, strings.TrimSpace(rest)})
			}
		}
		if phrase, ok := strings.CutPrefix(key, "record "); ok && strings.Contains(phrase, " on ") {
			// 2005-04-15 21:43:27 holds the colon that the line was cut at.
			what, rest, _ := strings.Cut(phrase, " on ")
			r.lines = append(r.lines, keyValue{"record " + what + " on", strings.TrimSpace(rest + strings.TrimPrefix(line[len(line)-len(value):], ""))})
		}
	}
	return r
}

// first is the first value of the first of the keys that has one.
func (r record) first(keys []string) string {
	for _, key := range keys {
		for _, l := range r.lines {
			if l.key == key {
				return l.value
			}
		}
	}
	return ""
}

func (r record) all(keys []string) []string {
	var values []string
	for _, l := range r.lines {
		for _, key := range keys {
			if l.key == key {
				values = append(values, l.value)
			}
		}
	}
	return values
}

// registered says whether the answer is a record: it names a registrar, a date
// or a holder. Texts about a name name none.
func (r record) registered() bool {
	for _, keys := range [][]string{registrarKeys, expiryKeys, creationKeys, {"registrant", "registrant name", "registrant organization", "name server", "nserver", "nameservers"}} {
		if r.first(keys) != "" {
			return true
		}
	}
	return false
}

// The texts of registries that have no record to show. Refusals are looked for
// first: many of them hold the words of the others.
var (
	refusalText   = regexp.MustCompile(`(?i)interval is too short|(quota|limit)[^\n]{0,60}(exceed|reached)|exceed[^\n]{0,60}(quota|limit|quer|rate|allow)|rate.?limit|too (many|fast|frequent)|throttl|try again (later|after|in)|queries? (per|a) (day|hour|minute)[^\n]{0,40}(exceed|reach)|excessive (quer|access|request)|access (control )?limit|temporarily (blocked|unavailable|denied)|server (is )?(too )?busy|request(s)? (are )?being (made )?too|max(imum)? (number of )?(queries|connections|requests)`)
	deniedText    = regexp.MustCompile(`(?i)access (is )?(denied|refused|restricted|forbidden)|not (authori[sz]ed|permitted|allowed) to|blacklist|blocked|permission denied|unauthori[sz]ed|connection refused`)
	reservedText  = regexp.MustCompile(`(?i)\breserved (by|name|list|domain)|is reserved|in the reserved list|registry[- ]reserved|reserved for|not available for (the )?([a-z0-9-]+ ){0,3}registration|can(not|'t| not) be registered|is prohibited|restricted name|blocked by|not available for( the)? (registration|application)|被保留|保留域名|禁止注册`)
	availableText = regexp.MustCompile(`(?im)no match(ing record)?\b|^\W*(domain )?not found|domain not found|does not exist|no data found|no entries found|no object found|nothing found|is available for|status:\s*(free|available)|is free\b|no such domain|not registered|no information (available )?(about|for)|no records? (matching|found)|object_not_found|not exist|未注册|没有找到`)
)

// unregistered reads an answer without a record. What is not understood is a
// fault, never an absence.
func unregistered(r observe.Registration, domain, text string) (observe.Registration, *observe.Fault) {
	said := significant(text)
	switch {
	case refusalText.MatchString(said):
		return r, &observe.Fault{Kind: observe.FaultRateLimited, Where: domain, Detail: bounded(strings.TrimSpace(said), maxDetail)}
	case reservedText.MatchString(said):
		r.State = observe.StateReserved
		return r, nil
	case availableText.MatchString(said):
		r.State = observe.StateAvailable
		return r, nil
	case deniedText.MatchString(said):
		return r, &observe.Fault{Kind: observe.FaultDenied, Where: domain, Detail: bounded(strings.TrimSpace(said), maxDetail)}
	}
	return r, &observe.Fault{Kind: observe.FaultUnparsable, Where: domain, Detail: bounded(strings.TrimSpace(said), maxDetail)}
}

// legalStart begins the terms of use, whose words are about everything.
var legalStart = regexp.MustCompile(`(?i)^(\W*)(terms of use|notice|disclaimer|by submitting|by executing|you agree|access to|the data (in|contained)|this (service|information)|please note|for more information|the registry database|.{0,40}legal statement)`)

// significant is an answer without its terms of use. Where terms come first,
// what follows their paragraph counts.
func significant(text string) string {
	var b strings.Builder
	legal := false
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "":
			legal = false
		case legalStart.MatchString(trimmed):
			legal = true
		}
		if !legal && trimmed != "" && len(trimmed) < 400 {
			b.WriteString(trimmed + "\n")
		}
		if b.Len() > 4096 {
			break
		}
	}
	if b.Len() == 0 {
		return bounded(text, 2048)
	}
	return b.String()
}

// fields is what the parsing library is trusted with: texts. Its dates and its
// classes of errors are not used.
type fields struct {
	registrar, ianaID, organisation, person, expires, created string
}

func fieldsOf(text string) (f fields) {
	defer func() {
		if recover() != nil {
			f = fields{} // the lines that we read ourselves have to do
		}
	}()
	info, err := whoisparser.Parse(text)
	if err != nil {
		return fields{}
	}
	if info.Registrar != nil {
		f.registrar, f.ianaID = info.Registrar.Name, info.Registrar.ID
	}
	if info.Registrant != nil {
		f.organisation, f.person = info.Registrant.Organization, info.Registrant.Name
	}
	if info.Domain != nil {
		f.expires, f.created = info.Domain.ExpirationDate, info.Domain.CreatedDate
	}
	if strings.Trim(f.ianaID, "0123456789") != "" {
		f.ianaID = ""
	}
	return f
}
