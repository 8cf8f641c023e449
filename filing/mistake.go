package filing

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/filing/number"
)

// Mistake is what is wrong or odd about one cell or row of an inventory or feed. A row
// with a mistake that is no Warning is not audited.
type Mistake struct {
	File    string       `json:"file,omitempty"`
	Feed    EvidenceKind `json:"feed,omitempty"`   // of a feed; empty: of the inventory
	Row     int          `json:"row,omitempty"`    // 1 is the first after the header; 0: the file as a whole
	Line    int          `json:"line,omitempty"`   // of the file or sheet, where the row begins; 0: not known
	Column  string       `json:"column,omitempty"` // header as the file writes it, or the column's key where it has none
	Key     string       `json:"key,omitempty"`    // the column's key; empty for a row as a whole
	Value   string       `json:"value,omitempty"`  // what stands there: cleaned, shortened, masked where personal
	Code    string       `json:"code"`             // one of Codes; its words are reference data, group input
	Want    string       `json:"want,omitempty"`   // what would be right, or what it was read as
	See     int          `json:"see,omitempty"`    // the earlier row that it contradicts or repeats
	Warning bool         `json:"warning,omitempty"`
}

// String is the mistake in one line, for logs and errors.
func (m Mistake) String() string {
	var b strings.Builder
	if m.Row > 0 {
		fmt.Fprintf(&b, "row %d, ", m.Row)
	}
	if m.Column != "" {
		fmt.Fprintf(&b, "column %s: ", m.Column)
	}
	b.WriteString(m.Code)
	if m.Value != "" {
		fmt.Fprintf(&b, " %q", m.Value)
	}
	if m.Want != "" {
		fmt.Fprintf(&b, ", want %s", m.Want)
	}
	if m.See > 0 {
		fmt.Fprintf(&b, " (row %d)", m.See)
	}
	return b.String()
}

// Refusal is why an inventory or a feed as a whole can't be read. Its Mistake has the
// code and, where one is to blame, the row.
type Refusal struct {
	Mistake Mistake
	what    string // was to be read; empty: inventory
}

// Error names the file and the mistake.
func (r *Refusal) Error() string {
	return fmt.Sprintf("read %s %q: %s", cmp.Or(r.what, inventoryWhat), r.Mistake.File, r.Mistake)
}

// refuse makes a Refusal; the caller that knows the file fills it in.
func refuse(code, value, want string) *Refusal {
	return &Refusal{Mistake: Mistake{Code: code, Value: shown(value), Want: want}}
}

// The codes of what is wrong with a file: it is refused.
const (
	codeEmptyFile    = "file-empty"
	codeFileTooLarge = "file-too-large"
	codeNotText      = "file-not-text"
	codeOldExcel     = "file-old-excel"
	codeHTML         = "file-html"
	codePacked       = "file-packed"
	codeBadXLSX      = "file-bad-xlsx"
	codeZipBomb      = "file-zip-bomb"
	codeBadJSON      = "file-bad-json"
	codeNoHeader     = "header-missing"
	codeTwiceHeader  = "header-twice"
	codeTooManyCols  = "columns-too-many"
	codeTooManyRows  = "rows-too-many"
	codeRowTooLong   = "row-too-long"
)

// The codes of what is wrong with a row: it is not audited.
const (
	codeRowCells       = "row-more-cells"
	codeRowQuotes      = "row-quotes"
	codeRowJSON        = "row-bad-json"
	codeCellTooLong    = "cell-too-long"
	codeCellEncoding   = "cell-encoding"
	codeCellControl    = "cell-control"
	codeCellNested     = "cell-nested"
	codeCellFormula    = "cell-formula-error"
	codeCellTwice      = "cell-twice"
	codeDigitsLost     = "digits-lost"
	codeListLong       = "list-too-long"
	codeNoItem         = "item-missing"
	codeDomainBlank    = "domain-blank"
	codeDomainMany     = "domain-many"
	codeDomainIP       = "domain-is-ip"
	codeDomainBad      = "domain-bad"
	codeDomainLabel    = "domain-empty-label"
	codeDomainLong     = "domain-too-long"
	codeDomainDotless  = "domain-no-dot"
	codeDomainSuffix   = "domain-is-suffix"
	codeDomainPrivate  = "domain-private"
	codeDomainTLD      = "domain-numeric-tld"
	codeHostBad        = "host-bad"
	codeHostForeign    = "host-foreign"
	codeURLBad         = "url-bad"
	codeIPBad          = "ip-bad"
	codeIPOrder        = "ip-range-order"
	codeIPWide         = "ip-too-wide"
	codeDateBad        = "date-bad"
	codePSBBad         = "psb-bad"
	codeICP            = "icp-" // and the number package's code
	codeSubjectSuffix  = "subject-number-suffix"
	codeServiceForeign = "service-not-subject"
	codeKindUnknown    = "kind-unknown"
	codeKindSuffix     = "kind-not-suffix"
	codeKindItem       = "kind-not-item"
	codeProvince       = "province-unknown"
	codeContradiction  = "contradiction"
	codeSubjectLarge   = "subject-too-large"
	codeUSCCBad        = "uscc-bad"
	codeCountBad       = "count-bad"
	codeWordBad        = "word-bad"
	codeCellBlank      = "cell-blank"
	codeFeedSubject    = "feed-nobody"
)

