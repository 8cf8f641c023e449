package main

import (
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
)

func TestProvisional(t *testing.T) {
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c := defaultConfig()
	s := &session{config: c, ref: ref, teller: report.NewTeller(ref, c.Checks, "en", time.Unix(0, 0))}
	rows := filing.Totals{Subjects: 50, Services: 60, Domains: 190, Apps: 10}
	whole := report.Totals{Subjects: 50, Services: 60, Domains: 190, Apps: 10}
	short := whole
	short.Domains = 189
	for _, row := range []struct {
		name   string
		totals report.Totals
		unseen int
		holes  int
	}{
		{"all seen", whole, 0, 0}, {"99 % seen", whole, 2, 0}, {"less", whole, 3, 1}, {"one is missing", short, 0, 1}, {"both", short, 30, 1},
	} {
		if got := s.provisional(rows, row.totals, row.unseen); len(got) != row.holes {
			t.Errorf("%s: %q, want %d reasons", row.name, got, row.holes)
		}
	}
}
