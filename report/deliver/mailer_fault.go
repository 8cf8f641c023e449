package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/icpaudit/icpaudit/report"
)

// longestReason bounds what is shown of others' words about a failure, in runes.
const longestReason = 300

// The steps of sending.
const (
	stepWrite   = "write"
	stepConnect = "connect"
	stepGreet   = "greet"
	stepTLS     = "tls"
	stepAuth    = "authenticate"
	stepSend    = "send"
)

var errNoStartTLS = errors.New("the server offers no STARTTLS; a letter never travels in the clear unless mail.tls is none")

func (m *Mailer) config() *tls.Config {
	return &tls.Config{ServerName: m.o.Host, RootCAs: m.roots, MinVersion: tls.VersionTLS12}
}

func (m *Mailer) secure(conn net.Conn) *tls.Conn { return tls.Client(conn, m.config()) }

// auth is the way to authenticate: the one that is configured, or the strongest
// that the server offers.
func (m *Mailer) auth(offered string) (smtp.Auth, error) {
	user, password := m.o.User, m.password.text
	ways := []struct {
		name, mechanism string
		make            func() smtp.Auth
	}{
		{"scram-sha-256", "SCRAM-SHA-256", func() smtp.Auth { return smtp.ScramSHA256Auth(user, password) }},
		{"cram-md5", "CRAM-MD5", func() smtp.Auth { return smtp.CRAMMD5Auth(user, password) }},
		{"plain", "PLAIN", func() smtp.Auth { return smtp.PlainAuth("", user, password, m.o.Host, false) }},
		{"login", "LOGIN", func() smtp.Auth { return smtp.LoginAuth(user, password, m.o.Host, false) }},
	}
	has := strings.Fields(strings.ToUpper(offered))
	for _, w := range ways {
		if (m.o.Auth == "auto" || m.o.Auth == w.name) && slices.Contains(has, w.mechanism) {
			return w.make(), nil
		}
	}
	return nil, fmt.Errorf("the server offers %q; %s is wanted", report.Clean(offered, 100), m.o.Auth)
}

// fault says what a failure means for the next try.
func (m *Mailer) fault(ctx context.Context, l Letter, step string, err error) *Fault {
	f := &Fault{To: l.To, Step: step, Err: errors.New(report.Clean(m.password.hide(err.Error()), longestReason))}
	if ended := ctx.Err(); ended != nil {
		f.Err = ended
	}
	letter, sent := errors.AsType[*gomail.SendError](err)
	if sent {
		f.Code = letter.ErrorCode()
	}
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		f.Code = answer.Code
	}
	if f.Code != 0 {
		f.Temporary = f.Code < 500
		return f
	}
	f.Temporary = passes(step, err)
	// All of the letter had gone out when the line broke.
	f.Unsure = sent && letter.Reason == gomail.ErrSMTPDataClose
	return f
}

// passes says whether a failure without an answer may pass by itself: what the
// line did may, what a certificate or the configuration says needs a person.
func passes(step string, err error) bool {
	unknown, dns := errors.AsType[*net.DNSError](err)
	switch step {
	case stepWrite:
		return false
	case stepConnect:
		return !dns || !unknown.IsNotFound
	case stepTLS, stepAuth:
		_, timed := errors.AsType[*net.OpError](err)
		_, much := errors.AsType[errTooMuch](err)
		_, alert := errors.AsType[tls.AlertError](err)
		return (timed && !alert) || much || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
	return true
}
