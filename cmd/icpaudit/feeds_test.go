package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/fixtures"
)

// An audit of one subject with feeds: their rows are read, matched, and what is
// wrong with them is told, kept in the report and in the exit code.
func TestAuditWithFeeds(t *testing.T) {
	world, err := fixtures.Start(t.Context(), fixtures.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(world.Inventory(), []byte("\xEF\xBB\xBF")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var one bytes.Buffer
	if err := csv.NewWriter(&one).WriteAll(rows[:2]); err != nil {
		t.Fatal(err)
	}
	number := subjectOf(t, put("inventory.csv", one.String())).Number
	args := []string{
		"--config", put("config.yaml", strings.Replace(string(world.Config()), "\naudit:\n", "\naudit:\n  min_coverage: 0.1\n", 1)), "audit", "--inventory", filepath.Join(dir, "inventory.csv"), "--out", filepath.Join(dir, "out"),
		"--no-history", "--no-confirm", "--registration", "off", "--registry", put("registry.csv", "主体备案号,企业名称,核准日期\n"+number+",示例有限公司,2020-01-01\n,别家有限公司,\n"),
	}
	audit := func(more ...string) (int, string) {
		t.Helper()
		var out, errs bytes.Buffer
		code := run(append(args, more...), &out, &errs)
		return code, out.String() + errs.String()
	}
	code, said := audit("--registry-as-of", "2024-01-31")
	if code == exitIncomplete || code == exitUsage || !strings.Contains(said, "1 行对应到备案，1 行对应不上") || !strings.Contains(said, "别家有限公司") {
		t.Errorf("exit code %d\n%s", code, said)
	}
	lines := linesOf(t, filepath.Join(dir, "out", "findings.jsonl"))
	feeds, _ := json.Marshal(lines[len(lines)-1]["feeds"])
	if !strings.Contains(string(feeds), `"as_of":"2024-01-31"`) || !strings.Contains(string(feeds), `"unmatched":1`) {
		t.Errorf("feeds %s", feeds)
	}
	if given, _ := json.Marshal(lines[0]["feeds"]); !strings.Contains(string(given), "registry.csv") {
		t.Errorf("the run names the feeds %s", given)
	}
	args[6] = filepath.Join(dir, "out2")
	code, said = audit("--contacts", put("contacts.csv", "主体备案号,负责人类型,手机号,拨打结果\n"+number+",主体负责人,13812345678,没打通\n"))
	if code != exitIncomplete || !strings.Contains(said, "证据文件有 1 行不能采用") || strings.Contains(said, "13812345678") {
		t.Errorf("a refused row: exit code %d\n%s", code, said)
	}
	table, err := os.ReadFile(filepath.Join(dir, "out2", "findings.csv"))
	if err != nil || !strings.Contains(string(table), "证据文件行不能采用") || !strings.Contains(string(table), "contacts.csv 第 1 行") {
		t.Errorf("the refused row is not in findings.csv (%v)", err)
	}
}

// subjectOf is the one subject of an inventory.
func subjectOf(t *testing.T, path string) *filing.Subject {
	t.Helper()
	inv, err := filing.ReadInventory(t.Context(), path, filing.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer inv.Close()
	for s, err := range inv.Subjects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Fatalf("%s has no subject", path)
	return nil
}

// linesOf reads JSON lines, and holds them to their schema.
func linesOf(t *testing.T, path string) (lines []map[string]any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("../../docs/findings.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, line)
		}
		lines = append(lines, v.(map[string]any))
	}
	return lines
}
