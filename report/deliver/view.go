package deliver

import (
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/report"
)

// view is what the templates see: clean text and numbers.
type view struct {
	Teams     string
	Run       string
	Inventory string
	Started   string
	Counts    map[string]int // by outcome, of all rows of the recipient
	Sums      map[string]int // by group, of the rows that are listed
	Groups    []viewGroup    // that have rows, most urgent first
	Total     int            // rows that are listed, shown or not
	Hidden    int            // of these: not shown here
	Files     []string       // that are attached
	LeftOut   []string       // that were too large
}

// viewGroup is a group of rows: regressed, new, overdue, open or resolved.
type viewGroup struct {
	Key   string
	Total int
	Rows  []viewRow
}

// viewRow is a row in words.
type viewRow struct {
	Number                         int
	Place                          string // domain with its A-label, App, service or subject
	Subject, SubjectName           string
	Service, ServiceName, Provider string
	Scene, Severity                string
	Outcome, OutcomeID             string
	Reason, Why                    string
	Want, Got, Where               string
	Advice, Causes, Remedy         string
	Due, Owner                     string
	InventoryRow                   int
}

// viewOf makes the view of a draft that shows at most limit rows. safe is laid
// over every text of a row, for writers with a markup of their own.
func (w *Writer) viewOf(d Draft, limit int, a attachments, safe func(string) string) view {
	v := view{
		Teams: safe(report.Clean(strings.Join(d.Teams, " · "), longestName)), Run: w.run.ID, Inventory: safe(w.run.Inventory),
		Started: beijing(w.run.Started).Format("2006-01-02 15:04"), Counts: map[string]int{}, Sums: map[string]int{},
		Total: len(d.Rows), Hidden: max(0, len(d.Rows)-limit), LeftOut: a.leftOut,
	}
	for _, o := range checks.Outcomes() {
		v.Counts[string(o)] = d.Counts[o]
	}
	for _, f := range a.files {
		v.Files = append(v.Files, f.Name)
	}
	for i, r := range d.Rows {
		key := groupOf(r, w.today)
		v.Sums[key]++
		if len(v.Groups) == 0 || v.Groups[len(v.Groups)-1].Key != key {
			v.Groups = append(v.Groups, viewGroup{Key: key})
		}
		g := &v.Groups[len(v.Groups)-1]
		g.Total++
		if i < limit {
			row := viewRowOf(r, i+1, safe)
			if key == groupResolved {
				row.Due = "" // nothing is due any more
			}
			g.Rows = append(g.Rows, row)
		}
	}
	return v
}

func viewRowOf(r report.Row, number int, safe func(string) string) viewRow {
	return viewRow{
		Number: number, Place: safe(PlaceOf(r)), Subject: safe(r.Subject), SubjectName: safe(r.SubjectName),
		Service: safe(r.Service), ServiceName: safe(r.ServiceName), Provider: safe(r.Provider),
		Scene: safe(r.SceneName), Severity: safe(r.Severity), Outcome: safe(r.OutcomeWord), OutcomeID: string(r.Outcome),
		Reason: safe(r.ReasonWord), Why: safe(r.WhyWord), Want: safe(r.Want), Got: safe(r.Got), Where: safe(r.Where),
		Advice: safe(r.AdviceWords), Causes: safe(r.CauseWords), Remedy: safe(r.RemedyWords),
		Due: r.Due, Owner: safe(r.Owner), InventoryRow: r.InventoryRow,
	}
}

// PlaceOf names what a row is about. A domain is shown in both writings, so that
// a look-alike is seen.
func PlaceOf(r report.Row) string {
	switch {
	case r.Label != "" && r.Name != "" && r.Label != r.Name:
		return report.Clean(r.Label, longestName) + " (" + report.Clean(r.Name, longestName) + ")"
	case r.Label != "" || r.Name != "":
		return report.Clean(max(r.Label, r.Name), longestName)
	case r.Service != "":
		return report.Clean(strings.TrimSpace(r.ServiceName+" "+r.Service), longestName)
	}
	return report.Clean(strings.TrimSpace(r.SubjectName+" "+r.Subject), longestName)
}

// beijing is a moment on the clock that compliance teams read.
func beijing(t time.Time) time.Time { return t.In(time.FixedZone("CST", 8*3600)) }

// asIs leaves text as it is: for writers without markup, or with templates that
// escape by themselves.
func asIs(text string) string { return text }

// chatSafe takes from foreign text what chats read as markup: mentions, links,
// emphasis and tags become their full-width forms.
func chatSafe(text string) string {
	return strings.NewReplacer("<", "＜", ">", "＞", "[", "［", "]", "］", "*", "＊", "_", "＿", "`", "｀", "#", "＃", "@", "＠", "~", "～",
		`\`, "＼", "://", "：//").Replace(text)
}