// The codes of notes: the row is audited.
const (
	noteICPSix          = "icp-six-digits"
	noteICPLetter       = "icp-everyday-letter"
	noteICPWriting      = "icp-writing"
	noteICPYear         = "icp-odd-year"
	noteServiceBare     = "service-number-bare"
	notePSBOld          = "psb-old-code"
	noteProvinceNumber  = "province-not-number"
	noteDomainCleaned   = "domain-cleaned"
	noteDomainURL       = "domain-from-url"
	noteDomainPort      = "domain-port-dropped"
	noteDomainWildcard  = "domain-wildcard"
	noteDomainWWW       = "domain-www"
	noteDomainSub       = "domain-is-sub-domain"
	noteDomainTLD       = "domain-unknown-tld"
	noteDomainTwice     = "domain-twice"
	noteDomainElsewhere = "domain-in-two-services"
	noteAppTwice        = "app-twice"
	noteAppBlank        = "app-blank"
	noteHostRelative    = "host-relative"
	noteURLScheme       = "url-scheme-added"
	noteURLForeign      = "url-foreign"
	noteIPPrivate       = "ip-private"
	noteIPHostBits      = "ip-host-bits"
	noteWordUnknown     = "word-unknown"
	noteCellUnused      = "cell-unused"
	noteUSCCCheck       = "uscc-check-digit"
	noteFeedUnmatched   = "feed-row-unmatched"
)

// Codes lists every code that a Mistake may have, in the order of a listing.
func Codes() []string {
	codes := []string{
		codeEmptyFile, codeFileTooLarge, codeNotText, codeOldExcel, codeHTML, codePacked, codeBadXLSX, codeZipBomb, codeBadJSON,
		codeNoHeader, codeTwiceHeader, codeTooManyCols, codeTooManyRows, codeRowTooLong,
		codeRowCells, codeRowQuotes, codeRowJSON, codeCellTooLong, codeCellEncoding, codeCellControl, codeCellNested,
		codeCellFormula, codeCellTwice, codeDigitsLost, codeListLong, codeNoItem, codeDomainBlank, codeDomainMany,
		codeDomainIP, codeDomainBad, codeDomainLabel, codeDomainLong, codeDomainDotless, codeDomainSuffix, codeDomainPrivate, codeDomainTLD,
		codeHostBad, codeHostForeign, codeURLBad, codeIPBad, codeIPOrder, codeIPWide, codeDateBad, codePSBBad,
		codeSubjectSuffix, codeServiceForeign, codeKindUnknown, codeKindSuffix, codeKindItem, codeProvince, codeContradiction, codeSubjectLarge,
		codeUSCCBad, codeCountBad, codeWordBad, codeCellBlank, codeFeedSubject, noteUSCCCheck, noteFeedUnmatched,
		noteICPSix, noteICPLetter, noteICPWriting, noteICPYear, noteServiceBare, notePSBOld, noteProvinceNumber,
		noteDomainCleaned, noteDomainURL, noteDomainPort, noteDomainWildcard, noteDomainWWW, noteDomainSub, noteDomainTLD, noteDomainTwice,
		noteDomainElsewhere, noteAppTwice, noteAppBlank, noteHostRelative, noteURLScheme, noteURLForeign, noteIPPrivate, noteIPHostBits, noteWordUnknown, noteCellUnused,
	}
	for _, c := range []string{
		number.CodeEmpty, number.CodePlaceholder, number.CodeNoProvince, number.CodeVanity, number.CodeDigits,
		number.CodeTypo, number.CodeLicence, number.CodeUnknown, number.CodeRest,
	} {
		codes = append(codes, codeICP+c)
	}
	slices.Sort(codes)
	return codes
}

// shownRunes bounds a value in a mistake.
const shownRunes = 80

// longDigits is as long as an identity number, right or mistyped.
var longDigits = regexp.MustCompile(`[0-9]{15,}[Xx]?`)

// shown makes a foreign text fit to be printed: no control characters, short,
// identity and mobile numbers masked.
func shown(value string) string {
	var b strings.Builder
	n := 0
	for _, r := range value {
		if n == 4*shownRunes {
			break
		}
		n++
		switch {
		case r == '\n', r == '\r', r == '\t', r == 0x2028, r == 0x2029:
			b.WriteByte(' ')
		case r == utf8.RuneError, unicode.Is(unicode.C, r):
			b.WriteRune('�')
		default:
			b.WriteRune(r)
		}
	}
	masked := []rune(longDigits.ReplaceAllStringFunc(number.MaskAll(b.String()), number.MaskID))
	if len(masked) > shownRunes {
		return string(masked[:shownRunes]) + "…"
	}
	return string(masked)
}
