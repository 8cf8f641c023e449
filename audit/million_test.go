package audit

import (
	"bufio"
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/scanner"
)

// instant is a looker that has seen everything already, and conforming.
type instant struct{}

func (instant) Look(_ context.Context, t scanner.Target) observe.Dossier {
	now := time.Now()
	url := "http://" + t.Domain + "/"
	addr := netip.MustParseAddr("119.3.85.251")
	d := observe.Dossier{Target: t.Domain, At: now}
	d.DNS.Value = &observe.DNS{Names: []observe.Name{{Name: t.Domain, Role: observe.RoleApex, State: observe.NameResolved, Addrs: []netip.Addr{addr}}}}
	d.Owners.Value = &observe.Owners{Addrs: []observe.AddrFacts{{Addr: addr, ASN: 55990, Provider: "huaweicloud", Class: observe.ASNMainland, Country: "CN"}}}
	d.Visit.Value = &observe.Visit{Attempts: []observe.Attempt{{Start: url, Final: url, Status: 200, End: observe.EndPage, Kind: observe.KindSite, At: now}}}
	d.Page.Value = &observe.Page{Documents: []observe.Document{{URL: url, Starts: []string{url}, Kind: observe.KindSite, Bytes: 40000, Text: 900, Han: 700, Title: "某某"}}}
	return d
}

func (instant) Enqueue(_ context.Context, domain string, _ bool, done func(observe.Seen[observe.Registration])) {
	done(observe.Seen[observe.Registration]{At: time.Now(), Value: &observe.Registration{Domain: domain, State: observe.StateRegistered,
		Expires: &observe.Date{Time: time.Now().AddDate(1, 0, 0)}, Created: &observe.Date{Time: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)},
		Holder: "某某科技有限公司", HolderStatus: observe.HolderNamed, AsOf: time.Now()}})
}

func (instant) Package(context.Context, string) observe.Seen[observe.App] {
	return observe.Seen[observe.App]{Fault: &observe.Fault{Kind: observe.FaultNoPackage}}
}

// BenchmarkMillionRows takes a million rows through the whole pipeline, from
// the file to the reports, with looks that cost nothing. Half of the rows have
// no number on their page, so that as many subjects wait for a second look.
func BenchmarkMillionRows(b *testing.B) {
	const rows = 1_000_000
	inventory := filepath.Join(b.TempDir(), "inventory.csv")
	writeRows(b, inventory, rows)
	ref, err := reference.Load("")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		resetPeak(b)
		dir := b.TempDir()
		inv, err := filing.ReadInventory(context.Background(), inventory, filing.ReadOptions{TempDir: dir})
		if err != nil {
			b.Fatal(err)
		}
		policy := checks.DefaultPolicy()
		policy.ConfirmAfter = time.Second
		book, err := report.NewBook(filepath.Join(dir, "out"), report.Options{Formats: []string{"csv", "jsonl"}, Headers: "zh"}, report.NewTeller(ref, policy, "zh", time.Now()), report.RunInfo{})
		if err != nil {
			b.Fatal(err)
		}
		all := checks.All()
		a := &Audit{Looker: instant{}, Checks: all, Options: Default(), Now: time.Now,
			Bench: func(now time.Time) checks.Bench {
				return checks.Bench{Now: now, Policy: policy, Reference: ref, Checks: all}
			}}
		a.Options.TempDir = dir
		err = a.Run(context.Background(), inv.Subjects(context.Background()), func(r Result) error {
			return book.Add(r.Seq, r.Subject, r.Findings, remedy.Plan{}, nil)
		})
		if err != nil {
			b.Fatal(err)
		}
		totals := inv.Totals()
		if _, err := book.Close(report.End{Rows: totals.Rows, BadRows: totals.Bad, Mistakes: inv.Mistakes(), Ended: time.Now()}); err != nil {
			b.Fatal(err)
		}
		if t := book.Totals(); t.Domains != rows {
			b.Fatalf("%d domains were audited, want %d", t.Domains, rows)
		}
		inv.Close()
		b.ReportMetric(peakMiB(b), "peak-MiB")
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func writeRows(b *testing.B, path string, rows int) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "主体备案号,主办单位名称,主办单位性质,服务备案号,网站名称,接入商,域名")
	for i := range rows {
		subject := i / 2
		fmt.Fprintf(w, "京ICP备20%08d号,某某科技有限公司,企业,京ICP备20%08d号-%d,某某,华为云,d%d.com\n", subject, subject, i%2+1, i)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
}

// resetPeak makes the kernel forget the peak of the resident memory so far.
func resetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak counts from the process's start: %v", err)
	}
}

// peakMiB is the peak of the resident memory.
func peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skipf("no peak is told here: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		var kib float64
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kib); err == nil {
			return kib / 1024
		}
	}
	return 0
}
