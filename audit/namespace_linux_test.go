package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
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

const faultDomains = 240

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

// trouble is one fault of our own.
type trouble struct {
	name  string
	lasts time.Duration // from the middle of the first pass; 0: to the end of the run
	begin []string      // commands, each of words
	end   []string
	call  func(begin bool) error // in place of commands

	deceives bool // where nobody asks for our own health
}

// troubles are the faults. Packets to a device that is down vanish without a
// word; a rule makes the kernel refuse them with an error.
func troubles(w served, udp string) []trouble {
	refuse := func(how, what string) trouble {
		return trouble{
			begin: []string{"ip route replace " + how + " default table 100", "ip rule add pref 5 " + what + " lookup 100"},
			end:   []string{"ip rule del pref 5"},
		}
	}
	named := func(t trouble, name string, lasts time.Duration) trouble {
		t.name, t.lasts = name, lasts
		return t
	}
	down := trouble{begin: []string{"ip link set lo down"}, end: []string{"ip link set lo up"}}
	dns := "ipproto udp dport " + udp
	const short = 2 * time.Second
	deaf := named(refuse("unreachable", "ipproto tcp"), "HTTP alone is dead, to the end", 0)
	deaf.deceives = true
	return []trouble{
		named(down, "packets vanish", short),
		named(down, "packets vanish, to the end", 0),
		named(refuse("unreachable", ""), "no route to any host", short),
		named(refuse("prohibit", ""), "sending is forbidden", short),
		named(refuse("blackhole", ""), "blackhole route", short),
		named(refuse("blackhole", dns), "one resolver is cut off", short),
		named(refuse("unreachable", "ipproto udp"), "DNS alone is dead", short),
		named(refuse("unreachable", "ipproto tcp"), "HTTP alone is dead", short),
		deaf,
		{name: "connections stand and nothing comes", lasts: short, call: func(begin bool) error {
			if begin {
				return w.process.Signal(syscall.SIGSTOP)
			}
			return w.process.Signal(syscall.SIGCONT)
		}},
		{name: "out of descriptors", lasts: short, call: descriptors()},
		{name: "out of descriptors, to the end", call: descriptors()},
		{name: "this process stands still", lasts: time.Millisecond, call: func(begin bool) error {
			if !begin {
				return nil
			}
			wake := exec.Command("sh", "-c", fmt.Sprintf("sleep 3; kill -CONT %d", os.Getpid()))
			if err := wake.Start(); err != nil {
				return err
			}
			return errors.Join(syscall.Kill(os.Getpid(), syscall.SIGSTOP), wake.Wait())
		}},
	}
}

// descriptors takes the descriptors of this process away, and gives them back.
func descriptors() func(begin bool) error {
	var before syscall.Rlimit
	return func(begin bool) error {
		if !begin {
			return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
		}
		if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			return err
		}
		return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 16, Max: before.Max})
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
	if items != faultDomains {
		t.Fatalf("%d items ended without a fault, want %d", items, faultDomains)
	}
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
		if ended != faultDomains {
			t.Errorf("%s: %d items ended, want %d", f.name, ended, faultDomains)
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
	t.Logf("%d domains\n%s", faultDomains, &text)
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
	a.Looker = &midway{Looker: a.Looker, left: faultDomains / 2, then: func() {
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
