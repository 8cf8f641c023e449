package scanner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// rdapAnswer is what is read of an RDAP answer (RFC 9083), a domain or an
// error. Members of a wrong type count as missing: one slip of a server must
// not hide the rest.
type rdapAnswer struct {
	Class       lenient[string]                `json:"objectClassName"`
	LDHName     lenient[string]                `json:"ldhName"`
	UnicodeName lenient[string]                `json:"unicodeName"`
	Status      lenient[list[lenient[string]]] `json:"status"`
	Events      lenient[list[rdapEvent]]       `json:"events"`
	Entities    lenient[list[rdapEntity]]      `json:"entities"`
	Links       lenient[list[rdapLink]]        `json:"links"`
	Redacted    lenient[list[rdapRedacted]]    `json:"redacted"` // RFC 9537
	Variants    lenient[list[rdapVariants]]    `json:"variants"`
	ErrorCode   lenient[int]                   `json:"errorCode"`
	Title       lenient[string]                `json:"title"`
	Description lenient[list[lenient[string]]] `json:"description"`
	Remarks     lenient[list[rdapRemark]]      `json:"remarks"`
}

type rdapEvent struct {
	Action lenient[string] `json:"eventAction"`
	Date   lenient[string] `json:"eventDate"`
}

type rdapEntity struct {
	Roles     lenient[list[lenient[string]]] `json:"roles"`
	VCard     lenient[[]json.RawMessage]     `json:"vcardArray"` // RFC 7095
	PublicIDs lenient[list[rdapPublicID]]    `json:"publicIds"`
	Remarks   lenient[list[rdapRemark]]      `json:"remarks"`
}

type rdapPublicID struct {
	Type       lenient[string] `json:"type"`
	Identifier lenient[string] `json:"identifier"`
}

type rdapRemark struct {
	Title lenient[string] `json:"title"`
	Type  lenient[string] `json:"type"`
}

type rdapLink struct {
	Rel  lenient[string] `json:"rel"`
	Href lenient[string] `json:"href"`
	Type lenient[string] `json:"type"`
}

type rdapRedacted struct {
	Name struct {
		Type        lenient[string] `json:"type"`
		Description lenient[string] `json:"description"`
	} `json:"name"`
}

type rdapVariants struct {
	Names lenient[list[struct {
		LDHName lenient[string] `json:"ldhName"`
	}]] `json:"variantNames"`
}

// lenient is a member that counts as missing where its type is wrong.
type lenient[T any] struct{ v T }

// UnmarshalJSON never fails.
func (l *lenient[T]) UnmarshalJSON(data []byte) error {
	var v T
	if json.Unmarshal(data, &v) == nil {
		l.v = v
	}
	return nil
}

// list is a JSON array, or a single element where a server left the array out.
type list[T any] []T

// UnmarshalJSON reads either, up to a thousand elements.
func (l *list[T]) UnmarshalJSON(data []byte) error {
	var raw []json.RawMessage
	if json.Unmarshal(data, &raw) != nil {
		raw = []json.RawMessage{data}
	}
	for _, element := range raw[:min(len(raw), 1000)] {
		var v T
		if json.Unmarshal(element, &v) == nil {
			*l = append(*l, v)
		}
	}
	return nil
}

// parseRDAP decodes an answer; it fails on what is no JSON object.
func parseRDAP(data []byte) (rdapAnswer, error) {
	var a rdapAnswer
	if err := json.Unmarshal(data, &a); err != nil {
		return a, fmt.Errorf("decode the RDAP answer: %w", err)
	}
	return a, nil
}

// readRDAP reads an answer to a question for a domain.
func readRDAP(domain string, data []byte) (observe.Registration, *observe.Fault) {
	a, err := parseRDAP(data)
	if err != nil {
		return observe.Registration{Domain: domain}, notRead(domain, "no RDAP answer", err.Error())
	}
	return a.registration(domain)
}

func (a *rdapAnswer) registration(domain string) (observe.Registration, *observe.Fault) {
	names := a.names()
	if domain == "" && len(names) > 0 {
		domain = names[0]
	}
	r := observe.Registration{Domain: domain, Protocol: "rdap"}
	switch {
	case a.ErrorCode.v != 0:
		return rdapStatus(r, a.ErrorCode.v, a.said())
	case !strings.EqualFold(a.Class.v, "domain") && len(names) == 0:
		return r, notRead(domain, "no RDAP domain", a.Class.v)
	case len(names) > 0 && !slices.Contains(names, domain):
		return r, notRead(domain, "the answer is about another name", names[0])
	}
	r.State = observe.StateRegistered
	for _, s := range a.Status.v {
		if status := s.v; strings.EqualFold(status, "active") { // RFC 8056 section 2
			r.Statuses = addStatuses(r.Statuses, "ok")
		} else {
			r.Statuses = addStatuses(r.Statuses, status)
		}
	}
	if a.reserved(r.Statuses) {
		r.State, r.Statuses = observe.StateReserved, nil
		return r, nil
	}
	r.Created = a.date(domain, "registration")
	r.Expires = a.date(domain, "expiration")
	r.RegistrarExpires = a.date(domain, "registrar expiration")
	if r.Expires == nil {
		r.Expires, r.RegistrarExpires = r.RegistrarExpires, nil
	}
	if sameTime(r.Expires, r.RegistrarExpires) {
		r.RegistrarExpires = nil
	}
	a.entities(&r)
	return r, nil
}

