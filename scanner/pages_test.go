package scanner

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

const shellPage = `<!doctype html><html><head><title>示例</title></head><body><div id="app"></div>` +
	`<script src="/app.js"></script><script src="//b.cn/x.js"></script><script src="/gone.js"></script></body></html>`

func TestScriptsOfAShell(t *testing.T) {
	n := newNet(t, "a.cn", "b.cn")
	var mu sync.Mutex
	var asked []string
	n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Host+r.URL.Path)
		mu.Unlock()
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, shellPage)
		case "/app.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, `e("a",{attrs:{href:"https://beian.miit.gov.cn/"}},"京ICP备12345678号-1")`)
		default:
			http.NotFound(w, r)
		}
	}, nil)
	_, w := n.attempt(quickVisit(), "a.cn")
	page, f := w.page("a.cn")
	if page == nil {
		t.Fatal(f)
	}
	d := page.Documents[0]
	if !d.Shell || len(d.Numbers) != 1 || d.Numbers[0].Channel != observe.ChannelScript {
		t.Errorf("document %+v, want one number, seen in script", d)
	}
	if slices.Contains(asked, "b.cn/x.js") {
		t.Error("a script of another site was asked for")
	}
	if !slices.Contains(asked, "a.cn/gone.js") || !slices.Contains(d.Unread, "http://a.cn/gone.js") {
		t.Errorf("asked %v, unread %v: the missing script is not on record", asked, d.Unread)
	}
}

func TestNoPage(t *testing.T) {
	page := func(kind observe.PageKind) observe.Attempt { return observe.Attempt{End: observe.EndPage, Kind: kind} }
	status := func(kind observe.PageKind) observe.Attempt {
		return observe.Attempt{End: observe.EndStatus, Kind: kind, Status: 403}
	}
	refused := observe.Attempt{End: observe.EndRefused}
	unread := observe.Attempt{End: observe.EndNotHTTP, Hops: make([]observe.Hop, 1), Fault: &observe.Fault{Kind: observe.FaultUnparsable}}
	for name, c := range map[string]struct {
		attempts []observe.Attempt
		want     observe.FaultKind
	}{
		"nothing answers":      {[]observe.Attempt{refused, {End: observe.EndTimeout}}, observe.FaultUnreachable},
		"a status":             {[]observe.Attempt{refused, status("")}, observe.FaultStatus},
		"parking":              {[]observe.Attempt{page(observe.KindParking), refused}, observe.FaultNotAPage},
		"a block page as 403":  {[]observe.Attempt{status(""), status(observe.KindBlock)}, observe.FaultNotAPage},
		"challenge as 403":     {[]observe.Attempt{page(observe.KindDefault), status(observe.KindChallenge)}, observe.FaultChallenge},
		"challenge as 200":     {[]observe.Attempt{page(observe.KindChallenge)}, observe.FaultChallenge},
		"an unknown encoding":  {[]observe.Attempt{refused, unread}, observe.FaultUnparsable},
		"an error page as 200": {[]observe.Attempt{page(observe.KindError)}, observe.FaultNotAPage},
	} {
		w := &visit{attempts: c.attempts}
		if _, f := w.page("a.cn"); f == nil || f.Kind != c.want {
			t.Errorf("%s: fault %v, want %s", name, f, c.want)
		}
	}
}

// A reader that panics spoils one look, and says so.
func TestPanicOfTheReader(t *testing.T) {
	n := newNet(t, "a.cn")
	n.web("*:80", servePage, nil)
	v := n.visitor(quickVisit())
	v.reader = nil
	visit, page := v.Visit(t.Context(), Target{Domain: "a.cn"}, &n.dns)
	if visit.Fault == nil || visit.Fault.Kind != observe.FaultInternal || page.Fault == nil || page.Fault.Kind != observe.FaultInternal {
		t.Errorf("visit fault %v, page fault %v", visit.Fault, page.Fault)
	}
}

func TestUserAgent(t *testing.T) {
	for _, bad := range []string{"http://a.cn/", "a;b", "a)", "电话", "a\r\nX: y"} {
		if _, err := userAgent(bad); err == nil {
			t.Errorf("contact %q was taken", bad)
		}
	}
	for _, good := range []string{"", "audit@example.cn", "+86 10 1234 5678"} {
		agent, err := userAgent(good)
		if err != nil || !strings.HasPrefix(agent, "Mozilla/5.0 (compatible; icpaudit/") || !strings.HasSuffix(agent, ")") {
			t.Errorf("contact %q: %q, %v", good, agent, err)
		}
	}
	if _, err := newVisitor(defaultVisit(), "http://a.cn/", nil, newReader(&reference.Marks{}), nil); err == nil {
		t.Error("a visitor with a URL as contact was made")
	}
}

func TestVisitOptions(t *testing.T) {
	if bad := defaultVisit().Validate(); len(bad) != 0 {
		t.Errorf("the default is refused: %v", bad)
	}
	bad := VisitOptions{Ports: []uint16{8080, 0}, MaxHops: -1, HostInterval: -1}.Validate()
	for _, key := range []string{"ports[1]", "max_hops", "body", "header_bytes", "header_timeout", "url_timeout", "host_interval", "per_address"} {
		if bad[key] == nil {
			t.Errorf("Validate does not name %s", key)
		}
	}
}
