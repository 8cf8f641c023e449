package deliver

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/icpaudit/icpaudit/report"
)

// message makes the mail of a letter. Every text that goes into a header is
// cleaned here once more, whatever wrote it.
func message(l Letter, o MailOptions) (*gomail.Msg, error) {
	if err := checkAddress(l.To); err != nil {
		return nil, fmt.Errorf("make mail: %w", err)
	}
	// Base64: Chinese text in quoted-printable is more than twice as long.
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingB64))
	m.FromMailAddress(&mail.Address{Name: headerText(o.FromName, longestName), Address: o.From})
	m.ToMailAddress(&mail.Address{Address: l.To})
	m.Subject(headerText(l.Subject, longestSubject))
	m.SetMessageIDWithValue(l.ID)
	m.SetDateWithValue(beijing(l.Date))
	// Nobody's holiday notice shall answer, and no filter take it for a person's letter.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBulk()
	m.SetBodyString(gomail.TypeTextPlain, crlf(l.Text))
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, crlf(l.HTML))
	}
	for _, f := range l.Files {
		m.AttachReadSeeker(f.Name, bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(f.Type)))
	}
	return m, nil
}

// headerText is clean text of one line that no reader takes for an encoded word.
func headerText(text string, longest int) string {
	return strings.ReplaceAll(report.Clean(text, longest), "=?", "= ?")
}

// crlf ends lines as mail does (RFC 2046, section 4.1.1); within Base64 nobody
// else does it.
func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// WriteMail writes the mail of a letter as it would travel: an .eml file.
func WriteMail(w io.Writer, l Letter, o MailOptions) error {
	m, err := message(l, o)
	if err != nil {
		return err
	}
	if _, err := m.WriteTo(w); err != nil {
		return fmt.Errorf("write mail to %s: %w", l.To, err)
	}
	return nil
}
