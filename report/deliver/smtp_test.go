package deliver

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// certificate makes a certificate for a name, and the file that holds its root.
func certificate(t *testing.T, name string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// mailServer is a mail server that does as it is told: for each verb it has
// answers, used up one after the other; the last one stays.
type mailServer struct {
	t       *testing.T
	l       net.Listener
	cert    *tls.Certificate // nil: offers no STARTTLS
	answers map[string][]string
	quit    chan struct{}

	mu    sync.Mutex
	mails []string // that were accepted, with dots as they came
	rcpts []string
	conns sync.WaitGroup
}

// What a server may do besides answering.
const (
	hangUp = "hang up"
	hang   = "hang"   // says nothing till the test ends
	babble = "babble" // a reply without end
	drip   = "drip"   // a byte now and then, for ever
)

func newMailServer(t *testing.T, cert *tls.Certificate, answers map[string][]string) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{t: t, l: l, cert: cert, answers: answers, quit: make(chan struct{})}
	s.conns.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		close(s.quit)
		l.Close()
		s.conns.Wait()
	})
	return s
}

// answer is what is said to a verb, else the usual.
func (s *mailServer) answer(verb, usual string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.answers[verb]
	if len(all) == 0 {
		return usual
	}
	if len(all) > 1 {
		s.answers[verb] = all[1:]
	}
	if all[0] == "" {
		return usual
	}
	return all[0]
}

// say says an answer; false ends the session.
func (s *mailServer) say(conn net.Conn, text string) bool {
	switch text {
	case hangUp:
		return false
	case hang:
		<-s.quit
		return false
	case babble:
		line := strings.Repeat("x", 4096)
		for {
			if _, err := fmt.Fprint(conn, line); err != nil {
				return false
			}
		}
	case drip:
		for {
			select {
			case <-s.quit:
				return false
			case <-time.After(50 * time.Millisecond):
			}
			if _, err := fmt.Fprint(conn, "2"); err != nil {
				return false
			}
		}
	}
	_, err := fmt.Fprint(conn, strings.ReplaceAll(text, "\n", "\r\n")+"\r\n")
	return err == nil && !strings.HasPrefix(text, "421")
}

func (s *mailServer) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	if !s.say(conn, s.answer("connect", "220 here")) {
		return
	}
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb = strings.ToUpper(verb); verb {
		case "EHLO":
			usual := "250-here\n250-AUTH PLAIN LOGIN\n250 8BITMIME"
			if _, secure := conn.(*tls.Conn); s.cert != nil && !secure {
				usual = "250-here\n250-STARTTLS\n250 8BITMIME"
			}
			if !s.say(conn, s.answer(verb, usual)) {
				return
			}
		case "STARTTLS":
			if !s.say(conn, s.answer(verb, "220 go")) {
				return
			}
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*s.cert}})
			r = bufio.NewReader(conn)
		case "AUTH":
			if !s.say(conn, s.answer(verb, "235 welcome")) {
				return
			}
		case "DATA":
			if !s.data(conn, r) {
				return
			}
		case "RCPT":
			s.mu.Lock()
			s.rcpts = append(s.rcpts, rest)
			s.mu.Unlock()
			if !s.say(conn, s.answer(verb, "250 good")) {
				return
			}
		case "QUIT":
			s.say(conn, s.answer(verb, "221 bye"))
			return
		default:
			if !s.say(conn, s.answer(verb, "250 good")) {
				return
			}
		}
	}
}

// data takes a letter. What is answered to "." beginning with 2, or hanging up
// there, means that it was taken.
func (s *mailServer) data(conn net.Conn, r *bufio.Reader) bool {
	usual := s.answer("DATA", "354 go on")
	if !s.say(conn, usual) || !strings.HasPrefix(usual, "354") {
		return !strings.HasPrefix(usual, "421") && usual != hangUp
	}
	var text strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(line)
	}
	answer := s.answer(".", "250 taken")
	if answer == hangUp || strings.HasPrefix(answer, "2") {
		s.mu.Lock()
		s.mails = append(s.mails, text.String())
		s.mu.Unlock()
	}
	return s.say(conn, answer)
}

// taken lists the letters that the server accepted.
func (s *mailServer) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mails...)
}

// options are the options of a client of the server.
func (s *mailServer) options(mode, root string) MailOptions {
	o := defaultMail()
	o.Host, o.Port, o.TLS, o.CAFile, o.From = "127.0.0.1", s.l.Addr().(*net.TCPAddr).Port, mode, root, "audit@example.cn"
	o.StepTimeout, o.Timeout = 5*time.Second, 10*time.Second
	return o
}
