package number

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseICPReadsWhatDiffersOnlyInWriting(t *testing.T) {
	for _, c := range []struct {
		in, want string
		notes    []Note
	}{
		{"京ICP备12345678号-1", "京ICP备12345678号-1", nil},
		{"京ICP备12345678号", "京ICP备12345678号", nil},
		{"豫ICP备2020028892号-1", "豫ICP备2020028892号-1", nil},
		{"黔ICP备2025044274号-1X", "黔ICP备2025044274号-1X", nil},
		{"粤ICP备2020133024号-12A", "粤ICP备2020133024号-12A", nil},
		{"沪ICP备18024039号-111", "沪ICP备18024039号-111", nil},
		{"京 ICP 备 09031924 号", "京ICP备09031924号", []Note{NoteBlanks}},
		{"粤ＩＣＰ备１４０２３０６６号－１", "粤ICP备14023066号-1", []Note{NoteFullWidth}},
		{"粵ICP備14023066號-1", "粤ICP备14023066号-1", []Note{NoteTraditional}},
		{"京icp备12345678号-1", "京ICP备12345678号-1", []Note{NoteLowerCase}},
		{"京ICP备案：12345678号-1", "京ICP备12345678号-1", []Note{NoteExtraWord}},
		{"粤ICP备字17147191号-1", "粤ICP备17147191号-1", []Note{NoteExtraWord}},
		{"京ICP备第14007000号-7号", "京ICP备14007000号-7", []Note{NoteExtraWord}},
		{"京ICP备20007634-1号", "京ICP备20007634号-1", []Note{NoteSuffixFirst}},
		{"渝ICP备16002233", "渝ICP备16002233号", []Note{NoteNoHao}},
		{"渝ICP备16002233-2", "渝ICP备16002233号-2", []Note{NoteNoHao}},
		{"渝ICP备16002233号_1", "渝ICP备16002233号-1", []Note{NoteHyphen}},
		{"渝ICP备16002233号—1", "渝ICP备16002233号-1", []Note{NoteHyphen}},
		{"晋ICP备ICP备15001663", "晋ICP备15001663号", []Note{NoteDoubled, NoteNoHao}},
		{"京｜ICP备11020872号－17", "京ICP备11020872号-17", []Note{NoteFullWidth}},
		{"川ICP备12345678号", "川ICP备12345678号", []Note{NoteEveryday}},
		{"京\u200bICP\u00a0备\u00a012345678号", "京ICP备12345678号", []Note{NoteBlanks}},
		{"京ICP证030173号-1", "京ICP证030173号-1", nil},
		{"粤B2-20090059-5", "粤B2-20090059-5", nil},
	} {
		n, notes, err := ParseICP(c.in)
		if err != nil || n.String() != c.want || !slices.Equal(notes, c.notes) {
			t.Errorf("ParseICP(%q) = %s, %v, %v; want %s, %v", c.in, n, notes, err, c.want, c.notes)
		}
	}
}

func TestParseICPRefuses(t *testing.T) {
	for in, code := range map[string]string{
		"":                       CodeEmpty,
		"  ":                     CodeEmpty,
		"萌ICP备20230187号":         CodeVanity,
		"茶ICP备2025090177号":       CodeVanity,
		"星云ICP备20230187号":        CodeVanity,
		"ICP备12345678号":          CodeNoProvince,
		"京ICP备1234567号":          CodeDigits,
		"京ICP备123456789号":        CodeDigits,
		"京ICP备1925087176号":       CodeDigits,
		"京ICP备123456号":           CodeDigits,
		"京ICP备xxxxxxxx号-x":       CodePlaceholder,
		"陕IPC备16014072号":         CodeTypo,
		"粤B2-20090059":           CodeLicence,
		"京ICP备12345678号-1 网站":    CodeRest,
		"京网文（2023）4872-140号":     CodeUnknown,
		"不是备案号":                  CodeUnknown,
		strings.Repeat("京", 400): CodeUnknown,
	} {
		n, _, err := ParseICP(in)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Code != code {
			t.Errorf("ParseICP(%.30q) = %s, %v; want the code %s", in, n, err, code)
		}
	}
}

func TestParseInventoryTakesOldNumbers(t *testing.T) {
	n, notes, err := ParseInventory("京ICP备050123号")
	if err != nil || n.String() != "京ICP备050123号" || !slices.Contains(notes, NoteSixDigits) {
		t.Errorf("six digits: %s, %v, %v", n, notes, err)
	}
	if n, _, err := ParseInventory("粤B2-20090059"); err != nil || n.String() != "粤B2-20090059" {
		t.Errorf("a licensed subject: %s, %v", n, err)
	}
}

func TestComparing(t *testing.T) {
	for _, c := range []struct {
		a, b                            string
		subject, subjectFolded, service bool
	}{
		{"京ICP备12345678号-1", "京ICP备12345678号-1", true, false, true},
		{"京ICP备12345678号-1", "京ICP备12345678号-2", true, false, false},
		{"京ICP备12345678号-1", "京ICP备12345678号-1A", true, false, false},
		{"京ICP备12345678号", "京ICP备12345678号-2", true, false, false},
		{"川ICP备12345678号-1", "蜀ICP备12345678号-1", true, true, true},
		{"甘ICP备12345678号-1", "陇ICP备12345678号-1", true, true, true},
		{"京ICP备12345678号-1", "沪ICP备12345678号-1", false, false, false},
		{"京ICP证030173号-1", "京ICP证030173号", true, false, false},
		{"粤B2-20090059-5", "粤B2-20090059-5", true, false, true},
	} {
		a, _, errA := ParseICP(c.a)
		b, _, errB := ParseICP(c.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		subject, folded := SameSubject(a, b)
		service, _ := SameService(a, b)
		if subject != c.subject || folded != c.subjectFolded || service != c.service {
			t.Errorf("%s and %s: same subject %v (folded %v), same service %v", a, b, subject, folded, service)
		}
	}
}

func FuzzParseICP(f *testing.F) {
	for _, seed := range []string{"京ICP备12345678号-1", "粤B2-20090059-5", "京ICP证030173号", "ICP", "备", "京ICP备(x)1234", "A2.B1.B2-20090001", "京ICP备xxxx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, _, err := ParseICP(text)
		if err != nil {
			return
		}
		again, notes, err := ParseICP(n.String())
		if err != nil || again != n {
			t.Fatalf("%q reads as %s, which reads as %s, %v, %v", text, n, again, notes, err)
		}
	})
}
