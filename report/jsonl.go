package report

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// SchemaVersion is the version of the JSON lines; docs/findings.schema.json describes it.
const SchemaVersion = 1

// RunInfo says which run it was: what was audited, by which program and data.
type RunInfo struct {
	Version   string            `json:"version"`
	Started   time.Time         `json:"started"`
	Inventory string            `json:"inventory"` // file name
	Digest    string            `json:"inventory_sha256"`
	Reference string            `json:"reference"` // digest of the reference data in force
	Vantage   string            `json:"vantage"`
	Unjudged  []string          `json:"unjudged"` // scenes of the catalogue that no check judges
	Unknown   []string          `json:"unknown_columns,omitempty"`
	Policy    checks.Policy     `json:"policy"`
	Feeds     []filing.FeedInfo `json:"feeds,omitempty"` // of evidence, that were given
}

// The lines of the file, told apart by their type: one run line first, then
// findings, refused and unmatched rows, one totals line last.
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
		Province    string   `json:"province,omitempty"`
		Tags        []string `json:"tags,omitempty"`
		State       State    `json:"state,omitempty"`
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
		line := findingLine{
			Type: "finding", Finding: r.Finding, SubjectName: r.SubjectName, ServiceName: r.ServiceName, Provider: r.Provider,
			Label: r.Label, Row: r.InventoryRow, Severity: r.SeverityID, ServiceKind: r.KindID, Operations: r.Operations, Due: r.Due, Owner: r.Owner,
			Province: r.Province, Tags: r.Tags, State: r.State,
		}
		if err := enc.Encode(line); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func jsonLine(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	return append(data, '\n'), err
}
