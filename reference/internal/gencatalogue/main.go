// Gencatalogue writes docs/catalogue.md from the embedded catalogue,
// operations, words and province rules. It takes the file's name; the text
// depends on nothing else.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/icpaudit/icpaudit/reference"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gencatalogue FILE")
		os.Exit(2)
	}
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(file string) error {
	text, err := render()
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return fmt.Errorf("write the catalogue: %w", err)
	}
	return nil
}

// render is the whole document.
func render() ([]byte, error) {
	set, err := reference.Load("")
	if err != nil {
		return nil, err
	}
	d := document{set: set}
	d.head()
	d.contents()
	for _, group := range groups() {
		d.line("## %s · %s", group.name.ZH, group.name.EN)
		d.line("")
		for _, s := range set.Catalogue.Scenes {
			if s.Group == group.id {
				d.scene(s)
			}
		}
	}
	d.operations()
	d.provinces()
	return d.b.Bytes(), nil
}

// groups are the parts of the guide's chapter 2, in its order.
func groups() []struct {
	id   string
	name reference.Text
} {
	return []struct {
		id   string
		name reference.Text
	}{
		{"subject", reference.Text{ZH: "一、主体信息", EN: "Subject"}},
		{"service", reference.Text{ZH: "二、服务信息", EN: "Service"}},
		{"contact", reference.Text{ZH: "三、联系方式", EN: "Contact"}},
		{"access", reference.Text{ZH: "四、接入信息", EN: "Access"}},
	}
}

// document is the text as it grows.
type document struct {
	set *reference.Set
	b   bytes.Buffer
}

func (d *document) line(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

// both writes a text in both languages, as one item of a list.
func (d *document) both(label reference.Text, text reference.Text) {
	d.line("- **%s** %s  ", label.ZH, text.ZH)
	d.line("  **%s** %s", label.EN, text.EN)
}
