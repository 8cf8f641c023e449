package deliver

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func referenceData(t *testing.T) *reference.Set {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func writer(t *testing.T, o Options, further ...Attachment) *Writer {
	t.Helper()
	w, err := NewWriter(referenceData(t), o, run, "key", further...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// sample is rows of every group.
func sample() []report.Row {
	state := func(s string, due string) func(*report.Row) {
		return func(r *report.Row) { r.State.Code, r.Due = s, due }
	}
	return []report.Row{
		finding("甲", "back.cn", state(report.StateRegressed, "2026-12-08")), finding("甲", "new.cn", state(report.StateNew, "2026-12-08")),
		finding("甲", "late.cn", state(report.StateOpen, "2026-11-20")), finding("甲", "open.cn", state(report.StateOpen, "2026-12-08")),
		finding("甲", "mended.cn", state(report.StateResolved, "")),
	}
}

// The mail of a run's lines, in both languages, with its boundaries as random as
// the seed is.
func TestGoldenMails(t *testing.T) {
	ledger, err := report.OpenLedger("testdata/findings.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	ref := referenceData(t)
	for _, lang := range []string{"zh", "en"} {
		cryptotest.SetGlobalRandom(t, 1)
		o := teams(Team{Name: "华东一组", To: []string{"a@x.cn"}, Chats: []string{"room"}, Owners: []string{"甲"}, Lang: lang})
		o.Chats = []ChatOptions{{Name: "room", Kind: kindDingtalk, URLEnv: "X"}}
		p, err := MakePlan(o, "zh", run, func(lang string) iter.Seq2[report.Row, error] {
			return ledger.Rows(report.NewTeller(ref, checks.DefaultPolicy(), lang, night))
		})
		if err != nil {
			t.Fatal(err)
		}
		w := writer(t, o)
		letter, err := w.Write(p.Drafts[0])
		if err != nil {
			t.Fatal(err)
		}
		message, err := w.Write(p.Drafts[1])
		if err != nil {
			t.Fatal(err)
		}
		var eml bytes.Buffer
		if err := WriteMail(&eml, letter, o.Mail); err != nil {
			t.Fatal(err)
		}
		golden(t, lang+".eml", eml.String())
		golden(t, lang+".txt", letter.Subject+"\n\n"+letter.Text)
		golden(t, lang+".html", letter.HTML)
		golden(t, lang+".chat.md", message.Text)
	}
}

// golden compares with the file of that name, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update rewrites it.\ngot:\n%s", path, got)
	}
}

// parts takes a mail apart: its headers, and its leaves decoded, by media type.
func parts(t *testing.T, text []byte) (mail.Header, map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	leaves := map[string]string{}
	var walk func(header map[string][]string, body io.Reader)
	walk = func(header map[string][]string, body io.Reader) {
		kind, params, err := mime.ParseMediaType(mail.Header(header).Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(kind, "multipart/") {
			switch mail.Header(header).Get("Content-Transfer-Encoding") {
			case "quoted-printable":
				body = quotedprintable.NewReader(body)
			case "base64":
				body = base64.NewDecoder(base64.StdEncoding, body)
			}
			data, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			leaves[kind] += string(data)
			return
		}
		r := multipart.NewReader(body, params["boundary"])
		for {
			part, err := r.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			walk(part.Header, part)
		}
	}
	walk(m.Header, m.Body)
	return m.Header, leaves
}

// A thousand identity numbers and phones, in lines as an audit writes them: none
// is read in a letter.
func TestPersonalNumbersAreMasked(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var lines strings.Builder
	lines.WriteString(`{"type":"run","schema":2}` + "\n")
	var numbers []string
	for i := range 500 {
		id := fmt.Sprintf("110101%04d%02d%02d%03d", 1960+random.IntN(40), 1+random.IntN(12), 1+random.IntN(28), random.IntN(1000))
		id += idCheck(id)
		phone := fmt.Sprintf("1%d%09d", 3+random.IntN(7), random.IntN(1e9))
		numbers = append(numbers, id, phone)
		fmt.Fprintf(&lines, `{"type":"finding","scene":"principal-id-expired","level":"subject","item":"s%d","subject":"s%d","outcome":"deficient","reason":"expired","subject_name":"张三 %s","owner":"甲","label":"%s.cn","proofs":[{"what":"x","want":"电话%s","got":"%s","where":"https://x.cn/?id=%s","excerpt":"%s"}]}`+"\n",
			i, i, id, phone, phone, id, id, phone)
	}
	lines.WriteString(`{"type":"totals"}`)
	file := filepath.Join(t.TempDir(), "findings.jsonl")
	if err := os.WriteFile(file, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	ledger, err := report.OpenLedger(file)
	if err != nil {
		t.Fatal(err)
	}
	ref := referenceData(t)
	o := teams(Team{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}})
	o.BodyRows = 1000
	o.Chats = []ChatOptions{{Name: "room", Kind: kindWecom, URLEnv: "X"}}
	o.Teams[0].Chats = []string{"room"}
	p, err := MakePlan(o, "zh", run, func(lang string) iter.Seq2[report.Row, error] {
		return ledger.Rows(report.NewTeller(ref, checks.DefaultPolicy(), lang, night))
	})
	if err != nil {
		t.Fatal(err)
	}
	w := writer(t, o)
	for _, d := range p.Drafts {
		if len(d.Rows) != 500 {
			t.Fatalf("%d rows", len(d.Rows))
		}
		l, err := w.Write(d)
		if err != nil {
			t.Fatal(err)
		}
		all := l.Subject + l.Text + l.HTML
		if d.Channel == ByMail {
			var b bytes.Buffer
			if err := WriteMail(&b, l, o.Mail); err != nil {
				t.Fatal(err)
			}
			_, leaves := parts(t, b.Bytes())
			all += b.String() + leaves["text/plain"] + leaves["text/html"] + leaves["text/csv"]
		}
		for _, n := range numbers {
			if strings.Contains(all, n) {
				t.Errorf("the letter by %s shows %s", d.Channel, n)
			}
		}
	}
}

// idCheck is the check character of an identity number (ISO 7064 MOD 11-2).
func idCheck(first17 string) string {
	sum := 0
	for i, r := range first17 {
		sum += int(r-'0') * (1 << (17 - i) % 11)
	}
	return string("10X98765432"[sum%11])
}

func TestAttachmentsAreZippedThenLeftOut(t *testing.T) {
	o := teams(Team{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}})
	workbook := Attachment{Name: "findings.xlsx", Type: "application/x-test", Write: func(w io.Writer, _ string, rows []report.Row) error {
		_, err := io.WriteString(w, strings.Repeat("workbook ", 1000*len(rows)))
		return err
	}}
	d := planned(t, o, sample()...).Drafts[0]
	for _, c := range []struct {
		limit int64
		want  []string
	}{{1 << 20, []string{"findings.csv", "findings.xlsx"}}, {20000, []string{"findings.zip"}}, {10, nil}} {
		o.AttachLimit = c.limit
		l, err := writer(t, o, workbook).Write(d)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range l.Files {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, c.want) {
			t.Errorf("within %d bytes it carries %q, want %q", c.limit, names, c.want)
		}
		if told := strings.Contains(l.Text, "附件太大"); told != (c.want == nil) || told != strings.Contains(l.HTML, "附件太大") {
			t.Errorf("within %d bytes the letter says that files were left out: %v", c.limit, told)
		}
		if len(names) == 1 {
			z, err := zip.NewReader(bytes.NewReader(l.Files[0].Data), int64(len(l.Files[0].Data)))
			if err != nil || len(z.File) != 2 || z.File[0].Name != "findings.csv" || z.File[1].Name != "findings.xlsx" {
				t.Errorf("the archive is %v, %v", z, err)
			}
		}
	}
}

func TestTheBodyIsBoundedAndSaysSo(t *testing.T) {
	o := teams(Team{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}})
	o.BodyRows = 2
	l, err := writer(t, o).Write(planned(t, o, sample()...).Drafts[0])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(l.Text, "另有 3 条") || strings.Contains(l.Text, "open.cn") || !strings.Contains(string(l.Files[0].Data), "open.cn") {
		t.Errorf("the letter is\n%s", l.Text)
	}
}

func TestMessageIDsTellRunsAndRecipientsApart(t *testing.T) {
	seen := map[string]string{}
	for _, run := range []string{"one", "two"} {
		for _, d := range []Draft{{Channel: ByMail, To: "a@x.cn"}, {Channel: ByMail, To: "b@x.cn"}, {Channel: ByChat, To: "a@x.cn"}, {Channel: ByChat, To: "a@x.cn", Teams: []string{"A"}}} {
			id := messageID(Run{ID: run}, d, "audit@example.cn")
			if other, taken := seen[id]; taken || !strings.HasSuffix(id, "@example.cn") {
				t.Errorf("%s %v has the id %s of %s", run, d, id, other)
			}
			seen[id] = run + d.To
		}
	}
	if messageID(Run{ID: "one"}, Draft{Channel: ByMail, To: "A@x.cn", Rows: sample()}, "audit@example.cn") != messageID(Run{ID: "one"}, Draft{Channel: ByMail, To: "a@x.cn"}, "audit@example.cn") {
		t.Error("the same letter has two ids")
	}
}

// Two schedules may begin in the same moment with the same inventory.
func TestRunsOfSeveralSchedulesAreTwo(t *testing.T) {
	info := report.RunInfo{Started: night, Digest: "d", Version: "v", Schedule: "all", History: true}
	one, other := RunOf(info), info
	other.Schedule = "expiring"
	if one.ID == RunOf(other).ID || one.ID != RunOf(info).ID || !one.History {
		t.Errorf("the ids are %+v and %+v", one, RunOf(other))
	}
}

func TestBrokenTemplatesAreNamed(t *testing.T) {
	for name, text := range map[string]string{"text.zh.tmpl": "{{.Nothing}}", "html.en.tmpl": "{{range}}", "chat.zh.tmpl": "{{.Teams", "subject.en.tmpl": "{{index .Sums}}{{.No}}"} {
		dir := filepath.Join(t.TempDir(), "data")
		if err := os.MkdirAll(filepath.Join(dir, "letters"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "letters", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ref, err := reference.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewWriter(ref, Default(), Run{Started: night}, "key"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
