package filing

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing/number"
)

// cellsOf reads the canonical cells of a draft by key.
type cellsOf struct {
	table *columnTable
	cells []string
}

func (c cellsOf) text(key string) string { return c.cells[c.table.slot[c.table.byKey[key]]] }

func (c cellsOf) day(key string) Day {
	var d Day
	_ = d.UnmarshalText([]byte(c.text(key))) // canonical, or empty
	return d
}

// certificate reads a document whose columns begin with a prefix.
func (c cellsOf) certificate(prefix string) Certificate {
	id := Certificate{
		Type: CertificateType(c.text(prefix + "_type")), Number: c.text(prefix + "_number"),
		Address: c.text(prefix + "_address"), Issued: c.day(prefix + "_issued"),
	}
	if valid := c.text(prefix + "_valid_to"); valid == longTermText {
		id.LongTerm = true
	} else {
		id.ValidTo = c.day(prefix + "_valid_to")
	}
	return id
}

func (c cellsOf) person(prefix string) Person {
	return Person{
		Name: c.text(prefix + "_name"), ID: c.certificate(prefix + "_id"), Mobile: c.text(prefix + "_mobile"),
		Landline: c.text(prefix + "_landline"), Emergency: c.text(prefix + "_emergency"), Email: c.text(prefix + "_email"),
	}
}

// approvals are the two dates of approval in the columns of that prefix.
func (c cellsOf) approvals(prefix string) Approvals {
	return Approvals{First: c.day(prefix + "_first"), Latest: c.day(prefix + "_latest")}
}

// build makes the subject that the rows agreed on.
func (a *assembler) build(row int) *Subject {
	c := cellsOf{a.table, a.subject.cells}
	s := &Subject{
		Number: c.text("subject_number"), Name: c.text("subject_name"), Aliases: splitList(c.text("subject_aliases")),
		Nature: Nature(c.text("subject_nature")), Province: c.text("province"),
		Licence: c.certificate("certificate"), Principal: c.person("principal"),
		Approved: c.approvals("subject_approved"), Account: c.text("account"),
		Order: Order{Kind: c.text("order_kind"), State: c.text("order_state")},
		Owner: c.text("owner"), Tags: splitList(c.text("tags")), Row: row,
		Services: make([]*Service, 0, len(a.services)),
	}
	if s.Province == "" && s.Number != "" {
		if n, _, err := number.ParseInventory(s.Number); err == nil {
			if known, ok := number.ProvinceOf(n.Province); ok {
				s.Province = known.Letter
			}
		}
	}
	for _, d := range a.services {
		s.Services = append(s.Services, a.buildService(d))
	}
	return s
}

func (a *assembler) buildService(d *serviceDraft) *Service {
	c := cellsOf{a.table, d.cells}
	s := &Service{
		Number: c.text("service_number"), Kind: ServiceKind(c.text("service_kind")), Name: c.text("service_name"),
		Content: c.text("service_content"), Manager: c.person("manager"),
		Approved: c.approvals("service_approved"),
		Provider: c.text("provider"), OtherProvider: c.text("other_provider"),
	}
	s.IPs, s.IPRanges = buildIPs(c.text("ips"))
	for _, item := range d.domains {
		c := cellsOf{a.table, item.cells}
		name := c.text("domain")
		s.Domains = append(s.Domains, &Domain{
			Name: name, Label: labelOf(name), URLs: splitList(c.text("urls")), SubDomains: splitList(c.text("sub_domains")),
			Approved: c.approvals("domain_approved"), PSB: c.text("psb"), Row: item.row,
		})
	}
	for _, item := range d.apps {
		c := cellsOf{a.table, item.cells}
		s.Apps = append(s.Apps, &App{
			Platform: c.text("app_platform"), Package: c.text("app_package"), CertHash: c.text("app_cert_hash"),
			PublicKey: c.text("app_public_key"), PSB: c.text("psb"), Path: c.text("app_path"), Row: item.row,
		})
	}
	return s
}

// labelOf is the U-label of a name in A-labels.
func labelOf(name string) string {
	if !strings.Contains(name, "xn--") {
		return name
	}
	if label, err := strictIDNA.ToUnicode(name); err == nil {
		return label
	}
	return name
}
