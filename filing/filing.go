// Package filing holds what was declared: subjects with their services,
// domains and Apps, and the readers of inventories. It never asks the network.
package filing

import (
	"net/netip"
	"strings"
	"time"
)

// Nature is what kind of body the subject is.
type Nature string

// The natures of a subject.
const (
	NatureCompany       Nature = "company"        // 企业
	NatureIndividual    Nature = "individual"     // 个人
	NatureSoleTrader    Nature = "sole-trader"    // 个体工商户
	NatureInstitution   Nature = "institution"    // 事业单位
	NatureGovernment    Nature = "government"     // 政府机关, 党政机关
	NatureAssociation   Nature = "association"    // 社会团体
	NatureMilitary      Nature = "military"       // 国防机构
	NatureNonEnterprise Nature = "non-enterprise" // 民办非企业
	NatureOther         Nature = "other"
)

// CertificateType is what document identifies the subject or a person.
type CertificateType string

// The certificate types that the checks tell apart.
const (
	CertUSCC         CertificateType = "uscc"         // 统一社会信用代码证书, 营业执照
	CertRegistration CertificateType = "registration" // old 15-digit registration number
	CertOrganisation CertificateType = "organisation" // old organisation code
	CertIDCard       CertificateType = "id-card"      // 居民身份证
	CertPassport     CertificateType = "passport"
	CertOther        CertificateType = "other"
)

// Certificate is a document as filed.
type Certificate struct {
	Type     CertificateType `json:"type,omitempty"`
	Number   string          `json:"number,omitempty"`
	Address  string          `json:"address,omitempty"`
	Issued   Day             `json:"issued,omitzero"`     // 核准日期 of the filed licence
	ValidTo  Day             `json:"valid_to,omitzero"`   // zero: not known
	LongTerm bool            `json:"long_term,omitempty"` // 长期: never runs out
}

// Person is the subject's principal or a service's manager.
type Person struct {
	Name      string      `json:"name,omitempty"`
	ID        Certificate `json:"id,omitzero"`
	Mobile    string      `json:"mobile,omitempty"`
	Landline  string      `json:"landline,omitempty"`
	Emergency string      `json:"emergency,omitempty"` // emergency phone
	Email     string      `json:"email,omitempty"`
}

// Order is an order in progress in the filer's account.
type Order struct {
	Kind  string `json:"kind,omitempty"`  // an operation id, or the text as given
	State string `json:"state,omitempty"` // draft, submitted, …, as given
}

// Approvals are dates of approval. What is not known is zero.
type Approvals struct {
	First  Day `json:"first,omitzero"`  // of the approval that put it on file
	Latest Day `json:"latest,omitzero"` // of the last one, as the ministry publishes it
}

// Subject is a filing subject (主办单位) with all its services.
type Subject struct {
	Number    string      `json:"number"` // canonical subject number; empty where none is filed
	Name      string      `json:"name,omitempty"`
	Aliases   []string    `json:"aliases,omitempty"` // names that count as the subject's own
	Nature    Nature      `json:"nature,omitempty"`
	Province  string      `json:"province,omitempty"` // as in the number or named: 京, 粤 …
	Licence   Certificate `json:"certificate,omitzero"`
	Principal Person      `json:"principal,omitzero"`
	Approved  Approvals   `json:"approved,omitzero"`
	Account   string      `json:"account,omitempty"`
	Order     Order       `json:"order,omitzero"`
	Owner     string      `json:"owner,omitempty"` // who answers for it on the compliance side
	Tags      []string    `json:"tags,omitempty"`
	Services  []*Service  `json:"services"`
	Row       int         `json:"row"` // first row in the inventory, 1 is the first after the header
}

// ServiceKind is what is filed: 网站, App, 小程序, 快应用.
type ServiceKind string

// The kinds of service.
const (
	Website     ServiceKind = "website"
	AppService  ServiceKind = "app"
	MiniProgram ServiceKind = "mini-program"
	QuickApp    ServiceKind = "quick-app"
)

// Service is one filed internet information service.
type Service struct {
	Number        string         `json:"number"` // canonical service number; empty where none is filed
	Kind          ServiceKind    `json:"kind"`
	Name          string         `json:"name,omitempty"`
	Content       string         `json:"content,omitempty"` // 服务内容
	Manager       Person         `json:"manager,omitzero"`
	Approved      Approvals      `json:"approved,omitzero"`
	Provider      string         `json:"provider,omitempty"`       // the filed access provider, as written
	OtherProvider string         `json:"other_provider,omitempty"` // a further access provider on file
	IPs           []netip.Prefix `json:"ips,omitempty"`            // filed addresses and CIDR ranges
	IPRanges      []IPRange      `json:"ip_ranges,omitempty"`      // filed ranges that are no single prefix
	Domains       []*Domain      `json:"domains,omitempty"`
	Apps          []*App         `json:"apps,omitempty"`
}

