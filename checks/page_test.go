package checks

import (
	"testing"

	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

func TestCompare(t *testing.T) {
	rows := []struct {
		filed, seen string
		want        likeness
	}{
		{"京ICP备12345678号-1", "京ICP备12345678号-1", exact},
		{"京ICP备12345678号-1", "京ICP备12345678号", bareSubject},
		{"京ICP备12345678号-1", "京ICP备12345678号-2", otherService},
		{"京ICP备12345678号-1", "京ICP备12345678号-1A", otherService},
		{"京ICP备12345678号-1", "沪ICP备12345678号-1", otherSubject},
		{"京ICP备12345678号-1", "京ICP备12345679号-1", otherSubject},
		{"蜀ICP备12345678号-1", "川ICP备12345678号-1", exact},
		{"京ICP备12345678号", "京ICP备12345678号-7", exact},
		{"京ICP证030173号-1", "京ICP证030173号", bareSubject},
		{"京ICP证030173号-1", "京ICP备03017300号-1", otherSubject},
		{"粤B2-20090059-5", "粤B2-20090059-5", exact},
		{"粤B2-20090059-5", "粤B2-20090059-6", otherService},
	}
	for _, row := range rows {
		filed, _, err := number.ParseInventory(row.filed)
		if err != nil {
			t.Fatal(err)
		}
		seen, _, err := number.ParseInventory(row.seen)
		if err != nil {
			t.Fatal(err)
		}
		if got := compare(filed, seen); got != row.want {
			t.Errorf("filed %s, seen %s: %d, want %d", row.filed, row.seen, got, row.want)
		}
	}
}

func TestEnding(t *testing.T) {
	fault := func(kind observe.FaultKind) *observe.Fault { return &observe.Fault{Kind: kind} }
	rows := []struct {
		a               observe.Attempt
		reason, unclear string
	}{
		{observe.Attempt{End: observe.EndPage, Status: 200, Kind: observe.KindSite}, "", ""},
		{observe.Attempt{End: observe.EndPage, Status: 200, Kind: observe.KindError}, "error-page", ""},
		{observe.Attempt{End: observe.EndPage, Status: 200, Kind: observe.KindOther}, "", "page-unreadable"},
		{observe.Attempt{End: observe.EndStatus, Status: 404, Kind: observe.KindError}, "error-page", ""},
		{observe.Attempt{End: observe.EndStatus, Status: 404, Kind: observe.KindChallenge}, "", "challenge"},
		{observe.Attempt{End: observe.EndStatus, Status: 403, Kind: observe.KindError, Mark: "status-title"}, "", "status-denied"},
		{observe.Attempt{End: observe.EndStatus, Status: 403, Kind: observe.KindBlock}, "block-page", ""},
		{observe.Attempt{End: observe.EndStatus, Status: 502}, "error-page", ""},
		{observe.Attempt{End: observe.EndStatus, Status: 521}, "", "status-denied"},
		{observe.Attempt{End: observe.EndStatus, Status: 304}, "", "status-denied"},
		{observe.Attempt{End: observe.EndStatus, Status: 999}, "", "status-denied"},
		{observe.Attempt{End: observe.EndUnresolved}, "no-address", ""},
		{observe.Attempt{End: observe.EndUnresolved, Fault: fault(observe.FaultUnresolved)}, "no-address", ""},
		{observe.Attempt{End: observe.EndUnresolved, Fault: fault(observe.FaultDisagreement)}, "", "disagreement"},
		{observe.Attempt{End: observe.EndNotHTTP, Fault: fault(observe.FaultNotHTTP)}, "nothing-answers", ""},
		{observe.Attempt{End: observe.EndNotHTTP, Fault: fault(observe.FaultTooLarge)}, "", "too-large"},
		{observe.Attempt{End: "something new"}, "", "visit-fault"},
	}
	for _, row := range rows {
		if reason, unclear := ending(&row.a); reason != row.reason || unclear != row.unclear {
			t.Errorf("%+v: %q %q, want %q %q", row.a, reason, unclear, row.reason, row.unclear)
		}
	}
}

func TestNear(t *testing.T) {
	rows := []struct {
		name, text string
		want       bool
	}{
		{"青禾茶业商城", "青禾茶业西湖龙井", true},
		{"青禾茶业", "青禾农业", false},
		{"青禾茶业", "山里人家", false},
		{"青禾", "青禾茶业", false}, // too short to come near without being shown
	}
	for _, row := range rows {
		if got := near(row.name, row.text); got != row.want {
			t.Errorf("near(%s, %s) = %v", row.name, row.text, got)
		}
	}
}

func TestNameForms(t *testing.T) {
	forms := nameForms("青禾茶业有限公司官方网站")
	for _, want := range []string{"青禾茶业有限公司官方网站", "青禾茶业有限公司", "青禾茶业"} {
		found := false
		for _, f := range forms {
			found = found || f == want
		}
		if !found {
			t.Errorf("%v lacks %s", forms, want)
		}
	}
	if got := nameForms("青禾网站"); len(got) != 1 {
		t.Errorf("too short to lose its end: %v", got)
	}
}

func TestPlainAddress(t *testing.T) {
	for text, want := range map[string]bool{
		"a@example.cn": true, "a.b+c@mail.example.com.cn": true, "a@example": false, "a@@example.cn": false,
		"A <a@example.cn>": false, "a@example.cn, b@example.cn": false, "13800138000": false, "a b@example.cn": false, "@example.cn": false,
	} {
		if got := plainAddress(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
