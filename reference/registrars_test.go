package reference

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestSeedRegistrars(t *testing.T) {
	ref := load(t)
	for _, c := range []struct {
		name, id, want string
		foreign        bool
	}{
		{"阿里云计算有限公司（万网）", "", "阿里云计算有限公司", false},
		{"阿里云计算有限公司(万网)", "", "阿里云计算有限公司", false},
		{" 阿里云计算有限公司 ", "", "阿里云计算有限公司", false},
		{"厦门易名科技有限公司（原厦门易名网络科技有限公司）", "", "厦门易名科技股份有限公司", false},
		{"厦门易名网络科技有限公司", "", "厦门易名科技股份有限公司", false},
		{"新名字（原北京中科三方网络技术有限公司）", "", "北京国科云计算技术有限公司", false},
		{"中移（苏州）软件技术有限公司", "", "中移（苏州）软件技术有限公司", false},
		{"HICHINA ZHICHENG TECHNOLOGY LTD.", "", "阿里巴巴云计算（北京）有限公司", false},
		{"Xin Net Technology Corporation (120)", "", "北京新网数码信息技术有限公司", false},
		{"whoever", "0001599", "阿里云计算有限公司", false},
		{"GoDaddy.com, LLC (R171-LRMS)", "", "GoDaddy.com, LLC", true},
		{"MARKMONITOR INC.", "", "MarkMonitor Inc.", true},
		{"MarkMonitor, Inc (TLDs)", "", "MarkMonitor Inc.", true},
		{"CSC CORPORATE DOMAINS, INC.", "", "CSC Corporate Domains, Inc.", true},
		{"ALIBABA.COM SINGAPORE E-COMMERCE PRIVATE LIMITED", "", "ALIBABA.COM SINGAPORE E-COMMERCE PRIVATE LIMITED", true},
		{"Beijing Lanhai Jiye Technology Co., Ltd", "1923", "Gname.com Pte. Ltd.", true},
		{"某新注册商有限公司", "", "", false},
		{"", "", "", false},
		{"Ltd.", "", "", false},
		{"阿里云", "", "", false},
	} {
		got, ok := ref.Registrars.Seed(c.name, c.id)
		if got.Name != c.want || ok != (c.want != "") || got.Foreign != c.foreign {
			t.Errorf("%q, id %q: %q, foreign %v; want %q, %v", c.name, c.id, got.Name, got.Foreign, c.want, c.foreign)
		}
	}
}

func TestRegistrationDataIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		read       func(fstest.MapFS) error
		want       []string
	}{
		"registrars": {"registrars.csv", "name,aliases,iana_id,place,seen,source\nA,,1,mainland,2020,x\nB,,1,mainland,2020,x\na.,,2,mainland,2020,x\nC,,03,mainland,2020,x\nD,,4,abroad,2020,x\nE,,5,overseas,20,x\nF,,6,overseas,2020,\n,,7,overseas,,x\n",
			func(f fstest.MapFS) error { _, err := readRegistrars(f); return err },
			[]string{"line 3: iana_id 1 is that of A", `line 4: name "a." is that of A`, `line 5: iana_id "03"`, "line 6: place", "line 7: seen", "line 8: no source", "line 9: name"}},
		"official": {"registrars_official.csv", "registrar,aliases,tlds,date\nA,,,2026-01-01\nB,,cn,2026/1/1\nC,,c_n,2026-01-01\n\xb0\xa2,,cn,2026-01-01\n",
			func(f fstest.MapFS) error {
				f["registrars.csv"] = &fstest.MapFile{Data: []byte("name,aliases,iana_id,place,seen,source\n")}
				_, err := readRegistrars(f)
				return err
			},
			[]string{"line 2: no tlds", "line 3: date", `line 4: tlds: "c_n"`, "line 5: it is not UTF-8"}},
		"tlds": {"tlds.csv", "tld,a_label,kind,rdap_base,whois_server,source\n中国,xn--fiqs8s,country,,whois.cnnic.cn,x\n中国,xn--fiqs8s,country,,whois.cnnic.cn,x\ncn,xn--cn,country,,,x\na,a,odd,,,x\nb,b,generic,https://x.example,,x\nc,c,generic,,http://x,x\nd,d,generic,,,\n",
			func(f fstest.MapFS) error { _, err := readTLDs(f); return err },
			[]string{"line 3: xn--fiqs8s comes twice", "line 4: ", "line 5: kind", "line 6: rdap_base", "line 7: whois_server", "line 8: no source"}},
		"bootstrap": {"rdap_bootstrap.json", `{"version":"2.0","publication":"2026-01-01T00:00:00Z","services":[[["a"]],[["b"],["ftp://x/"]],[["c"],["https://x.example"]]]}`,
			func(f fstest.MapFS) error { _, err := readBootstrap(f); return err },
			[]string{`version "2.0"`, "service 1", "service 2", "service 3"}},
	} {
		err := c.read(fstest.MapFS{c.file: &fstest.MapFile{Data: []byte(c.text)}})
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q was not told: %v", name, want, err)
			}
		}
	}
}

