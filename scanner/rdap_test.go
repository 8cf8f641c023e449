package scanner

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// rdapWorld has one RDAP server for .com.
func rdapWorld(t *testing.T, h http.HandlerFunc) (*net4, RegistrationOptions, *atomic.Int32) {
	n := newNet(t, "rdap.example")
	asked := &atomic.Int32{}
	n.web("rdap.example:80", func(w http.ResponseWriter, r *http.Request) { asked.Add(1); h(w, r) }, nil)
	o := quickRegistration()
	o.RDAP = map[string]string{"com": "http://rdap.example/"}
	return n, o, asked
}

func sendRDAP(w http.ResponseWriter, status int, kind, body string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func TestRDAP(t *testing.T) {
	const kind = "application/rdap+json"
	for name, c := range map[string]struct {
		h     http.HandlerFunc
		want  string
		asked int32
	}{
		"record":    {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 200, kind, rdapRecord) }, "registered", 1},
		"404":       {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 404, kind, `{"errorCode":404}`) }, "available", 1},
		"404 empty": {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 404, kind, "") }, "available", 1},
		"404 reserved": {func(w http.ResponseWriter, _ *http.Request) {
			sendRDAP(w, 404, kind, `{"errorCode":404,"title":"The domain is reserved by the registry"}`)
		}, "reserved", 1},
		"404 of the web": {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 404, "text/html", "<h1>Not Found</h1>") }, "unparsable", 1},
		"404 of a gateway": {func(w http.ResponseWriter, _ *http.Request) {
			sendRDAP(w, 404, "application/json", `{"message":"no route"}`)
		}, "unparsable", 1},
		"error in a 200": {func(w http.ResponseWriter, _ *http.Request) {
			sendRDAP(w, 200, kind, `{"errorCode":429,"title":"slow down"}`)
		}, "rate-limited", 2},
		"429 for an hour": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "999999999")
			sendRDAP(w, 429, kind, `{"errorCode":429}`)
		}, "rate-limited", 1},
		"429 for no time": {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 429, "text/plain", "") }, "rate-limited", 2},
		"403":             {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 403, "text/html", "no") }, "denied", 1},
		"500":             {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 500, "text/html", "") }, "server-failure", 2},
		"HTML":            {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 200, "text/html", "<html>busy</html>") }, "unparsable", 1},
		"deep": {func(w http.ResponseWriter, _ *http.Request) {
			sendRDAP(w, 200, kind, strings.Repeat(`{"entities":[`, 20000))
		}, "unparsable", 1},
		"too large": {func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, 200, kind, strings.Repeat(" ", rdapSize+1)) }, "too-large", 1},
		"another name": {func(w http.ResponseWriter, _ *http.Request) {
			sendRDAP(w, 200, kind, strings.Replace(rdapRecord, "EXAMPLE", "OTHER", 1))
		}, "unparsable", 1},
		"loop": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again"+r.URL.Path, http.StatusFound)
		}, "redirect", rdapRedirects + 1},
	} {
		t.Run(name, func(t *testing.T) {
			n, o, asked := rdapWorld(t, c.h)
			seen := n.registrations(o).Lookup(t.Context(), "example.com", false)
			got := ""
			if seen.Fault != nil {
				got = string(seen.Fault.Kind)
			} else {
				got = string(seen.Value.State)
			}
			if got != c.want || asked.Load() != c.asked {
				t.Errorf("%s after %d requests (%v), want %s after %d", got, asked.Load(), seen.Fault, c.want, c.asked)
			}
		})
	}
}

func TestRDAPRecordIsReadWhole(t *testing.T) {
	var path, accept, agent string
	n, o, _ := rdapWorld(t, func(w http.ResponseWriter, r *http.Request) {
		path, accept, agent = r.URL.Path, r.Header.Get("Accept"), r.UserAgent()
		sendRDAP(w, 200, "application/rdap+json", rdapRecord)
	})
	v := n.registrations(o).Lookup(t.Context(), "shop.example.com", false).Value
	if v == nil || path != "/domain/example.com" || !strings.Contains(accept, "rdap+json") || !strings.Contains(agent, "audit@example.com") || v.Registrar != "Alibaba" || v.IANAID != "420" ||
		v.Holder != "北京示例科技有限公司" || v.HolderStatus != observe.HolderNamed || strings.Join(v.Statuses, " ") != "clientTransferProhibited ok" ||
		v.Expires.Time.Year() != 2027 || v.Created.Time.Year() != 2002 || v.Protocol != "rdap" || v.Server != "rdap.example" {
		t.Errorf("asked %s, read %+v", path, v)
	}
}

func TestAutoRenewAsksTheRegistrar(t *testing.T) {
	n, o, _ := rdapWorld(t, func(w http.ResponseWriter, _ *http.Request) {
		sendRDAP(w, 200, "application/rdap+json", strings.Replace(rdapRecord, `"active"]`, `"auto renew period"],"links":[{"rel":"self","href":"http://rdap.example/x","type":"application/rdap+json"},
			{"rel":"related","href":"http://registrar.example/domain/EXAMPLE.COM","type":"application/rdap+json"}]`, 1))
	})
	n.name("registrar.example", siteAddr)
	n.web("registrar.example:80", func(w http.ResponseWriter, _ *http.Request) {
		sendRDAP(w, 200, "application/rdap+json", strings.Replace(rdapRecord, "2027-07", "2026-07", 1))
	}, nil)
	v := n.registrations(o).Lookup(t.Context(), "example.com", false).Value
	if v == nil || v.RegistrarExpires == nil || v.RegistrarExpires.Time.Year() != 2026 || v.Expires.Time.Year() != 2027 {
		t.Errorf("%+v", v)
	}
}

func TestTheOtherDoor(t *testing.T) {
	for status, want := range map[int]observe.FaultKind{200: "", 404: "", 500: observe.FaultServerFailure, 429: observe.FaultRateLimited, 403: observe.FaultDenied} {
		n, o, _ := rdapWorld(t, func(w http.ResponseWriter, _ *http.Request) { sendRDAP(w, status, "text/html", "<html></html>") })
		o.WHOIS = map[string]string{"com": "whois.verisign-grs.com"}
		asked := n.whois("whois.verisign-grs.com", says(fmt.Sprintf(comRecord, "")))
		seen := n.registrations(o).Lookup(t.Context(), "example.com", false)
		if want == "" && (seen.Fault != nil || seen.Value.Protocol != "whois") {
			t.Errorf("after %d: %v", status, seen.Fault)
		}
		if want != "" && (seen.Fault == nil || seen.Fault.Kind != want || asked.Load() != 0) {
			t.Errorf("after %d: %+v, WHOIS asked %d times", status, seen, asked.Load())
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "soon": 0, "0": time.Second, "-5": time.Second, "30": 30 * time.Second, "999999999": time.Hour, "99999999999999999999": 0,
		"Tue, 24 Nov 2026 12:10:00 GMT": 10 * time.Minute, "Tue, 24 Nov 2026 11:00:00 GMT": time.Second, "Sun, 24 Nov 2999 11:00:00 GMT": time.Hour,
	} {
		if got := retryAfter(text, registryNow); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
