package report

import (
	"github.com/icpaudit/icpaudit/observe"
)

// Page is a document as inspection shows it.
type Page struct {
	File     string               `json:"file"`
	ICP      []observe.NumberSeen `json:"icp"`
	Licences []observe.NumberSeen `json:"licences"`
	PSB      []observe.NumberSeen `json:"psb"`
	Title    string               `json:"title"`
	Charset  string               `json:"charset"`
	Kind     observe.PageKind     `json:"kind"`
	Fault    *observe.Fault       `json:"fault"`
	Document observe.Document     `json:"document"`
}

// InspectedPage shapes a document for people and scripts.
func InspectedPage(file string, d observe.Document) Page {
	p := Page{File: file, ICP: list(d.Numbers), Licences: list(d.Licences), PSB: list(d.PSB),
		Title: d.Title, Charset: d.Charset, Kind: d.Kind, Fault: d.Fault, Document: d}
	p.Document.Numbers, p.Document.Licences, p.Document.PSB = nil, nil, nil
	return p
}

// list is never null in JSON.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// Registration is a registration answer as inspection shows it.
type Registration struct {
	File         string                    `json:"file"`
	Domain       string                    `json:"domain"`
	State        observe.RegistrationState `json:"state"`
	Expires      string                    `json:"expires"`
	Created      string                    `json:"created"`
	DateOnly     bool                      `json:"date_only"`
	Registrar    string                    `json:"registrar"`
	IANAID       string                    `json:"registrar_iana_id"`
	Holder       string                    `json:"holder"`
	HolderStatus observe.HolderStatus      `json:"holder_status"`
	Statuses     []string                  `json:"statuses"`
	Refusal      observe.FaultKind         `json:"refusal"`
	Fault        *observe.Fault            `json:"fault"`
}

// InspectedRegistration shapes an answer for people and scripts. A refusal is
// a fault that is named apart.
func InspectedRegistration(file, domain string, r observe.Registration, fault *observe.Fault) Registration {
	out := Registration{File: file, Domain: domain, State: r.State, Registrar: r.Registrar, IANAID: r.IANAID,
		Holder: r.Holder, HolderStatus: r.HolderStatus, Statuses: list(r.Statuses), Fault: fault}
	if r.Expires != nil {
		out.Expires, out.DateOnly = date(*r.Expires), r.Expires.DateOnly
	}
	if r.Created != nil {
		out.Created = date(*r.Created)
	}
	if fault != nil {
		out.State = "error"
		if fault.Kind == observe.FaultRateLimited || fault.Kind == observe.FaultDenied {
			out.Refusal = fault.Kind
		}
	}
	return out
}

// date keeps the offset that the registry meant.
func date(d observe.Date) string { return d.Time.Format("2006-01-02T15:04:05Z07:00") }
