package reference

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestMarksMistakesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"marks: [{id: a, kind: nice, most: 10, when: [{text: [xx]}]}]":                                                        `kind "nice"`,
		"marks: [{id: a, kind: block, most: 0, when: [{text: [xx]}]}]":                                                        "most is 0",
		"marks: [{id: a, kind: block, most: 5000, when: [{text: [xx]}]}]":                                                     "most is 5000",
		"marks: [{id: a, kind: block, most: 10}]":                                                                             "no clue",
		"marks: [{id: a, kind: block, most: 10, when: [{status: [412]}]}]":                                                    "status alone",
		"marks: [{id: a, kind: block, most: 10, when: [{text: [x]}]}]":                                                        "too short",
		"marks: [{kind: block, most: 10, when: [{text: [xx]}]}]":                                                              "an id is needed",
		"marks: [{id: a, kind: block, most: 10, when: [{text: [xx]}]}, {id: a, kind: block, most: 10, when: [{text: [xx]}]}]": "each once",
		"marks: [{id: a, kind: block, most: 10, words: 3, when: [{text: [xx]}]}]":                                             "words",
		"marks: [{id: a, kind: nice, most: 10, when: [{text: [xx]}]}, {id: b, kind: block, most: 10}]":                        "no clue",
	} {
		_, err := readMarks(fstest.MapFS{"page_marks.yaml": {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "page_marks.yaml") {
			t.Errorf("%s: got %v, want %q named", text, err, want)
		}
	}
	if _, err := readMarks(fstest.MapFS{}); err == nil {
		t.Error("a missing file was accepted")
	}
}

func TestMarksAreFolded(t *testing.T) {
	m, err := readMarks(fstest.MapFS{"page_marks.yaml": {Data: []byte("marks: [{id: a, kind: block, most: 10, when: [{text: [ABC], source: [ABC]}]}]")}})
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Marks[0].When[0]; c.Text[0] != "abc" || c.Source[0] != "ABC" {
		t.Errorf("got %+v: text is compared in lower case, the source as it is", c)
	}
}
