package audit

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/icpaudit/icpaudit/checks"
)

// namespaceEnv makes this test binary the one inside a network of its own.
const namespaceEnv = "ICPAUDIT_NAMESPACE"

// faultDomains is how many domains are audited: ICPAUDIT_FAULT_DOMAINS in a
// soak, else a few hundred.
func faultDomains() int {
	n, err := strconv.Atoi(os.Getenv("ICPAUDIT_FAULT_DOMAINS"))
	if err != nil {
		return 240
	}
	return n
}

// TestFaultsOfOurOwn audits a few hundred synthetic domains in a network of
// its own (a network namespace, where only the loopback device is), and puts
// this machine's own faults on it at half of the first pass. None of them makes
// a finding deficient that was not so without it, and every item ends.
func TestFaultsOfOurOwn(t *testing.T) {
	if os.Getenv(namespaceEnv) != "" {
		faultsInside(t)
		return
	}
	if testing.Short() {
		t.Skip("takes a minute; leave -short out")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("left out: there is no ip command (iproute2) to cut a network with")
	}
	try := exec.Command("ip", "link", "set", "lo", "up")
	try.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if out, err := try.CombinedOutput(); err != nil {
		t.Skipf("left out: no network namespace can be made here: %v %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFaultsOfOurOwn$", "-test.v")
	cmd.Env = append(os.Environ(), namespaceEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("inside: %v", err)
	}
}

func (f trouble) turn(begin bool) error {
	if f.call != nil {
		return f.call(begin)
	}
	commands := f.end
	if begin {
		commands = f.begin
	}
	for _, c := range commands {
		words := strings.Fields(c)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", c, err, out)
		}
	}
	return nil
}

func faultsInside(t *testing.T) {
	// The local table is asked after our own rule, not before it.
	setUp := trouble{begin: []string{"ip link set lo up", "ip rule add pref 10 lookup local", "ip rule del pref 0"}}
	if err := setUp.turn(true); err != nil {
		t.Fatal(err)
	}
	w := startWorld(t, "faults")
	inventory, err := os.ReadFile(w.Inventory)
	if err != nil {
		t.Fatal(err)
	}
	var c blocks
	if err := yaml.Unmarshal(w.Config, &c); err != nil {
		t.Fatal(err)
	}
	_, udp, _ := strings.Cut(c.Scanner.DNS.Resolvers[0], ":")
	before, items, _ := underTrouble(t, w, inventory, trouble{name: "none", lasts: 1, call: func(bool) error { return nil }}, true)
	if items != faultDomains() {
		t.Fatalf("%d items ended without a fault, want %d", items, faultDomains())
	}
	truly(t, before)
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "fault\tended\tdeficient\tfalsely\tsuspected\tunverifiable\terror\tpass\tunseen\tseconds")
	for _, f := range troubles(w, udp) {
		begun := time.Now()
		after, ended, unseen := underTrouble(t, w, inventory, f, true)
		n := map[checks.Outcome]int{}
		for _, got := range after {
			n[got.Outcome]++
		}
		falsely := newlyDeficient(before, after)
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.0f\n", f.name, ended, n[checks.Deficient], len(falsely), n[checks.Suspected],
			n[checks.Unverifiable], n[checks.Error], n[checks.Pass], unseen, time.Since(begun).Seconds())
		if ended != faultDomains() {
			t.Errorf("%s: %d items ended, want %d", f.name, ended, faultDomains())
		}
		if f.deceives {
			naive, _, _ := underTrouble(t, w, inventory, f, false)
			n := len(newlyDeficient(before, naive))
			fmt.Fprintf(table, "  and nobody asks\t\t\t%d\t\t\t\t\t\t\n", n)
			if n == 0 {
				t.Errorf("%s: where nobody asks, nothing is falsely deficient: this does not try what the canaries are for", f.name)
			}
		}
		for _, key := range falsely {
			t.Errorf("%s: %v is deficient (%+v), and was %s without it", f.name, key, after[key].Proofs, before[key].Outcome)
		}
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d domains\n%s", faultDomains(), &text)
}

// truly adds what is deficient in truth to what was found without a fault: a
// busy machine may have missed some of it.
func truly(t *testing.T, found map[checks.Key]checks.Finding) {
	t.Helper()
	p := populationOf("faults")
	for i := range p.N {
		wanted, err := p.Wanted(i)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wanted {
			key := checks.Key{Scene: checks.ID(w.Scene), Level: checks.LevelItem, Item: w.Item}
			if _, there := found[key]; !there {
				t.Fatalf("%v is wanted, and nothing was found about it", key)
			}
			if w.Outcome == string(checks.Deficient) {
				found[key] = checks.Finding{Key: key, Outcome: checks.Deficient}
			}
		}
	}
}

func newlyDeficient(before, after map[checks.Key]checks.Finding) []checks.Key {
	var keys []checks.Key
	for key, f := range after {
		if f.Outcome == checks.Deficient && before[key].Outcome != checks.Deficient {
			keys = append(keys, key)
		}
	}
	return keys
}

// underTrouble audits the world with a fault from the middle of the first pass
// on; with nobody who asks for our own health where it is not watched.
func underTrouble(t *testing.T, w served, inventory []byte, f trouble, watched bool) (map[checks.Key]checks.Finding, int, int) {
	t.Helper()
	a := auditOf(t, w.Config, func(c *blocks) {
		c.Audit.InFlight = 120
		// The patience of a test; as long as the troubles last, it is spent on every look.
		c.Scanner.Dial.ConnectTimeout, c.Scanner.DNS.Timeout, c.Scanner.DNS.Tries = 300*time.Millisecond, 300*time.Millisecond, 2
		c.Scanner.Registration.Timeout, c.Scanner.Visit.URLTimeout, c.Scanner.LookTimeout = 500*time.Millisecond, 2*time.Second, 5*time.Second
		if f.lasts == 0 {
			c.Scanner.Registration.Mode = "off" // registries are asked one by one: that would be all the waiting
		}
		c.Audit.Canaries = []string{"dns:hengtaifamen.cn", "dns:lvyezhai.cn", "http://hengtaifamen.cn/", "http://yunfan-erp.com/"}
		c.Audit.Health.Interval, c.Audit.Health.Pause, c.Audit.Health.Stall = 200*time.Millisecond, 3*time.Second, time.Second
		c.Audit.Health.ClusterCount = 1 << 20 // what the canaries do is tried, alone
		if !watched {
			c.Audit.Canaries, c.Audit.Health.Stall = nil, 0
		}
	}, nil)
	if !watched {
		a.Health = nil
	}
	var ending sync.WaitGroup
	turn := func(begin bool) {
		if err := f.turn(begin); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
	a.Looker = &midway{Looker: a.Looker, left: faultDomains() / 2, then: func() {
		turn(true)
		if f.lasts > 0 {
			ending.Go(func() {
				time.Sleep(f.lasts)
				turn(false)
			})
		}
	}}
	findings, ended, unseen := auditFile(t, a, inventory)
	ending.Wait()
	if f.lasts == 0 {
		turn(false)
	}
	return findings, ended, unseen
}
