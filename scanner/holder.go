package scanner

import (
	"regexp"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// The words in place of a holder, and those of services that stand in for one.
var (
	redactedText = regexp.MustCompile(`(?i)redacted|privacy protected|data protected|not disclosed|non-?public data|statutory masking|gdpr|masked|withheld|hidden|undisclosed|not shown|information not available|registration private$|^(privacy|protected|confidential)$|select contact domain holder|隐私|保密|不公开`)
	proxyText    = regexp.MustCompile(`(?i)domains? by proxy|whois ?guard|whois ?privacy|privacy (protect|service|guardian|inc|llc|ltd|corp|hero|administrator)|private whois|whois ?proxy|proxy protection|domain protection service|contact privacy|perfect privacy|withheld for privacy|identity protect|privacyguardian|privacydotlink|nexperian holding|yinsi ?baohu|whoisprotection|whois agent|super privacy|domain privacy|id shield|myprivacy|protected domain services|anonymi[sz]|see ?privacyguardian|privateregistration|registration private|on behalf of|domain admin.*privacy|moniker privacy|1&1 internet.*private|fundacion privacy|c/o `)
	emptyText    = regexp.MustCompile(`(?i)^([\s\pP\pS]*|n/?a|none|null|unknown|not applicable|-+|\.+|no(t)? (data|available|provided))$`)
)

// holderOf says who holds a name, and what the field is worth: the body where
// one is named, else the person.
func holderOf(organisation, person string) (string, observe.HolderStatus) {
	redacted := false
	for _, name := range []string{organisation, person} {
		name = firstLine(strings.TrimSpace(name))
		switch {
		case emptyText.MatchString(name):
		case proxyText.MatchString(name):
			return bounded(name, 300), observe.HolderProxy
		case redactedText.MatchString(name):
			redacted = true
		default:
			return bounded(name, 300), observe.HolderNamed
		}
	}
	if redacted {
		return "", observe.HolderRedacted
	}
	return "", observe.HolderAbsent
}

// firstLine is a name without the address lines that the parsing library glues
// to it by bare commas.
func firstLine(name string) string {
	for i := 0; i+1 < len(name); i++ {
		if name[i] == ',' && name[i+1] != ' ' && i > 0 {
			return name[:i]
		}
	}
	return name
}
