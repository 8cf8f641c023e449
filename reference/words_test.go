package reference

import (
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

func embeddedWords(t *testing.T) *Words {
	t.Helper()
	w, err := readWords(overlay{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEveryFaultHasWords(t *testing.T) {
	w := embeddedWords(t)
	for _, kind := range []observe.FaultKind{
		observe.FaultTimeout, observe.FaultRefused, observe.FaultReset, observe.FaultTLS, observe.FaultNotHTTP, observe.FaultStatus,
		observe.FaultRedirect, observe.FaultUnresolved, observe.FaultUnreachable, observe.FaultChallenge, observe.FaultNotAPage,
		observe.FaultServerFailure, observe.FaultDenied, observe.FaultDisagreement, observe.FaultRateLimited, observe.FaultUnparsable,
		observe.FaultTooLarge, observe.FaultBlockedAddress, observe.FaultNoServer, observe.FaultNotLookedUp, observe.FaultNoData, observe.FaultNoPackage,
		observe.FaultNotConfigured, observe.FaultInternal, observe.FaultNoNetwork, observe.FaultNoDescriptors, observe.FaultCancelled,
	} {
		for _, group := range []string{"fault", "why"} {
			for _, lang := range []string{"zh", "en"} {
				if got := w.Of(group, string(kind), lang); !w.Has(group, string(kind)) || got == "" || got == string(kind) && lang == "zh" {
					t.Errorf("%s %s: the words in %s are %q", group, kind, lang, got)
				}
			}
		}
	}
}

func TestWordsOf(t *testing.T) {
	w := embeddedWords(t)
	for _, c := range []struct{ group, code, lang, want string }{
		{"outcome", "deficient", "zh", "不合格"},
		{"outcome", "deficient", "en", "deficient"},
		{"why", "unconfirmed", "en", "seen once only, not confirmed yet"},
		{"why", "timeout", "zh", "超时"},
		{"advice", "timeout", "zh", "timeout"},
		{"nothing", "such", "zh", "such"},
	} {
		if got := w.Of(c.group, c.code, c.lang); got != c.want {
			t.Errorf("Of(%s, %s, %s) = %q, want %q", c.group, c.code, c.lang, got, c.want)
		}
	}
	if w.Has("outcome", "splendid") || len(w.Codes("outcome")) != 6 {
		t.Errorf("the outcomes are %v", w.Codes("outcome"))
	}
}

func TestEveryLevelAndSeverityOfTheCatalogueHasWords(t *testing.T) {
	w := embeddedWords(t)
	for _, s := range embeddedCatalogue(t).Scenes {
		if !w.Has("level", s.Level) || !w.Has("severity", s.Severity) {
			t.Errorf("%s: no words for level %s or severity %s", s.ID, s.Level, s.Severity)
		}
	}
}

func TestMistakesInEditedWordsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(string) string
		want string
	}{
		"unknown group":  {swap("  outcome:", "  outcomes:"), `group "outcomes"`},
		"missing group":  {swap("  outcome:", "  outcomes:"), "group outcome is missing"},
		"one language":   {swap("en: deficient}", "en: ''}"), "outcome deficient: no English text"},
		"unknown key":    {swap("en: deficient}", "en: deficient, fr: insuffisant}"), "fr"},
		"code twice":     {swap("    suspected: {", "    deficient: {"), "deficient"},
		"shape of codes": {swap("    suspected: {", "    Suspected!: {"), `outcome code id "Suspected!"`},
		"date":           {swap("date: \"", "date: \"x"), "date \"x"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readWords(edited(t, "words.yaml", c.edit))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "words.yaml") {
				t.Errorf("the error is %v, want one with %q", err, c.want)
			}
		})
	}
}
