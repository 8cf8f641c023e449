package report

import (
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
)

// Every way of settling has words, and the codes that name what is missing
// lead to it.
func TestWhatSettlesAFinding(t *testing.T) {
	ref := loaded(t)
	for why, want := range map[string]string{
		"number-not-filed": "complete-inventory", "needs-call-result": "bring-evidence", "needs-rendering": "look-by-hand", "holder-redacted": "ask-registrar",
		"registration-stale": "wait-for-registry", "address-of-carrier": "name-addresses", "vantage-unknown": "look-from-mainland", "timeout": "look-again",
		"no-network": "mend-ourselves", "not-registered": "settle-other-first", "a-code-of-tomorrow": "look-by-hand",
	} {
		if got := settles(why); got != want {
			t.Errorf("%s is settled by %s, want %s", why, got, want)
		}
	}
	for _, group := range []string{"why", "fault"} {
		for _, code := range ref.Words.Codes(group) {
			if by := settles(code); !ref.Words.Has("settle", by) {
				t.Errorf("%s is settled by %s, which has no words", code, by)
			}
		}
	}
}

// The kinds stand together by what settles them, the largest group first.
func TestOpenKindsAreGrouped(t *testing.T) {
	g := newGathered()
	for why, n := range map[string]int{"timeout": 3, "number-not-filed": 2, "reset": 4} {
		for range n {
			g.add([]Row{{Finding: checks.Finding{Key: checks.Key{Scene: "site-unreachable"}, Outcome: checks.Unverifiable, Why: &checks.Note{Code: why}}}})
		}
	}
	var got []string
	for _, kind := range g.opened() {
		got = append(got, kind.by+"/"+kind.why)
	}
	if want := "look-again/reset look-again/timeout complete-inventory/number-not-filed"; strings.Join(got, " ") != want {
		t.Errorf("kinds %v, want %s", got, want)
	}
}

func TestFileNamesAreTakenEverywhere(t *testing.T) {
	for text, want := range map[string]string{
		"京ICP备12345678号-1": "京ICP备12345678号-1", "../../etc/passwd": "______etc_passwd", "a b\x00c": "a_b_c", strings.Repeat("长", 90): strings.Repeat("长", 40),
	} {
		if got := fileName(text); got != want {
			t.Errorf("the file name of %q is %q, want %q", text, got, want)
		}
	}
}

// Beyond its bound the page says how many it leaves out, and where they are.
func TestThePageSaysWhatItLeavesOut(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "en", night)
	l := many(t, teller, 100)
	for most, want := range map[int]bool{40: true, 100: false} {
		var page strings.Builder
		if err := teller.page(&page, l, most); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(page.String(), "<article id=\"f"); got != most {
			t.Errorf("%d findings on the page, want %d", got, most)
		}
		if got := strings.Contains(page.String(), "lists the first 40 of 100"); got != want {
			t.Errorf("the page of %d says what it leaves out: %v, want %v", most, got, want)
		}
	}
}
