package report

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing/number"
)

// idCard makes an identity number with its right check digit.
func idCard(r *rand.Rand) string {
	body := fmt.Sprintf("%d%04d%04d%02d%02d%03d", []int{11, 31, 33, 44, 51, 65}[r.IntN(6)], 101+r.IntN(500), 1950+r.IntN(55), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
	sum := 0
	for i, d := range body {
		weight := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}[i]
		sum += int(d-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}

// Of 1,000 identity and phone numbers in every foreign field, written in the
// ways that people write them, none is readable in any report.
func TestNoPersonalNumberIsReadable(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 24))
	full := strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7", "７", "8", "８", "9", "９")
	var texts, secrets []string
	for i := range 1000 {
		secret := idCard(r)
		if i%2 == 1 {
			secret = fmt.Sprintf("1%d%09d", 3+r.IntN(7), r.IntN(1_000_000_000))
		}
		text := []string{"%s", "证件号%s，", "请拨打 %s（张三）", "=%s", "id=%s&x"}[i%5]
		shown := secret
		switch i % 7 {
		case 3:
			shown = full.Replace(secret)
		case 5:
			if len(secret) == 11 {
				shown = secret[:3] + "-" + secret[3:7] + "-" + secret[7:]
			}
		}
		texts, secrets = append(texts, fmt.Sprintf(text, shown)), append(secrets, secret)
	}
	if _, err := number.ParseIDCard(secrets[0]); err != nil {
		t.Fatalf("the test's own %s is no identity number: %v", secrets[0], err)
	}
	unmasked := onlyDigits("|" + strings.Join(texts, "|") + "|")
	for _, secret := range secrets {
		if !strings.Contains(unmasked, "|"+secret+"|") {
			t.Fatalf("the test would not find %s where it is readable", secret)
		}
	}
	wantNone := func(name string, data []byte, secrets []string) {
		if filepath.Ext(name) == ".xlsx" {
			data = dump(t, data)
		}
		digits := onlyDigits(string(data))
		for _, secret := range secrets {
			if strings.Contains(digits, "|"+secret+"|") {
				t.Errorf("%s shows %s", name, secret)
			}
		}
	}
	for name, data := range renderAll(t, "zh", texts) {
		wantNone(name, data, secrets)
	}
	// What commands show, several numbers in each text.
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	const each = 20
	for i := 0; i < len(texts); i += each {
		for name, data := range tell(t, teller, strings.Join(texts[i:i+each], "; ")) {
			wantNone(name, data, secrets[i:i+each])
		}
	}
}

// onlyDigits keeps the numbers of a text, each between bars; full-width digits
// and the joints of phone numbers are folded.
func onlyDigits(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case r >= '0' && r <= '9', r == 'X':
			b.WriteRune(r)
		case r == '-':
		case r == '*' || !unicode.IsDigit(r):
			b.WriteByte('|')
		}
	}
	return b.String()
}
