package audit

import (
	"slices"
	"sync"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/scanner"
)

// job is one subject between its first look and its result.
type job struct {
	seq     int
	subject *filing.Subject
	pass    int // 1: the first look, 2: the one that confirms
	repeats int // looks of this pass that were taken again for our own trouble

	mu    sync.Mutex
	looks map[string]checks.Looks
	spans map[string]spans // of the newest looks
	open  int
}

// spans are when the two halves of a look were under way.
type spans struct {
	Network      span `json:"network"`
	Registration span `json:"registration"`
}

// newest is the last look at an item so far.
func (c *job) newest(name string) *observe.Dossier {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.looks[name]; len(l) > 0 {
		return &l[len(l)-1]
	}
	return nil
}

// spansOf is a copy of when the newest look at an item was under way.
func (c *job) spansOf(name string) *spans {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.spans[name]
	return &s
}

// add takes a look in: behind the others, or in place of the last.
func (c *job) add(name string, d observe.Dossier, s spans, instead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.looks[name]
	if instead && len(l) > 0 {
		l = l[:len(l)-1]
	}
	c.looks[name], c.spans[name] = append(l, d), s
}

// item is one thing to look at.
type item struct {
	name   string // key of the looks
	target scanner.Target
	app    bool
	path   string // of an App's package, as filed
}

// itemsOf lists what there is to look at, each name once.
func itemsOf(subject *filing.Subject) []item {
	var items []item
	seen := map[string]int{}
	for _, service := range subject.Services {
		for _, d := range service.Domains {
			if at, ok := seen[d.Name]; ok {
				t := &items[at].target
				t.Hosts, t.URLs = append(t.Hosts, d.SubDomains...), append(t.URLs, d.URLs...)
				continue
			}
			seen[d.Name] = len(items)
			items = append(items, item{name: d.Name, target: scanner.Target{
				Domain: d.Name, Hosts: slices.Clone(d.SubDomains), URLs: slices.Clone(d.URLs),
			}})
		}
		for _, app := range service.Apps {
			items = append(items, item{name: app.ItemName(), app: true, path: app.Path})
		}
	}
	return items
}
