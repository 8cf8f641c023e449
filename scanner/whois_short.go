package scanner

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/icpaudit/icpaudit/observe"
)

// The texts of servers that have no record to show. All are looked for in
// sentences of the answer, never in the terms of use around it, whose words
// are about everything: limits, reservations, what may not be found.
var (
	limited = regexp.MustCompile(`(?i)interval (is |was )?too (short|small)|too (many|fast|frequent|often|quick)|` +
		`(limit|quota|rate|allowance|threshold)s?( \S+){0,6} (exceeded|reached|hit|used up|exhausted)|(exceeded|reached|over|surpassed|exceeds)( \S+){0,7} (limit|quota|quotas|limits|number|maximum|allowed|allowable|allotted|queries|query|connections|requests|rate)\b|limit_?exceeded|` +
		`(request|requests|query|queries|connection|connections|lookups?|you|client|address|ip)( \S+){0,6} (is|are|was|were|been|being) (being )?(rate.?limited|throttled|limited)|rate.?limit(ed|ing)?[.!]?$|throttled|^rate.?limit|` +
		`(excessive|too much) (quer|access|request|use|usage|load|traffic|connection)|(try|query|come|retry)( \S+)? ?again (later|in|after)|try later|please (wait|slow down)|slow down|wait( \S+){0,5} (second|minute|hour)s|` +
		`(server|service|system|whois)( \S+){0,3} (is )?(too |currently |now |very )*(busy|overloaded)|server too busy|maximum( \S+){0,8} (reached|exceeded)|max(imum)? (number of )?(queries|connections|requests|simultaneous)|grace period|will be replenished|` +
		`number of (allowed )?(queries|requests)( \S+){0,3} exceeded|daily (whois.?)?(limit|quota)|\b429\b|` +
		`(查询|访问|请求)(过于|太|太过|间隔)?(频繁|频率|过快|太快|过短|太短)|(次数|频率|数量)(已)?(超|达到|过多)|请?稍后(再试|重试)|超过.{0,8}(限制|上限|次数)`)
	refused = regexp.MustCompile(`(?i)access( \S+){0,5} (denied|refused|forbidden|blocked|disabled|revoked)|^access (is )?restricted[.!]*$|(your|this) access( \S+){0,4} restricted|access (has been|was) restricted|access control|permission denied|connection refused|query (refused|rejected|denied)|request (denied|rejected|refused|blocked)|` +
		`(you|your|address|ip|client|host|network)( \S+){0,6} (is|are|has been|have been|was|were) (currently |temporarily |permanently )?(black ?listed|blocked|banned|denied|not (authori[sz]ed|allowed|permitted)|restricted|barred)|` +
		`not (authori[sz]ed|allowed|permitted) to (use|query|access)( this| the| our)?( whois)?( service| server| system| database)?[.!]*$|requests of this client are not permitted|unauthori[sz]ed (request|access|client|query)|^(forbidden|denied|blocked)[.!]*$|not permitted( from| for)|blacklisted[.!]*$|\b403\b|` +
		`(拒绝|禁止)(访问|查询)|没有(访问|查询)?权限|无权(访问|查询)|黑名单`)
	failed = regexp.MustCompile(`(?i)temporar(il)?y (un)?available|temporarily|service (is )?(currently )?unavailable|internal (server )?error|database (is )?(error|down|unavailable|offline)|under maintenance|maintenance|\b50[0234]\b|timed? ?out|cannot connect|unable to (connect|process|complete)|系统(繁忙|维护|错误)|服务(不可用|暂停)`)

	reserved = regexp.MustCompile(`(?i)(is|are|been|name|domain|status|state) ?:? ?(\S+ ){0,4}reserved\b|^\W*(registry.?|domain )?reserved( name| domain| by| for| word|\W*$)|reserved (list|name|domain|by|word|for)|on the reserved|` +
		`^.{0,80}(is |are )?not available (for|to) (the )?(second|third|public|general|registration|register)|^.{0,80}(is|are) not available(\.|:|$| because)|^.{0,80}can ?(not|'t) be registered|` +
		`^\W*(status|state|domain status) ?: ?(reserved|restricted|prohibited|unavailable|blocked|not ?available|forbidden)|dpml|subscribes to the|blocked by|^\W*(restricted|prohibited|blocked|forbidden) (name|domain|string|word)|not open (for|to) registration|premium (domain|name)|` +
		`(被|已|为|系统)保留|保留(域名|字|词|名单|列表)|(禁止|限制|不允许|不可|不能|无法)注册`)
	// barred says the same in words that terms of use also have; uses are what those are about.
	barred = regexp.MustCompile(`(?i)^.{0,60}(is|are) (prohibited|forbidden|restricted|not allowed|blocked|banned|unavailable|not permitted|withheld|excluded)\b`)
	uses   = regexp.MustCompile(`(?i)\b(use|uses|usage|data|access|query|queries|information|reproduction|republication|redistribution|repackaging|compilation|mining|process|processes|database|purposes?)\b`)
	// available has to be a whole line: a registry's word for "no such name", and nothing but the name beside it.
	available = regexp.MustCompile(`(?i)^[^\p{L}\p{N}]*(` +
		`no match(es|ing)?( (record|records|entry|entries|domain|object|objects|result|results))?( (was|were))?( found)?( (for|in|to|on|with)\b.*)?|no matching (record|records|entry|entries)?.{0,60}|not?.?found:?( .{0,80})?|` +
		`.{0,100}\b(not|never) (be |been )?(found|registered|exist|assigned|allocated|delegated)( (in|at|on|within|by|yet|or)\b.{0,80})?|.{0,80}\b(does|do|did) ?n[o']t (currently )?(exist|found)( (in|at|on)\b.{0,60}|: ?.{0,60})?|.{0,80}not[ -](registered|known)( (in|by|to)\b.{0,60})?|` +
		`no (such )?(record|records|data|object|objects|entry|entries|domain|domains|information|info|result|results)( (was|were|is|are))?( (found|available|exist|exists|match|matches|matched|matching|registered|returned))?( .{0,80})?|no such domain( .{0,60})?|` +
		`nothing (was )?found( .{0,60})?|.{0,80}\bnot in (the |our )?(database|registry|zone)|we do not have an entry in our database.{0,60}|` +
		`(the )?(domain( name)?|name|object)?( )?\S{0,80} ?(is|are|appears to be) (still |currently |probably )?(free|available|unregistered|unassigned)( (for|to) (be )?(registration|purchase|register|registered|registering|buy|backorder).{0,80})?|` +
		`(domain )?(status|state|query_status|registration status)\s?: ?(\d+ )?(free|available|not ?registered|unregistered|not? ?found|no object found|unassigned|inactive or not registered|not exist)\b.{0,40}|(free|available|unregistered|unassigned)|object_not_found|` +
		`invalid query or domain name not known.{0,60}|(domain|name|object) (is )?(unknown|not known|not found).{0,60}|unknown domain.{0,80}|(this|the) query returned (0|no) objects?|0 objects found|` +
		`\S{0,100} ?(is|was) ?n[o']t (yet )?(registered|found)|(该|此|您查询的)?(域名|名称|记录)?.{0,60}(未注册|尚未注册|未被注册|没有注册|不存在|未找到|没有找到|可以注册|可注册)|没有(找到)?(匹配|相关|符合).{0,20}|无匹配.{0,10}` +
		`)[^\p{L}\p{N}]*$`)
)

