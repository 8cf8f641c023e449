package checks

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing"
)

// appPlatformInvalid: the filed platform is what the App runs on, and not the
// store that hands it out (guide section 2.2). What is neither in the reference
// data may be a platform that the data lack.
var appPlatformInvalid = Check{
	ID: "app-platform-invalid", Level: LevelItem,
	For:     []filing.ServiceKind{filing.AppService},
	Reasons: []Reason{{ID: "store-name"}, {ID: "unknown-platform"}},
	Judge:   judgePlatform,
}

func judgePlatform(c Case) Verdict {
	filed := c.Reference.Platforms.Read(c.App.Platform)
	proof := Proof{What: "app-platform", Want: "Android, iOS, HarmonyOS …", Got: c.App.Platform}
	switch {
	case strings.TrimSpace(c.App.Platform) == "":
		return unverifiable(Note{Code: "platform-not-filed"})
	case filed.Store != "":
		proof.Excerpt = filed.Store
		return deficient("store-name", proof)
	case len(filed.Unknown) > 0 || len(filed.IDs) == 0:
		proof.Excerpt = strings.Join(filed.Unknown, " ")
		return suspected("unknown-platform", proof)
	}
	return pass(proof)
}
