package checks

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// platform is the one platform that the App is filed for; empty where it names
// none, or several.
func (c Case) platform() string {
	if ids := c.Reference.Platforms.Read(c.App.Platform).IDs; len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// foreignPackage says why a package is not that of the filed App, so that
// nothing in it says anything about the filing.
func (c Case) foreignPackage(app *observe.App) (Note, bool) {
	if id := c.platform(); id != "" && id != app.Platform {
		return Note{Code: "package-of-other-platform", Detail: app.Platform}, true
	}
	if c.App.Package != "" && !slices.Contains(c.filedPackages(app.Platform), app.Package) {
		return Note{Code: "package-of-other-app", Detail: app.Package}, true
	}
	return Note{}, false
}

// filedPackages lists the packages that the service has on file for a platform.
// A platform that can't be told may be any.
func (c Case) filedPackages(platform string) []string {
	var all []string
	for _, a := range c.Service.Apps {
		ids := c.Reference.Platforms.Read(a.Platform).IDs
		if a.Package != "" && (len(ids) == 0 || slices.Contains(ids, platform)) {
			all = append(all, strings.TrimSpace(a.Package))
		}
	}
	return all
}

// judgeAppLabel is service-name-mismatch for Apps: the name under the icon, in
// the package's own Chinese or else by default.
func judgeAppLabel(c Case) Verdict {
	app := c.Package.Value
	name := normalName(c.Service.Name)
	switch {
	case c.Service.Kind != filing.AppService || c.App == nil:
		return unverifiable(Note{Code: whyInside})
	case name == "":
		return unverifiable(Note{Code: "name-not-filed"})
	case app == nil:
		return unverifiable(c.packageFault())
	}
	if note, foreign := c.foreignPackage(app); foreign {
		return unverifiable(note)
	}
	var verdict Verdict
	for _, label := range []string{app.Label, app.LabelZH} { // the Chinese one has the last word
		if label == "" {
			continue
		}
		verdict = labelVerdict(c, name, label)
		if verdict.outcome == Pass {
			return verdict
		}
	}
	if verdict.outcome == "" {
		return unverifiable(Note{Code: "label-unread", Detail: app.File})
	}
	return verdict
}

// labelVerdict judges one label.
func labelVerdict(c Case, name, label string) Verdict {
	proof := Proof{What: "app-label", Want: c.Service.Name, Got: label, Where: c.Package.Value.File, At: c.Package.At}
	shown := normalName(label)
	switch {
	case slices.Contains(nameForms(name), shown):
		return pass(proof)
	case near(name, shown), strings.Contains(shown, name), strings.Contains(name, shown):
		return suspected("near-miss", proof)
	case hasHan(name) && !hasHan(shown):
		return suspected("other-label", proof).because(Note{Code: "latin-only"})
	}
	return deficient("other-label", proof)
}
