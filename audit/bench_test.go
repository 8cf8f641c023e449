package audit

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/miekg/dns"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/scanner"
)

const benchDomains = 20_000

// worldEnv makes this test binary the simulated internet of a benchmark, so
// that its work is not counted as the audit's.
const worldEnv = "ICPAUDIT_BENCH_WORLD"

// served is what the world in the other process tells of itself.
type served struct {
	Config    []byte   `json:"config"`
	Inventory string   `json:"inventory"`
	Domains   []string `json:"domains"`
	WHOIS     string   `json:"whois"`

	process *os.Process
	stdin   io.Writer
}

// line changes the way to the world.
func (s served) line(l fixtures.Line) error { return json.NewEncoder(s.stdin).Encode(l) }

// populationOf is the population of a kind of world.
func populationOf(kind string) *fixtures.Population {
	p := fixtures.Synthetic(benchDomains, 1, 0.05)
	switch kind {
	case "mixed":
		p.N, p.Hanging, p.SlowRegistry = 5000, 0.05, 10*time.Second
	case "faults":
		p.N, p.DefectRate = faultDomains(), 0.15
	}
	return p
}

// serveWorld runs in the other process until its standard input ends, on which
// it is told how the way to it is.
func serveWorld(kind string) error {
	p := populationOf(kind)
	w, err := fixtures.Start(context.Background(), fixtures.Options{Population: p})
	if err != nil {
		return err
	}
	defer w.Close()
	dir, err := os.MkdirTemp("", "icpaudit-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	out := served{Config: w.Config(), Inventory: filepath.Join(dir, "inventory.csv")}
	file, err := os.Create(out.Inventory)
	if err != nil {
		return err
	}
	if err := p.WriteInventory(file); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	for i := range p.N {
		out.Domains = append(out.Domains, p.Name(i))
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		return err
	}
	for told := json.NewDecoder(os.Stdin); ; {
		var l fixtures.Line
		if err := told.Decode(&l); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		w.SetLine(l)
	}
}

// startWorld starts the other process.
func startWorld(b testing.TB, kind string) served {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), worldEnv+"="+kind)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			b.Errorf("the world ended with %v", err)
		}
	})
	var s served
	if err := json.NewDecoder(stdout).Decode(&s); err != nil {
		b.Fatalf("hear of the world: %v", err)
	}
	s.process, s.stdin = cmd.Process, stdin
	return s
}

// cpu is the processor time of this process.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkAudit20k audits synthetic domains over HTTP with all looks and
// checks on, beside the floor: a bare loop that only resolves and gets the
// same pages in the same run.
func BenchmarkAudit20k(b *testing.B) {
	w := startWorld(b, "plain")
	for b.Loop() {
		floor := bareLoop(b, w)
		resetPeak(b)
		begun, used := time.Now(), cpu(b)
		totals := auditWorld(b, w, nil)
		took, cost := time.Since(begun), cpu(b)-used
		n := float64(totals.Domains)
		b.ReportMetric(n/took.Seconds(), "domains/s")
		b.ReportMetric(float64(cost.Microseconds())/n, "cpu-µs/domain")
		b.ReportMetric(float64(floor.Microseconds())/n, "floor-µs/domain")
		b.ReportMetric(float64(cost)/float64(floor), "x-floor")
		b.ReportMetric(peakMiB(b), "peak-MiB")
	}
}

// BenchmarkHangingHosts audits with 5 % of the hosts hanging and one registry
// at 10 s an answer, and tells the share of the ideal throughput, in flight ÷
// mean time of a look. It ends with the last look: the slow registry would
// take hours for its part of the domains.
func BenchmarkHangingHosts(b *testing.B) {
	w := startWorld(b, "mixed")
	for b.Loop() {
		timer := &timedLooker{all: len(w.Domains)}
		begun := time.Now()
		auditWorld(b, w, timer)
		mean := timer.sum.Seconds() / float64(timer.n)
		ideal := float64(200) / mean
		rate := float64(timer.n) / timer.last.Sub(begun).Seconds()
		b.ReportMetric(rate/ideal*100, "%-of-ideal")
		b.ReportMetric(rate, "looks/s")
		b.ReportMetric(mean*1000, "ms/look")
	}
}

