package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// postOffice is a mail server that keeps who got what, and greylists once.
type postOffice struct {
	mu       sync.Mutex
	greylist map[string]bool
	letters  map[string][]string // by recipient
	pause    time.Duration       // before a letter is answered
	refuse   string              // recipient whom it does not know
}

type counter struct {
	p  *postOffice
	to string
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{p: p}, nil }

func (c *counter) Mail(string, *smtp.MailOptions) error { return nil }

func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if to == c.p.refuse {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	if c.p.greylist[to] {
		c.p.greylist[to] = false
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come back later"}
	}
	c.to = to
	return nil
}

func (c *counter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	<-time.After(c.p.pause)
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	c.p.letters[c.to] = append(c.p.letters[c.to], string(text))
	return err
}

func (c *counter) Reset() {}

func (c *counter) Logout() error { return nil }

// From the lines of an audit to letterboxes and a chat, through the program
// itself: each recipient has one letter, the greylisted one too.
func TestNotifyDelivers(t *testing.T) {
	office := &postOffice{greylist: map[string]bool{"b@example.com": true}, letters: map[string][]string{}}
	server := smtp.NewServer(office)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	defer func() {
		server.Close()
		<-done
	}()
	var said []string
	chat := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		said = append(said, string(text))
		io.WriteString(w, `{"code":0}`)
	}))
	defer chat.Close()
	t.Setenv("ICPAUDIT_TEST_ROOM", chat.URL+"/open-apis/bot/v2/hook/0123456789")

	dir := t.TempDir()
	lines := `{"type":"run","schema":2,"started":"2026-11-24T02:00:00+08:00","inventory":"x.csv","policy":{}}` + "\n"
	for owner, name := range map[string]string{"甲": "one.cn", "乙": "two.cn"} {
		lines += `{"type":"finding","scene":"domain-expired","level":"item","item":"` + name + `","subject":"1","name":"` + name + `","outcome":"deficient","reason":"expired","proofs":[{"what":"expiry"}],"owner":"` + owner + `"}` + "\n"
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("findings.jsonl", lines+`{"type":"totals"}`+"\n")
	settings := write("config.yaml", `deliver:
  retry: {tries: 2, wait: 1s}
  mail: {host: 127.0.0.1, port: `+strconv.Itoa(l.Addr().(*net.TCPAddr).Port)+`, tls: none, from: audit@example.com}
  chats: [{name: room, kind: feishu, url_env: ICPAUDIT_TEST_ROOM}]
  teams:
    - {name: A, to: [a@example.com], owners: [甲]}
    - {name: B, to: [b@example.com], chats: [room], owners: [乙]}
`)
	var out, errs bytes.Buffer
	if code := run([]string{"--config", settings, "notify", "--from", dir}, &out, &errs); code != exitGood {
		t.Fatalf("exit code %d\n%s%s", code, &out, &errs)
	}
	if n := strings.Count(out.String(), "已送达"); n != 3 {
		t.Errorf("it tells of %d letters:\n%s", n, &out)
	}
	for _, to := range []string{"a@example.com", "b@example.com"} {
		if len(office.letters[to]) != 1 {
			t.Errorf("%s has %d letters", to, len(office.letters[to]))
		}
	}
	if len(office.letters) != 2 || len(said) != 1 || !strings.Contains(said[0], "two.cn") || strings.Contains(said[0], "one.cn") ||
		slices.ContainsFunc(said, func(s string) bool { return !strings.Contains(s, `"msg_type": "interactive"`) }) {
		t.Errorf("letters to %d, and the room hears %q", len(office.letters), said)
	}
}
