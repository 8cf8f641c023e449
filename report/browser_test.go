package report

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"html"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
)

// axe is axe.min.js of axe-core; `make axe` fetches it.
var axe = flag.String("axe", "", "path of axe.min.js, to have the page examined with")

// program finds one of the programs, or skips the test, which CI may not.
func program(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("ICPAUDIT_CI") != "" {
		t.Fatalf("none of %v is installed", names)
	}
	t.Skipf("none of %v is installed", names)
	return ""
}

// domOf opens a page in headless Chromium and returns its elements after all
// scripts ran.
func domOf(t *testing.T, page []byte, more ...string) string {
	t.Helper()
	browser := program(t, "chromium", "chromium-browser", "google-chrome")
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, page, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	args := append([]string{"--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + t.TempDir(), "--virtual-time-budget=20000"}, more...)
	out, err := exec.CommandContext(ctx, browser, append(args, "--dump-dom", "file://"+path)...).Output()
	if err != nil {
		t.Fatalf("run %s: %v", browser, err)
	}
	return string(out)
}

// counting counts what payloads call, and says so in an attribute of the page.
const counting = `<script>(function(){var n=0,d=document.documentElement.dataset;d.hits=n;["alert","prompt","confirm","open","fetch"].forEach(function(f){window[f]=function(){d.hits=++n}})})()</script>`

// policy is the content security policy of a page.
var policy = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

// Even without its content security policy, the page runs no script but its own.
func TestNoPayloadRunsInABrowser(t *testing.T) {
	program(t, "chromium", "chromium-browser", "google-chrome")
	for name, page := range renderAll(t, "zh", numbered(payloads())) {
		if name != "findings.html" && name != "0060.html" {
			continue
		}
		open := policy.ReplaceAll(page, []byte(counting))
		if bytes.Equal(open, page) {
			t.Fatalf("%s has no content security policy", name)
		}
		dom := domOf(t, open)
		if !strings.Contains(dom, `data-hits="0"`) {
			t.Errorf("%s: scripts of payloads ran", name)
		}
		if name == "findings.html" && !strings.Contains(dom, `<button type="button" aria-label="按「`) {
			t.Errorf("%s: its own script did not run", name)
		}
		dom = domOf(t, bytes.Replace(open, []byte("</body>"), []byte(`<img src=x onerror=alert(1)></body>`), 1))
		if strings.Contains(dom, `data-hits="0"`) {
			t.Errorf("%s: the test would not see a script that runs", name)
		}
		// With the policy, not even markup that got in would run.
		dom = domOf(t, bytes.Replace(page, []byte("</body>"), []byte(`<img src=x onerror="document.documentElement.dataset.hit=1"></body>`), 1))
		if strings.Contains(dom, `data-hit=`) {
			t.Errorf("%s: its content security policy lets a script run", name)
		}
	}
}

// The list of the page can be searched, narrowed and sorted.
func TestTheListFiltersAndSorts(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "en", night)
	var page bytes.Buffer
	if err := teller.Page(&page, many(t, teller, 100)); err != nil {
		t.Fatal(err)
	}
	act := `<script>(function(){
		var d=document.documentElement.dataset, q=document.getElementById("q"), o=document.getElementById("outcome");
		q.value="s3-1"; q.form.dispatchEvent(new Event("submit",{cancelable:true})); d.searched=document.getElementById("shown").textContent;
		q.value=""; o.value="suspected"; o.dispatchEvent(new Event("change")); d.narrowed=document.getElementById("shown").textContent;
		o.value=""; o.dispatchEvent(new Event("change"));
		var b=document.querySelectorAll("#list th button")[1]; b.click(); b.click();
		d.first=document.querySelector("#list tbody tr").cells[1].textContent; d.sort=b.parentNode.getAttribute("aria-sort")})()</script></body>`
	dom := domOf(t, bytes.Replace(policy.ReplaceAll(page.Bytes(), nil), []byte("</body>"), []byte(act), 1))
	for _, want := range []string{`data-searched="11 of 100 shown"`, `data-narrowed="0 of 100 shown"`, `data-first="s4-19.example.cn"`, `data-sort="descending"`} {
		if !strings.Contains(dom, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}

// axe-core finds no fault with the page and the notice.
func TestAxeIsContent(t *testing.T) {
	if *axe == "" {
		t.Skip("-axe names no axe.min.js; make axe does")
	}
	script, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	subject, findings := sample(t)
	for _, lang := range []string{"zh", "en"} {
		teller := NewTeller(loaded(t), checks.DefaultPolicy(), lang, night)
		run := RunInfo{Started: night, Inventory: "inventory.csv", History: true, Earlier: []Earlier{{Deficient: 3, Compliance: 0.3, Coverage: 0.5}}}
		_, paths := written(t, teller, Options{Formats: Formats(), Headers: "zh"}, run, subject, findings, sampleExtra(subject, findings))
		pages := []string{filepath.Join(paths[len(paths)-1], "0001-浙ICP备2023001234号.html")}
		for _, path := range paths {
			if filepath.Ext(path) == ".html" {
				pages = append(pages, path)
			}
		}
		for _, path := range pages {
			for _, theme := range []string{"--blink-settings=preferredColorScheme=1", "--blink-settings=preferredColorScheme=0"} {
				examine(t, filepath.Base(path)+" "+lang+" "+theme, read(t, path), string(script), theme)
			}
		}
	}
}

func examine(t *testing.T, name string, page []byte, script, theme string) {
	t.Helper()
	ask := `<script>` + script + `</script><script>axe.run(document,{resultTypes:["violations"]}).then(function(r){
		document.documentElement.dataset.passes=r.passes.length;
		document.documentElement.dataset.axe=JSON.stringify(r.violations.map(function(v){return {id:v.id,n:v.nodes.length,first:v.nodes[0].html.slice(0,200),why:v.nodes[0].failureSummary}}))})</script></body>`
	open := policy.ReplaceAll(page, nil)
	dom := domOf(t, bytes.Replace(open, []byte("</body>"), []byte(ask), 1), theme, "--window-size=1280,1200")
	found := regexp.MustCompile(`data-axe="([^"]*)"`).FindStringSubmatch(dom)
	if found == nil {
		t.Fatalf("%s: axe did not answer", name)
	}
	var faults []map[string]any
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &faults); err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("%s: %v", name, f)
	}
}

// LibreOffice reads the workbook cell by cell as it was written, and finds no
// formula and no link to anywhere else.
func TestLibreOfficeReadsTheSame(t *testing.T) {
	office := program(t, "soffice", "libreoffice")
	dir := t.TempDir()
	data := renderAll(t, "zh", numbered(payloads()))["findings.xlsx"]
	if err := os.WriteFile(filepath.Join(dir, "book.xlsx"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	// Comma, quotes, UTF-8, from row 1, nothing as shown, every sheet to a file of its own.
	for _, to := range []string{"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "ods"} {
		if out, err := exec.CommandContext(ctx, office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", to, "--outdir", dir, filepath.Join(dir, "book.xlsx")).CombinedOutput(); err != nil {
			t.Fatalf("run %s: %v\n%s", office, err, out)
		}
	}
	sheets := map[string][][]string{}
	compared := 0
	eachCell(t, data, func(_ *excelize.File, sheet, cell, value string) {
		rows, ok := sheets[sheet]
		if !ok {
			// Line by line, as encoding/csv leaves empty lines out; no cell has several.
			for line := range bytes.Lines(read(t, filepath.Join(dir, "book-"+sheet+".csv"))) {
				r := csv.NewReader(bytes.NewReader(line))
				record, err := r.Read()
				if err != nil && err != io.EOF {
					t.Fatal(err)
				}
				rows = append(rows, record)
			}
			sheets[sheet] = rows
		}
		column, row, err := excelize.CellNameToCoordinates(cell)
		if err != nil {
			t.Fatal(err)
		}
		if row > len(rows) || column > len(rows[row-1]) || !sameCell(rows[row-1][column-1], value) {
			t.Errorf("%s!%s is not %q for LibreOffice", sheet, cell, value)
		}
		compared++
	})
	if compared < 5000 {
		t.Errorf("only %d cells were compared", compared)
	}
	odsIsPlain(t, filepath.Join(dir, "book.ods"))
}

// sameCell says whether LibreOffice means by a cell what was written: the same
// text, or the same number, which may be shown in per cent.
func sameCell(office, written string) bool {
	percent, is := strings.CutSuffix(office, "%")
	x, errX := strconv.ParseFloat(percent, 64)
	y, errY := strconv.ParseFloat(written, 64)
	if is {
		x /= 100
	}
	return office == written || errX == nil && errY == nil && math.Abs(x-y) <= 1e-12*math.Abs(y)
}

func odsIsPlain(t *testing.T, path string) {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	i := slices.IndexFunc(archive.File, func(f *zip.File) bool { return f.Name == "content.xml" })
	r, err := archive.File[i].Open()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte("table:formula=")) {
		t.Error("LibreOffice sees a formula")
	}
	for _, link := range regexp.MustCompile(`<text:a xlink:href="([^"]*)"`).FindAllSubmatch(content, -1) {
		if !bytes.HasPrefix(link[1], []byte("#")) {
			t.Errorf("LibreOffice sees a link to %s", link[1])
		}
	}
}
