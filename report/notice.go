package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// Notice is what the templates of a notice show: everything about one subject
// that its filer has to put right. Foreign text in it is clean, and personal
// numbers are masked.
type Notice struct {
	Issuer   string          // who sends it; may be empty
	Call     string          // whom to call; may be empty
	Name     string          // of the subject
	Number   string          // of the subject; empty where none is filed
	Seen     string          // day of the run
	Due      string          // the earliest day by which something has to be right; empty where nothing is deficient
	Problems []NoticeProblem // what is deficient
	Doubts   []NoticeProblem // what is suspected, and has to be looked into
}

// NoticeProblem is one finding of a notice.
type NoticeProblem struct {
	Item     string // domain, App, or number
	Service  string // name and number of the service; empty for the subject itself
	Scene    string
	Severity string
	Reason   string
	Why      string // why it is no more than suspected
	Filed    string // what should be
	Found    string // what was found
	Where    string
	Excerpt  string
	Looks    string // when it was seen
	Meaning  string // why it matters
	Due      string
	Way      string // when the preferred way is the right one, and how it goes
	Steps    []NoticeStep
	Others   []string // the other ways
}

// NoticeStep is one step of the preferred way.
type NoticeStep struct {
	Operation    string
	Use          string // what it does
	Days         string // expected working days; empty where nobody can say
	Irreversible bool
}

// notice gathers the notice to one subject.
func (t *Teller) notice(l *Ledger, o Options, told Told) Notice {
	n := Notice{Issuer: Clean(o.Issuer, longestCell), Call: plain(o.Call), Seen: filing.DayOf(l.Run.Started).String()}
	for _, r := range told.Rows {
		n.Name, n.Number = r.SubjectName, r.Subject
		if n.Name == "" || n.Name == n.Number {
			n.Name, n.Number = r.Subject, ""
		}
		if !noticed(r) {
			continue
		}
		p := t.noticeProblem(r)
		if r.Outcome == checks.Suspected {
			n.Doubts = append(n.Doubts, p)
			continue
		}
		n.Problems = append(n.Problems, p)
		if n.Due == "" || r.Due != "" && r.Due < n.Due {
			n.Due = r.Due
		}
	}
	return n
}

// noticed says whether the filer is told of a row: what is waived is left alone.
func noticed(r Row) bool { return listed(r) && r.State.Waiver == nil }

// plain keeps the operator's own contact readable: control characters go, and
// nothing is masked.
func plain(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text))
}

func (t *Teller) noticeProblem(r Row) NoticeProblem {
	p := NoticeProblem{
		Item: itemOf(r), Scene: r.SceneName, Severity: r.Severity, Reason: r.ReasonWord, Why: r.WhyWord, Found: r.Got, Where: r.Where,
		Excerpt: r.Excerpt, Due: r.Due, Looks: strings.ReplaceAll(stamps(r.Looks), " ", t.Say("list-comma")),
	}
	var filed []string
	for _, proof := range r.Proofs {
		filed = append(filed, proof.Want)
	}
	p.Filed = join(filed)
	if r.Level != checks.LevelSubject {
		p.Service = strings.TrimSpace(r.ServiceName + " " + r.Service)
	}
	scene, ok := t.ref.Catalogue.Scene(string(r.Scene))
	if ok {
		p.Meaning = scene.Meaning.In(t.lang)
	}
	for i, way := range r.Ways {
		if i > 0 {
			p.Others = append(p.Others, t.way(r, way))
			continue
		}
		if ok && way.Remedy >= 0 && way.Remedy < len(scene.Remedies) {
			m := scene.Remedies[way.Remedy]
			p.Way = strings.TrimSpace(m.When.In(t.lang) + " " + m.Words.In(t.lang))
		}
		for _, note := range way.Notes {
			p.Way += " (" + t.word("advice", note) + ")"
		}
		for _, id := range way.Operations {
			p.Steps = append(p.Steps, t.noticeStep(id))
		}
	}
	return p
}

func (t *Teller) noticeStep(id string) NoticeStep {
	op, ok := t.ref.Catalogue.Operation(id)
	if !ok {
		return NoticeStep{Operation: Clean(id, longestCell)}
	}
	s := NoticeStep{Operation: op.Name.In(t.lang), Use: op.Use.In(t.lang), Irreversible: op.Irreversible}
	if op.Days[1] > 0 {
		s.Days = fmt.Sprintf(t.Say("days"), op.Days[0], op.Days[1])
	}
	return s
}

// Notices writes the notice to every subject that has something to put right,
// as HTML and as text, into a new directory, and returns that.
func (t *Teller) Notices(l *Ledger, o Options, dir string) (string, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", fmt.Errorf("write notices: %w", err)
	}
	n := 0
	for told, err := range l.Subjects(t) {
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(told.Rows, noticed) {
			continue
		}
		n++
		if _, err := t.writeNotice(l, o, told, filepath.Join(dir, fmt.Sprintf("%04d-%s", n, fileName(told.Rows[0].Subject)))); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// Notice writes the notice to the subject of that number or name, or about its
// service of that number, as HTML and as text into dir; with an empty dir the
// text goes to w. The paths are empty, and found is false, where nobody of that
// name is in the run.
func (t *Teller) Notice(w io.Writer, l *Ledger, o Options, who, dir string) (paths []string, found bool, err error) {
	who = Clean(who, longestCell)
	for told, err := range l.Subjects(t) {
		if err != nil {
			return nil, false, err
		}
		name := told.Rows[0].Subject
		if name != who && told.Rows[0].SubjectName != who {
			told.Rows = slices.DeleteFunc(told.Rows, func(r Row) bool { return r.Service != who || r.Level == checks.LevelSubject })
			if name = who; len(told.Rows) == 0 {
				continue
			}
		}
		if dir == "" {
			return nil, true, t.ref.Notices.Text(t.lang).Execute(w, t.notice(l, o, told))
		}
		paths, err = t.writeNotice(l, o, told, filepath.Join(dir, fileName(name)))
		return paths, true, err
	}
	return nil, false, nil
}

func (t *Teller) writeNotice(l *Ledger, o Options, told Told, base string) ([]string, error) {
	n := t.notice(l, o, told)
	html := writeFile(base+".html", func(w io.Writer) error { return t.ref.Notices.HTML(t.lang).Execute(w, n) })
	text := writeFile(base+".txt", func(w io.Writer) error { return t.ref.Notices.Text(t.lang).Execute(w, n) })
	return []string{base + ".html", base + ".txt"}, errors.Join(html, text)
}

// fileName makes a name that every file system takes.
func fileName(text string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' {
			return r
		}
		return '_'
	}, text)
	if r := []rune(name); len(r) > 40 {
		name = string(r[:40])
	}
	return name
}
