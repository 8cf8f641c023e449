package number

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is the kind of service that a suffix tells: none website, A App, X mini
// program, K quick app.
type Kind byte

// The kinds of service in a number.
const (
	KindWebsite     Kind = 0
	KindApp         Kind = 'A'
	KindMiniProgram Kind = 'X'
	KindQuickApp    Kind = 'K'
)

// ICP is an ICP filing number: of a subject, or with Service above 0 of one of
// its services. Licensed operators file under the number of their licence
// (京ICP证030173号-1, 粤B2-20090059-5); then Licence is its kind.
type ICP struct {
	Province string // letter as written, simplified; empty for a nation-wide licence
	Licence  string // empty for ICP备; else ICP证, B2, A2.B1.B2 …
	Body     string // digits
	Service  int    // 1 to 999; 0 for a subject number
	Kind     Kind
}

// String is the canonical text; it keeps the province's letter as written.
func (n ICP) String() string {
	var b strings.Builder
	switch n.Licence {
	case "":
		b.WriteString(n.Province + "ICP备" + n.Body + "号")
	case "ICP证":
		b.WriteString(n.Province + "ICP证" + n.Body + "号")
	default:
		b.WriteString(n.Province + n.Licence + "-" + n.Body)
	}
	if n.Service > 0 {
		b.WriteString("-" + strconv.Itoa(n.Service))
		if n.Kind != KindWebsite {
			b.WriteByte(byte(n.Kind))
		}
	}
	return b.String()
}

// Subject is the number of the subject that the service belongs to.
func (n ICP) Subject() ICP {
	n.Service, n.Kind = 0, KindWebsite
	return n
}

// SameSubject says whether both numbers are of one subject; folded that they
// write the province by different letters (川/蜀, 贵/黔, 云/滇, 甘/陇).
func SameSubject(a, b ICP) (same, folded bool) {
	if a.Body == "" || a.Body != b.Body || a.Licence != b.Licence || fold(a.Province) != fold(b.Province) {
		return false, false
	}
	return true, a.Province != b.Province
}

// SameService says whether both numbers are of one service of one subject.
func SameService(a, b ICP) (same, folded bool) {
	if a.Service != b.Service || a.Kind != b.Kind {
		return false, false
	}
	return SameSubject(a, b)
}

// Note is a code of what is odd about the writing of a number that could be read.
type Note string

// The notes on a number's writing.
const (
	NoteBlanks      Note = "blanks"          // blanks or line breaks inside
	NoteFullWidth   Note = "full-width"      // full-width letters, digits or hyphen
	NoteTraditional Note = "traditional"     // traditional characters
	NoteExtraWord   Note = "extra-word"      // 备案, 编号, 第, 字, a colon and the like inside
	NoteNoHao       Note = "no-hao"          // 号 is missing
	NoteSuffixFirst Note = "suffix-first"    // the suffix stands before 号
	NoteHyphen      Note = "hyphen"          // another sign than a hyphen before the suffix
	NoteDoubled     Note = "doubled"         // ICP备 twice
	NoteEveryday    Note = "everyday-letter" // 川 贵 云 甘 in place of 蜀 黔 滇 陇
	NoteSixDigits   Note = "six-digits"      // an old body of six digits, accepted in inventories only
	NoteLowerCase   Note = "lower-case"
	NoteOddYear     Note = "odd-year" // the year in the body can't be
)

// SyntaxError says why a text is no filing number.
type SyntaxError struct {
	Code string // see the codes below
	Text string // what was read
	Want string // what would be right
}

// The codes of a SyntaxError.
const (
	CodeEmpty       = "empty"
	CodePlaceholder = "placeholder"   // xxxx, ****, 00000000
	CodeNoProvince  = "no-province"   // the province's letter is missing
	CodeVanity      = "vanity"        // 萌ICP备 and the like: not a filing
	CodeDigits      = "digit-count"   // neither 8 digits nor 20YY and 6
	CodeTypo        = "typo"          // IPC备, a missing ICP or 备, words inside
	CodeLicence     = "plain-licence" // a licence, not a filing
	CodeUnknown     = "not-a-number"
	CodeRest        = "something-behind" // a number with something else behind it
)

func (e *SyntaxError) Error() string {
	if e.Want == "" {
		return fmt.Sprintf("%q: %s", e.Text, e.Code)
	}
	return fmt.Sprintf("%q: %s, want %s", e.Text, e.Code, e.Want)
}

// wantICP is an example of a right number, for error texts.
const wantICP = "京ICP备12345678号-1"

// ParseICP reads one ICP filing number that is the whole text, forgiving what
// differs only in writing. Errors are of type *SyntaxError.
func ParseICP(text string) (ICP, []Note, error) { return parseWhole(text, false) }

// ParseInventory is ParseICP for a cell of an inventory, where a body of six
// digits is accepted with NoteSixDigits, and a licence without suffix is the
// number of a licensed subject.
func ParseInventory(text string) (ICP, []Note, error) { return parseWhole(text, true) }

func parseWhole(text string, inventory bool) (ICP, []Note, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return ICP{}, nil, &SyntaxError{Code: CodeEmpty, Text: text, Want: wantICP}
	}
	if len(trimmed) > 300 {
		return ICP{}, nil, &SyntaxError{Code: CodeUnknown, Text: trimmed[:60], Want: wantICP}
	}
	flat := strings.NewReplacer("\n", " ", "\v", " ").Replace(trimmed)
	matches := findICP(flat, inventory)
	if len(matches) == 0 {
		return ICP{}, nil, &SyntaxError{Code: CodeUnknown, Text: trimmed, Want: wantICP}
	}
	m := matches[0]
	if m.Class != ClassFiling && m.Class != ClassLicence {
		return ICP{}, m.Notes, &SyntaxError{Code: m.Code, Text: trimmed, Want: wantICP}
	}
	if m.Class == ClassLicence && !m.Number.filing() && !inventory {
		return ICP{}, m.Notes, &SyntaxError{Code: CodeLicence, Text: trimmed, Want: wantICP}
	}
	if rest := strings.Trim(flat[m.End:], " 号。.,;，；"); rest != "" || strings.Trim(flat[:m.Start], " (（") != "" {
		return ICP{}, m.Notes, &SyntaxError{Code: CodeRest, Text: trimmed, Want: m.Number.String()}
	}
	return m.Number, m.Notes, nil
}

// filing says whether a licence's number is written as filings are: the
// ministry lists sites of licensed operators as 京ICP证030173号-1.
func (n ICP) filing() bool { return n.Licence == "" || n.Licence == "ICP证" || n.Service > 0 }

// saneBody says whether a body is 8 digits, or 20YY and 6 (to 2049), and
// whether the year of the former can be: filing began in 1999.
func saneBody(body string) (ok, oddYear bool) {
	switch len(body) {
	case 8:
		return true, strings.Trim(body, body[:1]) == "" || body[0] > '4' && body[0] < '9'
	case 10:
		return strings.HasPrefix(body, "20") && body[2] < '5', false
	}
	return false, false
}
