package scanner

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	whoisparser "github.com/likexian/whois-parser"

	"github.com/icpaudit/icpaudit/observe"
)

// Labels of the lines that are read without the parsing library, the surer first.
var (
	domainLabels  = []string{"domain name", "domain", "punycode", "puny name", "nom de domaine", "domainname", "domain name (utf8)"}
	createdLabels = []string{
		"registration time", "creation date", "created on", "created date", "create date", "domain create date", "domain registration date", "domain created", "created",
		"domain name commencement date", "record created on", "record created", "registration date", "registered on", "registered date", "registered", "first registration date",
		"domain registered", "registered from", "domain created on", "domain name created on", "activation", "activated", "registration", "connected",
	}
	expiresLabels = []string{
		"registry expiry date", "expiration time", "domain expiration date", "expiration date", "expiry date", "expiry", "expiration", "expires on", "expires", "expire date", "expired date", "expires at",
		"expire on", "expire", "paid-till", "paid till", "valid until", "validity", "valid to", "valid-date", "renewal date", "record expires on", "record will expire on", "domain expires", "domain expires on",
		"domain name expires on", "domain expiry date", "registered until", "registration expires", "expiration on", "exp date", "registrar registration expiration date", "free-date",
	}
	registrarExpiresLabels = []string{"registrar registration expiration date"}
	statusLabels           = []string{"domain status", "status", "registration status", "state", "domain state", "eppstatus", "epp status"}
	registrarLabels        = []string{"sponsoring registrar", "registrar", "registrar name", "current registrar", "current registar", "sponsoring registrar organization", "registrar organization", "registrar organisation", "registrar company", "authorized agency", "registration service provider", "provider"}
	ianaIDLabels           = []string{"registrar iana id", "sponsoring registrar iana id", "iana id", "registrar-iana-id"}
	serverLabels           = []string{"name server", "name servers", "nameserver", "nameservers", "nserver", "domain servers", "domain nameservers", "domain servers in listed order", "name servers information", "ns 1", "nserver1"}
	holderLabels           = []string{"registrant", "registrant name", "registrant organization", "registrant organisation", "registrant contact information", "holder", "holder name", "owner", "org", "holder-c", "owner-c", "person", "registrant id", "registry registrant id"}
)

// readWHOIS reads a WHOIS text. It is classified before any parser sees it: a
// parser takes a refusal that says "not available" for an absence.
func readWHOIS(domain, text string) (observe.Registration, *observe.Fault) {
	if strings.TrimSpace(text) == "" {
		return observe.Registration{Domain: domain}, &observe.Fault{Kind: observe.FaultNoData, Where: domain, Detail: "the answer is empty"}
	}
	record := readRecord(wholeLines(text), domain)
	names := record.names()
	if domain == "" && len(names) > 0 {
		domain = names[0]
	}
	r := observe.Registration{Domain: domain, Protocol: "whois"}
	if !record.registered() || record.first(createdLabels...) == "" && saysReserved(text) {
		return readShort(r, text, names)
	}
	if domain != "" && len(names) > 0 && !slices.Contains(names, domain) {
		return r, notRead(domain, "the answer is about another name", names[0])
	}
	r.State = observe.StateRegistered
	r.Created = record.date(domain, createdLabels...)
	r.Expires = record.date(domain, expiresLabels...)
	if r.RegistrarExpires = record.date(domain, registrarExpiresLabels...); sameTime(r.RegistrarExpires, r.Expires) {
		r.RegistrarExpires = nil
	}
	for _, line := range record.all(statusLabels...) {
		r.Statuses = addStatuses(r.Statuses, line)
	}
	fields := parseFields(record.text)
	r.Registrar = bounded(firstOf(record.first(registrarLabels[:2]...), fields.registrar, record.first(registrarLabels...), record.heading("registrar")), maxHolder)
	r.IANAID = digitsOnly(firstOf(record.first(ianaIDLabels...), fields.ianaID))
	r.Holder, r.HolderStatus = record.holder(fields)
	return r, nil
}

// wholeLines is an answer without a last line that has no end: the connection
// may have broken off in the middle of a name. A short answer is left alone.
func wholeLines(text string) string {
	if strings.HasSuffix(text, "\n") || strings.Count(text, "\n") < 3 {
		return text
	}
	return text[:strings.LastIndexByte(text, '\n')+1]
}

