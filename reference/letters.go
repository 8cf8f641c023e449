package reference

import (
	"fmt"
	"io"
	"io/fs"
)

// longestTemplate bounds a template, in bytes.
const longestTemplate = 256 << 10

// Letters are the templates of mails and chat messages. An operator may replace
// each; what stands in them is parsed by who writes letters.
type Letters struct{ texts map[string]string }

// LetterFiles lists the templates, by their names under letters/.
func LetterFiles() []string {
	return []string{
		"subject.zh.tmpl", "subject.en.tmpl", "text.zh.tmpl", "text.en.tmpl", "html.zh.tmpl", "html.en.tmpl", "chat.zh.tmpl", "chat.en.tmpl",
		"wecom.json.tmpl", "dingtalk.json.tmpl", "feishu.json.tmpl", "generic.json.tmpl",
	}
}

// Of returns the text of a template; empty where there is none of that name.
func (l *Letters) Of(name string) string { return l.texts[name] }

func readLetters(fsys fs.FS) (*Letters, error) {
	l := &Letters{texts: map[string]string{}}
	for _, name := range LetterFiles() {
		text, err := readBounded(fsys, "letters/"+name, longestTemplate)
		if err != nil {
			return nil, err
		}
		l.texts[name] = text
	}
	return l, nil
}

// readBounded reads a file that must not be empty nor longer than longest bytes.
func readBounded(fsys fs.FS, name string, longest int64) (string, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longest+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", name, err)
	case len(text) == 0:
		return "", fmt.Errorf("%s: the file is empty", name)
	case int64(len(text)) > longest:
		return "", fmt.Errorf("%s: longer than %d bytes", name, longest)
	}
	return string(text), nil
}
