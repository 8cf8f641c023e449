package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheCommittedDocumentIsCurrent(t *testing.T) {
	want, err := render()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../docs/catalogue.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/catalogue.md is not what the data give: run go generate ./reference")
	}
}

func TestTheDocumentIsTheSameEveryTime(t *testing.T) {
	first, err := render()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := render()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("two renderings differ")
		}
	}
}

func TestEveryLinkHasItsAnchor(t *testing.T) {
	text, err := render()
	if err != nil {
		t.Fatal(err)
	}
	rest := string(text)
	links := 0
	for {
		_, behind, ok := strings.Cut(rest, "](#")
		if !ok {
			break
		}
		id, after, _ := strings.Cut(behind, ")")
		if !bytes.Contains(text, []byte(`<a id="`+id+`"></a>`)) {
			t.Errorf("the link to #%s leads nowhere", id)
		}
		rest = after
		links++
	}
	if links < 60 {
		t.Errorf("%d links, want one for each scene and remedy", links)
	}
}

func TestGenerateNamesTheFileThatItCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "no", "such", "folder")
	if err := generate(file); err == nil || !strings.Contains(err.Error(), "write the catalogue") {
		t.Errorf("the error is %v", err)
	}
}
