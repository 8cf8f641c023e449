package icpaudit_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
)

// Every check has a file and a variable called after its id, and stands in
// All, in the order of the catalogue.
func TestChecksAreCalledAfterTheirScenes(t *testing.T) {
	declared := map[string]string{} // id to file
	for _, s := range sources(t) {
		if s.dir != "checks" {
			continue
		}
		for variable, id := range checksIn(s.file) {
			declared[id] = s.path
			if want := "checks/" + strings.ReplaceAll(id, "-", "_") + ".go"; s.path != want {
				t.Errorf("the check %s stands in %s, not in %s", id, s.path, want)
			}
			if strings.ToLower(variable) != strings.ReplaceAll(id, "-", "") || ast.IsExported(variable) {
				t.Errorf("the variable of the check %s is called %s", id, variable)
			}
		}
	}
	var order, want []string
	for _, c := range checks.All() {
		order = append(order, string(c.ID))
		if declared[string(c.ID)] == "" {
			t.Errorf("the check %s has no file", c.ID)
		}
		delete(declared, string(c.ID))
	}
	for id, file := range declared {
		t.Errorf("the check %s of %s is not in All", id, file)
	}
	for _, scene := range load(t).Catalogue.Scenes {
		if scene.Judged {
			want = append(want, scene.ID)
		}
	}
	if !slices.Equal(order, want) {
		t.Errorf("the order of the checks is\n%v, and of the catalogue\n%v", order, want)
	}
}

// checksIn finds the checks that a file declares: variable to id.
func checksIn(file *ast.File) map[string]string {
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, value := range v.Values {
			if lit, ok := literal(value, "Check"); ok {
				found[v.Names[i].Name] = field(lit, "ID")
			}
		}
		return true
	})
	return found
}

// literal says whether an expression is a composite literal of a type of its package.
func literal(e ast.Node, typeName string) (*ast.CompositeLit, bool) {
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	name, ok := lit.Type.(*ast.Ident)
	return lit, ok && name.Name == typeName
}

// field is the text of a field of a composite literal; empty where it is no text.
func field(lit *ast.CompositeLit, name string) string {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == name {
				return textOf(kv.Value)
			}
		}
	}
	return ""
}

func textOf(e ast.Node) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return text
}

// What the catalogue calls judged has a check with the same reasons, and the
// other way round; every scene is judged.
func TestCatalogueAndChecksAgree(t *testing.T) {
	byID := map[string]checks.Check{}
	for _, c := range checks.All() {
		byID[string(c.ID)] = c
	}
	unjudged := 0
	for _, scene := range load(t).Catalogue.Scenes {
		c, ok := byID[scene.ID]
		if ok != scene.Judged {
			t.Errorf("%s: judged %v, but a check: %v", scene.ID, scene.Judged, ok)
		}
		if !scene.Judged {
			unjudged++
			continue
		}
		if string(c.Level) != scene.Level {
			t.Errorf("%s: the check is of level %s, the scene of %s", scene.ID, c.Level, scene.Level)
		}
		var reasons []string
		for _, r := range c.Reasons {
			reasons = append(reasons, r.ID)
		}
		slices.Sort(reasons)
		if !slices.Equal(reasons, scene.ReasonIDs()) {
			t.Errorf("%s: the check's reasons are %v, the catalogue's %v", scene.ID, reasons, scene.ReasonIDs())
		}
		delete(byID, scene.ID)
	}
	if unjudged != 0 {
		t.Errorf("%d scenes are not judged, want 0", unjudged)
	}
	for id := range byID {
		t.Errorf("the check %s has no scene", id)
	}
}

// Every code that a rule or a fault may carry has words. Codes that rules put
// together are held to their words by the cases of the checks.
func TestCodesHaveWords(t *testing.T) {
	words := load(t).Words
	need := func(where, code string, groups ...string) {
		if code != "" && !slices.ContainsFunc(groups, func(g string) bool { return words.Has(g, code) }) {
			t.Errorf("%s: the code %q has no words in %v", where, code, groups)
		}
	}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := literal(n, "Note"); ok && s.dir == "checks" {
				need(s.path, field(lit, "Code"), "why", "advice", "fault")
			}
			if lit, ok := literal(n, "Proof"); ok && s.dir == "checks" {
				need(s.path, field(lit, "What"), "proof")
			}
			if call, ok := n.(*ast.CallExpr); ok && s.dir == "scanner" && len(call.Args) == 2 {
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "warn" {
					need(s.path, textOf(call.Args[0]), "package")
				}
			}
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			kind, _ := v.Type.(*ast.Ident)
			for i, value := range v.Values {
				switch {
				case s.dir == "checks" && strings.HasPrefix(strings.ToLower(v.Names[i].Name), "why"):
					need(s.path, textOf(value), "why", "fault")
				case s.dir == "observe" && kind != nil && kind.Name == "FaultKind":
					need(s.path, textOf(value), "fault")
				}
			}
			return true
		})
	}
	for _, o := range checks.Outcomes() {
		need("the outcomes", string(o), "outcome")
	}
	for _, level := range []checks.Level{checks.LevelSubject, checks.LevelService, checks.LevelItem} {
		need("the levels", string(level), "level")
	}
	for _, kind := range []filing.ServiceKind{filing.Website, filing.AppService, filing.MiniProgram, filing.QuickApp} {
		need("the kinds of service", string(kind), "service-kind")
	}
}

// Words that no code asks for any more are gone from the list.
func TestWordsHaveCodes(t *testing.T) {
	said := map[string]bool{}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			said[textOf(n)] = true
			return true
		})
	}
	words := load(t).Words
	for _, group := range []string{"outcome", "level", "service-kind", "why", "proof", "fault", "advice", "package"} {
		for _, code := range words.Codes(group) {
			status, put := strings.CutPrefix(code, "holder-") // put together from the holder's status
			if !said[code] && !(put && said[status]) {
				t.Errorf("words of the group %s: nothing says %q", group, code)
			}
		}
	}
}

func load(t *testing.T) *reference.Set {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