// auditWorld audits the world's inventory from the file to the reports.
func auditWorld(b *testing.B, w served, timer *timedLooker) report.Totals {
	b.Helper()
	dir := b.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := blocks{Scanner: scanner.Default(), Checks: checks.DefaultPolicy(), Audit: Default()}
	if err := yaml.Unmarshal(w.Config, &c); err != nil {
		b.Fatal(err)
	}
	c.Scanner.Registration.Cache, c.Scanner.Registration.DailyCap = "", 10*benchDomains
	c.Audit.TempDir, c.Audit.Confirm = dir, timer == nil
	if timer != nil {
		c.Scanner.Registration.Timeout = 20 * time.Second
	}
	ref, err := reference.Load("")
	if err != nil {
		b.Fatal(err)
	}
	inv, err := filing.ReadInventory(ctx, w.Inventory, filing.ReadOptions{TempDir: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer inv.Close()
	s, err := scanner.New(c.Scanner, ref, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	book, err := report.NewBook(filepath.Join(dir, "out"), report.Options{Formats: []string{"csv", "jsonl"}, Headers: "zh"}, report.NewTeller(ref, c.Checks, "zh", time.Now()), report.RunInfo{})
	if err != nil {
		b.Fatal(err)
	}
	all := checks.All()
	a := &Audit{Looker: s, Checks: all, Options: c.Audit, Now: time.Now, Bench: func(now time.Time) checks.Bench {
		return checks.Bench{Now: now, Policy: c.Checks, Reference: ref, Checks: all}
	}}
	if timer != nil {
		timer.Looker, timer.ready = s, cancel
		a.Looker = timer
	}
	if err := a.Run(ctx, inv.Subjects(ctx), func(r Result) error { return book.Add(r.Seq, r.Subject, r.Findings, remedy.Plan{}, nil) }); err != nil && (timer == nil || timer.n < timer.all) {
		b.Fatal(err)
	}
	totals := book.Totals()
	if _, err := book.Close(report.End{Mistakes: inv.Mistakes(), Ended: time.Now()}); err != nil {
		b.Fatal(err)
	}
	return totals
}

// timedLooker adds up how long the network looks take, and tells when all are there.
type timedLooker struct {
	Looker
	all   int // looks there are
	ready func()

	mu   sync.Mutex
	sum  time.Duration
	n    int
	last time.Time
}

func (l *timedLooker) Look(ctx context.Context, t scanner.Target) (d observe.Dossier) {
	begun := time.Now()
	d = l.Looker.Look(ctx, t)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum += time.Since(begun)
	l.n++
	l.last = time.Now()
	if l.n == l.all {
		l.ready()
	}
	return d
}

// bareLoop resolves every domain once for A and AAAA and gets its page over
// HTTP, unpacked, with 200 in flight, and returns the processor time.
func bareLoop(b *testing.B, w served) time.Duration {
	b.Helper()
	var c struct {
		Scanner struct {
			DNS  struct{ Resolvers []string } `yaml:"dns"`
			Dial struct {
				ConnectTo []string `yaml:"connect_to"`
			} `yaml:"dial"`
		} `yaml:"scanner"`
	}
	if err := yaml.Unmarshal(w.Config, &c); err != nil {
		b.Fatal(err)
	}
	web := ""
	for _, rule := range c.Scanner.Dial.ConnectTo {
		if to, ok := strings.CutPrefix(rule, "*:80="); ok {
			web = to
		}
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, web)
	}}}
	used := cpu(b)
	places := make(chan struct{}, 200)
	var wg sync.WaitGroup
	for _, name := range w.Domains {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
				q := new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)
				if _, err := dns.Exchange(q, c.Scanner.DNS.Resolvers[0]); err != nil {
					continue
				}
			}
			if err := get(client, "http://"+name+"/"); err != nil {
				return
			}
		})
	}
	wg.Wait()
	return cpu(b) - used
}

func get(client *http.Client, url string) error {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.Header.Get("Content-Encoding") != "gzip" {
		return err
	}
	zr, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, zr)
	return err
}
