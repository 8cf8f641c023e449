package scanner

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// rdapDomain is what is read of an RDAP answer (RFC 9083).
type rdapDomain struct {
	ErrorCode int          `json:"errorCode"`
	Title     string       `json:"title"`
	Class     string       `json:"objectClassName"`
	LDHName   string       `json:"ldhName"`
	Status    []string     `json:"status"`
	Events    []rdapEvent  `json:"events"`
	Entities  []rdapEntity `json:"entities"`
	Links     []rdapLink   `json:"links"`
	Redacted  []struct {
		Name struct {
			Type        string `json:"type"`
			Description string `json:"description"`
		} `json:"name"`
	} `json:"redacted"` // RFC 9537
}

type rdapEvent struct {
	Action string `json:"eventAction"`
	Date   string `json:"eventDate"`
}

type rdapLink struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
	Type string `json:"type"`
}

type rdapEntity struct {
	Roles     []string          `json:"roles"`
	Handle    string            `json:"handle"`
	VCard     []json.RawMessage `json:"vcardArray"` // RFC 7095
	PublicIDs []struct {
		Type       string `json:"type"`
		Identifier string `json:"identifier"`
	} `json:"publicIds"`
	Remarks []struct {
		Title string `json:"title"`
	} `json:"remarks"`
}

// readRDAP reads an answer; an error object is read by its code.
func readRDAP(domain string, data []byte) (observe.Registration, *observe.Fault) {
	r := observe.Registration{Domain: domain, Protocol: "rdap"}
	var d rdapDomain
	if err := json.Unmarshal(data, &d); err != nil {
		return r, &observe.Fault{Kind: observe.FaultUnparsable, Where: domain, Detail: bounded(err.Error(), maxDetail)}
	}
	if d.ErrorCode != 0 {
		return rdapError(r, domain, d.ErrorCode)
	}
	if d.Class != "domain" && d.LDHName == "" {
		return r, &observe.Fault{Kind: observe.FaultUnparsable, Where: domain, Detail: "the answer is no RDAP domain object"}
	}
	r.State = observe.StateRegistered
	for _, s := range d.Status {
		r.Statuses = addStatus(r.Statuses, s)
	}
	for _, e := range d.Events {
		switch strings.ToLower(e.Action) {
		case "expiration":
			r.Expires = parseDate(e.Date, domain)
		case "registrar expiration":
			r.RegistrarExpires = parseDate(e.Date, domain)
		case "registration":
			r.Created = parseDate(e.Date, domain)
		}
	}
	if r.Expires == nil {
		r.Expires, r.RegistrarExpires = r.RegistrarExpires, nil
	}
	r.HolderStatus = observe.HolderAbsent
	for _, e := range d.Entities {
		d.entity(&r, e)
	}
	return r, nil
}

func (d *rdapDomain) entity(r *observe.Registration, e rdapEntity) {
	for _, role := range e.Roles {
		switch strings.ToLower(role) {
		case "registrar":
			name, organisation := e.names()
			if r.Registrar = name; name == "" {
				r.Registrar = organisation
			}
			for _, id := range e.PublicIDs {
				if strings.Contains(strings.ToLower(id.Type), "iana registrar id") {
					r.IANAID = id.Identifier
				}
			}
		case "registrant":
			name, organisation := e.names()
			r.Holder, r.HolderStatus = holderOf(organisation, name)
			if r.HolderStatus == observe.HolderAbsent && (e.redacted() || d.redactsRegistrant()) {
				r.HolderStatus = observe.HolderRedacted
			}
		}
	}
}

func (e rdapEntity) redacted() bool {
	for _, remark := range e.Remarks {
		if redactedText.MatchString(remark.Title) {
			return true
		}
	}
	return false
}

func (d *rdapDomain) redactsRegistrant() bool {
	for _, r := range d.Redacted {
		if name := strings.ToLower(r.Name.Type + " " + r.Name.Description); strings.Contains(name, "registrant") {
			return true
		}
	}
	return false
}

// names reads the full name and the organisation of a jCard.
func (e rdapEntity) names() (name, organisation string) {
	if len(e.VCard) < 2 {
		return "", ""
	}
	var properties [][]json.RawMessage
	if json.Unmarshal(e.VCard[1], &properties) != nil {
		return "", ""
	}
	for _, p := range properties {
		var key string
		if len(p) < 4 || json.Unmarshal(p[0], &key) != nil {
			continue
		}
		switch strings.ToLower(key) {
		case "fn":
			name = jcardText(p[3])
		case "org":
			organisation = jcardText(p[3])
		}
	}
	return name, organisation
}

func jcardText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.TrimSpace(text)
	}
	var parts []string
	if json.Unmarshal(raw, &parts) == nil {
		return strings.TrimSpace(strings.Join(parts, " "))
	}
	return ""
}

// rdapError reads the code of an error, of HTTP or of the object.
func rdapError(r observe.Registration, domain string, code int) (observe.Registration, *observe.Fault) {
	switch {
	case code == 404:
		r.State = observe.StateAvailable
		return r, nil
	case code == 429:
		return r, &observe.Fault{Kind: observe.FaultRateLimited, Where: domain, Detail: "RDAP 429"}
	case code == 401 || code == 403 || code == 451:
		return r, &observe.Fault{Kind: observe.FaultDenied, Where: domain, Detail: "RDAP " + strconv.Itoa(code)}
	case code >= 500:
		return r, &observe.Fault{Kind: observe.FaultServerFailure, Where: domain, Detail: "RDAP " + strconv.Itoa(code)}
	}
	return r, &observe.Fault{Kind: observe.FaultUnparsable, Where: domain, Detail: "RDAP " + strconv.Itoa(code)}
}

// relatedLink is the registrar's own answer, where the registry links to it.
func relatedLink(data []byte) string {
	var d rdapDomain
	if json.Unmarshal(data, &d) != nil {
		return ""
	}
	for _, l := range d.Links {
		if l.Rel == "related" && strings.HasPrefix(l.Href, "https://") && (l.Type == "" || strings.Contains(l.Type, "rdap")) {
			return l.Href
		}
	}
	return ""
}
