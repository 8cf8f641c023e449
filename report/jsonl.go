package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/remedy"
)

// SchemaVersion is the version of the JSON lines; docs/findings.schema.json describes it.
const SchemaVersion = 2

// RunInfo says which run it was: what was audited, by which program and data.
type RunInfo struct {
	Version   string            `json:"version"`
	Started   time.Time         `json:"started"`
	Schedule  string            `json:"schedule,omitempty"` // that it is a run of; none of an audit by hand
	Inventory string            `json:"inventory"`          // file name
	Digest    string            `json:"inventory_sha256"`
	Reference string            `json:"reference"` // digest of the reference data in force
	Vantage   string            `json:"vantage"`
	Unjudged  []string          `json:"unjudged"` // scenes of the catalogue that no check judges
	Unknown   []string          `json:"unknown_columns,omitempty"`
	Policy    checks.Policy     `json:"policy"`
	Feeds     []filing.FeedInfo `json:"feeds,omitempty"`   // of evidence, that were given
	Earlier   []Earlier         `json:"earlier,omitempty"` // runs of the same inventory, oldest first; none without a history
	History   bool              `json:"history,omitempty"` // whether the states of findings are known
}

// The lines of the file, told apart by their type: one run line first, then
// subjects with their findings and the steps of their plans, refused and unmatched rows, one totals line last.
type (
	runLine struct {
		Type   string `json:"type"`
		Schema int    `json:"schema"`
		RunInfo
	}
	findingLine struct {
		Type string `json:"type"`
		checks.Finding
		SubjectName string   `json:"subject_name,omitempty"`
		ServiceName string   `json:"service_name,omitempty"`
		ServiceKind string   `json:"service_kind,omitempty"`
		Provider    string   `json:"provider,omitempty"`
		Label       string   `json:"label,omitempty"`
		Row         int      `json:"inventory_row,omitempty"`
		Severity    string   `json:"severity,omitempty"`
		Operations  []string `json:"operations,omitempty"`
		Due         string   `json:"due,omitempty"`
		Owner       string   `json:"owner,omitempty"`
		Ways        []Way    `json:"ways,omitempty"`
		State       State    `json:"state,omitzero"`
		Step        int      `json:"step,omitempty"`
		Province    string   `json:"province,omitempty"`
		Tags        []string `json:"tags,omitempty"`
	}
	stepLine struct {
		Type    string `json:"type"`
		Subject string `json:"subject"`
		Step
	}
	// subjectLine is what plans need of a filing, without personal data; it
	// stands before the subject's findings.
	subjectLine struct {
		Type string `json:"type"`
		ID   string `json:"id"` // number, or what stands for it
		*filing.Subject
	}
	mistakeLine struct {
		Type string `json:"type"`
		filing.Mistake
	}
	totalsLine struct {
		Type string `json:"type"`
		Totals
		Compliance *float64            `json:"compliance,omitempty"`
		Coverage   *float64            `json:"coverage,omitempty"`
		Ended      time.Time           `json:"ended"`
		Incomplete []string            `json:"incomplete,omitempty"`
		Feeds      []filing.FeedTotals `json:"feeds,omitempty"`
	}
)

// jsonRows writes rows as JSON lines; foreign text in them is clean.
func jsonRows(rows []Row) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, r := range rows {
		if err := enc.Encode(lineOf(r)); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func lineOf(r Row) findingLine {
	return findingLine{
		Type: "finding", Finding: r.Finding, SubjectName: r.SubjectName, ServiceName: r.ServiceName, Provider: r.Provider,
		Label: r.Label, Row: r.InventoryRow, Severity: r.SeverityID, ServiceKind: r.KindID, Operations: r.Operations, Due: r.Due, Owner: r.Owner,
		Ways: r.Ways, State: r.State, Step: r.Step, Province: r.Province, Tags: r.Tags,
	}
}

// row is the line as it was told; what came back from a file is cleaned again.
func (l findingLine) row(t *Teller) Row {
	r := Row{
		Finding: l.Finding, SubjectName: l.SubjectName, ServiceName: l.ServiceName, Provider: l.Provider, Label: l.Label,
		InventoryRow: l.Row, KindID: l.ServiceKind, Due: l.Due, Owner: l.Owner, Ways: l.Ways, State: l.State, Step: l.Step, Province: l.Province, Tags: l.Tags,
	}
	r.clean()
	t.tell(&r)
	return r
}

func jsonSteps(subject string, steps []Step) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, s := range steps {
		if err := enc.Encode(stepLine{Type: "step", Subject: Clean(subject, longestCell), Step: s}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// subjectJSON is the line of a subject; foreign text in it is clean.
func subjectJSON(subject *filing.Subject) ([]byte, error) {
	m := remedy.Masked(subject)
	cleanStrings(reflect.ValueOf(m))
	return jsonLine(subjectLine{"subject", Clean(subject.ID(), longestCell), m})
}

// cleanStrings cleans every text that a pointer leads to.
func cleanStrings(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			cleanStrings(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			cleanStrings(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			cleanStrings(v.Index(i))
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(Clean(v.String(), longestCell))
		}
	}
}

func jsonLine(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	return append(data, '\n'), err
}
