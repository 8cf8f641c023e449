package deliver

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/report"
)

const (
	robotKey   = "693a91f6-7bc4-4bc4-97a0-0ec2sifa5aaa"
	chatSecret = "SEC000000000000000000000"
)

// robot is a chat's server: it checks what it gets as the vendors describe it,
// and answers as they do.
type robot struct {
	t      *testing.T
	kind   string
	status int
	say    string // beats the usual answer
	header http.Header
	got    []map[string]any
}

func (r *robot) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		r.t.Error(err)
	}
	var message map[string]any
	if err := json.Unmarshal(body, &message); err != nil || q.Method != http.MethodPost || !strings.HasPrefix(q.Header.Get("Content-Type"), "application/json") {
		r.t.Errorf("%s %v: %v", q.Method, q.Header, err)
	}
	r.got = append(r.got, message)
	answer := map[string]string{kindWecom: `{"errcode":0,"errmsg":"ok"}`, kindDingtalk: `{"errcode":0,"errmsg":"ok"}`, kindFeishu: `{"code":0,"msg":"success","data":{}}`, kindGeneric: ""}[r.kind]
	if !r.signed(q, body, message) {
		answer = map[string]string{kindWecom: `{"errcode":93000,"errmsg":"invalid webhook url"}`, kindDingtalk: `{"errcode":310000,"errmsg":"sign not match"}`, kindFeishu: `{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}`}[r.kind]
		if r.kind == kindGeneric {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	for key := range r.header {
		w.Header().Set(key, r.header.Get(key))
	}
	if r.status != 0 {
		w.WriteHeader(r.status)
	}
	if r.say != "" {
		answer = r.say
	}
	io.WriteString(w, answer)
}

// signed checks a signature in the words of the vendors' guides, on its own.
func (r *robot) signed(q *http.Request, body []byte, message map[string]any) bool {
	sum := func(key, text string) []byte {
		mac := hmac.New(sha256.New, []byte(key))
		io.WriteString(mac, text)
		return mac.Sum(nil)
	}
	switch r.kind {
	case kindWecom:
		return q.URL.Query().Get("key") == robotKey
	case kindDingtalk:
		ms := q.URL.Query().Get("timestamp")
		n, err := strconv.ParseInt(ms, 10, 64)
		return err == nil && n == night.UnixMilli() && q.URL.Query().Get("access_token") == robotKey &&
			q.URL.Query().Get("sign") == base64.StdEncoding.EncodeToString(sum(chatSecret, ms+"\n"+chatSecret))
	case kindFeishu:
		s, _ := message["timestamp"].(string)
		n, err := strconv.ParseInt(s, 10, 64)
		return err == nil && n == night.Unix() && message["sign"] == base64.StdEncoding.EncodeToString(sum(s+"\n"+chatSecret, ""))
	}
	s := q.Header.Get("X-Icpaudit-Timestamp")
	return q.Header.Get("X-Icpaudit-Signature") == "sha256="+hex.EncodeToString(sum(chatSecret, s+"."+string(body))) && q.Header.Get("X-Icpaudit-Delivery") != ""
}

func (r *robot) start() string {
	s := httptest.NewServer(r)
	r.t.Cleanup(s.Close)
	switch r.kind {
	case kindDingtalk:
		return s.URL + "/robot/send?access_token=" + robotKey
	case kindFeishu:
		return s.URL + "/open-apis/bot/v2/hook/" + robotKey
	}
	return s.URL + "/cgi-bin/webhook/send?key=" + robotKey
}

func clock() time.Time { return night }

func noWait(context.Context, time.Duration) error { return nil }

func room(t *testing.T, kind, address, secret string) *Chat {
	t.Helper()
	s := NewSecret(secret)
	if kind == kindWecom {
		s = Secret{}
	}
	c, err := NewChat(referenceData(t), ChatOptions{Name: "room", Kind: kind}, NewSecret(address), s, clock, noWait)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func chatNote() Letter {
	return Letter{ID: "0123@example.cn", Channel: ByChat, To: "room", Date: night, Subject: "主题", Text: "**正文** \"<b>\"\n第二行\n"}
}

func chatKinds() []string { return []string{kindWecom, kindDingtalk, kindFeishu, kindGeneric} }

// Each kind of chat gets its own format, rightly signed.
func TestChatsGetTheirFormatAndSignature(t *testing.T) {
	// Where the text and the title stand.
	places := map[string][][]string{
		kindWecom:    {{"markdown", "content"}},
		kindDingtalk: {{"markdown", "text"}, {"markdown", "title"}},
		kindFeishu:   {{"card", "elements", "0", "content"}, {"card", "header", "title", "content"}},
		kindGeneric:  {{"text"}, {"subject"}},
	}
	types := map[string][2]string{kindWecom: {"msgtype", "markdown"}, kindDingtalk: {"msgtype", "markdown"}, kindFeishu: {"msg_type", "interactive"}, kindGeneric: {"id", "0123@example.cn"}}
	for _, kind := range chatKinds() {
		t.Run(kind, func(t *testing.T) {
			r := &robot{t: t, kind: kind}
			if err := room(t, kind, r.start(), chatSecret).Send(t.Context(), chatNote()); err != nil {
				t.Fatal(err)
			}
			got := r.got[0]
			if got[types[kind][0]] != types[kind][1] {
				t.Errorf("the message is %v", got)
			}
			for i, path := range places[kind] {
				if text := at(got, path); text != []string{chatNote().Text, chatNote().Subject}[i] {
					t.Errorf("at %v stands %q", path, text)
				}
			}
		})
	}
}

// at finds a value in JSON.
func at(v any, path []string) any {
	for _, key := range path {
		switch m := v.(type) {
		case map[string]any:
			v = m[key]
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n >= len(m) {
				return nil
			}
			v = m[n]
		}
	}
	return v
}

// What the chat answers, and what is told of it. No address and no secret is
// ever shown, though the server repeats them.
func TestWhatChatsAnswer(t *testing.T) {
	echo := robotKey + " " + chatSecret
	for name, c := range map[string]struct {
		kinds     []string
		status    int
		say       string
		secret    string
		header    http.Header
		code      int
		temporary bool
		unsure    bool
		after     time.Duration
	}{
		"wrong signature":      {kinds: []string{kindDingtalk, kindFeishu, kindGeneric}, secret: "other", code: -2},
		"too often at wecom":   {kinds: []string{kindWecom}, say: `{"errcode":45009,"errmsg":"` + echo + `"}`, code: 45009, temporary: true, after: time.Minute},
		"too often at ding":    {kinds: []string{kindDingtalk}, say: `{"errcode":130101,"errmsg":"send too fast ` + echo + `"}`, code: 130101, temporary: true, after: time.Minute},
		"too often at feishu":  {kinds: []string{kindFeishu}, say: `{"code":11232,"msg":"` + echo + `"}`, code: 11232, temporary: true, after: time.Minute},
		"busy":                 {kinds: []string{kindWecom, kindDingtalk}, say: `{"errcode":-1,"errmsg":"busy"}`, code: -1, temporary: true, after: time.Minute},
		"refused":              {kinds: []string{kindWecom}, say: `{"errcode":40008,"errmsg":"bad \u001b[31m type"}`, code: 40008},
		"no JSON":              {kinds: []string{kindWecom, kindDingtalk, kindFeishu}, say: "<html>" + echo, unsure: true},
		"neither yes nor no":   {kinds: []string{kindWecom, kindFeishu}, say: "{}", unsure: true},
		"out of order":         {kinds: chatKinds(), status: 502, say: "bad gateway " + echo, code: 502, temporary: true},
		"asked to wait":        {kinds: chatKinds(), status: 429, header: http.Header{"Retry-After": {"7"}}, code: 429, temporary: true, after: 7 * time.Second},
		"asked to wait a year": {kinds: chatKinds(), status: 503, header: http.Header{"Retry-After": {"31536000"}}, code: 503, temporary: true, after: time.Hour},
		"not there":            {kinds: chatKinds(), status: 404, code: 404},
		"sent elsewhere":       {kinds: chatKinds(), status: 302, header: http.Header{"Location": {"http://127.0.0.1:1/"}}, code: 302},
		"endless answer":       {kinds: []string{kindWecom}, say: strings.Repeat("x", 1<<20), unsure: true},
	} {
		for _, kind := range c.kinds {
			t.Run(name+" "+kind, func(t *testing.T) {
				r := &robot{t: t, kind: kind, status: c.status, say: c.say, header: c.header}
				secret := chatSecret
				if c.secret != "" {
					secret = c.secret
				}
				err := room(t, kind, r.start(), secret).Send(t.Context(), chatNote())
				f, ok := errors.AsType[*Fault](err)
				if !ok {
					t.Fatalf("the error is %v", err)
				}
				if c.code != -2 && f.Code != c.code || f.Temporary != c.temporary || f.Unsure != c.unsure || f.After != c.after {
					t.Errorf("it is told as %+v", *f)
				}
				text := err.Error()
				if strings.Contains(text, robotKey) || kind != kindWecom && strings.Contains(text, chatSecret) || strings.ContainsAny(text, "\x1b\r\n") || len(text) > 2000 {
					t.Errorf("the error is %q", text)
				}
			})
		}
	}
}

// A line that fails says nothing of the address.
func TestAChatThatCantBeReached(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	defer s.Close()
	for _, closed := range []bool{false, true} {
		for _, kind := range chatKinds() {
			c := room(t, kind, s.URL+"/?key="+robotKey, chatSecret)
			err := c.Send(t.Context(), chatNote())
			f, ok := errors.AsType[*Fault](err)
			// Where no connection came about, nothing can have arrived.
			if !ok || !f.Temporary || f.Unsure == closed {
				t.Errorf("%s: the error is %+v", kind, err)
			}
			if text := err.Error(); strings.Contains(text, robotKey) || strings.Contains(text, "http") || strings.Contains(text, "sign=") {
				t.Errorf("%s: the error is %q", kind, text)
			}
		}
		s.Close()
	}
}

func TestRobotsAreNotHurried(t *testing.T) {
	r := &robot{t: t, kind: kindWecom}
	var waits []time.Duration
	c, err := NewChat(referenceData(t), ChatOptions{Name: "room", Kind: kindWecom}, NewSecret(r.start()), Secret{}, clock, func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := c.Send(t.Context(), chatNote()); err != nil {
			t.Fatal(err)
		}
	}
	// 20 messages a minute are allowed.
	if len(waits) != 2 || waits[0] != 3*time.Second {
		t.Errorf("it waits %v", waits)
	}
}

// Several may write into a room: one message goes out after the other.
func TestARoomHearsOneAtATime(t *testing.T) {
	var under, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		most.Store(max(most.Load(), under.Add(1)))
		<-time.After(5 * time.Millisecond)
		under.Add(-1)
		io.WriteString(w, `{"code":0}`)
	}))
	defer server.Close()
	c := room(t, kindFeishu, server.URL+"/open-apis/bot/v2/hook/"+robotKey, "")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := c.Send(t.Context(), chatNote()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("%d messages at the same time", most.Load())
	}
	c.turn <- struct{}{} // somebody's message is on its way
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Send(ctx, chatNote()); !IsTemporary(err) {
		t.Errorf("waiting in vain is %v", err)
	}
}

