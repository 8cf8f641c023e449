package reference

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func load(t *testing.T) *Set {
	t.Helper()
	ref, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestEmbeddedDataIsSound(t *testing.T) {
	ref := load(t)
	if len(ref.Digest) != 12 || len(ref.Catalogue.Scenes) != 30 {
		t.Errorf("digest %q, %d scenes", ref.Digest, len(ref.Catalogue.Scenes))
	}
	unjudged := 0
	for _, s := range ref.Catalogue.Scenes {
		if !s.Judged {
			unjudged++
		}
	}
	if unjudged != 0 {
		t.Errorf("%d scenes are marked as not judged, want 0", unjudged)
	}
}

func TestAnOperatorsFileBeatsTheEmbeddedOne(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := Export(dir); err != nil {
		t.Fatal(err)
	}
	same, err := Load(dir)
	if err != nil || same.Digest != load(t).Digest {
		t.Fatalf("the exported data load as %v, %v", same, err)
	}
	official := "registrar,aliases,tlds,date\n阿里云计算有限公司,万网;HiChina,cn com,2026-10-01\n"
	if err := os.WriteFile(filepath.Join(dir, "registrars_official.csv"), []byte(official), 0o600); err != nil {
		t.Fatal(err)
	}
	ref, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if ref.Digest == same.Digest {
		t.Error("the digest leaves the official list out")
	}
	for _, c := range []struct {
		name, id, tld     string
		covered, approved bool
	}{
		{"阿里云计算有限公司（万网）", "", "cn", true, true},
		{"Alibaba Cloud Computing Ltd. d/b/a HiChina (www.net.cn)", "1599", "com", true, true},
		{"阿里云计算有限公司", "", "top", false, false},
		{"MarkMonitor Inc.", "292", "com", true, false},
	} {
		imported, covered, approved, date := ref.Registrars.Official(c.name, c.id, c.tld)
		if !imported || covered != c.covered || approved != c.approved || date != "2026-10-01" {
			t.Errorf("%s for %s: imported %v, covered %v, approved %v, of %s", c.name, c.tld, imported, covered, approved, date)
		}
	}
	if err := Export(dir); err == nil {
		t.Error("an existing directory was written over")
	}
	if err := os.WriteFile(filepath.Join(dir, "providers.yaml"), []byte("source: x\ndate: \"2026-01-01\"\nprovidrs: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "providrs") {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	ref := load(t)
	for text, want := range map[string]struct {
		asn     uint32
		country string
	}{
		"119.3.85.251": {55990, "CN"}, "8.130.1.1": {37963, "SG"}, "1.1.1.1": {13335, "AU"}, "240e:56:4000::1": {0, "CN"}, "10.0.0.1": {0, ""},
	} {
		a, err := ref.Addresses.Lookup(netip.MustParseAddr(text))
		if err != nil || a.ASN != want.asn || a.Country != want.country {
			t.Errorf("%s: AS%d in %q, %v; want AS%d in %q", text, a.ASN, a.Country, err, want.asn, want.country)
		}
	}
}

func TestProviders(t *testing.T) {
	ref := load(t)
	for text, want := range map[string]string{
		"华为云": "huaweicloud", "华为云计算技术有限公司": "huaweicloud", "Huawei Cloud": "huaweicloud", "华为云（北京四）": "huaweicloud",
		"阿里云计算有限公司": "aliyun", " Tencent ": "tencentcloud", "某某机房": "", "": "",
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

func TestFamilies(t *testing.T) {
	ref := load(t)
	for name, want := range map[string]string{
		"www.example.com.c.cdnhwc1.com": "huaweicloud", "abc.vip1.huaweicloudwaf.com": "huaweicloud", "x.cdnhwcabc12.cn": "huaweicloud",
		"www.example.com.w.kunlunaq.com": "aliyun", "evilcdnhwc1.com": "", "cdnhwc1.com.evil.example": "", "www.huaweicloud.com": "", "kunlun.com.evil.com": "",
	} {
		got := ""
		if f, ok := ref.Families.Match(name); ok {
			got = f.Provider
		}
		if got != want {
			t.Errorf("%s: family of %q, want %q", name, got, want)
		}
	}
}

func TestRegistrationServices(t *testing.T) {
	ref := load(t)
	for name, want := range map[string]string{"example.com": "https://rdap.verisign.com/com/v1/", "example.cn": "", "xn--fiq06l2rdsvs.xn--55qx5d": "https://rdap.ngtld.cn/"} {
		if base, _ := ref.Bootstrap.Base(name); base != want {
			t.Errorf("RDAP of %s: %q, want %q", name, base, want)
		}
	}
	for name, want := range map[string]string{"example.com.cn": "whois.cnnic.cn", "example.edu.cn": "whois.edu.cn", "example.xn--fiqs8s": "whois.cnnic.cn"} {
		if tld, _ := ref.TLDs.Of(name); tld.WHOIS != want {
			t.Errorf("WHOIS of %s: %q, want %q", name, tld.WHOIS, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		ref, err := Load("")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := ref.Addresses.Lookup(netip.MustParseAddr("119.3.85.251")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	ref, err := Load("")
	if err != nil {
		b.Fatal(err)
	}
	addr := netip.MustParseAddr("119.3.85.251")
	for b.Loop() {
		if _, err := ref.Addresses.Lookup(addr); err != nil {
			b.Fatal(err)
		}
	}
}
