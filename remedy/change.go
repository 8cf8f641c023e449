package remedy

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// field is what a scene changes in the filing: the field's code, and where its
// new value is from where the finding doesn't show it.
type field struct{ code, how string }

func fieldOf(p Problem) field {
	switch p.Scene {
	case "subject-name-mismatch", "domain-holder-mismatch":
		return field{"subject-name", "as-on-licence"}
	case "subject-id-mismatch":
		return field{"certificate-number", "as-on-licence"}
	case "subject-address-mismatch":
		return field{"certificate-address", "as-on-licence"}
	case "subject-license-outdated":
		return field{"licence", "newest-licence"}
	case "principal-not-legal-representative":
		return field{"principal", "as-on-licence"}
	case "principal-id-expired":
		return field{"principal-id", "new-document"}
	case "manager-id-expired":
		return field{"manager-id", "new-document"}
	case "principal-contact-unverified", "manager-contact-unverified":
		who, _, _ := strings.Cut(p.Scene, "-")
		what := p.What
		if !slices.Contains([]string{"mobile", "landline", "emergency", "email"}, what) {
			what = "phone" // a call tells which phone only to those who may see it
		}
		return field{who + "-" + what, "reachable"}
	case "service-name-mismatch":
		return field{"service-name", "as-used"}
	case "dns-not-filed-ip":
		return field{"ip", "as-used"}
	case "service-unused":
		return field{"domain-list", "removed"}
	}
	return field{p.Scene[:max(strings.LastIndex(p.Scene, "-"), 0)], "as-used"} // app-package, app-platform, app-signature
}

// changeOf is what a change of the filing puts in the place of what.
func (f facts) changeOf(p Problem, s *filing.Service) *Change {
	fd := fieldOf(p)
	licence := number.MaskID(f.Subject.Licence.Number)
	if fd.code == "certificate-number" && number.MaskID(p.Seen) == licence {
		p.Seen = licence // findings show it masked or not
	}
	c := &Change{Field: fd.code, Old: p.Filed, New: p.Seen}
	own := map[string]string{
		"subject-name": f.Subject.Name, "certificate-number": licence, "certificate-address": f.Subject.Licence.Address,
		"principal": f.Subject.Principal.Name,
	}[fd.code]
	if s != nil {
		c.Item = p.Item
		if fd.code == "service-name" {
			own = s.Name
		}
	}
	if own != "" {
		c.Old, c.New = own, other(p, own)
	}
	if own == "" && p.Filed == "" {
		c.Old, c.New = p.Seen, "" // judged by itself: what is seen is what is filed
	}
	switch {
	case fd.code == "subject-name" && f.newName != "":
		c.New = f.newName
	case fd.how == "new-document", fd.how == "reachable":
		// The finding shows what is filed against a limit; the new value is the filer's to give.
		c.Old, c.New = p.Seen, ""
		if p.What == "call" {
			c.Old = ""
		}
	case fd.how == "removed":
		c.Old, c.New, c.How = p.Name, "", "removed"
	}
	if c.New == "" {
		c.How = fd.how
	}
	return c
}

// isContact and isPrincipal say what kind of data a change is of: rules ask for it.
func (c Change) isContact() bool {
	_, what, ok := strings.Cut(c.Field, "-")
	return ok && (strings.HasPrefix(c.Field, "principal-") || strings.HasPrefix(c.Field, "manager-")) && what != "id"
}

func (c Change) isPrincipal() bool { return c.Field == "principal" }

// outside is what an operation outside the filing system changes; nil where
// the operation says it all.
func (f facts) outside(p Problem, op string) *Change {
	c := &Change{Item: p.Item, Old: p.Seen, New: p.Filed}
	switch {
	case op == "renew-domain":
		c.Field, c.New, c.How = "domain-expiry", "", "renewed"
	case op == "transfer-registrar":
		c.Field, c.New, c.How = "registrar", "", "approved-registrar"
	case op == "transfer-domain-holder":
		c.Field, c.Old, c.New = "domain-holder", f.holder(p.Item), f.Subject.Name
		if f.newName != "" && !f.another {
			c.New = f.newName
		}
		if p.Scene != "domain-holder-mismatch" {
			c.New, c.How = "", "receiving-unit"
		}
	case op == "fix-dns":
		c.Field, c.How = "resolution", "filed-address"
	case op == "fix-page" && p.Scene == "icp-number-wrong":
		c.Field, c.New = "page-number", p.Service
	case op == "fix-page" && p.Scene == "icp-number-unlinked":
		c.Field, c.New = "page-link", "https://beian.miit.gov.cn/"
	case op == "fix-page" && p.Scene == "psb-number-missing":
		c.Field, c.How = "page-psb", "filed-psb"
	case (op == "fix-page" || op == "fix-app") && p.Scene == "service-name-mismatch":
		c.Field, c.How = "page-title", "filed-name"
	case op == "fix-page":
		c.Field, c.New, c.How = "page", "", "opens"
	default:
		return nil
	}
	if c.New != "" {
		c.How = ""
	}
	return c
}
