package checks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
)

// What a page says is for a person to judge: the rules on content never call
// anything deficient, neither by their source nor on any page that we have.
func TestContentIsNeverDeficient(t *testing.T) {
	for _, name := range []string{"content.go", "content_violation.go", "content_out_of_scope.go", "organisation.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && (id.Name == "deficient" || id.Name == "Deficient") {
				t.Errorf("%s speaks of %s", name, id.Name)
			}
			return true
		})
	}
	ref := load(t)
	for _, half := range []string{"tuning", "held", "hard", "later", "fresh"} {
		for _, p := range labelledPages(t, half) {
			for scene, f := range p.judge(t, ref) {
				switch f.Outcome {
				case checks.Pass, checks.Unverifiable:
				case checks.Suspected:
					if f.Why == nil || f.Why.Code != "person-decides" || len(f.Advice) == 0 || len(f.Proofs) == 0 {
						t.Errorf("%s, %s: nothing tells a person what to decide: %+v", p.name, scene, f)
					}
				default:
					t.Errorf("%s, %s: %s", p.name, scene, f.Outcome)
				}
			}
		}
	}
}
