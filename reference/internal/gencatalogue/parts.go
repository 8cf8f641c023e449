package main

import (
	"strings"

	"github.com/icpaudit/icpaudit/reference"
)

func (d *document) head() {
	d.line("<!-- Generated from reference/data by `go generate ./reference`. Edit the data, not this file. -->")
	d.line("")
	d.line("# 备案核查场景与整改操作 · Scenes and remedies")
	d.line("")
	d.line("来源 · Source: %s (%s)", d.set.Catalogue.Source, d.set.Catalogue.Date)
	d.line("")
}

func (d *document) contents() {
	judged := 0
	for _, s := range d.set.Catalogue.Scenes {
		if s.Judged {
			judged++
		}
	}
	d.line("本版本判定 %d 个场景，共 %d 个。This version judges %d of the %d scenes.", judged, len(d.set.Catalogue.Scenes), judged, len(d.set.Catalogue.Scenes))
	d.line("")
	d.line("| id | 名称 · name | 层级 · level | 程度 · severity | 判定 · judged |")
	d.line("|---|---|---|---|---|")
	for _, s := range d.set.Catalogue.Scenes {
		mark := "✓"
		if !s.Judged {
			mark = "—"
		}
		d.line("| [`%s`](#%s) | 「%s」 %s | %s | %s | %s |", s.ID, s.ID, s.Name.ZH, s.Name.EN, d.word("level", s.Level), d.word("severity", s.Severity), mark)
	}
	d.line("")
}

// word is a word of a group in both languages.
func (d *document) word(group, code string) string {
	zh, en := d.set.Words.Of(group, code, "zh"), d.set.Words.Of(group, code, "en")
	if zh == en {
		return zh
	}
	return zh + " " + en
}

func (d *document) scene(s reference.Scene) {
	d.line(`<a id="%s"></a>`, s.ID)
	d.line("")
	d.line("### 「%s」 %s", s.Name.ZH, s.Name.EN)
	d.line("")
	facts := []string{"`" + s.ID + "`", d.word("level", s.Level), d.word("severity", s.Severity), "指南 guide " + s.Section}
	if !s.Judged {
		facts = append(facts, "本版本尚不判定 not judged yet")
	}
	d.line("%s", strings.Join(facts, " · "))
	d.line("")
	if len(s.Aliases) > 0 {
		d.line("又称 · also: %s", strings.Join(s.Aliases, "、"))
		d.line("")
	}
	d.both(reference.Text{ZH: "含义", EN: "Meaning"}, s.Meaning)
	d.both(reference.Text{ZH: "依据", EN: "Evidence"}, s.Evidence)
	if len(s.Reasons) > 0 {
		d.line("- **原因** · **Reasons**")
		for _, id := range s.ReasonIDs() {
			d.line("  - `%s` %s · %s", id, s.Reasons[id].ZH, s.Reasons[id].EN)
		}
	}
	d.line("- **整改** · **Remedies**")
	for i, r := range s.Remedies {
		d.line("  %d. %s%s  ", i+1, r.When.ZH, r.Words.ZH)
		d.line("     %s %s  ", r.When.EN, r.Words.EN)
		d.line("     %s", d.links(r.Operations))
	}
	d.line("")
}

// links names operations, in order, each with a link to its entry.
func (d *document) links(ids []string) string {
	var parts []string
	for _, id := range ids {
		o, ok := d.set.Catalogue.Operation(id)
		if !ok {
			continue // the reader of the catalogue has refused such ids
		}
		parts = append(parts, "["+o.Name.ZH+" `"+id+"`](#"+id+")")
	}
	return "→ " + strings.Join(parts, " → ")
}

func (d *document) operations() {
	d.line("## 操作 · Operations")
	d.line("")
	for _, o := range d.set.Catalogue.Operations {
		d.line(`<a id="%s"></a>`, o.ID)
		d.line("")
		d.line("### %s · %s", o.Name.ZH, o.Name.EN)
		d.line("")
		facts := []string{"`" + o.ID + "`"}
		if o.Section != "" {
			facts = append(facts, "指南 guide "+o.Section)
		}
		if !o.Filing {
			facts = append(facts, "备案系统之外 outside the filing system")
		}
		if o.Irreversible {
			facts = append(facts, "不可撤回 can't be undone")
		}
		d.line("%s", strings.Join(facts, " · "))
		if o.Days[1] > 0 {
			d.line("· 预计 %d–%d 个工作日 expected working days", o.Days[0], o.Days[1])
		}
		d.line("")
		d.both(reference.Text{ZH: "用途", EN: "Use"}, o.Use)
		for _, rule := range o.Rules {
			d.line("- %s · %s", rule.ZH, rule.EN)
		}
		d.line("")
	}
}

func (d *document) provinces() {
	d.line("## 省份与性质规则 · Rules of provinces and natures")
	d.line("")
	d.line("| id | 省份 · provinces | 性质 · natures | 规则 · rule | 来源 · source |")
	d.line("|---|---|---|---|---|")
	for _, r := range d.set.Provinces.Rules {
		d.line("| `%s` | %s | %s | %s %s | %s (%s) |", r.ID, strings.Join(r.Provinces, " "), strings.Join(r.Natures, " "), r.Words.ZH, r.Words.EN, r.Source, r.Date)
	}
}
