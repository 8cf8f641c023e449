package deliver

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// How a connection to a mail server is secured.
const (
	tlsStart = "starttls" // plain first, and no letter without STARTTLS
	tlsFull  = "tls"      // from the first byte on
	tlsNone  = "none"     // never: for a server on this machine
)

// MailOptions is the server that takes the mail.
type MailOptions struct {
	Host         string        `yaml:"host"`          // empty: no mail
	Port         int           `yaml:"port"`          // 587 for starttls, 465 for tls
	TLS          string        `yaml:"tls"`           // starttls, tls or none
	CAFile       string        `yaml:"ca_file"`       // root certificates, PEM, that are trusted instead of the system's
	Auth         string        `yaml:"auth"`          // auto, plain, login, cram-md5, scram-sha-256; counts where a user is named
	User         string        `yaml:"user"`          // empty: no authentication
	PasswordFile string        `yaml:"password_file"` // file that holds the password
	PasswordEnv  string        `yaml:"password_env"`  // else the NAME of the environment variable that holds it
	From         string        `yaml:"from"`          // address of the sender
	FromName     string        `yaml:"from_name"`     // shown with it
	Hello        string        `yaml:"hello"`         // name that the server is greeted with; empty: the machine's
	StepTimeout  time.Duration `yaml:"step_timeout"`  // of connecting and greeting, and of each answer
	Timeout      time.Duration `yaml:"timeout"`       // of one letter from first to last
}

func defaultMail() MailOptions {
	return MailOptions{Port: 587, TLS: tlsStart, Auth: "auto", FromName: "icpaudit", StepTimeout: 30 * time.Second, Timeout: 5 * time.Minute}
}

func (o MailOptions) validate(bad map[string]error) {
	within(bad, "mail.port", int64(o.Port), 1, 65535)
	oneOf(bad, "mail.tls", o.TLS, tlsStart, tlsFull, tlsNone)
	oneOf(bad, "mail.auth", o.Auth, "auto", "plain", "login", "cram-md5", "scram-sha-256")
	for key, d := range map[string]time.Duration{"mail.step_timeout": o.StepTimeout, "mail.timeout": o.Timeout} {
		if d < time.Second || d > time.Hour {
			bad[key] = fmt.Errorf("%v is not between 1s and 1h", d)
		}
	}
	if o.Hello != "" && !isHostName(o.Hello) {
		bad["mail.hello"] = fmt.Errorf("%q is no host name", o.Hello)
	}
	if o.From != "" {
		if err := checkAddress(o.From); err != nil {
			bad["mail.from"] = err
		}
	}
	if o.PasswordFile != "" && o.PasswordEnv != "" {
		bad["mail.password_env"] = errors.New("mail.password_file is given too; one is enough")
	}
	if o.Host == "" {
		return
	}
	if !isHostName(o.Host) && net.ParseIP(o.Host) == nil {
		bad["mail.host"] = fmt.Errorf("%q is neither a host name nor an address", o.Host)
	}
	if o.From == "" {
		bad["mail.from"] = errors.New("a sender's address is needed")
	}
	if o.User == "" {
		return
	}
	if o.TLS == tlsNone {
		bad["mail.user"] = errors.New("a password never travels without TLS")
	}
	if o.PasswordFile == "" && o.PasswordEnv == "" {
		bad["mail.password_file"] = errors.New("a user is named; name the password's file, or an environment variable under mail.password_env")
	}
}

// isHostName takes letters, digits, dots and hyphens.
func isHostName(text string) bool {
	return text != "" && len(text) <= 253 && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}
