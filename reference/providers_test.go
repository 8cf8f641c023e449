package reference

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestProvidersAsInventoriesNameThem(t *testing.T) {
	ref := load(t)
	for text, want := range map[string]string{
		"huaweicloud": "huaweicloud", "HUAWEI CLOUD": "huaweicloud", "华为云": "huaweicloud", "华为云计算技术有限公司": "huaweicloud",
		"华为云（华为云计算技术有限公司）": "huaweicloud", "华为云-北京四": "huaweicloud", "华为软件技术有限公司": "huaweicloud", "华为云计算技术有限公司贵安分公司": "huaweicloud",
		"腾讯云计算(北京)有限责任公司": "tencentcloud", "腾讯云计算（北京）有限责任公司": "tencentcloud", "腾讯云": "tencentcloud", "阿里云ECS": "aliyun", "阿里云/万网": "aliyun",
		"中国电信股份有限公司北京分公司": "ctyun", "中国电信股份有限公司云计算分公司": "ctyun", "天翼云": "ctyun", "中国移动": "ecloud", "中国联通": "unicomcloud",
		"中国联合网络通信集团有限公司广东省分公司": "unicomcloud", "百度云": "baiducloud", "世纪互联": "vianet", "Azure 中国（世纪互联）": "azure_cn", "aws_cn": "aws_cn", "UCloud": "ucloud",
		// Other companies, and texts that name two.
		"华为云科技代理有限公司": "", "北京阿里云计算有限公司": "", "华为云/阿里云": "", "阿里云（华为云）": "", "华": "", "云": "", "（）": "", "某某机房": "", "  ": "",
	} {
		got := ""
		if p, ok := ref.Providers.Match(text); ok {
			got = p.ID
		}
		if got != want {
			t.Errorf("%q means %q, want %q", text, got, want)
		}
	}
}

func TestProviderData(t *testing.T) {
	ref := load(t)
	for asn, want := range map[uint32]struct{ provider, class, carrier string }{
		55990: {"huaweicloud", "mainland", ""}, 136907: {"huaweicloud", "overseas", ""}, 37963: {"aliyun", "mainland", ""}, 45102: {"aliyun", "overseas", ""},
		55967: {"baiducloud", "unknown", ""}, 59078: {"qingcloud", "unknown", ""}, 58519: {"ctyun", "mainland", ""}, 16509: {"aws_cn", "overseas", ""},
		4134: {"", "", "telecom"}, 4837: {"", "", "unicom"}, 9808: {"", "", "mobile"}, 4538: {"", "", "cernet"}, 7641: {"", "", "broadcast"}, 64500: {"", "", ""}, 0: {"", "", ""},
	} {
		provider, a := ref.Providers.OfASN(asn)
		if carrier := ref.Providers.Carrier(asn); provider != want.provider || a.Class != want.class || carrier != want.carrier {
			t.Errorf("AS%d: %q %q %q, want %+v", asn, provider, a.Class, carrier, want)
		}
	}
	for id, want := range map[string]string{"ctyun": "telecom", "ecloud": "mobile", "unicomcloud": "unicom", "huaweicloud": ""} {
		if p, ok := ref.Providers.ByID(id); !ok || p.OwnCarrier != want {
			t.Errorf("%s belongs to the carrier %q, want %q", id, p.OwnCarrier, want)
		}
	}
	huawei, _ := ref.Providers.ByID("huaweicloud")
	if !huawei.AlsoIn(58519) || huawei.AlsoIn(37963) || !huawei.Confined {
		t.Errorf("Huawei Cloud: %+v", huawei)
	}
	for _, p := range ref.Providers.All {
		if p.LegalNamesChecked {
			t.Errorf("%s: nobody has checked its legal names yet", p.ID)
		}
		if len(p.Override) > 0 {
			t.Errorf("%s: what is shipped must not override anything", p.ID)
		}
	}
	if _, ok := ref.Providers.ByID("nobody"); ok {
		t.Error("nobody is a provider")
	}
	at := netip.MustParseAddr
	if got := ref.Providers.Announcer6(at("2407:c080::1")); got != "huaweicloud" {
		t.Errorf("2407:c080::1 is announced by %q", got)
	}
	if got := ref.Providers.Announcer6(at("2001:db8::1")); got != "" {
		t.Errorf("2001:db8::1 is announced by %q", got)
	}
	if !ref.Providers.Undecided("aliyun", at("223.5.5.5")) || ref.Providers.Undecided("huaweicloud", at("223.5.5.5")) || ref.Providers.Undecided("aliyun", at("223.5.6.5")) {
		t.Error("of Alibaba's anycast prefixes the place is undecided, and of no others")
	}
}

