package nightly

import (
	"fmt"
	"net/netip"
	"net/url"
	"time"
)

// Options is the serve block of the configuration.
type Options struct {
	Shards     int           `yaml:"shards"`      // shards under way at a time in one process, 1 to 64; audit.in_flight is shared among them
	ShardItems int           `yaml:"shard_items"` // domains and Apps of one shard, 1 to 5000; a subject is never split
	Longest    time.Duration `yaml:"longest"`     // a run that takes longer is ended as provisional
	Tick       time.Duration `yaml:"tick"`        // how often schedules and workers are looked after, 100ms to 1m
	Rescue     time.Duration `yaml:"rescue"`      // the work of a process that was silent for so long is given to others
	Listen     string        `yaml:"listen"`      // address of /healthz, /readyz, /metrics; empty: none
	Heartbeat  string        `yaml:"heartbeat"`   // file that is written anew at each tick that found the database well; empty: none
	Ping       string        `yaml:"ping"`        // URL that is asked for after each published run, for a dead man's switch; empty: none
	Letters    LetterOptions `yaml:"letters"`
	Hold       HoldOptions   `yaml:"hold"`
}

// Default is the configuration where nothing is configured.
func Default() Options {
	return Options{
		Shards: 4, ShardItems: 200, Longest: 20 * time.Hour, Tick: 5 * time.Second, Rescue: time.Minute, Listen: "127.0.0.1:9464",
		Letters: defaultLetters(), Hold: defaultHold(),
	}
}

// Validate names every value that can't be used, by its YAML key.
func (o Options) Validate() map[string]error {
	bad := map[string]error{}
	if o.Shards < 1 || o.Shards > 64 {
		bad["shards"] = fmt.Errorf("%d is not between 1 and 64", o.Shards)
	}
	if o.ShardItems < 1 || o.ShardItems > 5000 {
		bad["shard_items"] = fmt.Errorf("%d is not between 1 and 5000", o.ShardItems)
	}
	if o.Longest < time.Minute {
		bad["longest"] = fmt.Errorf("%s is less than a minute", o.Longest)
	}
	if o.Tick < 100*time.Millisecond || o.Tick > time.Minute {
		bad["tick"] = fmt.Errorf("%s is not between 100ms and 1m", o.Tick)
	}
	if o.Rescue < 3*o.Tick {
		bad["rescue"] = fmt.Errorf("%s is less than three ticks: a live process would be taken for dead", o.Rescue)
	}
	if o.Listen != "" {
		if _, err := netip.ParseAddrPort(o.Listen); err != nil {
			bad["listen"] = fmt.Errorf("%q is no address with a port, such as 127.0.0.1:9464", o.Listen)
		}
	}
	if o.Ping != "" {
		if u, err := url.Parse(o.Ping); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			bad["ping"] = fmt.Errorf("it is no URL of HTTP or HTTPS")
		}
	}
	o.Letters.validate(bad)
	o.Hold.validate(bad)
	return bad
}
