package icpaudit_test

import (
	"os/exec"
	"testing"
)

// The rules and the unit are checked by the tools they are made for, where
// those are installed.
func TestDeploy(t *testing.T) {
	for _, check := range [][]string{
		{"promtool", "check", "rules", "deploy/alerts.yml"},
		{"promtool", "test", "rules", "deploy/alerts_test.yml"},
	} {
		t.Run(check[0]+" "+check[1], func(t *testing.T) {
			if _, err := exec.LookPath(check[0]); err != nil {
				t.Skip("left out: ", err)
			}
			if out, err := exec.CommandContext(t.Context(), check[0], check[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
