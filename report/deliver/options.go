// Package deliver brings what an audit found to the people it concerns: by mail
// and into work chats. Who gets which rows is decided without any network; one
// letter is one Send, whose error says whether another try makes sense.
package deliver

import (
	"fmt"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/checks"
)

// longestAttached bounds attachments, in bytes: what no mail server takes is
// not kept in a queue either.
const longestAttached = 32 << 20

// Options is the deliver block of the configuration.
type Options struct {
	Outcomes      []string      `yaml:"outcomes"`       // that letters list; all others are only counted
	OnlyChanges   bool          `yaml:"only_changes"`   // letters list only what is new, came back, was mended or is overdue
	SkipUnchanged bool          `yaml:"skip_unchanged"` // no letter where nothing of that kind is to be told
	BodyRows      int           `yaml:"body_rows"`      // rows that the letter itself shows, 1 to 1000; the attachment holds all
	AttachLimit   int64         `yaml:"attach_limit"`   // bytes of all attachments; more are zipped, and left out if still more
	Retry         RetryOptions  `yaml:"retry"`
	Mail          MailOptions   `yaml:"mail"`
	Chats         []ChatOptions `yaml:"chats"`
	Teams         []Team        `yaml:"teams"`
}

// RetryOptions is how often and when a temporary failure is tried again by a
// program that has no queue.
type RetryOptions struct {
	Tries   int           `yaml:"tries"`    // of one letter, the first included; 1 to 20
	Wait    time.Duration `yaml:"wait"`     // before the second try; it doubles from try to try
	MaxWait time.Duration `yaml:"max_wait"` // longest wait
}

// Default is the configuration where nothing is configured: nobody is told.
func Default() Options {
	return Options{
		Outcomes: []string{string(checks.Deficient), string(checks.Suspected)},
		BodyRows: 50, AttachLimit: 8 << 20,
		Retry: RetryOptions{Tries: 3, Wait: 30 * time.Second, MaxWait: 5 * time.Minute},
		Mail:  defaultMail(), Chats: []ChatOptions{}, Teams: []Team{},
	}
}

// Validate names every value that can't be used, by its YAML key.
func (o Options) Validate() map[string]error {
	bad := map[string]error{}
	for _, name := range o.Outcomes {
		if !slices.Contains(checks.Outcomes(), checks.Outcome(name)) {
			bad["outcomes"] = fmt.Errorf("%q is no outcome", name)
		}
	}
	if len(o.Outcomes) == 0 {
		bad["outcomes"] = fmt.Errorf("name at least one outcome")
	}
	within(bad, "body_rows", int64(o.BodyRows), 1, 1000)
	within(bad, "attach_limit", o.AttachLimit, 0, longestAttached)
	within(bad, "retry.tries", int64(o.Retry.Tries), 1, 20)
	if o.Retry.Wait < time.Second || o.Retry.Wait > o.Retry.MaxWait {
		bad["retry.wait"] = fmt.Errorf("%v is not between 1s and retry.max_wait", o.Retry.Wait)
	}
	if o.Retry.MaxWait > 24*time.Hour {
		bad["retry.max_wait"] = fmt.Errorf("%v is longer than 24h", o.Retry.MaxWait)
	}
	o.Mail.validate(bad)
	chats := map[string]bool{}
	for i, c := range o.Chats {
		c.validate(fmt.Sprintf("chats[%d].", i), bad)
		if chats[c.Name] {
			bad[fmt.Sprintf("chats[%d].name", i)] = fmt.Errorf("%q comes twice", c.Name)
		}
		chats[c.Name] = true
	}
	o.validateTeams(chats, bad)
	return bad
}

func within(bad map[string]error, key string, n, low, high int64) {
	if n < low || n > high {
		bad[key] = fmt.Errorf("%d is not between %d and %d", n, low, high)
	}
}

func oneOf(bad map[string]error, key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		bad[key] = fmt.Errorf("%q: it is one of %v", value, allowed)
	}
}
