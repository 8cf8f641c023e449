package deliver

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
)

// Writer turns drafts into letters.
type Writer struct {
	o     Options
	run   Run
	today string
	kinds []Attachment
	texts map[string]*template.Template     // subject, text and chat, by name and language
	pages map[string]*htmltemplate.Template // by language
}

// NewWriter makes a writer of letters about a run, from the templates of the
// reference data. headers are those of the CSV: zh or key. further are
// attachments besides the CSV.
func NewWriter(ref *reference.Set, o Options, run Run, headers string, further ...Attachment) (*Writer, error) {
	w := &Writer{o: o, run: run, today: run.day(), texts: map[string]*template.Template{}, pages: map[string]*htmltemplate.Template{}}
	tellers := map[string]*report.Teller{}
	var bad []error
	for _, lang := range []string{"zh", "en"} {
		tellers[lang] = report.NewTeller(ref, checks.DefaultPolicy(), lang, run.Started)
		for _, name := range []string{"subject", "text", "chat"} {
			file := name + "." + lang + ".tmpl"
			t, err := template.New(file).Option("missingkey=error").Parse(ref.Letters.Of(file))
			w.texts[name+"."+lang] = t
			bad = append(bad, err)
		}
		file := "html." + lang + ".tmpl"
		page, err := htmltemplate.New(file).Option("missingkey=error").Parse(ref.Letters.Of(file))
		w.pages[lang] = page
		bad = append(bad, err)
	}
	if err := errors.Join(bad...); err != nil {
		return nil, fmt.Errorf("read letter templates: %w", err)
	}
	w.kinds = append([]Attachment{csvAttachment(tellers, headers)}, further...)
	return w, w.try()
}

// try writes a letter of every kind without rows, so that a broken template is
// found before anybody waits for mail.
func (w *Writer) try() error {
	for _, lang := range []string{"zh", "en"} {
		for _, channel := range []Channel{ByMail, ByChat} {
			if _, err := w.Write(Draft{Channel: channel, Lang: lang, Rows: []report.Row{{}}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Write writes the letter of a draft.
func (w *Writer) Write(d Draft) (Letter, error) {
	l := Letter{ID: messageID(w.run, d, w.o.Mail.From), Channel: d.Channel, To: d.To, Teams: d.Teams, Date: w.run.Started}
	if d.Channel == ByChat {
		return l, w.writeChat(d, &l)
	}
	a, err := attach(w.kinds, d.Lang, d.Rows, w.o.AttachLimit, w.run.Started)
	if err != nil {
		return l, fmt.Errorf("write letter to %s: %w", d.To, err)
	}
	l.Files = a.files
	v := w.viewOf(d, w.o.BodyRows, a, asIs)
	if err := w.subject(d, v, &l); err != nil {
		return l, err
	}
	if l.Text, err = w.text("text", d.Lang, v); err != nil {
		return l, err
	}
	var page bytes.Buffer
	if err := w.pages[d.Lang].Execute(&page, v); err != nil {
		return l, fmt.Errorf("write letter to %s: %w", d.To, err)
	}
	l.HTML = page.String()
	return l, nil
}

// writeChat writes as many rows as the chat's limit leaves room for, and says
// how many are not shown.
func (w *Writer) writeChat(d Draft, l *Letter) error {
	limit := limitsOf("").text
	if i := slices.IndexFunc(w.o.Chats, func(c ChatOptions) bool { return c.Name == d.To }); i >= 0 {
		limit = limitsOf(w.o.Chats[i].Kind).text
	}
	for rows := min(len(d.Rows), w.o.BodyRows, 50); ; rows-- {
		v := w.viewOf(d, rows, attachments{}, chatSafe)
		text, err := w.text("chat", d.Lang, v)
		if err != nil {
			return err
		}
		if rows > 0 && len(text) > limit {
			continue
		}
		l.Text = cutBytes(text, limit)
		return w.subject(d, v, l)
	}
}

func (w *Writer) subject(d Draft, v view, l *Letter) error {
	text, err := w.text("subject", d.Lang, v)
	l.Subject = report.Clean(text, longestSubject)
	return err
}

func (w *Writer) text(name, lang string, v view) (string, error) {
	var b strings.Builder
	if err := w.texts[name+"."+lang].Execute(&b, v); err != nil {
		return "", fmt.Errorf("write letter: %w", err)
	}
	return strings.TrimSpace(b.String()) + "\n", nil
}

// cutBytes bounds a text to n bytes of whole characters, the cut visible.
func cutBytes(text string, n int) string {
	const mark = "…"
	if len(text) <= n {
		return text
	}
	end := n - len(mark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}