func TestAddressesOfRobots(t *testing.T) {
	for address, good := range map[string]bool{
		"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x": true, "http://127.0.0.1:1/x": true, "http://localhost/": true,
		"http://qyapi.weixin.qq.com/": false, "ftp://x.cn/": false, "x": false, "": false, "https://user:pass@x.cn/": false, "https:///x": false, "https://x.cn/\x7f": false,
	} {
		_, err := NewChat(referenceData(t), ChatOptions{Name: "room", Kind: kindWecom}, NewSecret(address), Secret{}, clock, noWait)
		if (err == nil) != good || err != nil && address != "x" && address != "" && strings.Contains(err.Error(), address) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// Messages keep within what each kind takes, and say what is not shown; foreign
// text brings no mention, no link and no markup.
func TestMessagesKeepWithinTheirLimits(t *testing.T) {
	for _, kind := range chatKinds() {
		t.Run(kind, func(t *testing.T) {
			o := teams(Team{Name: "A", Chats: []string{"room"}, Owners: []string{"甲"}})
			o.Chats = []ChatOptions{{Name: "room", Kind: kind, URLEnv: "X", SecretEnv: "Y"}}
			if kind == kindWecom {
				o.Chats[0].SecretEnv = ""
			}
			o.BodyRows = 1000
			var rows []report.Row
			for i := range 1000 {
				rows = append(rows, finding("甲", fmt.Sprintf("<@all>[click](https://evil.cn/%d)`*_#~\\", i), func(r *report.Row) {
					r.SceneName, r.ReasonWord = strings.Repeat("很长的场景", 40), `<at user_id="all">x</at>"quoted"`
				}))
			}
			l, err := writer(t, o).Write(planned(t, o, rows...).Drafts[0])
			if err != nil {
				t.Fatal(err)
			}
			if len(l.Text) > limitsOf(kind).text || !strings.Contains(l.Text, "条，见核查报告") {
				t.Errorf("the message has %d bytes and ends %q", len(l.Text), l.Text[max(0, len(l.Text)-60):])
			}
			shown := strings.Count(l.Text, "evil.cn")
			if !strings.Contains(l.Text, fmt.Sprintf("另有 %d 条", 1000-shown)) || shown == 0 {
				t.Errorf("it shows %d rows", shown)
			}
			_, list, _ := strings.Cut(l.Text, "\n")
			if strings.ContainsAny(list, "<>[]`*_#~\\@") || strings.Contains(list, "://") {
				t.Errorf("markup of others in\n%s", list)
			}
			r := &robot{t: t, kind: kind}
			if err := room(t, kind, r.start(), chatSecret).Send(t.Context(), l); err != nil {
				t.Errorf("it is refused: %v", err)
			}
		})
	}
}

// A single row that is too long by itself is cut, between characters.
func TestALongRowIsCut(t *testing.T) {
	for n := range 12 {
		if got := cutBytes("a中文字", n+3); len(got) > n+3 || strings.ContainsRune(got, '\uFFFD') {
			t.Errorf("cut to %d bytes it is %q", n+3, got)
		}
	}
	c := room(t, kindWecom, (&robot{t: t, kind: kindWecom}).start(), "")
	l := chatNote()
	l.Text = strings.Repeat("x", 20<<10)
	if err := c.Send(t.Context(), l); err == nil || IsTemporary(err) || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("a message that is too large: %v", err)
	}
}