func TestBootstrapPrefersTheLongestSuffixAndHTTPS(t *testing.T) {
	b, err := readBootstrap(fstest.MapFS{"rdap_bootstrap.json": &fstest.MapFile{Data: []byte(`{"version":"1.0","publication":"2026-01-01T00:00:00Z","description":"x","services":[
		[["cn","例子"],["http://a.example/","https://b.example/"]],[["com.cn"],["https://c.example/rdap/"]],[["uk"],["http://d.example/"]]]}`)}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"example.cn": "https://b.example/", "example.com.cn": "https://c.example/rdap/", "a.b.example.com.cn": "https://c.example/rdap/",
		"example.xn--fsqu00a": "https://b.example/", "example.co.uk": "http://d.example/", "example.com": "", "": "",
	} {
		if got, ok := b.Base(name); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestSuffixesOfTheSeed(t *testing.T) {
	ref := load(t)
	for name, want := range map[string]TLD{
		"example.中国":              {},
		"example.xn--55qx5d":      {Label: "公司", Name: "xn--55qx5d", Kind: "idn", RDAP: "https://rdap.ngtld.cn/", WHOIS: "whois.ngtld.cn"},
		"www.example.com.cn":      {Label: "com.cn", Name: "com.cn", Kind: "second-level", WHOIS: "whois.cnnic.cn"},
		"example.info":            {Label: "info", Name: "info", Kind: "generic", RDAP: "https://rdap.identitydigital.services/rdap/"},
		"example.xn--8y0a063a":    {Label: "联通", Name: "xn--8y0a063a", Kind: "idn", RDAP: "https://rdap.zdnsgtld.com/xn--8y0a063a/"},
		"example.nonesuch-suffix": {},
	} {
		if got, ok := ref.TLDs.Of(name); got != want || ok != (want != TLD{}) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestAnOfficialListWithARowForEachPair(t *testing.T) {
	r, err := readRegistrars(fstest.MapFS{
		"registrars.csv":          {Data: []byte("name,aliases,iana_id,place,seen,source\n甲公司,Jia Ltd,7,mainland,2020,x\n")},
		"registrars_official.csv": {Data: []byte("\ufeffregistrar,aliases,tlds,date\n甲公司,,cn,2026-01-01\n甲公司,,.中国,2026-02-01\n乙公司,,*,2026-01-01\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, id, suffix  string
		covered, approved bool
		date              string
	}{
		{"甲公司", "", "cn", true, true, "2026-02-01"}, {"甲公司", "", "com.cn", true, true, "2026-02-01"}, {"甲公司", "", "中国", true, true, "2026-02-01"},
		{"Jia", "", "xn--fiqs8s", true, true, "2026-02-01"}, {"nobody knows", "7", "cn", true, true, "2026-02-01"},
		{"甲公司", "", "com", true, false, "2026-02-01"}, {"乙公司", "", "com", true, true, "2026-01-01"}, {"丙公司", "", "cn", true, false, "2026-02-01"},
	} {
		imported, covered, approved, date := r.Official(c.name, c.id, c.suffix)
		if !imported || covered != c.covered || approved != c.approved || date != c.date {
			t.Errorf("%s for %s: %v %v %v of %s", c.name, c.suffix, imported, covered, approved, date)
		}
	}
}
