package deliver

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Mailer sends letters to a mail server.
type Mailer struct {
	o        MailOptions
	password Secret
	roots    *x509.CertPool // nil: the system's
}

// NewMailer makes a mailer; the password is needed where the options name a user.
func NewMailer(o MailOptions, password Secret) (*Mailer, error) {
	m := &Mailer{o: o, password: password}
	if o.User != "" && password.IsZero() {
		return nil, errors.New("mail: a user is named, and no password given")
	}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("mail: read root certificates: %w", err)
		}
		m.roots = x509.NewCertPool()
		if !m.roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("mail: %q holds no certificate", o.CAFile)
		}
	}
	return m, nil
}

// Send hands one letter to the server, over a connection of its own. The error
// is a *Fault. A letter whose answer was lost may have arrived: the next try
// carries the same Message-ID.
func (m *Mailer) Send(ctx context.Context, l Letter) error {
	msg, err := message(l, m.o)
	if err != nil {
		return m.fault(ctx, l, stepWrite, err)
	}
	ctx, cancel := context.WithTimeout(ctx, m.o.Timeout)
	defer cancel()
	conn, stop, err := dial(ctx, net.JoinHostPort(m.o.Host, strconv.Itoa(m.o.Port)), m.o.StepTimeout)
	if err != nil {
		return m.fault(ctx, l, stepConnect, err)
	}
	defer conn.Close()
	defer stop()
	session, step, err := m.open(ctx, conn)
	if err != nil {
		return m.fault(ctx, l, step, err)
	}
	client, err := gomail.NewClient(m.o.Host, gomail.WithoutNoop(), gomail.WithoutRset())
	if err != nil {
		return m.fault(ctx, l, stepWrite, err)
	}
	if err := client.SendWithSMTPClient(session, msg); err != nil {
		return m.fault(ctx, l, stepSend, err)
	}
	// Without RSET nothing can fail after the letter was taken: how the goodbye ends matters no more.
	_ = session.Quit()
	return nil
}

// open greets, secures the connection and authenticates; step says how far it came.
func (m *Mailer) open(ctx context.Context, conn net.Conn) (session *smtp.Client, step string, err error) {
	if m.o.TLS == tlsFull {
		secure := m.secure(conn)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, stepTLS, err
		}
		conn = secure
	}
	if session, err = smtp.NewClient(conn, m.o.Host); err != nil {
		return nil, stepGreet, err
	}
	// The bounds of the connection are its own; without a registry the session can't read a refusal.
	session.ErrorHandlerRegistry = smtp.NewErrorHandlerRegistry()
	if err := session.Hello(m.hello()); err != nil {
		return nil, stepGreet, err
	}
	if m.o.TLS == tlsStart {
		if offered, _ := session.Extension("STARTTLS"); !offered {
			return nil, stepTLS, errNoStartTLS
		}
		if err := session.StartTLS(m.config()); err != nil {
			return nil, stepTLS, err
		}
	}
	if m.o.User == "" {
		return session, "", nil
	}
	_, offered := session.Extension("AUTH")
	auth, err := m.auth(offered)
	if err == nil {
		err = session.Auth(auth)
	}
	return session, stepAuth, err
}

// hello is the name that the server is greeted with.
func (m *Mailer) hello() string {
	if m.o.Hello != "" {
		return m.o.Hello
	}
	if name, err := os.Hostname(); err == nil && isHostName(name) {
		return name
	}
	return "localhost"
}