// readShort reads a text that is no record. Limits come first, for refusals
// are told in the words of the others; what is not understood is a fault.
func readShort(r observe.Registration, text string, names []string) (observe.Registration, *observe.Fault) {
	said := sentences(text)
	short := bounded(strings.Join(said, " "), maxDetail)
	switch {
	case matchAny(limited, said):
		return r, &observe.Fault{Kind: observe.FaultRateLimited, Where: r.Domain, Detail: short}
	case matchAny(refused, said):
		return r, &observe.Fault{Kind: observe.FaultDenied, Where: r.Domain, Detail: short}
	case isReserved(said):
		r.State = observe.StateReserved
		return r, nil
	}
	for _, line := range said {
		if !available.MatchString(line) {
			continue
		}
		if about := domainsIn(line); r.Domain != "" && len(about) > 0 && !slices.Contains(about, r.Domain) {
			return r, notRead(r.Domain, "the answer is about another name", line)
		}
		if r.Domain != "" && len(names) > 0 && !slices.Contains(names, r.Domain) {
			return r, notRead(r.Domain, "the answer is about another name", names[0])
		}
		r.State = observe.StateAvailable
		return r, nil
	}
	if matchAny(failed, said) {
		return r, &observe.Fault{Kind: observe.FaultServerFailure, Where: r.Domain, Detail: short}
	}
	return r, notRead(r.Domain, "the answer is no record", short)
}

