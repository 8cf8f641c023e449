package deliver

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const password = "correct horse battery staple"

// note is a letter to be sent.
func note(to string) Letter {
	return Letter{ID: "0123@example.cn", Channel: ByMail, To: to, Date: night, Subject: "主题", Text: ".a line that begins with a dot\n正文\n", HTML: "<p>正文</p>",
		Files: []File{{Name: "findings.csv", Type: "text/csv", Data: []byte("a,b\r\n")}}}
}

func mailer(t *testing.T, o MailOptions) *Mailer {
	t.Helper()
	secret := Secret{}
	if o.User != "" {
		secret = NewSecret(password)
	}
	m, err := NewMailer(o, secret)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What the server does, and what is told of it.
func TestSendingThroughMisbehaviour(t *testing.T) {
	good, root := certificate(t, "127.0.0.1")
	other, otherRoot := certificate(t, "elsewhere.example")
	_, strange := certificate(t, "127.0.0.1")
	long := "250-" + strings.Repeat("x", 60000) + "\n250 8BITMIME"
	for name, c := range map[string]struct {
		cert      *tls.Certificate
		root      string
		mode      string
		answers   map[string][]string
		user      string
		step      string // empty: the letter arrives
		code      int
		temporary bool
		unsure    bool
		taken     int
		says      string // that the error says
	}{
		"well":                           {cert: &good, root: root, taken: 1},
		"well with a password":           {cert: &good, root: root, user: "clerk", taken: 1},
		"well without TLS where allowed": {mode: tlsNone, taken: 1},
		"greylisting":                    {cert: &good, root: root, answers: says("RCPT", "451 4.7.1 come back later"), step: stepSend, code: 451, temporary: true},
		"mailbox full":                   {cert: &good, root: root, answers: says("RCPT", "452 4.2.2 full"), step: stepSend, code: 452, temporary: true},
		"recipient refused":              {cert: &good, root: root, answers: says("RCPT", "550 5.1.1 nobody here"), step: stepSend, code: 550},
		"sender refused":                 {cert: &good, root: root, answers: says("MAIL", "553 5.1.8 who are you"), step: stepSend, code: 553},
		"gone after the letter":          {cert: &good, root: root, answers: says(".", hangUp), step: stepSend, temporary: true, unsure: true, taken: 1},
		"gone before the letter":         {cert: &good, root: root, answers: says("DATA", hangUp), step: stepSend, temporary: true},
		"certificate of another name":    {cert: &other, root: otherRoot, step: stepTLS},
		"certificate of nobody known":    {cert: &good, root: strange, step: stepTLS},
		"words slipped in before TLS":    {cert: &good, root: root, answers: says("STARTTLS", "220 go\n250-AUTH PLAIN"), taken: 1},
		"gone instead of TLS":            {cert: &good, root: root, answers: says("STARTTLS", hangUp), step: stepTLS, temporary: true},
		"STARTTLS not offered":           {root: root, step: stepTLS},
		"STARTTLS out of order":          {cert: &good, root: root, answers: says("STARTTLS", "454 4.7.0 not now"), step: stepTLS, code: 454, temporary: true},
		"slow greeting":                  {root: root, answers: says("connect", hang), step: stepGreet, temporary: true},
		"greeting byte by byte":          {root: root, answers: says("connect", drip), step: stepGreet, temporary: true},
		"slow taking":                    {cert: &good, root: root, answers: says(".", hang), step: stepSend, temporary: true, unsure: true},
		"letter too large":               {cert: &good, root: root, answers: says(".", "552 5.3.4 too large"), step: stepSend, code: 552},
		"password refused":               {cert: &good, root: root, user: "clerk", answers: says("AUTH", "535 5.7.8 no"), step: stepAuth, code: 535},
		"password service out of order":  {cert: &good, root: root, user: "clerk", answers: says("AUTH", "454 4.7.0 later"), step: stepAuth, code: 454, temporary: true},
		"no way to authenticate":         {cert: &good, root: root, user: "clerk", answers: map[string][]string{"EHLO": {"", "250 here"}}, step: stepAuth},
		"closing in mid session":         {cert: &good, root: root, answers: says("MAIL", "421 4.3.2 going down"), step: stepSend, code: 421, temporary: true},
		"closing at once":                {root: root, answers: says("connect", hangUp), step: stepGreet, temporary: true},
		"busy at once":                   {root: root, answers: says("connect", "421 busy"), step: stepGreet, code: 421, temporary: true},
		"refusing at once":               {root: root, answers: says("connect", "554 no service"), step: stepGreet, code: 554},
		"long line":                      {mode: tlsNone, answers: says("EHLO", long), taken: 1},
		"line without end":               {root: root, answers: says("connect", babble), step: stepGreet, temporary: true, says: "answers are longer than"},
		"goodbye that fails":             {cert: &good, root: root, answers: says("QUIT", "500 no"), taken: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newMailServer(t, c.cert, c.answers)
			mode := c.mode
			if mode == "" {
				mode = tlsStart
			}
			o := s.options(mode, c.root)
			o.User = c.user
			for _, all := range c.answers {
				for _, a := range all {
					if a == hang || a == drip {
						o.StepTimeout, o.Timeout = 300*time.Millisecond, 600*time.Millisecond
					}
				}
			}
			err := mailer(t, o).Send(t.Context(), note("a@x.cn"))
			f, _ := errors.AsType[*Fault](err)
			switch {
			case c.step == "" && err != nil:
				t.Errorf("it failed: %v", err)
			case c.step != "" && f == nil:
				t.Errorf("it is told as %v", err)
			case c.step != "" && (f.Step != c.step || f.Code != c.code || f.Temporary != c.temporary || f.Unsure != c.unsure || f.To != "a@x.cn"):
				t.Errorf("it is told as %+v: %v", f, f)
			}
			if err != nil && (strings.Contains(err.Error(), password) || strings.ContainsAny(err.Error(), "\r\n")) {
				t.Errorf("the error is %q", err)
			}
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error is %v", err)
			}
			if got := len(s.taken()); got != c.taken {
				t.Errorf("the server has %d letters, want %d", got, c.taken)
			}
		})
	}
}