// HasIPs says whether any address is filed.
func (s *Service) HasIPs() bool { return len(s.IPs)+len(s.IPRanges) > 0 }

// HoldsIP says whether an address is filed, by itself or in a range.
func (s *Service) HoldsIP(addr netip.Addr) bool {
	for _, p := range s.IPs {
		if p.Contains(addr) {
			return true
		}
	}
	for _, r := range s.IPRanges {
		if r.From.Compare(addr) <= 0 && addr.Compare(r.To) <= 0 {
			return true
		}
	}
	return false
}

// IPRange is a filed range from its first to its last address, both in it.
type IPRange struct {
	From netip.Addr `json:"from"`
	To   netip.Addr `json:"to"`
}

// Domain is one filed domain of a website.
type Domain struct {
	Name       string    `json:"name"`                  // A-label, lower case
	Label      string    `json:"label"`                 // U-label for people
	URLs       []string  `json:"urls,omitempty"`        // filed URLs
	SubDomains []string  `json:"sub_domains,omitempty"` // filed sub-domains, A-labels
	Approved   Approvals `json:"approved,omitzero"`     // 域名备案日期
	PSB        string    `json:"psb,omitempty"`         // filed public-security number, canonical
	Row        int       `json:"row"`
}

// App is one filed App package on one platform.
type App struct {
	Platform  string `json:"platform,omitempty"` // as filed
	Package   string `json:"package,omitempty"`
	CertHash  string `json:"cert_hash,omitempty"` // Android MD5, Apple SHA-1, …
	PublicKey string `json:"public_key,omitempty"`
	PSB       string `json:"psb,omitempty"`
	Path      string `json:"path,omitempty"` // of the package file
	Row       int    `json:"row"`
}

// ItemID names a domain or App of a service for ever: the service's number (or
// where none is filed the subject's, or "-") and the name.
func (s *Service) ItemID(subject *Subject, name string) string {
	return s.ID(subject) + " " + name
}

// ID is the service's number, or what stands for it where none is filed.
func (s *Service) ID(subject *Subject) string {
	if s.Number != "" {
		return s.Number
	}
	return subject.ID()
}

// Items counts the domains and Apps of the subject.
func (s *Subject) Items() int {
	n := 0
	for _, service := range s.Services {
		n += len(service.Domains) + len(service.Apps)
	}
	return n
}

// ID is the subject's number, or what stands for it where none is filed.
func (s *Subject) ID() string {
	if s.Number != "" {
		return s.Number
	}
	if s.Name != "" {
		return s.Name
	}
	return "-"
}

// ItemName is the App's part of an item id.
func (a *App) ItemName() string { return strings.TrimSpace(a.Platform + " " + a.Package) }

// beijing is the zone of every day in a filing: China has known no other offset since 1992.
var beijing = time.FixedZone("CST", 8*3600)

// Day is a calendar day in Beijing. The zero Day is no day.
type Day struct{ t time.Time }

// DayOf is the Beijing day of a moment.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return Day{}
	}
	y, m, d := t.In(beijing).Date()
	return NewDay(y, m, d)
}

// NewDay makes a day; out-of-range values roll over as in time.Date.
func NewDay(year int, month time.Month, day int) Day {
	return Day{time.Date(year, month, day, 0, 0, 0, 0, beijing)}
}

// IsZero says whether it is no day.
func (d Day) IsZero() bool { return d.t.IsZero() }

// Before says whether d is an earlier day.
func (d Day) Before(other Day) bool { return d.t.Before(other.t) }

// AddDays is the day n days later.
func (d Day) AddDays(n int) Day { return Day{d.t.AddDate(0, 0, n)} }

// NextMonth is the same day next month, clamped to that month's end.
func (d Day) NextMonth() Day {
	y, m, day := d.t.Date()
	last := time.Date(y, m+2, 0, 0, 0, 0, 0, beijing).Day()
	return NewDay(y, m+1, min(day, last))
}

// Time is the day's beginning in Beijing.
func (d Day) Time() time.Time { return d.t }

// String is the day as 2006-01-02, or empty.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.t.Format(time.DateOnly)
}

// MarshalText writes the day as 2006-01-02.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day as 2006-01-02; empty is no day.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	t, err := time.ParseInLocation(time.DateOnly, string(text), beijing)
	if err != nil {
		return err
	}
	*d = Day{t}
	return nil
}
