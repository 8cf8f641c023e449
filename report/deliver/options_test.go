package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func TestTheDefaultIsGood(t *testing.T) {
	if bad := Default().Validate(); len(bad) > 0 {
		t.Errorf("the mistakes are %v", bad)
	}
}

// One mistake each, named by its key.
func TestMistakesAreNamed(t *testing.T) {
	good := func() Options {
		o := teams(Team{Name: "A", To: []string{"a@x.cn"}, Chats: []string{"room"}, Owners: []string{"甲"}})
		o.Chats = []ChatOptions{{Name: "room", Kind: kindDingtalk, URLEnv: "URL", SecretEnv: "SECRET"}}
		o.Mail.User, o.Mail.PasswordEnv = "clerk", "PASSWORD"
		return o
	}
	if bad := good().Validate(); len(bad) > 0 {
		t.Fatalf("the mistakes are %v", bad)
	}
	for key, breaks := range map[string][]func(*Options){
		"outcomes":           {func(o *Options) { o.Outcomes = nil }, func(o *Options) { o.Outcomes = []string{"bad"} }},
		"body_rows":          {func(o *Options) { o.BodyRows = 0 }, func(o *Options) { o.BodyRows = 1001 }},
		"attach_limit":       {func(o *Options) { o.AttachLimit = -1 }},
		"retry.tries":        {func(o *Options) { o.Retry.Tries = 0 }},
		"retry.wait":         {func(o *Options) { o.Retry.Wait = 0 }, func(o *Options) { o.Retry.Wait = time.Hour }},
		"retry.max_wait":     {func(o *Options) { o.Retry.MaxWait = 25 * time.Hour }},
		"mail.host":          {func(o *Options) { o.Mail.Host = "" }, func(o *Options) { o.Mail.Host = "a b" }, func(o *Options) { o.Mail.Host = "x\r\ny" }},
		"mail.port":          {func(o *Options) { o.Mail.Port = 0 }},
		"mail.tls":           {func(o *Options) { o.Mail.TLS = "maybe" }},
		"mail.auth":          {func(o *Options) { o.Mail.Auth = "ntlm" }},
		"mail.user":          {func(o *Options) { o.Mail.TLS = tlsNone }},
		"mail.password_file": {func(o *Options) { o.Mail.PasswordEnv = "" }},
		"mail.password_env":  {func(o *Options) { o.Mail.PasswordFile = "x" }},
		"mail.from":          {func(o *Options) { o.Mail.From = "" }, func(o *Options) { o.Mail.From = "A <a@x.cn>" }},
		"mail.hello":         {func(o *Options) { o.Mail.Hello = "a b" }},
		"mail.step_timeout":  {func(o *Options) { o.Mail.StepTimeout = 0 }},
		"mail.timeout":       {func(o *Options) { o.Mail.Timeout = 2 * time.Hour }},
		"chats[0].kind":      {func(o *Options) { o.Chats[0].Kind = "icq" }},
		"chats[0].name":      {func(o *Options) { o.Chats[0].Name = ""; o.Teams[0].Chats = nil }},
		"chats[0].url_file":  {func(o *Options) { o.Chats[0].URLEnv = "" }, func(o *Options) { o.Chats[0].URLFile = "x" }},
		"chats[0].secret_file": {
			func(o *Options) { o.Chats[0].Kind = kindWecom }, func(o *Options) { o.Chats[0].Kind, o.Chats[0].SecretEnv = kindGeneric, "" }},
		"chats[0].secret_env": {func(o *Options) { o.Chats[0].SecretFile = "x" }},
		"chats[1].name":       {func(o *Options) { o.Chats = append(o.Chats, o.Chats[0]) }},
		"teams[0].name":       {func(o *Options) { o.Teams[0].Name = " " }},
		"teams[1].name": {func(o *Options) {
			o.Teams = append(o.Teams, Team{Name: "A", To: []string{"b@x.cn"}, Take: "rest"})
		}},
		"teams[1].lang": {func(o *Options) {
			o.Teams = append(o.Teams, Team{Name: "B", To: []string{"A@x.cn"}, Take: "rest", Lang: "en"})
		}},
		"teams[0].to": {
			func(o *Options) { o.Teams[0].To, o.Teams[0].Chats = nil, nil }, func(o *Options) { o.Teams[0].To = []string{"nobody"} },
			func(o *Options) { o.Teams[0].To = []string{"a@x.cn, b@x.cn"} }, func(o *Options) { o.Teams[0].To = []string{"a@x.cn\r\nBcc: b@x.cn"} },
			func(o *Options) { o.Teams[0].To = []string{"A <a@x.cn>"} }, func(o *Options) { o.Teams[0].To = []string{`"a\r\nb"@x.cn`} },
			func(o *Options) { o.Teams[0].To = []string{"名@x.cn"} }},
		"teams[0].chats":     {func(o *Options) { o.Teams[0].Chats = []string{"nowhere"} }},
		"teams[0].take":      {func(o *Options) { o.Teams[0].Owners = nil }, func(o *Options) { o.Teams[0].Take = "all" }, func(o *Options) { o.Teams[0].Take = "some" }},
		"teams[0].scenes":    {func(o *Options) { o.Teams[0].Scenes = []string{"domain-expried"} }},
		"teams[0].provinces": {func(o *Options) { o.Teams[0].Provinces = []string{"英"} }},
	} {
		for i, spoil := range breaks {
			o := good()
			spoil(&o)
			bad := o.Validate()
			if bad[key] == nil {
				t.Errorf("%s, %d: the mistakes are %v", key, i, bad)
			}
		}
	}
}