func says(verb string, answers ...string) map[string][]string {
	return map[string][]string{verb: answers}
}

// A letter whose answer was lost comes once more, and can be recognised.
func TestALostAnswerBringsTheSameLetterAgain(t *testing.T) {
	cert, root := certificate(t, "127.0.0.1")
	s := newMailServer(t, &cert, map[string][]string{".": {hangUp, "250 taken"}})
	m := mailer(t, s.options(tlsStart, root))
	errs := Rounds(t.Context(), 1, RetryOptions{Tries: 3, Wait: time.Second, MaxWait: time.Minute},
		func(int) error { return m.Send(t.Context(), note("a@x.cn")) }, func(context.Context, time.Duration) error { return nil })
	if errs[0] != nil {
		t.Fatal(errs[0])
	}
	mails := s.taken()
	if len(mails) != 2 {
		t.Fatalf("the server has %d letters", len(mails))
	}
	for _, text := range mails {
		header, _ := parts(t, []byte(text))
		if header.Get("Message-Id") != "<0123@example.cn>" {
			t.Errorf("the id is %q", header.Get("Message-Id"))
		}
	}
}

// One recipient is refused and one greylisted; all others have their letters,
// and the greylisted one in the end.
func TestOneRecipientsTroubleIsHisOwn(t *testing.T) {
	cert, root := certificate(t, "127.0.0.1")
	s := newMailServer(t, &cert, says("RCPT", "", "550 nobody", "451 later", ""))
	m := mailer(t, s.options(tlsStart, root))
	to := []string{"a@x.cn", "b@x.cn", "c@x.cn", "d@x.cn"}
	errs := Rounds(t.Context(), len(to), RetryOptions{Tries: 3, Wait: time.Second, MaxWait: time.Minute},
		func(i int) error { return m.Send(t.Context(), note(to[i])) }, func(context.Context, time.Duration) error { return nil })
	for i, err := range errs {
		if refused := i == 1; (err != nil) != refused || IsTemporary(err) {
			t.Errorf("%s: %v", to[i], err)
		}
	}
	if n := len(s.taken()); n != 3 || len(s.rcpts) != 5 {
		t.Errorf("the server has %d letters after %d recipients", n, len(s.rcpts))
	}
}