// registered says whether the text is the record of a name: it has at least
// two of what only records have, or a date. Texts about a name have none, and
// the one that is echoed in a refusal does not make two.
func (r whoisRecord) registered() bool {
	kinds := 0
	for _, labels := range [...][]string{createdLabels, expiresLabels} {
		for _, label := range labels {
			if v := r.first(label); v != "" && readDate(v, zoneOf("")) != nil {
				return true
			}
		}
	}
	for _, labels := range [...][]string{registrarLabels, serverLabels, holderLabels, ianaIDLabels} {
		if len(r.all(labels...)) > 0 {
			kinds++
		}
	}
	if slices.ContainsFunc(r.all(statusLabels...), func(s string) bool { return slices.Contains(eppStatuses, eppStatus(s)) }) {
		kinds++
	}
	return kinds >= 2 || kinds == 1 && len(r.names()) > 0
}

// names are the domains that the answer is about, as A-labels.
func (r whoisRecord) names() []string {
	var names []string
	for _, value := range r.all(domainLabels...) {
		value, _, _ = strings.Cut(strings.Trim(value, "\"'. "), " ")
		if name := asciiName(value); strings.Contains(name, ".") && !slices.Contains(names, name) && len(names) < 64 {
			names = append(names, name)
		}
	}
	return names
}

// heading is the first line below a heading that has no value itself.
func (r whoisRecord) heading(label string) string {
	lines, _ := r.section(label)
	for _, l := range lines {
		switch {
		case l.label == "" || l.label == "name" || l.label == "organization" || l.label == "organisation":
			return l.value
		case l.value != "":
			return ""
		}
	}
	return ""
}

// holder reads who holds the name. Where a registry prints the name in two
// scripts, the Chinese one counts: the filing is in Chinese.
func (r whoisRecord) holder(f parsedFields) (string, observe.HolderStatus) {
	var chinese []string
	for _, l := range r.lines {
		if strings.HasPrefix(l.label, "company chinese name") || strings.HasPrefix(l.label, "holder chinese name") {
			chinese = append(chinese, l.value)
		}
	}
	if name, status := holderOf(chinese...); status == observe.HolderNamed && strings.ContainsFunc(name, isHan) {
		return name, status
	}
	organisation, person := f.organisation, f.person
	if lines, found := r.section("registrant"); found {
		// Parsers take the address for the name where a heading stands alone.
		organisation, person = sectionNames(lines, organisation, person)
	}
	organisation = firstOf(r.first("registrant organization", "registrant organisation", "registrant org", "registrant company"), organisation)
	person = firstOf(r.first("registrant name", "registrant", "registrant person"), person)
	if organisation == "" && person == "" {
		organisation, person = r.first("org", "organisation", "organization", "owner organization"), r.first("owner", "owner name", "holder", "holder name", "person")
	}
	return holderOf(organisation, person)
}

// sectionNames takes the names out of the lines below "Registrant:". Without
// labels the first line is the name.
func sectionNames(lines []whoisLine, organisation, person string) (string, string) {
	if len(lines) == 0 {
		return organisation, person
	}
	if lines[0].label == "" {
		name, _, _ := strings.Cut(lines[0].value, "  ")
		if !strings.Contains(name, "@") {
			return name, ""
		}
		return organisation, person
	}
	var org, who string
	for _, l := range lines {
		switch l.label {
		case "org", "organization", "organisation", "company", "company name":
			org = firstOf(org, l.value)
		case "name", "person", "contact name":
			who = firstOf(who, l.value)
		}
	}
	if org == "" && who == "" {
		return organisation, person
	}
	return org, handle.ReplaceAllString(who, "")
}

// handle is the contact's handle that some registries print behind its name.
var handle = regexp.MustCompile(`\s*\([A-Z0-9-]*\d[A-Z0-9-]*\)$`)

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func digitsOnly(text string) string {
	if text = strings.TrimSpace(text); len(text) > 10 || strings.Trim(text, "0123456789") != "" {
		return ""
	}
	return text
}

func sameTime(a, b *observe.Date) bool { return a == nil || b == nil || a.Time.Equal(b.Time) }

// parsedFields is what the parsing library is trusted with: texts. Its dates
// ignore the registry's zone, and its errors take refusals for absences.
type parsedFields struct{ registrar, ianaID, organisation, person string }

func parseFields(text string) (f parsedFields) {
	defer func() {
		if recover() != nil {
			f = parsedFields{} // the lines that we read ourselves have to do
		}
	}()
	info, err := whoisparser.Parse(text)
	if err != nil {
		return parsedFields{}
	}
	if info.Registrar != nil {
		f.registrar, f.ianaID = firstOf(info.Registrar.Name, info.Registrar.Organization), info.Registrar.ID
	}
	if info.Registrant != nil {
		f.organisation, f.person = info.Registrant.Organization, info.Registrant.Name
	}
	return f
}
