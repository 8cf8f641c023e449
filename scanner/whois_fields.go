package scanner

import (
	"regexp"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// whoisLine is one line of an answer as label and value; a line without a
// label is all value.
type whoisLine struct {
	label  string // in lower case, single blanks
	value  string
	indent bool
}

// newlines makes one kind of line end and of blank out of several.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ", "\u00a0", " ")

// maxWHOISLines bounds the lines read of one answer.
const maxWHOISLines = 5000

// whoisRecord is what one answer says of one name.
type whoisRecord struct {
	lines []whoisLine
	text  string // what the lines were read from
}

var (
	// dottedLabel is the style of older registries: "Registered.....: 2001".
	dottedLabel = regexp.MustCompile(`^\[?([A-Za-z][A-Za-z0-9 /_'()&-]*?)\]?[ .]*:+\s*(.*)$`)
	// bracketLabel is that of .jp: "[Registrant]   Name".
	bracketLabel = regexp.MustCompile(`^(?:[a-z]\. )?\[([A-Za-z ]+)\]\s*(.*)$`)
	// glued is where a second answer was put right behind a first one.
	glued = regexp.MustCompile(`([a-z>][.!<]|<<<)((?:Registrant|Domain [Nn]ame|Domain): *)`)
	// spoken are dates told without a colon: "Record created on 2018-02-05 22:59:12".
	spoken = regexp.MustCompile(`(?i)^((?:record|domain(?: name)?) (?:created|registered|expires|will expire|expired)(?: on)?)[:. ]+(\d.*)$`)
)

// readRecord cuts an answer into lines. What stands before the part that is
// about the domain (another server's answer, hosts of a like name) is not read.
func readRecord(text, domain string) whoisRecord {
	text = glued.ReplaceAllString(newlines.Replace(text), "$1\n$2")
	all := strings.SplitN(text, "\n", maxWHOISLines+1)
	all = all[:min(len(all), maxWHOISLines)]
	all = all[foreword(all, domain):]
	r := whoisRecord{text: strings.Join(all, "\n")}
	for _, line := range all {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" {
			r.lines = append(r.lines, whoisLine{})
			continue
		}
		if strings.ContainsRune("%#>*", rune(trimmed[0])) || trimmed[0] == '-' && strings.Trim(trimmed, "-= ") == "" {
			continue
		}
		l := whoisLine{value: trimmed, indent: line[0] == ' '}
		for _, shape := range [...]*regexp.Regexp{spoken, bracketLabel, dottedLabel} {
			if m := shape.FindStringSubmatch(trimmed); m != nil && len(m[1]) <= 160 {
				l.label, l.value = strings.Join(strings.Fields(strings.ToLower(m[1])), " "), strings.TrimSpace(m[2])
				break
			}
		}
		r.lines = append(r.lines, l)
	}
	return r
}

// foreword finds the line with which the part about the domain begins, where
// the lines before it are about something else: IANA's answer that names the
// registry, or Verisign's list of hosts whose names begin alike.
func foreword(all []string, domain string) int {
	foreign := false
	for i, line := range all {
		label, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		switch label = strings.ToLower(label); label {
		case "refer", "server name", "organisation":
			foreign = true
		case "domain name", "domain":
			if asciiName(value) == domain {
				if foreign {
					return i
				}
				return 0
			}
			foreign = foreign || label == "domain" && !strings.Contains(asciiName(value), ".")
		}
	}
	return 0
}

// first is the first value of the first of the labels that has one.
func (r whoisRecord) first(labels ...string) string {
	for _, label := range labels {
		for _, l := range r.lines {
			if l.value != "" && l.label == label {
				return l.value
			}
		}
	}
	return ""
}

// date is the first date under the first of the labels that has one.
func (r whoisRecord) date(domain string, labels ...string) *observe.Date {
	for _, label := range labels {
		for _, l := range r.lines {
			if l.value == "" || l.label != label {
				continue
			}
			if d := readDate(l.value, zoneOf(domain)); d != nil {
				return d
			}
		}
	}
	return nil
}

// all is the values of all lines with one of the labels, and of the lines
// without a label below one that has no value itself.
func (r whoisRecord) all(labels ...string) []string {
	var values []string
	for i, l := range r.lines {
		if !slices.Contains(labels, l.label) {
			continue
		}
		if l.value != "" {
			values = append(values, l.value)
			continue
		}
		values = append(values, r.below(i)...)
	}
	return values
}

// below is the indented lines without a label that follow a heading.
func (r whoisRecord) below(i int) []string {
	var values []string
	for _, l := range r.lines[i+1:] {
		if l.label != "" || l.value == "" || !l.indent {
			break
		}
		values = append(values, l.value)
	}
	return values
}

// section is the labelled lines that follow a heading without a value, up to
// the next heading or blank line.
func (r whoisRecord) section(heading string) (lines []whoisLine, found bool) {
	for i, l := range r.lines {
		if l.label != heading || l.value != "" {
			continue
		}
		for _, l := range r.lines[i+1:] {
			if l == (whoisLine{}) && len(lines) > 0 {
				break
			}
			if l.label != "" && l.value == "" && strings.Contains(l.label, "contact") {
				break
			}
			if l != (whoisLine{}) {
				lines = append(lines, l)
			}
		}
		return lines, true
	}
	return nil, false
}
