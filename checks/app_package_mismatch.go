package checks

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// appPackageMismatch: the package name or bundle id of the published App is on
// file for its platform (guide section 2.2). An App may have several on file.
var appPackageMismatch = Check{
	ID: "app-package-mismatch", Level: LevelItem,
	For:     []filing.ServiceKind{filing.AppService},
	Needs:   observe.WantApp,
	Reasons: []Reason{{ID: "other-package"}},
	Judge:   judgePackage,
}

func judgePackage(c Case) Verdict {
	app := c.Package.Value
	if id := c.platform(); app.Platform != "" && id != "" && id != app.Platform {
		return unverifiable(Note{Code: "package-of-other-platform", Detail: app.Platform})
	}
	filed := c.filedPackages(app.Platform)
	proof := Proof{What: "app-package", Want: strings.Join(filed, " "), Got: app.Package, Where: app.File, At: c.Package.At}
	switch {
	case app.Package == "":
		return unverifiable(Note{Code: "package-unread", Detail: app.File})
	case len(filed) == 0:
		return unverifiable(Note{Code: "package-not-filed"}, proof)
	case slices.Contains(filed, app.Package):
		return pass(proof)
	case slices.ContainsFunc(filed, func(f string) bool { return strings.EqualFold(f, app.Package) }):
		return suspected("other-package", proof).because(Note{Code: "case-only"})
	}
	return deficient("other-package", proof)
}
