package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Sink lays letters into a directory instead of sending them: mails as .eml,
// which every mail program opens, chat messages as .md.
type Sink struct {
	dir string
	o   MailOptions
}

// NewSink makes the directory where there is none.
func NewSink(dir string, o MailOptions) (*Sink, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a place for letters: %w", err)
	}
	if o.From == "" {
		o.From = "icpaudit@localhost"
	}
	return &Sink{dir, o}, nil
}

// Send writes the letter. The same letter again replaces the file of the first
// time; a file is never half a letter.
func (s *Sink) Send(_ context.Context, l Letter) error {
	write := func(w io.Writer) error { return WriteMail(w, l, s.o) }
	if l.Channel == ByChat {
		write = func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s\n\n%s", l.Subject, l.Text)
			return err
		}
	}
	file, err := os.CreateTemp(s.dir, ".letter-*")
	if err == nil {
		defer os.Remove(file.Name())
		err = errors.Join(write(file), file.Close())
	}
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(s.dir, fileName(l)))
	}
	if err != nil {
		return &Fault{To: l.To, Step: stepWrite, Err: err}
	}
	return nil
}

// fileName is made of safe characters only; the id keeps apart what they make alike.
func fileName(l Letter) string {
	safe := strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r == '@' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, l.To)
	name := string(l.Channel) + "-" + safe[:min(len(safe), 80)] + "-" + l.ID[:min(len(l.ID), 8)]
	if l.Channel == ByChat {
		return name + ".md"
	}
	return name + ".eml"
}
