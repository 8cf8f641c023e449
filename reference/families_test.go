package reference

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFamiliesAndTheirLookalikes(t *testing.T) {
	ref := load(t)
	for name, want := range map[string]string{
		"www.example.com.c.cdnhwc1.com": "huaweicloud cdn",
		"CDNHWC1.com.":                  "huaweicloud cdn",
		"0123456789abcdef0123456789abcdef.vip1.huaweicloudwaf.com": "huaweicloud waf",
		"bucket.obs.cn-north-4.myhuaweicloud.com":                  "huaweicloud oss",
		"x.w.kunlunaq.com":                     "aliyun cdn",
		"x.yundunwaf5.com":                     "aliyun waf",
		"bucket.oss-cn-hangzhou.aliyuncs.com":  "aliyun oss",
		"x.cdn.dnsv1.com":                      "tencentcloud cdn",
		"x.eo.dnse1.com":                       "tencentcloud edgeone",
		"bucket.cos.ap-guangzhou.myqcloud.com": "tencentcloud oss",
		"bucket.bj.bcebos.com":                 "baiducloud oss",
		"bucket.cdn.bcebos.com":                "baiducloud cdn",
		"x.gslb.qianxun.com":                   "jdcloud cdn",
		"www.example.com.volcgslb.com":         "volcengine cdn",
		"x.365cyd.cn":                          "knownsec waf",
		"www.example.com.cdn.cloudflare.net":   "cloudflare cdn",
		// Look-alikes: no label boundary, the suffix in front, one letter too many, another top-level domain.
		"evilcdnhwc1.com": "", "cdnhwc1.com.evil.example": "", "cdnhwc1.com.cn": "", "cdnhwc1.co": "", "xkunlunaq.com": "", "kunlunaq.com.evil.com": "",
		"kunlunabcde.com": "", "kunlunaq.com.cn": "", "a.kunlun.com": "", "obs.cn-north-4.myhuaweicloud.com.evil.com": "", "xobs.cn-north-4.myhuaweicloud.com": "",
		"yundunwafx.com": "", "tdnsv0.com": "", "dnse6.com": "", "notdnse1.com": "", "igtm-f101.com": "", "cdn-dnsv1.com": "", "-cdnhwc1.com": "",
		// Whole domains of vendors, where everything lives.
		"www.huaweicloud.com": "", "myhuaweicloud.com": "", "ecs.aliyuncs.com": "", "www.aliyun.com": "", "cos.myqcloud.com": "", "bcebos.com": "", "dnsv1.com": "",
		"www.qianxun.com": "", "www.cloudflare.net": "", "": "", ".": "", "com": "", "..": "",
	} {
		got := ""
		if f, ok := ref.Families.Match(name); ok {
			got = f.Provider + " " + f.Product
		}
		if got != want {
			t.Errorf("%q: family %q, want %q", name, got, want)
		}
	}
}

func TestFamilyData(t *testing.T) {
	ref := load(t)
	for _, f := range ref.Families.All {
		_, provider := ref.Providers.ByID(f.Provider)
		_, vendor := ref.Families.Vendor(f.Provider)
		if provider == vendor {
			t.Errorf("%s: %s is provider: %v, vendor: %v; want one of them", f.Suffix, f.Provider, provider, vendor)
		}
		if len(f.Sources) == 0 {
			t.Errorf("%s: no source", f.Suffix)
		}
		if whole := []string{"huaweicloud.com", "myhuaweicloud.com", "aliyuncs.com", "myqcloud.com", "bcebos.com", "qianxun.com", "volces.com"}; slices.Contains(whole, f.Suffix) {
			t.Errorf("%s is taken whole", f.Suffix)
		}
	}
}

func TestMistakesInFamilies(t *testing.T) {
	for name, c := range map[string]struct{ entry, want string }{
		"a bare label":       {`{suffix: com, provider: x, product: cdn, confidence: high, sources: [S1]}`, "at least two labels"},
		"capitals":           {`{suffix: Example.com, provider: x, product: cdn, confidence: high, sources: [S1]}`, "small letters"},
		"a loose pattern":    {`{suffix: "~example\\.com$", provider: x, product: cdn, confidence: high, sources: [S1]}`, "want a pattern from ^"},
		"an open end":        {`{suffix: "~^example\\.com", provider: x, product: cdn, confidence: high, sources: [S1]}`, "want a pattern from ^"},
		"any domain":         {`{suffix: "~^cdn\\..*$", provider: x, product: cdn, confidence: high, sources: [S1]}`, "want a pattern from ^"},
		"a broken pattern":   {`{suffix: "~^(example\\.com$", provider: x, product: cdn, confidence: high, sources: [S1]}`, "missing closing"},
		"a product":          {`{suffix: example.com, provider: x, product: cache, confidence: high, sources: [S1]}`, "product"},
		"a confidence":       {`{suffix: example.com, provider: x, product: cdn, confidence: sure, sources: [S1]}`, "confidence"},
		"an unnamed source":  {`{suffix: example.com, provider: x, product: cdn, confidence: high, sources: [S9]}`, "S9"},
		"a provider's shape": {`{suffix: example.com, provider: "X Y", product: cdn, confidence: high, sources: [S1]}`, "provider id"},
	} {
		dir := t.TempDir()
		text := "source: test\ndate: \"2026-10-01\"\nsources: {S1: test}\nsuffixes:\n  - " + c.entry + "\n"
		if err := os.WriteFile(filepath.Join(dir, "cdn_suffixes.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzFamilies(f *testing.F) {
	ref, err := Load("")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"www.example.com.c.cdnhwc1.com", "x.kunlunaq.com.", "..", "", "bucket.obs.cn-north-4.myhuaweicloud.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if family, ok := ref.Families.Match(name); ok && !strings.HasPrefix(family.Suffix, "~") {
			name = "." + strings.ToLower(strings.TrimSuffix(name, "."))
			if !strings.HasSuffix(name, "."+family.Suffix) {
				t.Errorf("%q does not end with %q", name, family.Suffix)
			}
		}
	})
}