// names are the name that the answer is about, and its variants.
func (a *rdapAnswer) names() []string {
	var names []string
	for _, name := range [...]string{a.LDHName.v, a.UnicodeName.v} {
		if name != "" {
			names = append(names, asciiName(name))
		}
	}
	if len(names) == 0 {
		return nil
	}
	for _, v := range a.Variants.v {
		for _, n := range v.Names.v {
			names = append(names, asciiName(n.LDHName.v))
		}
	}
	return names
}

// said is what an error says of itself.
func (a *rdapAnswer) said() string {
	text := a.Title.v
	for _, d := range a.Description.v {
		text += " " + d.v
	}
	return strings.TrimSpace(text)
}

// reserved says whether the object is a name that nobody can register: it has
// neither registrar nor dates, and says so.
func (a *rdapAnswer) reserved(statuses []string) bool {
	if len(a.Events.v) > 0 && a.date("", "registration") != nil {
		return false
	}
	if slices.Contains(statuses, "reserved") || slices.Contains(statuses, "administrative") {
		return true
	}
	return slices.ContainsFunc(a.Remarks.v, func(r rdapRemark) bool { return reserved.MatchString(r.Title.v) })
}

func (a *rdapAnswer) date(domain, action string) *observe.Date {
	for _, e := range a.Events.v {
		if strings.EqualFold(strings.TrimSpace(e.Action.v), action) {
			if d := readDate(e.Date.v, zoneOf(domain)); d != nil {
				return d
			}
		}
	}
	return nil
}

// entities reads registrar and holder. A holder that the answer says it holds
// back (RFC 9537, or a remark of the older profile) is redacted, not absent.
func (a *rdapAnswer) entities(r *observe.Registration) {
	r.HolderStatus = observe.HolderAbsent
	for _, e := range a.Entities.v {
		name, organisation := e.names()
		if e.plays("registrar") && r.Registrar == "" {
			r.Registrar = bounded(firstOf(name, organisation), maxHolder)
			for _, id := range e.PublicIDs.v {
				if strings.Contains(strings.ToLower(id.Type.v), "iana registrar id") {
					r.IANAID = digitsOnly(id.Identifier.v)
				}
			}
		}
		if e.plays("registrant") && r.HolderStatus != observe.HolderNamed {
			r.Holder, r.HolderStatus = holderOf(organisation, name)
			if r.HolderStatus == observe.HolderAbsent && slices.ContainsFunc(e.Remarks.v, rdapRemark.holdsBack) {
				r.HolderStatus = observe.HolderRedacted
			}
		}
	}
	if r.HolderStatus == observe.HolderAbsent && a.redactsHolder() {
		r.HolderStatus = observe.HolderRedacted
	}
}

func (a *rdapAnswer) redactsHolder() bool {
	return slices.ContainsFunc(a.Redacted.v, func(r rdapRedacted) bool {
		return strings.Contains(strings.ToLower(r.Name.Type.v+" "+r.Name.Description.v), "registrant")
	})
}

func (r rdapRemark) holdsBack() bool {
	return redacted.MatchString(r.Title.v) || strings.Contains(strings.ToLower(r.Type.v), "authorization")
}

func (e rdapEntity) plays(role string) bool {
	return slices.ContainsFunc(e.Roles.v, func(r lenient[string]) bool { return strings.EqualFold(r.v, role) })
}

// names reads the full name and the organisation of a jCard.
func (e rdapEntity) names() (name, organisation string) {
	if len(e.VCard.v) < 2 {
		return "", ""
	}
	var properties list[[]json.RawMessage]
	if json.Unmarshal(e.VCard.v[1], &properties) != nil {
		return "", ""
	}
	for _, p := range properties {
		var key lenient[string]
		if len(p) < 4 || json.Unmarshal(p[0], &key) != nil {
			continue
		}
		switch strings.ToLower(key.v) {
		case "fn":
			name = firstOf(name, jcardText(p[3]))
		case "org": // the units within the body come behind it (RFC 6350 section 6.6.4)
			organisation = firstOf(organisation, jcardText(p[3]))
		}
	}
	return name, organisation
}

// jcardText is a text value, or the first part of a structured one.
func jcardText(raw json.RawMessage) string {
	var parts list[lenient[string]]
	if json.Unmarshal(raw, &parts) != nil || len(parts) == 0 {
		return ""
	}
	return strings.TrimSpace(parts[0].v)
}

// related is the registrar's own answer where the registry links to it.
func (a *rdapAnswer) related() string {
	for _, l := range a.Links.v {
		if strings.EqualFold(l.Rel.v, "related") && strings.HasPrefix(strings.ToLower(l.Href.v), "http") &&
			(strings.Contains(l.Type.v, "rdap") || l.Type.v == "" && strings.Contains(l.Href.v, "/domain/")) {
			return l.Href.v
		}
	}
	return ""
}

// rdapStatus reads the code of an error, of the object or of HTTP (RFC 7480 section 5).
func rdapStatus(r observe.Registration, code int, said string) (observe.Registration, *observe.Fault) {
	fault := &observe.Fault{Where: r.Domain, Detail: bounded(strings.TrimSpace(fmt.Sprintf("RDAP %d %s", code, said)), maxDetail)}
	switch {
	case code == 404 && reserved.MatchString(said):
		r.State = observe.StateReserved
		return r, nil
	case code == 404:
		r.State = observe.StateAvailable
		return r, nil
	case code == 429 || limited.MatchString(said):
		fault.Kind = observe.FaultRateLimited
	case code == 401 || code == 403 || code == 451:
		fault.Kind = observe.FaultDenied
	case code >= 500 && code <= 599:
		fault.Kind = observe.FaultServerFailure
	default:
		fault.Kind = observe.FaultUnparsable
	}
	return r, fault
}
