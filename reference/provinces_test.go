package reference

import (
	"strings"
	"testing"
)

func TestRulesOfProvinces(t *testing.T) {
	p, err := readProvinces(overlay{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule, province, nature string
		want                   bool
	}{
		{"migration-offered", "京", "company", true},
		{"migration-offered", "四川", "company", true},
		{"migration-offered", "川", "company", true},
		{"migration-offered", "蜀", "", true},
		{"migration-offered", "四川省", "", true},
		{"migration-offered", "北京市", "", true},
		{"migration-offered", "赣", "company", false},
		{"migration-offered", "内蒙古", "company", false},
		{"migration-offered", "", "company", false},
		{"migration-offered", "火星", "company", false},
		{"thirty-services", "陕", "company", true},
		{"thirty-services", "陕", "individual", false},
		{"five-services", "陕", "individual", true},
		{"five-services", "", "individual", true},
		{"five-services", "陕", "", false},
		{"psb-within-thirty-days", "", "", true},
		{"holder-strictly-subject", "宁", "", true},
		{"no-such-rule", "京", "company", false},
	} {
		r, got := p.Rule(c.rule, c.province, c.nature)
		if got != c.want || got && (r.ID != c.rule || r.Source == "" || r.Date == "") {
			t.Errorf("Rule(%s, %q, %q) = %v, %v; want %v", c.rule, c.province, c.nature, r, got, c.want)
		}
	}
	offered, _ := p.Rule("migration-offered", "京", "")
	if len(offered.Provinces) != 26 {
		t.Errorf("%d provinces offer migration, the guide has 26", len(offered.Provinces))
	}
	for _, r := range p.For("黔", "individual") {
		if !r.holds("黔", "individual") {
			t.Errorf("%s does not hold", r.ID)
		}
	}
	if n := len(p.For("黔", "individual")); n < 6 {
		t.Errorf("%d rules hold for an individual in Guizhou", n)
	}
}

func TestMistakesInEditedProvincesAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(string) string
		want string
	}{
		"everyday letter": {swap("provinces: [陕, 蜀]", "provinces: [陕, 川]"), `province "川"`},
		"no province":     {swap("provinces: [陕, 蜀]", "provinces: [陕, 港]"), `province "港"`},
		"nature":          {swap("natures: [individual]", "natures: [person]"), `nature "person"`},
		"row date":        {swap("date: 2025-11/2026-07", "date: 2025"), `date "2025"`},
		"row source":      {swap("    source: huaweicloud/huaweicloud-skills", "    source: ''"), "no source"},
		"twice":           {swap("id: five-services", "id: thirty-services"), "thirty-services comes twice"},
		"one language":    {swap("en: One domain a site.", "en: ''"), "no English text"},
		"unknown key":     {swap("natures: [individual]", "kinds: [individual]"), "kinds"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readProvinces(edited(t, "provinces.yaml", c.edit))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "provinces.yaml") {
				t.Errorf("the error is %v, want one with %q", err, c.want)
			}
		})
	}
}
