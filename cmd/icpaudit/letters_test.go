package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
)

// The filings of the simulated internet that these tests audit: the phone on
// file of the one is none, the certificate number of the other is.
const (
	phoneFiling       = "蒙ICP备17006060号"
	certificateFiling = "陇ICP备13002020号"
	goodPhone         = "13812345678"
)

// desk is a serving program over the simulated internet, with a mail server, a
// room of a chat and a clock that the test moves.
type desk struct {
	t       *testing.T
	dir     string
	history history.Options
	office  *postOffice
	world   *fixtures.World
	offset  atomic.Int64 // of the program's clock
	log     lockedBuffer

	mu   sync.Mutex
	room []string // what the room heard
}

// file is a history in a file of the test's own.
func file(t *testing.T) history.Options {
	o := history.Default()
	o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
	return o
}

// lockedBuffer is a buffer that several goroutines write into.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newDesk(t *testing.T, o history.Options, rescue time.Duration, settings func(dir string) string) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), history: o, office: &postOffice{greylist: map[string]bool{"west@example.com": true}, letters: map[string][]string{}}}
	var err error
	if d.world, err = fixtures.Start(t.Context(), fixtures.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.world.Close() })
	server := smtp.NewServer(d.office)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	chat := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.room = append(d.room, string(text))
		io.WriteString(w, `{"code":0}`)
	}))
	t.Cleanup(chat.Close)
	t.Setenv("ICPAUDIT_TEST_ROOM", chat.URL+"/open-apis/bot/v2/hook/0123456789")
	t.Setenv("TMPDIR", filepath.Join(d.dir, "tmp"))
	if err := os.Mkdir(filepath.Join(d.dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.inventory("")
	today := time.Now().Format(time.DateOnly)
	d.write("calls.csv", fmt.Sprintf("主体备案号,负责人类型,电话号码,拨打结果,拨打日期,拨打次数,数据日期\n%s,主体负责人,%s,已核实,%s,1,%s\n", phoneFiling, goodPhone, today, today))
	d.write("config.yaml", fmt.Sprintf(`%s
history: {path: %q, url: %q}
feeds: {contacts: {file: %q}}
serve: {tick: 200ms, rescue: %s, listen: "", letters: {wait: 1s, max_wait: 1s, give_up: 1m}}
deliver:
  only_changes: true
  skip_unchanged: true
  mail: {host: 127.0.0.1, port: %d, tls: none, from: audit@example.com}
  chats: [{name: room, kind: feishu, url_env: ICPAUDIT_TEST_ROOM}]
  teams:
    - {name: North, to: [north@example.com], chats: [room], provinces: [蒙]}
    - {name: West, to: [west@example.com], provinces: [陇]}
    - {name: Nobody, to: [nobody@example.com], provinces: [沪]}
%s
`, d.world.Config(), o.Path, o.URL, d.path("calls.csv"), rescue, l.Addr().(*net.TCPAddr).Port, settings(d.dir)))
	return d
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *desk) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// inventory writes the filings, with another phone where one is given.
func (d *desk) inventory(phone string) {
	d.t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(d.world.Inventory(), []byte("\ufeff")))).ReadAll()
	if err != nil {
		d.t.Fatal(err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	n := 0
	for i, row := range rows {
		if i > 0 && !slices.Contains(row, phoneFiling) && !slices.Contains(row, certificateFiling) {
			continue
		}
		for j := range row {
			if phone != "" && row[j] == "12345678901" {
				row[j] = phone
			}
		}
		n++
		w.Write(row)
	}
	if w.Flush(); w.Error() != nil || n < 8 {
		d.t.Fatalf("the inventory has %d rows, %v", n, w.Error())
	}
	d.write("inventory.csv", out.String())
}

// serve runs the program until the returned function is called.
func (d *desk) serve() (stop func()) {
	p := &program{out: io.Discard, err: &d.log, configPath: d.path("config.yaml"), now: func() time.Time { return time.Now().Add(time.Duration(d.offset.Load())) }}
	ctx, cancel := context.WithCancel(d.t.Context())
	done := make(chan error, 1)
	go func() { done <- p.work(ctx, nightly.RoleServe) }()
	d.until("it is ready", func() bool { return strings.Contains(d.log.String(), "msg=ready") })
	return func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Errorf("serve: %v\n%s", err, d.log.String())
		}
	}
}

func (d *desk) until(what string, done func() bool) {
	d.t.Helper()
	limit := time.After(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-limit:
			d.t.Fatalf("never: %s\n%s", what, d.log.String())
		}
	}
}

