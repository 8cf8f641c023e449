package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// mistake is one thing wrong in a YAML file.
type mistake struct {
	line int // 0: not known
	path string
	text string
}

func (m mistake) String() string {
	return fmt.Sprintf("line %d: %s: %s", m.line, m.path, m.text)
}

// strictly compares a YAML file with the shape of a value: unknown keys and
// values of the wrong type, all of them. (The decoder itself stops at the first.)
func strictly(data []byte, shape any) ([]mistake, *ast.File) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return []mistake{{path: "(whole file)", text: yaml.FormatError(err, false, true)}}, nil
	}
	var all []mistake
	for i, doc := range file.Docs {
		if empty(doc) {
			continue
		}
		if i > 0 {
			all = append(all, mistake{doc.Body.GetToken().Position.Line, "(second document)", "the file holds one document"})
			break
		}
		all = append(all, compare(doc.Body, reflect.TypeOf(shape), "")...)
	}
	return all, file
}

// empty says whether a document holds nothing but comments.
func empty(doc *ast.DocumentNode) bool {
	if doc.Body == nil {
		return true
	}
	kind := doc.Body.Type()
	return kind == ast.NullType || kind == ast.CommentType
}

func compare(node ast.Node, want reflect.Type, path string) []mistake {
	if node == nil || node.Type() == ast.NullType {
		return []mistake{{path: path, text: "the key has no value: leave it out to keep the default"}}
	}
	switch {
	case want.Kind() == reflect.Struct && !decodesItself(want):
		return compareStruct(node, want, path)
	case want.Kind() == reflect.Map:
		return compareMap(node, want, path)
	case want.Kind() == reflect.Slice && !decodesItself(want):
		list, ok := node.(*ast.SequenceNode)
		if !ok {
			return []mistake{at(node, path, "a list is wanted here")}
		}
		var all []mistake
		for i, v := range list.Values {
			all = append(all, compare(v, want.Elem(), path+"["+strconv.Itoa(i)+"]")...)
		}
		return all
	}
	if err := yaml.NodeToValue(node, reflect.New(want).Interface()); err != nil {
		text, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
		return []mistake{at(node, path, text)}
	}
	return nil
}

// decodesItself says whether a type reads its own text, such as a time or an address.
func decodesItself(t reflect.Type) bool {
	_, ok := reflect.New(t).Interface().(interface{ UnmarshalText([]byte) error })
	return ok
}

func compareStruct(node ast.Node, want reflect.Type, path string) []mistake {
	entries, ok := entriesOf(node)
	if !ok {
		return []mistake{at(node, path, "keys with values are wanted here")}
	}
	fields := map[string]reflect.Type{}
	for i := range want.NumField() {
		key, _, _ := strings.Cut(want.Field(i).Tag.Get("yaml"), ",")
		fields[key] = want.Field(i).Type
	}
	var all []mistake
	for _, e := range entries {
		key := e.Key.String()
		under := strings.TrimPrefix(path+"."+key, ".")
		field, known := fields[key]
		if !known {
			all = append(all, at(e.Key, under, "unknown key"))
			continue
		}
		all = append(all, compare(e.Value, field, under)...)
	}
	return all
}

func compareMap(node ast.Node, want reflect.Type, path string) []mistake {
	entries, ok := entriesOf(node)
	if !ok {
		return []mistake{at(node, path, "keys with values are wanted here")}
	}
	var all []mistake
	for _, e := range entries {
		all = append(all, compare(e.Value, want.Elem(), strings.TrimPrefix(path+"."+e.Key.String(), "."))...)
	}
	return all
}

func entriesOf(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func at(node ast.Node, path, text string) mistake {
	if path == "" {
		path = "(whole file)"
	}
	return mistake{node.GetToken().Position.Line, path, text}
}

// lineOf finds the line of a path; 0 where the file does not hold it.
func lineOf(file *ast.File, path string) int {
	if file == nil {
		return 0
	}
	p, err := yaml.PathString("$." + path)
	if err != nil {
		return 0
	}
	node, err := p.FilterFile(file)
	if err != nil || node == nil {
		return 0
	}
	return node.GetToken().Position.Line
}
