package scanner

import (
	"regexp"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// What registries and registrars write in place of a holder, and the services
// that stand in for one.
var (
	nothing  = regexp.MustCompile(`(?i)^[^\p{L}\p{N}]*$|^[^\p{L}\p{N}]*(n/?a|n\.a\.?|none|null|nil|unknown|not applicable|not available|not provided|no data|no name|empty|blank)[^\p{L}\p{N}]*$|^(x|\*){3,}$`)
	redacted = regexp.MustCompile(`(?i)redacted|\bgdpr\b|gdpr.?masked|data protected|protected data|not (publicly )?(disclosed|displayed|shown|published|public)|non.?public|undisclosed|statutory masking|masked|withheld|^[^\p{L}]*hidden[^\p{L}]*$|hidden (for|by|due|upon)|privacy (reasons|policy)|for privacy|confidential|registry policy|this information is|not available from registry|personal data|` +
		`^private( person| individual)?$|^individual$|^(the )?(registrant|holder|domain holder)$|please (query|ask|see|contact|visit)|select (contact|request)|contact (the )?registrar|visit \S+|see \S+\.\S+ for|` +
		`未公开|不公开|已隐藏|隐藏|保密|隐私|根据.*规定|\*{3,}`)
	proxy = regexp.MustCompile(`(?i)by proxy|\bprox(y|ies)\b|whois ?(guard|privacy|protect|proxy|agent|secure|trustee|defender|shield|hidden)|private whois|privacy.{0,12}(protect|service|guard|inc\b|llc|ltd|limited|corp|hero|admin|ehf|ag\b|gmbh|by design|foundation|user|link|customer|registration|association)|` +
		`(protect|service|contact|perfect|domain|my|super|id|global|digital|jewella|moniker|see|internet|premium|total|instant|know|netpro|savvy|identity|ultra|fundacion|data|secure|click) ?privacy|withheld for privacy|privacy ?(guardian|protect|dotlink)|` +
		`identity (protect|shield)|(domain|registration|id|name) (protect(ion)?|id shield|shield|privacy|guard|privado|anonym)|id ?shield|protect(ed|ion)? (domain|service|of private)|(domain|registrant) protection|` +
		`registration private|private regist|domain admin.{0,40}(privacy|private)|anonymi[sz]|njalla|1337 services|nexperian holding|whoisprotection|yinsi ?bao ?hu|on behalf of|domain trustee|hidden by|c/o (who|domain)|^private by design|customer \d{6,}|` +
		`隐私(保护|服务)`)
)

// maxHolder bounds the name of a holder.
const maxHolder = 300

// holderOf says who holds a name, and what the field is worth: the
// organisation where one is named, else the person.
func holderOf(names ...string) (string, observe.HolderStatus) {
	status := observe.HolderAbsent
	for _, name := range names {
		name = strings.Trim(strings.Join(strings.Fields(name), " "), "\"")
		switch {
		case nothing.MatchString(name):
		case proxy.MatchString(name):
			return bounded(name, maxHolder), observe.HolderProxy
		case redacted.MatchString(name):
			status = observe.HolderRedacted
		default:
			return bounded(name, maxHolder), observe.HolderNamed
		}
	}
	return "", status
}