// night lets a day pass, and waits until a further run is published and no
// letter about it is pending.
func (d *desk) night() {
	d.t.Helper()
	store, err := history.Open(d.t.Context(), d.history)
	if err != nil {
		d.t.Fatal(err)
	}
	defer store.Close()
	published := func() (n int) {
		runs, err := store.Runs(d.t.Context(), 0)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, r := range runs {
			if r.State == history.RunPublished {
				n++
			}
		}
		return n
	}
	before := published()
	d.offset.Add(int64(24 * time.Hour))
	d.until("a run is published", func() bool { return published() > before })
	d.until("no letter is pending", func() bool {
		n, err := store.CountNotifications(d.t.Context())
		return err == nil && n[history.NotificationPending] == 0
	})
}

// has compares how many letters each recipient has got, and the room heard.
func (d *desk) has(when string, north, west, room int) {
	d.t.Helper()
	d.office.mu.Lock()
	defer d.office.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if n, w := len(d.office.letters["north@example.com"]), len(d.office.letters["west@example.com"]); n != north || w != west || len(d.room) != room || len(d.office.letters) > 2 {
		d.t.Errorf("%s: north has %d letters, west %d, the room heard %d, of %d recipients\n%s", when, n, w, len(d.room), len(d.office.letters), d.log.String())
	}
}

// After each night the serving program sends its letters by itself: what is new
// once, nothing where nothing changed, what was mended once more.
func TestServeSendsLetters(t *testing.T) {
	d := newDesk(t, file(t), time.Minute, func(dir string) string {
		return fmt.Sprintf("schedules: [{name: all, cron: '0 2 * * *', inventory: %q}]", filepath.Join(dir, "inventory.csv"))
	})
	stop := d.serve()
	defer func() { stop() }()
	d.night()
	d.has("after the first night", 1, 1, 1)
	d.night()
	d.has("after a night without changes", 1, 1, 1)
	d.inventory(goodPhone)
	d.night()
	d.has("after something was mended", 2, 1, 2)
	d.night()
	d.has("after it was told", 2, 1, 2)
	if !strings.Contains(d.room[0], "【新】") || !strings.Contains(d.room[1], "【已整改】") || strings.Contains(d.room[1], "【新】") {
		t.Errorf("the room heard %q", d.room)
	}
	if strings.Contains(d.room[0], certificateFiling) || !strings.Contains(d.room[0], phoneFiling) {
		t.Errorf("the room heard of a filing of another team: %q", d.room[0])
	}
	for _, name := range []string{"letters-queued", "letter-delayed", "letter-sent"} {
		if !strings.Contains(d.log.String(), "msg="+name) {
			t.Errorf("the log does not tell of %s:\n%s", name, d.log.String())
		}
	}
	if left, err := os.ReadDir(d.path("tmp")); err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return strings.Contains(e.Name(), "letters") }) {
		t.Errorf("left behind are %v, %v", left, err)
	}
	stop()
	stop = func() {}
	var out, errs bytes.Buffer
	if code := run([]string{"--config", d.path("config.yaml"), "--lang", "en", "letters", "list"}, &out, &errs); code != exitGood {
		t.Fatalf("exit code %d\n%s", code, &errs)
	}
	if text := out.String(); strings.Count(text, " sent ") != 5 || !strings.Contains(text, "5 letters") || !strings.Contains(text, "west@example.com") {
		t.Errorf("the list says\n%s", text)
	}
}

// Letters are made too where the reports that are kept have no JSON lines.
func TestLettersBesideReports(t *testing.T) {
	d := newDesk(t, file(t), time.Minute, func(dir string) string {
		return fmt.Sprintf("report: {formats: [csv]}\nschedules: [{name: all, cron: '0 2 * * *', inventory: %q, out: %q}]",
			filepath.Join(dir, "inventory.csv"), filepath.Join(dir, "reports"))
	})
	defer d.serve()()
	d.office.refuse = "north@example.com"
	d.night()
	d.has("after the night", 0, 1, 1)
	d.office.mu.Lock()
	d.office.refuse = ""
	d.office.mu.Unlock()
	say := func(want string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(append([]string{"--config", d.path("config.yaml"), "--lang", "en"}, args...), &out, &errs); code != exitGood || !strings.Contains(out.String(), want) {
			t.Fatalf("%v: exit code %d, it says\n%s%s", args, code, &out, &errs)
		}
	}
	say("no such mailbox", "letters", "list", "--state", "failed", "--format", "csv")
	say("1 letters about run 1 are queued", "letters", "release", "1", "--by", "Wang")
	d.until("the released letter arrives", func() bool { return len(d.arrived()) == 3 })
	d.has("after the release", 1, 1, 1)
	files, err := filepath.Glob(d.path("reports/all-*/*"))
	if err != nil || !slices.ContainsFunc(files, func(f string) bool { return filepath.Base(f) == "findings.csv" }) ||
		slices.ContainsFunc(files, func(f string) bool { return filepath.Base(f) == "findings.jsonl" }) {
		t.Errorf("the reports are %v, %v", files, err)
	}
}
