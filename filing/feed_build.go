package filing

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// builder makes evidence of a row's canonical cells.
type builder struct {
	cellsOf
	origin Origin
}

// usccOf is a filed certificate number in the writing of credit codes.
func usccOf(filed string) string {
	return strings.ToUpper(strings.Join(strings.Fields(width.Fold.String(filed)), ""))
}

// registry is the row as a record of the business registry.
func (b builder) registry(foundBy string) RegistryRecord {
	by, _, _ := strings.Cut(foundBy, "\x00")
	r := RegistryRecord{
		Origin: b.origin, Name: b.text("name"), FormerNames: splitList(b.text("former_names")), USCC: b.text("uscc"),
		Status: b.text("status"), Address: b.text("address"), Representative: b.text("representative"),
		Approved: b.day("approved"), TermFrom: b.day("term_from"), MatchedBy: by,
	}
	r.TermTo, r.LongTerm = b.end(b.text("term_to"))
	from, to, ok := strings.Cut(b.text("term"), "/")
	if !ok {
		return r
	}
	if r.TermFrom.IsZero() {
		_ = r.TermFrom.UnmarshalText([]byte(from)) // canonical, or empty
	}
	if r.TermTo.IsZero() && !r.LongTerm {
		r.TermTo, r.LongTerm = b.end(to)
	}
	return r
}

// end reads the canonical last day of a document or term.
func (b builder) end(text string) (last Day, never bool) {
	if text == longTermText {
		return last, true
	}
	_ = last.UnmarshalText([]byte(text)) // canonical, or empty
	return last, false
}

// spot is what a row is about: a subject as a whole, a service, or one item.
type spot struct{ service, name string }

// spots are what of a subject a row is about: none where it names a service,
// domain or App that the subject doesn't have, several where a domain or App
// stands in several services or on several platforms.
func (b builder) spots(s *Subject) (all []spot) {
	number, domain, pkg := numberKey(b.text("service_number")), b.text("domain"), b.text("app_package")
	platform := foldHeader(b.text("app_platform"))
	add := func(service *Service, name string) {
		if at := (spot{service.Number, name}); !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	for _, service := range s.Services {
		if number != "" && numberKey(service.Number) != number {
			continue
		}
		if number != "" && domain == "" && pkg == "" && platform == "" {
			add(service, "")
		}
		for _, d := range service.Domains {
			if domain == d.Name {
				add(service, d.Name)
			}
		}
		for _, a := range service.Apps {
			if (pkg != "" || platform != "") && (pkg == "" || pkg == a.Package) && (platform == "" || platform == foldHeader(a.Platform)) {
				add(service, a.ItemName())
			}
		}
	}
	if number == "" && domain == "" && pkg == "" && platform == "" {
		all = append(all, spot{})
	}
	return all
}

// calls is the row's call, once for each service that it is about.
func (b builder) calls(spots []spot) (calls []Call) {
	if b.text("call_result") == "" {
		return nil
	}
	tries, _ := strconv.Atoi(b.text("tries")) // canonical, or empty
	var services []string
	for _, at := range spots {
		if Role(b.text("role")) == RolePrincipal {
			at = spot{} // of the subject, whichever service was talked of
		}
		if slices.Contains(services, at.service) {
			continue
		}
		services = append(services, at.service)
		calls = append(calls, Call{
			Origin: b.origin, Role: Role(b.text("role")), Service: at.service, Phone: b.text("phone"),
			Result: CallResult(b.text("call_result")), Day: b.day("called"), Tries: tries,
		})
	}
	return calls
}

// statements is what the row says was said.
func (b builder) statements(spots []spot) (all []Statement) {
	if b.text("statement") == "" {
		return nil
	}
	day := b.day("stated")
	if day.IsZero() {
		day = b.day("called")
	}
	for _, at := range spots {
		all = append(all, Statement{
			Origin: b.origin, Service: at.service, Name: at.name, Kind: StatementKind(b.text("statement")), Day: day, By: b.text("said_by"),
		})
	}
	return all
}

// documents is the row's document, once for each item that it is about.
func (b builder) documents(spots []spot) (all []Document) {
	for _, at := range spots {
		d := Document{
			Origin: b.origin, Kind: DocumentKind(b.text("document")), Service: at.service, Name: at.name, Role: Role(b.text("role")),
			Person: b.text("person"), Holder: b.text("holder"), Issued: b.day("issued"),
			Number: b.text("shown_number"), PSB: b.text("shown_psb"), Link: b.text("link"),
		}
		d.ValidTo, d.LongTerm = b.end(b.text("valid_to"))
		if opens := b.text("opens"); opens != "" {
			yes := opens == "yes"
			d.Opens = &yes
		}
		all = append(all, d)
	}
	return all
}