func TestACancelledLetterEndsAtOnce(t *testing.T) {
	s := newMailServer(t, nil, says("connect", hang))
	o := s.options(tlsNone, "")
	o.StepTimeout, o.Timeout = time.Hour, time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := mailer(t, o).Send(ctx, note("a@x.cn")); !errors.Is(err, context.Canceled) || !IsTemporary(err) {
		t.Errorf("the error is %v", err)
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := defaultMail()
	o.Host, o.Port, o.From = "127.0.0.1", l.Addr().(*net.TCPAddr).Port, "audit@example.cn"
	l.Close()
	err = mailer(t, o).Send(t.Context(), note("a@x.cn"))
	if f, ok := errors.AsType[*Fault](err); !ok || f.Step != stepConnect || !f.Temporary || f.Unsure {
		t.Errorf("the error is %v", err)
	}
	if err := mailer(t, o).Send(t.Context(), note("a@x.cn\r\nRCPT TO:<b@x.cn>")); err == nil || IsTemporary(err) {
		t.Errorf("an address with a line end: %v", err)
	}
}

// backend is a server of another make, that keeps what it takes.
type backend struct {
	mu    sync.Mutex
	mails []string
}

type session struct {
	b    *backend
	user bool
}

func (b *backend) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{b: b}, nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != "clerk" || pass != password {
			return smtp.ErrAuthFailed
		}
		s.user = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.user {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.mails = append(s.b.mails, string(text))
	return err
}

func (s *session) Reset() {}

func (s *session) Logout() error { return nil }

// A letter arrives byte by byte through a server of another make, by STARTTLS
// and by TLS, with a password and within a size.
func TestALetterArrivesWhole(t *testing.T) {
	cert, root := certificate(t, "127.0.0.1")
	for _, mode := range []string{tlsStart, tlsFull} {
		t.Run(mode, func(t *testing.T) {
			b := &backend{}
			server := smtp.NewServer(b)
			server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
			server.MaxMessageBytes = 100 << 10
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			port := l.Addr().(*net.TCPAddr).Port
			if mode == tlsFull {
				l = tls.NewListener(l, server.TLSConfig)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = server.Serve(l)
			}()
			t.Cleanup(func() {
				server.Close()
				<-done
			})
			o := defaultMail()
			o.Host, o.Port, o.TLS, o.CAFile, o.From, o.User = "127.0.0.1", port, mode, root, "audit@example.cn", "clerk"
			if err := mailer(t, o).Send(t.Context(), note("a@x.cn")); err != nil {
				t.Fatal(err)
			}
			header, leaves := parts(t, []byte(b.mails[0]))
			if leaves["text/plain"] != strings.ReplaceAll(note("").Text, "\n", "\r\n") || leaves["text/html"] != note("").HTML || leaves["text/csv"] != "a,b\r\n" {
				t.Errorf("the letter holds %q", leaves)
			}
			if header.Get("Auto-Submitted") != "auto-generated" || header.Get("To") != "<a@x.cn>" {
				t.Errorf("its headers are %v", header)
			}
			large := note("a@x.cn")
			large.Files[0].Data = bytes.Repeat([]byte("x"), 200<<10)
			err = mailer(t, o).Send(t.Context(), large)
			if f, ok := errors.AsType[*Fault](err); !ok || f.Code != 552 || f.Temporary {
				t.Errorf("a letter that is too large: %v", err)
			}
			wrong, err := NewMailer(o, NewSecret("wrong"))
			if err != nil {
				t.Fatal(err)
			}
			err = wrong.Send(t.Context(), note("a@x.cn"))
			if f, ok := errors.AsType[*Fault](err); !ok || f.Code != 535 || f.Temporary || f.Step != stepAuth {
				t.Errorf("a wrong password: %v", err)
			}
		})
	}
}
