package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
)

// Bounds of one request to a chat.
const (
	chatTimeout   = 20 * time.Second
	longestAnswer = 64 << 10 // bytes
)

// Chat writes letters into one room of a work chat.
type Chat struct {
	o       ChatOptions
	address *url.URL
	secret  Secret
	hidden  []Secret // the secret, the address and its parts: they stand in no error
	body    *template.Template
	client  *http.Client
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	turn    chan struct{} // holds one thing while a message is on its way
	last    time.Time     // of the last message: robots are silenced that speak too often
}

// NewChat makes a chat from what the configuration names. now and wait are the
// clock. Several goroutines may use a Chat: one message goes out after the other.
func NewChat(ref *reference.Set, o ChatOptions, address, secret Secret, now func() time.Time, wait func(context.Context, time.Duration) error) (*Chat, error) {
	fail := func(err error) (*Chat, error) { return nil, fmt.Errorf("chat %s: %w", o.Name, err) }
	u, err := url.Parse(address.text)
	if err != nil || u.Host == "" || u.User != nil {
		return fail(errors.New("the robot's address is no URL"))
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return fail(errors.New("the robot's address has to begin with https://"))
	}
	file := o.Kind + ".json.tmpl"
	body, err := template.New(file).Option("missingkey=error").Funcs(template.FuncMap{"json": quote}).Parse(ref.Letters.Of(file))
	if err != nil {
		return fail(err)
	}
	c := &Chat{o: o, address: u, secret: secret, hidden: secretParts(u, address, secret), body: body, now: now, wait: wait, turn: make(chan struct{}, 1)}
	c.client = &http.Client{
		Timeout:       chatTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true, MaxResponseHeaderBytes: longestAnswer, ForceAttemptHTTP2: true},
	}
	_, err = c.request(Letter{ID: "0", Subject: "x", Text: "x"}, now())
	if err != nil {
		return fail(err)
	}
	return c, nil
}

// secretParts lists what may not be shown: any part of a robot's address may be
// its key.
func secretParts(u *url.URL, whole ...Secret) []Secret {
	parts := append([]Secret{}, whole...)
	for _, values := range u.Query() {
		for _, v := range values {
			parts = append(parts, Secret{v})
		}
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if len(segment) >= 8 {
			parts = append(parts, Secret{segment})
		}
	}
	return parts
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// quote writes a text as JSON; < and > stay readable, which counts against limits.
func quote(text string) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(text)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// request makes the body of a letter's request at a time.
func (c *Chat) request(l Letter, at time.Time) ([]byte, error) {
	data := struct{ ID, To, Subject, Text, Timestamp, Sign string }{
		ID: l.ID, To: l.To, Subject: report.Clean(l.Subject, longestSubject), Text: l.Text, Timestamp: strconv.FormatInt(at.Unix(), 10),
	}
	if c.o.Kind == kindFeishu && !c.secret.IsZero() {
		data.Timestamp, data.Sign = feishuSign(c.secret, at)
	}
	var b bytes.Buffer
	if err := c.body.Execute(&b, data); err != nil {
		return nil, err
	}
	limit := limitsOf(c.o.Kind).body
	switch {
	case !json.Valid(b.Bytes()):
		return nil, fmt.Errorf("template %s makes no JSON", c.body.Name())
	case b.Len() > limit:
		return nil, fmt.Errorf("the message has %d bytes, %d are taken", b.Len(), limit)
	}
	return b.Bytes(), nil
}

// Send writes one letter into the room. The error is a *Fault.
func (c *Chat) Send(ctx context.Context, l Letter) error {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return &Fault{To: l.To, Step: stepSend, Temporary: true, Err: ctx.Err()}
	}
	if pause := limitsOf(c.o.Kind).pause - c.now().Sub(c.last); !c.last.IsZero() && pause > 0 {
		if err := c.wait(ctx, pause); err != nil {
			return &Fault{To: l.To, Step: stepSend, Temporary: true, Err: err}
		}
	}
	at := c.now()
	c.last = at
	body, err := c.request(l, at)
	if err != nil {
		return &Fault{To: l.To, Step: stepWrite, Err: err}
	}
	address := c.address
	if c.o.Kind == kindDingtalk && !c.secret.IsZero() {
		address = signURL(c.address, c.secret, at)
	}
	ctx, cancel := context.WithTimeout(ctx, chatTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return &Fault{To: l.To, Step: stepWrite, Err: errors.New("the robot's address can't be asked")}
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "icpaudit")
	if c.o.Kind == kindGeneric {
		signHeader(r.Header, c.secret, l, at, body)
	}
	answer, err := c.client.Do(r)
	if err != nil {
		return c.lineFault(l, err)
	}
	defer answer.Body.Close()
	return c.answer(l, answer, at)
}