// saysReserved says whether a text with labels is that of a reserved name all the same.
func saysReserved(text string) bool { return isReserved(sentences(text)) }

func isReserved(said []string) bool {
	return slices.ContainsFunc(said, func(line string) bool {
		return reserved.MatchString(line) || barred.MatchString(line) && !uses.MatchString(line)
	})
}

func matchAny(shape *regexp.Regexp, lines []string) bool {
	return slices.ContainsFunc(lines, shape.MatchString)
}

var domainShape = regexp.MustCompile(`[\p{L}\p{N}](?:[\p{L}\p{N}-]*\.)+[\p{L}\p{N}-]*\p{L}[\p{L}\p{N}-]*`)

// domainsIn lists the names that a line mentions.
func domainsIn(line string) []string {
	var names []string
	for _, found := range domainShape.FindAllString(line, 8) {
		names = append(names, asciiName(found))
	}
	return names
}

var (
	allRights = regexp.MustCompile(`(?i)all\s+(other\s+)?rights\s+(are\s+)?reserved\.?`)
	// terms begins the terms of use, whatever they say.
	terms = regexp.MustCompile(`(?i)^\W*(terms (of|and)|notice\b|disclaimer|important|copyright|\(c\) |©|by (submitting|executing|using|accessing|querying)|you (agree|acknowledge|may not|are not authori[sz]ed to access)|.{0,60}(legal statement|terms & conditions|terms of use))`)
	// legal begins a text that is the same in every answer, unless it says something of this one.
	legal = regexp.MustCompile(`(?i)^\W*(access to (\S+ ){0,6}(whois|information|service|rdap)|` +
		`the (data|information|registrar|registry|whois|service|expiration date|results?|compilation)\b|this (service|information|whois|registry|is the|server)|these? (terms|data)|please note|for more|for further|for information|to (request|contact|find|view|obtain|register)|please (visit|see|refer)|in some|note:|all (rights|domain|data|information|requests)|` +
		`>>> ?(last|please|important|url)|last (update|updated)|whois (database|server|lookup|terms|data|service|query|information)|database last|url of|more information|if you|it is|we |users|any |under no|additional|queries?:|copies of|rights restricted|.{0,60}(whois server|whois service is provided))`)
)

// sentences are the short statements of an answer: its lines as they stand,
// and each paragraph of up to 400 characters in one piece, without the terms.
func sentences(text string) []string {
	const longest, most = 400, 64
	var said, paragraph []string
	end := func() {
		if len(paragraph) > 1 {
			if whole := strings.Join(paragraph, " "); len(whole) <= longest {
				said = append(said, whole)
			}
		}
		paragraph = paragraph[:0]
	}
	inLegal := false
	for line := range strings.Lines(allRights.ReplaceAllString(newlines.Replace(width.Fold.String(text)), "")) {
		line = strings.Join(strings.Fields(line), " ")
		bare := strings.Trim(line, "%#>*-=; ")
		switch {
		case bare == "":
			inLegal = false
			end()
			continue
		case terms.MatchString(line), legal.MatchString(line) && !limited.MatchString(line) && !refused.MatchString(line):
			inLegal = true
		}
		if inLegal && strings.Contains(bare, " ") && available.MatchString(line) {
			inLegal = false // the answer stands right behind the terms
		}
		if inLegal || len(line) > longest || len(said) >= most {
			end()
			continue
		}
		said = append(said, bare)
		paragraph = append(paragraph, bare)
	}
	end()
	return said
}
