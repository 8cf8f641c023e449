package scanner

import (
	"slices"
	"strings"
	"unicode"
)

// eppStatuses are the statuses of RFC 5731 and RFC 3915.
var eppStatuses = []string{
	"ok", "inactive", "linked",
	"clientDeleteProhibited", "clientHold", "clientRenewProhibited", "clientTransferProhibited", "clientUpdateProhibited",
	"serverDeleteProhibited", "serverHold", "serverRenewProhibited", "serverTransferProhibited", "serverUpdateProhibited",
	"pendingCreate", "pendingDelete", "pendingRenew", "pendingRestore", "pendingTransfer", "pendingUpdate",
	"addPeriod", "autoRenewPeriod", "redemptionPeriod", "renewPeriod", "transferPeriod",
}

// maxStatuses bounds the statuses of one answer.
const maxStatuses = 32

// eppStatus is the EPP spelling of a status as registries write it: as EPP, in
// capitals, with blanks (RFC 8056) or low lines, with a URL or a remark
// behind. Another word stays, in lower case.
func eppStatus(text string) string {
	text, _, _ = strings.Cut(text, "http")
	text, _, _ = strings.Cut(text, "(")
	text = strings.Trim(text, " \t-,;.[]'\"")
	key := lettersOf(text)
	switch strings.ToLower(key) { // without a side it is the registry's
	case "deleteprohibited", "renewprohibited", "transferprohibited", "updateprohibited":
		key = "server" + key
	}
	for _, status := range eppStatuses {
		if strings.EqualFold(key, status) {
			return status
		}
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return ""
	}
	for _, status := range eppStatuses {
		if strings.EqualFold(lettersOf(words[0]), status) {
			return status
		}
	}
	if len(words) > 4 {
		return "" // a sentence
	}
	return strings.ToLower(bounded(text, 60))
}

func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text)
}

// addStatuses adds what one line says, which may be several statuses.
func addStatuses(all []string, line string) []string {
	parts := []string{line}
	if !strings.Contains(line, "http") && strings.ContainsAny(line, ",;") {
		parts = strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' })
	} else if words := strings.Fields(line); len(words) > 1 && eachEPP(words) {
		parts = words
	}
	for _, part := range parts {
		if s := eppStatus(part); s != "" && len(all) < maxStatuses && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// eachEPP says whether the words are statuses each by itself.
func eachEPP(words []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(eppStatuses, func(s string) bool { return strings.EqualFold(s, lettersOf(w)) }) {
			return false
		}
	}
	return true
}