// ownProviders loads the embedded data under an operator's providers.yaml.
func ownProviders(t *testing.T, providers string) (*Set, error) {
	t.Helper()
	dir := t.TempDir()
	text := "source: test\ndate: \"2026-10-01\"\nproviders:\n" + providers + "carriers:\n  telecom: [4134]\n"
	if err := os.WriteFile(filepath.Join(dir, "providers.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(dir)
}

func TestOperatorPrefixes(t *testing.T) {
	ref, err := ownProviders(t, `
  - {id: one, name_zh: 甲云, name_en: One, asns: [], prefixes_override: [122.9.0.0/16, "2001:db8::/32"]}
  - {id: two, name_zh: 乙云, name_en: Two, asns: [], prefixes_override: [122.9.8.0/24, 122.9.9.0/24]}
  - {id: three, name_zh: 丙云, name_en: Three, asns: [], prefixes_override: [122.9.9.0/24]}
`)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"122.9.0.1": {"one"}, "122.9.8.1": {"two"}, "122.9.9.1": {"two", "three"}, "122.10.0.1": nil, "2001:db8::7": {"one"}, "::ffff:122.9.0.1": {"one"},
	} {
		if got := ref.Providers.Listed(netip.MustParseAddr(text)); !slices.Equal(got, want) {
			t.Errorf("%s is listed by %v, want %v", text, got, want)
		}
	}
}

func TestMistakesInProviders(t *testing.T) {
	const good = "  - {id: one, name_zh: 甲云, name_en: One, asns: [{asn: 64500, class: mainland, name: x}]}\n"
	for name, c := range map[string]struct{ text, want string }{
		"a name twice":       {good + "  - {id: two, name_zh: 甲 云, name_en: Two, asns: []}\n", "is a name of one too"},
		"an AS twice":        {good + "  - {id: two, name_zh: 乙云, name_en: Two, asns: [{asn: 64500, class: overseas, name: x}]}\n", "AS64500 is given to one and two"},
		"a carrier's AS":     {"  - {id: one, name_zh: 甲云, name_en: One, asns: [{asn: 4134, class: mainland, name: x}]}\n", "to the carrier telecom"},
		"a class":            {"  - {id: one, name_zh: 甲云, name_en: One, asns: [{asn: 64500, class: here, name: x}]}\n", "class of AS64500"},
		"an empty name":      {"  - {id: one, name_zh: 甲云, name_en: One, aliases: [\"--\"], asns: []}\n", "says nothing"},
		"host bits":          {"  - {id: one, name_zh: 甲云, name_en: One, asns: [], prefixes_override: [1.2.3.4/24]}\n", "without host bits"},
		"a giant prefix":     {"  - {id: one, name_zh: 甲云, name_en: One, asns: [], prefixes_override: [0.0.0.0/0]}\n", "at least /8"},
		"no prefix":          {"  - {id: one, name_zh: 甲云, name_en: One, asns: [], prefixes_override: [x]}\n", "providers.yaml"},
		"an unknown carrier": {"  - {id: one, name_zh: 甲云, name_en: One, asns: [], own_carrier: post}\n", "own carrier"},
		"an unknown key":     {"  - {id: one, name_zh: 甲云, name_en: One, asn: []}\n", "asn"},
		"an id twice":        {good + good, "comes twice"},
	} {
		if _, err := ownProviders(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
