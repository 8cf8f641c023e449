package deliver

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/icpaudit/icpaudit/report"
)

// payloads are texts that want to become headers, markup, formulas or controls.
func payloads() []string {
	all := []string{
		"x\r\nBcc: evil@evil.cn", "x\nBcc: evil@evil.cn", "x\rBcc: evil@evil.cn", "\r\n\r\nbody", "x\r\n\tBcc: evil@evil.cn", "x\x00\r\nTo: evil@evil.cn",
		"x%0d%0aBcc: evil@evil.cn", "x\u2028Bcc: evil@evil.cn", "x\u2029Bcc: evil@evil.cn", "x\u0085Bcc: evil@evil.cn", "x\vBcc: evil@evil.cn", "x\fBcc: evil@evil.cn",
		"=?utf-8?q?=0D=0ABcc:_evil@evil.cn?=", "=?utf-8?b?DQpCY2M6IGV2aWxAZXZpbC5jbg==?=", "\u202eevil", "\u2066evil\u2069", "\u200bevil", "\ufeffevil",
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", `"><svg onload=alert(1)>`, "</td></table><h1>x", "<!--", "-->", "{{.Run}}", "${x}", "<style>*{}</style>",
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "＝1+1", "|cmd", "%1", "\x1b[31mred", "\x9b31m", "\x07", "\x7f", "--boundary", ".\r\n", "\r\n.\r\nMAIL FROM:<x@y>",
		"javascript:alert(1)", "https://evil.cn/", "\xff\xfe", "\xc0\xaf", strings.Repeat("A", 5000), strings.Repeat("长", 3000), "\U000E0041\U000E0042", "\ufff9x\ufffb",
	}
	for r := rune(0); r < 0x20; r++ {
		all = append(all, "x"+string(r)+"Cc: evil@evil.cn")
	}
	for r := rune(0x80); r < 0xa0; r++ {
		all = append(all, "x"+string(r)+"Cc: evil@evil.cn")
	}
	return all
}

// Foreign text in every place that a mail has for it: no header more, no markup,
// no control character.
func TestForeignTextStaysText(t *testing.T) {
	if n := len(payloads()); n < 100 {
		t.Fatalf("only %d payloads", n)
	}
	fields := map[string]func(*report.Row, *Draft, *Options, string){
		"filing": func(r *report.Row, _ *Draft, _ *Options, s string) {
			r.Subject, r.Service, r.ServiceName, r.Provider, r.Owner, r.WhyWord, r.CauseWords, r.Severity = s, s, s, s, s, s, s, s
		},
		"item": func(r *report.Row, _ *Draft, _ *Options, s string) { r.Label, r.Name = s, s },
		"name": func(r *report.Row, _ *Draft, _ *Options, s string) { r.SubjectName = s },
		"want": func(r *report.Row, _ *Draft, _ *Options, s string) { r.Want, r.Got, r.Where = s, s, s },
		"word": func(r *report.Row, _ *Draft, _ *Options, s string) {
			r.SceneName, r.ReasonWord, r.RemedyWords, r.AdviceWords, r.OutcomeWord = s, s, s, s, s
		},
		"team": func(_ *report.Row, d *Draft, _ *Options, s string) { d.Teams = []string{s} },
		"from": func(_ *report.Row, _ *Draft, o *Options, s string) { o.Mail.FromName = s },
	}
	o := teams(Team{Name: "A", To: []string{"a@x.cn"}, Take: "all"})
	w := writer(t, o)
	for name, put := range fields {
		for _, payload := range payloads() {
			// Rows are clean when they come; the writer of rows cleans them so.
			row, d, with := finding("甲", "one.cn", nil), Draft{Channel: ByMail, To: "a@x.cn", Lang: "en", Teams: []string{"A"}}, o
			text := payload
			if name != "team" && name != "from" {
				text = report.Clean(payload, 2000)
			}
			put(&row, &d, &with, text)
			d.Rows = []report.Row{row}
			l, err := w.Write(d)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := WriteMail(&b, l, with.Mail); err != nil {
				t.Fatal(err)
			}
			header, leaves := parts(t, b.Bytes())
			checkHeaders(t, name, payload, header)
			for kind, body := range leaves {
				if i := strings.IndexFunc(body, func(r rune) bool {
					return r < ' ' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0 || r == '\u202e' || r == '\u2066'
				}); i >= 0 {
					t.Errorf("%s %q: %s holds %q", name, payload, kind, body[i:min(len(body), i+10)])
				}
			}
			page := leaves["text/html"]
			for _, bad := range []string{"<script", "<img", "<svg", "<h1", "<!--", "<style>"} {
				if strings.Contains(page, bad) {
					t.Errorf("%s %q: the page holds %s", name, payload, bad)
				}
			}
		}
	}
}

// checkHeaders wants exactly the headers that a mail of ours has, each once.
func checkHeaders(t *testing.T, name, payload string, header mail.Header) {
	t.Helper()
	want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Precedence", "Subject", "To", "X-Auto-Response-Suppress"}
	var got []string
	for key, values := range header {
		got = append(got, key)
		if len(values) != 1 {
			t.Errorf("%s %q: %s comes %d times", name, payload, key, len(values))
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s %q: the headers are %q", name, payload, got)
	}
	to, err := header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "a@x.cn" {
		t.Errorf("%s %q: it goes to %v, %v", name, payload, to, err)
	}
	from, err := header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "audit@example.cn" || strings.ContainsAny(from[0].Name, "\r\n\x00\x1b\u202e\u200b") {
		t.Errorf("%s %q: it comes from %v, %v", name, payload, from, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "ICP filing audit 2026-11-24 02:00: ") || strings.ContainsFunc(subject, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e' || r == '\u200b' }) {
		t.Errorf("%s %q: the subject is %q, %v", name, payload, subject, err)
	}
}

// Foreign text in every place that a chat's message has for it: the same JSON
// as with a harmless text, no markup more, no control character.
func TestForeignTextStaysTextInChats(t *testing.T) {
	markup := append(payloads(), "[x](https://evil.cn)", "![x](https://evil.cn/p.png)", "<@all>", `<at user_id="all"></at>`, "@13800138000", "**x**", "`x`", "# x", "> x", "~~x~~", `<font color="red">x</font>`)
	for _, kind := range chatKinds() {
		o := teams(Team{Name: "A", Chats: []string{"room"}, Take: "all"})
		o.Chats = []ChatOptions{{Name: "room", Kind: kind, URLEnv: "X", SecretEnv: "Y"}}
		w, chat := writer(t, o), room(t, kind, "https://chat.example/robot", chatSecret)
		body := func(text string) (Letter, map[string]any) {
			clean := report.Clean(text, 2000)
			row := finding("甲", "one.cn", nil)
			row.Label, row.Name, row.SubjectName, row.Subject, row.ServiceName, row.Service, row.Provider, row.Owner = clean, clean, clean, clean, clean, clean, clean, clean
			row.SceneName, row.ReasonWord, row.WhyWord, row.Want, row.Got, row.Where, row.AdviceWords, row.RemedyWords = clean, clean, clean, clean, clean, clean, clean, clean
			l, err := w.Write(Draft{Channel: ByChat, To: "room", Lang: "zh", Teams: []string{text}, Rows: []report.Row{row}})
			if err != nil {
				t.Fatal(err)
			}
			data, err := chat.request(l, night)
			if err != nil {
				t.Fatalf("%s %q: %v", kind, text, err)
			}
			var v map[string]any
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			return l, v
		}
		good, shape := body("x")
		for _, payload := range markup {
			l, got := body(payload)
			if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(shape))) {
				t.Errorf("%s %q: the message has %v", kind, payload, got)
			}
			for _, sign := range []string{"<", ">", "[", "]", "*", "_", "`", "#", "@", "~", `\`, "://", "\n"} {
				own := 0
				if sign == "\n" && len(payload) > 1000 {
					own = 1 // what says that the row is not shown
				}
				if n, want := strings.Count(l.Text, sign), strings.Count(good.Text, sign)+own; n > want {
					t.Errorf("%s %q: %d × %q, with a harmless text %d", kind, payload, n, sign, want)
				}
			}
			if strings.ContainsFunc(l.Text+l.Subject, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }) {
				t.Errorf("%s %q: the message holds a control character: %q %q", kind, payload, l.Subject, l.Text)
			}
		}
	}
}
