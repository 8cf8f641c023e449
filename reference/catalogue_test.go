package reference

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// edited is the embedded data with one file replaced.
func edited(t *testing.T, name string, edit func(string) string) fs.FS {
	t.Helper()
	sub, err := fs.Sub(embedded, "data")
	if err != nil {
		t.Fatal(err)
	}
	data := fstest.MapFS{}
	for _, file := range []string{"catalogue.yaml", "operations.yaml", "words.yaml", "provinces.yaml", "workdays.yaml", "rules.yaml"} {
		text, err := fs.ReadFile(sub, file)
		if err != nil {
			t.Fatal(err)
		}
		if file == name {
			after := edit(string(text))
			if after == string(text) {
				t.Fatalf("the edit changes nothing in %s", name)
			}
			text = []byte(after)
		}
		data[file] = &fstest.MapFile{Data: text}
	}
	return data
}

func swap(old, new string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, new, 1) }
}

func embeddedCatalogue(t *testing.T) *Catalogue {
	t.Helper()
	c, err := readCatalogue(overlay{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheCatalogueHasAllScenesInOrder(t *testing.T) {
	c := embeddedCatalogue(t)
	var ids, judged []string
	for _, s := range c.Scenes {
		ids = append(ids, s.ID)
		if s.Judged {
			judged = append(judged, s.ID)
		}
	}
	if !slices.Equal(ids, sceneIDs()) {
		t.Errorf("the scenes are %v, want %v", ids, sceneIDs())
	}
	if len(ids) != 30 || len(judged) != 30 {
		t.Errorf("%d scenes, %d judged: want 30 and 30", len(ids), len(judged))
	}
}

func TestNamesAndAliasesFindOneScene(t *testing.T) {
	c := embeddedCatalogue(t)
	owner := map[string]string{}
	claim := func(id string, keys ...string) {
		for _, key := range keys {
			if other, taken := owner[key]; taken {
				t.Errorf("%q is a name of %s and of %s", key, other, id)
			}
			owner[key] = id
		}
	}
	for _, s := range c.Scenes {
		claim(s.ID, append(s.Aliases, s.ID, s.Name.ZH, s.Name.EN)...)
	}
	for _, o := range c.Operations {
		claim(o.ID, append(o.Aliases, o.ID, o.Name.ZH, o.Name.EN)...)
	}
	for key, id := range owner {
		s, isScene := c.Scene(key)
		o, isOperation := c.Operation(key)
		if !(isScene && s.ID == id) && !(isOperation && o.ID == id) {
			t.Errorf("%q does not find %s", key, id)
		}
	}
	if _, ok := c.Scene(""); ok {
		t.Error("an empty key finds a scene")
	}
}

func TestOperationsOfTheGuide(t *testing.T) {
	c := embeddedCatalogue(t)
	for id, irreversible := range map[string]bool{
		"change-subject": false, "change-service": false, "change-filing": false, "transfer-account": false, "migrate-service": false,
		"claim-filing": false, "cancel-service": true, "cancel-subject": true, "cancel-access": false,
		"file-anew": false, "add-service": false, "add-access": false, "abandon-order": false, "finish-order": false,
	} {
		o, ok := c.Operation(id)
		if !ok {
			t.Errorf("there is no operation %s", id)
			continue
		}
		if !o.Filing || o.Irreversible != irreversible {
			t.Errorf("%s: filing %v, irreversible %v", id, o.Filing, o.Irreversible)
		}
	}
	used := map[string]bool{}
	for _, s := range c.Scenes {
		for _, r := range s.Remedies {
			for _, id := range r.Operations {
				used[id] = true
			}
		}
	}
	for _, o := range c.Operations {
		if !o.Filing && !used[o.ID] {
			t.Errorf("no scene needs %s", o.ID)
		}
	}
}

func TestMistakesInAnEditedCatalogueAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		edit func(string) string
		want string
	}{
		"unknown key":       {"catalogue.yaml", swap("    severity: critical", "    severity: critical\n    serverity: minor"), "serverity"},
		"key twice":         {"catalogue.yaml", swap("    severity: critical", "    severity: critical\n    severity: minor"), "severity"},
		"severity":          {"catalogue.yaml", swap("severity: critical", "severity: huge"), `subject-status-abnormal: severity "huge"`},
		"level":             {"catalogue.yaml", swap("level: subject", "level: site"), `level "site"`},
		"unknown operation": {"catalogue.yaml", swap("[fix-business-status]", "[fix-everything]"), `operation "fix-everything" is unknown`},
		"no operation":      {"catalogue.yaml", swap("[fix-business-status]", "[]"), "remedy 1: no operation"},
		"scene missing":     {"catalogue.yaml", swap("id: dns-overseas", "id: dns-abroad"), "scene dns-overseas is missing"},
		"scene unknown":     {"catalogue.yaml", swap("id: dns-overseas", "id: dns-abroad"), "scene dns-abroad is unknown"},
		"scene twice":       {"catalogue.yaml", swap("id: dns-overseas", "id: dns-not-filed-ip"), "scene dns-not-filed-ip comes twice"},
		"one language":      {"catalogue.yaml", swap("en: Subject not in good standing", "en: ''"), "subject-status-abnormal: name: no English text"},
		"no section":        {"catalogue.yaml", swap("section: 2.2 一", "section: ''"), "no section"},
		"no source":         {"catalogue.yaml", func(s string) string { return s[strings.Index(s, "date:"):] }, "no source"},
		"date":              {"catalogue.yaml", swap(`date: "2025-11-20"`, "date: lately"), `date "lately"`},
		"operation rule":    {"operations.yaml", swap("zh: 省份、证件号码和域名不能在变更中修改；换省份只能重新备案。", "zh: ''"), "change-subject: rule: no Chinese text"},
		"operation twice":   {"operations.yaml", swap("id: change-service", "id: change-subject"), "operation change-subject comes twice"},
		"operation days":    {"operations.yaml", swap("days: [2, 22]", "days: [2, 1]"), "days 2 to 1"},
		"operation id":      {"operations.yaml", swap("id: fix-dns", "id: Fix DNS"), `operation id "Fix DNS"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readCatalogue(edited(t, c.file, c.edit))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("the error is %v, want one of %s with %q", err, c.file, c.want)
			}
		})
	}
}