// However a secret is printed, it isn't.
func TestSecretsShowNothing(t *testing.T) {
	s := NewSecret(password)
	data, err := json.Marshal(map[string]any{"s": s, "p": &s})
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(struct{ S Secret }{s})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "in", struct{ S Secret }{s})
	all := fmt.Sprint(s, &s, struct{ S Secret }{s}) + fmt.Sprintf("%s %v %+v %#v %q %x %d", s, s, s, s, s, s, s) + string(data) + string(text) + log.String()
	if strings.Contains(all, "horse") || strings.Contains(all, fmt.Sprintf("%x", "horse")) || !strings.Contains(all, masked) {
		t.Errorf("it is seen in %s", all)
	}
}

func TestSecretsAreRead(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	env := func(name string) (string, bool) {
		return map[string]string{"HAS": "from env", "EMPTY": ""}[name], name != "NOT"
	}
	for name, c := range map[string]struct{ file, env, want, fails string }{
		"file":        {file: file("a", password+"\r\n"), want: password},
		"environment": {env: "HAS", want: "from env"},
		"file first":  {file: file("b", "x"), env: "HAS", want: "x"},
		"neither":     {},
		"no file":     {file: filepath.Join(dir, "none"), fails: "none"},
		"empty file":  {file: file("c", "\n"), fails: "empty"},
		"two lines":   {file: file("d", "a\nb\n"), fails: "several lines"},
		"large file":  {file: file("e", strings.Repeat("x", longestSecret+1)), fails: "longer"},
		"not set":     {env: "NOT", fails: "NOT is not set"},
		"empty":       {env: "EMPTY", fails: "EMPTY: it is empty"},
	} {
		s, err := ReadSecret(c.file, c.env, env)
		if s.text != c.want || (err != nil) != (c.fails != "") || err != nil && (!strings.Contains(err.Error(), c.fails) || strings.Contains(err.Error(), "a\nb")) {
			t.Errorf("%s: %q, %v", name, s.text, err)
		}
	}
}

func TestRoundsKeepNobodyWaiting(t *testing.T) {
	var order []int
	var waits []time.Duration
	temporary := &Fault{Temporary: true, Err: errors.New("later")}
	tries := map[int]int{}
	errs := Rounds(t.Context(), 4, RetryOptions{Tries: 4, Wait: time.Second, MaxWait: 3 * time.Second}, func(i int) error {
		order = append(order, i)
		tries[i]++
		switch {
		case i == 1 && tries[i] < 3:
			return temporary
		case i == 2:
			return &Fault{Err: errors.New("never")}
		case i == 3:
			return fmt.Errorf("wrapped: %w", temporary)
		}
		return nil
	}, func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	})
	if !slices.Equal(order, []int{0, 1, 2, 3, 1, 3, 1, 3, 3}) || !slices.Equal(waits, []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}) {
		t.Errorf("tried %v, waited %v", order, waits)
	}
	if errs[0] != nil || errs[1] != nil || IsTemporary(errs[2]) || !IsTemporary(errs[3]) {
		t.Errorf("the errors are %v", errs)
	}
	waits = nil
	Rounds(t.Context(), 2, RetryOptions{Tries: 2, Wait: time.Second, MaxWait: time.Hour}, func(i int) error {
		return &Fault{Temporary: true, After: time.Duration(i) * time.Minute, Err: errors.New("too often")}
	}, func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	})
	if !slices.Equal(waits, []time.Duration{time.Minute}) {
		t.Errorf("asked to wait a minute, waited %v", waits)
	}
	ctx, cancel := context.WithCancel(t.Context())
	errs = Rounds(ctx, 3, Default().Retry, func(i int) error {
		cancel()
		return nil
	}, noWait)
	if errs[0] != nil || !errors.Is(errs[1], context.Canceled) || !errors.Is(errs[2], context.Canceled) {
		t.Errorf("after the end the errors are %v", errs)
	}
	if err := Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting ends with %v", err)
	}
}

func TestTheSinkKeepsLetters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s, err := NewSink(dir, defaultMail())
	if err != nil {
		t.Fatal(err)
	}
	letters := []Letter{note("a@x.cn"), note("a@x.cn"), note("b+c@x.cn"), chatNote()}
	letters[3].To = "../../etc/群"
	for _, l := range letters {
		if err := s.Send(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if !slices.Equal(names, []string{"chat-.._.._etc__-0123@exa.md", "mail-a@x.cn-0123@exa.eml", "mail-b_c@x.cn-0123@exa.eml"}) {
		t.Errorf("the files are %q", names)
	}
	text, err := os.ReadFile(filepath.Join(dir, "mail-a@x.cn-0123@exa.eml"))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := mail.ReadMessage(bytes.NewReader(text)); err != nil || m.Header.Get("From") == "" {
		t.Errorf("the mail is %v, %v", m, err)
	}
	if err := s.Send(t.Context(), note("not an address")); err == nil || IsTemporary(err) {
		t.Errorf("the error is %v", err)
	}
}
