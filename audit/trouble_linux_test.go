package audit

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/icpaudit/icpaudit/fixtures"
)

// trouble is one fault of our own.
type trouble struct {
	name  string
	lasts time.Duration // from the middle of the first pass; 0: to the end of the run
	begin []string      // commands, each of words
	end   []string
	call  func(begin bool) error // in place of commands

	deceives bool // where nobody asks for our own health
}

// troubles are the faults: all of them in a soak, or where one is named, else
// one of each kind.
func troubles(w served, udp string) []trouble {
	all := slices.Concat(routed(udp), lined(w), starved(w))
	name := os.Getenv("ICPAUDIT_FAULT")
	if name == "" && os.Getenv("ICPAUDIT_SOAK") != "" {
		return all
	}
	usual := []string{
		"packets vanish", "no route to any host", "one resolver is cut off", "HTTP alone is dead, to the end", "three in ten are lost",
		"both resolvers deny every name", "connections stand and nothing comes", "a handful of ports", "out of descriptors", "this process stands still",
	}
	return slices.DeleteFunc(all, func(t trouble) bool {
		return name == "" && !slices.Contains(usual, t.name) || !strings.Contains(t.name, name)
	})
}

// short is how long the passing ones last.
const short = 2 * time.Second

// routed are faults of the network of this machine. Packets to a device that is
// down vanish without a word; a rule makes the kernel refuse them with an error.
func routed(udp string) []trouble {
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
	}
}

// lined are faults on the way to the world, which the world brings about.
func lined(w served) []trouble {
	on := func(name string, lasts time.Duration, l fixtures.Line) trouble {
		return trouble{name: name, lasts: lasts, call: func(begin bool) error {
			if begin {
				return w.line(l)
			}
			return w.line(fixtures.Line{})
		}}
	}
	return []trouble{
		on("three in ten are lost", 0, fixtures.Line{Loss: 0.3}),
		{name: "three seconds in twenty are lost", call: flapping(w)},
		on("all is lost", short, fixtures.Line{Loss: 1}),
		on("one resolver denies every name", 0, poisoned(fixtures.DNSNXDomain, "1")),
		on("both resolvers deny every name", short, poisoned(fixtures.DNSNXDomain, "1", "2")),
		on("both resolvers deny every name, to the end", 0, poisoned(fixtures.DNSNXDomain, "1", "2")),
		on("both resolvers know no address", short, poisoned(fixtures.DNSEmpty, "1", "2")),
		on("both resolvers fail", short, poisoned(fixtures.DNSServFail, "1", "2")),
	}
}

// starved are faults of what this process needs of its machine, and of a world
// that stands still.
func starved(w served) []trouble {
	return []trouble{
		{name: "connections stand and nothing comes", lasts: short, call: func(begin bool) error {
			if begin {
				return w.process.Signal(syscall.SIGSTOP)
			}
			return w.process.Signal(syscall.SIGCONT)
		}},
		{name: "a handful of ports", lasts: short, call: ports("20000 20040")},
		{name: "a handful of ports, to the end", call: ports("20000 20040")},
		{name: "the processor is taken", lasts: short, call: busy()},
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

// poisoned is resolvers that answer everything alike.
func poisoned(kind fixtures.FaultKind, ids ...string) fixtures.Line {
	l := fixtures.Line{Resolvers: map[string]fixtures.FaultKind{}}
	for _, id := range ids {
		l.Resolvers[id] = kind
	}
	return l
}

// flapping loses everything for three seconds in twenty, at ten times the speed.
func flapping(w served) func(begin bool) error {
	stop, stopped := make(chan struct{}), make(chan error, 1)
	return func(begin bool) error {
		if !begin {
			close(stop)
			return <-stopped
		}
		go func() {
			for {
				for _, phase := range []struct {
					loss  float64
					lasts time.Duration
				}{{1, 300 * time.Millisecond}, {0, 1700 * time.Millisecond}} {
					if err := w.line(fixtures.Line{Loss: phase.loss}); err != nil {
						stopped <- err
						return
					}
					select {
					case <-time.After(phase.lasts):
					case <-stop:
						stopped <- w.line(fixtures.Line{})
						return
					}
				}
			}
		}()
		return nil
	}
}

// ports leaves few ports to connect from, which are those of this namespace.
func ports(few string) func(begin bool) error {
	const file = "/proc/sys/net/ipv4/ip_local_port_range"
	var before []byte
	return func(begin bool) (err error) {
		if !begin {
			return os.WriteFile(file, before, 0)
		}
		if before, err = os.ReadFile(file); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(few), 0)
	}
}

// busy takes the processor away from the audit: one thread is left to it and to
// eight that do nothing but compute.
func busy() func(begin bool) error {
	stop := make(chan struct{})
	threads := 0
	return func(begin bool) error {
		if !begin {
			close(stop)
			runtime.GOMAXPROCS(threads)
			return nil
		}
		threads = runtime.GOMAXPROCS(1)
		for range 8 {
			go func() {
				for sum := 0; ; sum++ {
					if sum%1_000_000 == 0 {
						select {
						case <-stop:
							return
						default:
						}
					}
				}
			}()
		}
		return nil
	}
}
