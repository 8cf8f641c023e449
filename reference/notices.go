package reference

import (
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	texttemplate "text/template"
)

// Notices are the templates of the notice to a filer, in each language as text
// and as HTML. What they may show is report.Notice.
type Notices struct {
	text map[string]*texttemplate.Template
	html map[string]*htmltemplate.Template
}

// Text is the template of the notice as plain text.
func (n *Notices) Text(lang string) *texttemplate.Template { return n.text[lang] }

// HTML is the template of the notice as one page; it escapes what it is given.
func (n *Notices) HTML(lang string) *htmltemplate.Template { return n.html[lang] }

func readNotices(fsys fs.FS) (*Notices, error) {
	n := &Notices{text: map[string]*texttemplate.Template{}, html: map[string]*htmltemplate.Template{}}
	funcs := map[string]any{"inc": func(n int) int { return n + 1 }}
	for _, lang := range []string{"zh", "en"} {
		text, err := fs.ReadFile(fsys, "notice_"+lang+".txt")
		if err != nil {
			return nil, err
		}
		if n.text[lang], err = texttemplate.New("notice_" + lang + ".txt").Funcs(funcs).Parse(string(text)); err != nil {
			return nil, fmt.Errorf("read notice_%s.txt: %w", lang, err)
		}
		page, err := fs.ReadFile(fsys, "notice_"+lang+".html")
		if err != nil {
			return nil, err
		}
		if n.html[lang], err = htmltemplate.New("notice_" + lang + ".html").Funcs(funcs).Parse(string(page)); err != nil {
			return nil, fmt.Errorf("read notice_%s.html: %w", lang, err)
		}
	}
	return n, nil
}
