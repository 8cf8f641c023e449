package scanner

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// ReadRegistration reads one answer of a registry or registrar, RDAP (JSON) or
// WHOIS (text), to a question for a domain. A refusal is a fault of kind
// rate-limited or denied, and never an absence.
func ReadRegistration(_ *reference.Set, domain string, raw []byte) (r observe.Registration, fault *observe.Fault) {
	defer func() {
		if p := recover(); p != nil {
			fault = &observe.Fault{Kind: observe.FaultUnparsable, Where: domain, Detail: bounded(fmt.Sprintf("the parser gave way: %v", p), maxDetail)}
		}
	}()
	if trimmed := bytes.TrimSpace(raw); len(trimmed) > 0 && trimmed[0] == '{' {
		return readRDAP(domain, trimmed)
	}
	return readWHOIS(domain, decodeAnswer(raw))
}

// decodeAnswer reads UTF-8 where it is valid, else GB18030, else Latin-1.
func decodeAnswer(raw []byte) string {
	if text := string(raw); strings.ToValidUTF8(text, "") == text {
		return text
	}
	if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err == nil && !bytes.ContainsRune(text, '\uFFFD') {
		return string(text)
	}
	runes := make([]rune, len(raw))
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return string(runes)
}

// beijingTLDs are the registries whose dates without a zone are of UTC+8.
var beijingTLDs = map[string]bool{"cn": true, "xn--fiqs8s": true, "xn--fiqz9s": true, "tw": true, "mo": true, "hk": true, "sg": true, "my": true}

// zoneOf is the zone of a registry's dates that name none.
func zoneOf(domain string) *time.Location {
	if i := strings.LastIndexByte(domain, '.'); beijingTLDs[strings.ToLower(domain[i+1:])] {
		return time.FixedZone("", 8*3600)
	}
	return time.UTC
}

// dateLayouts are how registries print moments; those without a clock come last.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05.999", "2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05.999Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05-07", "2006-01-02 15:04:05 (MST+8)", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05.999",
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006/01/02 15:04:05", "2006.01.02 15:04:05", "20060102 15:04:05", "02-Jan-2006 15:04:05 MST", "02-Jan-2006 15:04:05", "02.01.2006 15:04:05",
	"Mon Jan 2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 2006", "Mon, 02 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05", "January 2 2006 15:04:05", "02/01/2006 15:04:05",
}

var dayLayouts = []string{
	"2006-01-02", "2006/01/02", "2006.01.02", "2006. 01. 02.", "20060102", "02-Jan-2006", "02-January-2006", "2-Jan-2006", "02-01-2006", "02.01.2006", "2.1.2006", "02/01/2006",
	"Jan-02-2006", "Jan 02 2006", "January 2 2006", "January 02, 2006", "2 January 2006", "02 Jan 2006", "2006-Jan-02", "Mon Jan 2 2006", "02-Jan-06",
}

// parseDate reads a registry's date. Month names are read in any case.
func parseDate(text, domain string) *observe.Date {
	raw := strings.TrimSpace(text)
	if raw == "" || len(raw) > 60 {
		return nil
	}
	zone := zoneOf(domain)
	for _, candidate := range []string{raw, monthCase(raw), strings.TrimSuffix(strings.TrimSuffix(raw, "."), " (UTC+8)")} {
		for _, layout := range dateLayouts {
			if t, err := time.ParseInLocation(layout, candidate, zone); err == nil {
				return sane(t, false, raw)
			}
		}
		for _, layout := range dayLayouts {
			if t, err := time.ParseInLocation(layout, candidate, zone); err == nil {
				return sane(t, true, raw)
			}
		}
	}
	return nil
}

// monthCase writes month names as the layouts do: 20-feb-2010, 20-FEB-2010.
func monthCase(text string) string {
	var b strings.Builder
	letter := false
	for _, r := range text {
		s := string(r)
		if letter {
			s = strings.ToLower(s)
		} else {
			s = strings.ToUpper(s)
		}
		letter = r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		b.WriteString(s)
	}
	return b.String()
}

func sane(t time.Time, dateOnly bool, raw string) *observe.Date {
	if t.Year() < 1980 || t.Year() > 2200 {
		return nil
	}
	return &observe.Date{Time: t.Truncate(time.Second), DateOnly: dateOnly, Raw: raw}
}

// eppStatuses are the statuses of RFC 5731 and RFC 3915, by their letters in
// lower case without anything between.
var eppStatuses = func() map[string]string {
	all := map[string]string{}
	for _, s := range []string{
		"addPeriod", "autoRenewPeriod", "clientDeleteProhibited", "clientHold", "clientRenewProhibited", "clientTransferProhibited", "clientUpdateProhibited",
		"inactive", "ok", "pendingCreate", "pendingDelete", "pendingRenew", "pendingRestore", "pendingTransfer", "pendingUpdate", "redemptionPeriod", "renewPeriod",
		"serverDeleteProhibited", "serverHold", "serverRenewProhibited", "serverTransferProhibited", "serverUpdateProhibited", "transferPeriod",
	} {
		all[strings.ToLower(s)] = s
	}
	return all
}()

// eppStatus is the EPP spelling of a status (RFC 8056), or the word as printed.
func eppStatus(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.IndexAny(text, "(<"); i > 0 {
		text = text[:i]
	}
	if i := strings.Index(text, "http"); i > 0 {
		text = text[:i]
	}
	text = strings.TrimSpace(text)
	key := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(text))
	if s, ok := eppStatuses[key]; ok {
		return s
	}
	first, _, _ := strings.Cut(text, " ")
	if s, ok := eppStatuses[strings.ToLower(strings.Trim(first, ",;"))]; ok {
		return s
	}
	return strings.ToLower(bounded(text, 64))
}

// maxStatuses bounds what one answer may name.
const maxStatuses = 32

func addStatus(all []string, text string) []string {
	s := eppStatus(text)
	if s == "" || len(all) >= maxStatuses {
		return all
	}
	for _, have := range all {
		if have == s {
			return all
		}
	}
	return append(all, s)
}
