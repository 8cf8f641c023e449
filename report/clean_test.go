package report

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCleanTakesAwayWhatCanHarm(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":            {"某某科技", "某某科技"},
		"escape sequences": {"a\x1b[31mb\u009bc", "a[31mbc"},
		"bidi":             {"a\u202Eb\u2066c", "abc"},
		"zero width":       {"京\u200BICP", "京ICP"},
		"line breaks":      {"a\r\n\tb\u2028c", "a b c"},
		"invalid UTF-8":    {"a\xffb", "a\uFFFDb"},
		"an ID number":     {"证件 11010519491231002X 号", "证件 110105********002X 号"},
		"a mobile number":  {"电话13812345678", "电话138****5678"},
	} {
		if got := Clean(c.in, 100); got != c.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestCleanShowsTheCut(t *testing.T) {
	got := Clean(strings.Repeat("长", 50), 10)
	if want := strings.Repeat("长", 10) + cut; got != want {
		t.Errorf("Clean of 50 runes to 10 = %q, want %q", got, want)
	}
}

func FuzzCSVCellsAreSafe(f *testing.F) {
	for _, seed := range []string{"=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "｜calc", "%0a", "a,b\"c", "\x00=1", "\ufeff=1", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cell := formulaSafe(Clean(text, 200))
		lines, err := csvLines([][]string{{cell, "end"}})
		if err != nil {
			t.Fatal(err)
		}
		back, err := csv.NewReader(strings.NewReader(string(lines))).Read()
		if err != nil {
			t.Fatalf("read %q back: %v", lines, err)
		}
		if len(back) != 2 || back[0] != cell {
			t.Fatalf("cell %q came back as %q", cell, back)
		}
		first, _ := utf8.DecodeRuneInString(strings.TrimSpace(back[0]))
		if back[0] != "" && strings.ContainsRune("=+-@|%＝＋－＠｜％\t\r\x00", first) {
			t.Fatalf("cell %q begins with a formula's trigger", back[0])
		}
	})
}

// Of what looks like escapes of XLSX, also where two share a sign, nothing is
// read as one.
func TestLiteral(t *testing.T) {
	for text, want := range map[string]string{
		"_x0000_": "_x005F_x0000_", "a_x003d_b": "a_x005F_x003d_b", "_x005F_x003D_": "_x005F_x005F_x005F_x003D_", "_x003_ x003D_ _": "_x003_ x003D_ _", "中_x4E2D_": "中_x005F_x4E2D_",
	} {
		if got := literal(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
