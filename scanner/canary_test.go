package scanner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestParseCanary(t *testing.T) {
	rows := []struct{ text, kind string }{
		{"dns:www.gov.cn", "dns"}, {"http://example.cn/robots.txt", "http"}, {"https://例子.中国/", "https"},
		{"dns:", ""}, {"dns:192.0.2.1", ""}, {"ftp://example.cn/", ""}, {"", ""}, {"dns:a b", ""},
	}
	for _, row := range rows {
		c, err := ParseCanary(row.text)
		if (err == nil) != (row.kind != "") || c.Kind != row.kind {
			t.Errorf("%q: kind %q and error %v, want kind %q", row.text, c.Kind, err, row.kind)
		}
	}
}

// Each row is a history of rounds: the letters of the canaries that fail, in
// each round. The canaries a and b are names, c and d pages over HTTP, e and f
// over HTTPS; R stands for the resolvers.
func TestWhatARoundCounts(t *testing.T) {
	rows := []struct {
		name   string
		rounds string
		want   string // of the rounds: . clean, x not
		rests  string
	}{
		{"all well", "- - -", "...", ""},
		{"one hiccup", "- c -", ".x.", ""},
		{"one that stays broken is left out", "c c c c c c c", "xxxx...", "c"},
		{"and comes back", "c c c c c - c", "xxxx..x", "c"},
		{"two of different kinds", "ce ce ce ce ce", "xxxx.", "ce"},
		{"a whole kind is never left out", "cd cd cd cd cd cd cd", "xxxxxxx", ""},
		{"half of all are never left out", "ace ace ace ace ace ace", "xxxxxx", ""},
		{"one left out counts again when its kind goes", "c c c c c cd cd", "xxxx.xx", "c"},
		{"the network is cut while one is left out", "c c c c c abcdef abcdef -", "xxxx.xx.", "c"},
		{"resolvers", "R R - R", "xx.x", ""},
	}
	for _, row := range rows {
		var failing atomic.Value
		rested := ""
		c := &Canaries{
			ask: func(_ context.Context, c Canary) error {
				if strings.Contains(failing.Load().(string), c.Text) {
					return errors.New("silence")
				}
				return nil
			},
			check: func(context.Context) (int, error) {
				if strings.Contains(failing.Load().(string), "R") {
					return 1, errors.New("silence")
				}
				return 2, nil
			},
			rests: func(canary string, _ error) { rested += canary },
		}
		for i, kind := range []string{"dns", "dns", "http", "http", "https", "https"} {
			c.members = append(c.members, member{Canary: Canary{Text: string(rune('a' + i)), Kind: kind}})
		}
		got := ""
		for _, round := range strings.Fields(row.rounds) {
			failing.Store(round)
			whole, err := c.Round(t.Context(), true)
			if !whole {
				t.Errorf("%s: the round %s is not whole", row.name, round)
			}
			if err == nil {
				got += "."
			} else {
				got += "x"
			}
		}
		if got != row.want || rested != row.rests {
			t.Errorf("%s: rounds %s with %q left out, want %s with %q", row.name, got, rested, row.want, row.rests)
		}
	}
}

// Between whole rounds one canary of each kind is asked, each in its turn; what
// fails then is seen against all, and so is what is wanted whole.
func TestCanariesTakeTurns(t *testing.T) {
	var mu sync.Mutex
	asked := ""
	broken := ""
	c := &Canaries{
		ask: func(_ context.Context, c Canary) error {
			mu.Lock()
			defer mu.Unlock()
			asked += c.Text
			if c.Text == broken {
				return errors.New("silence")
			}
			return nil
		},
		check: func(context.Context) (int, error) { return 2, nil },
	}
	for i, kind := range []string{"dns", "dns", "http", "http", "https"} {
		c.members = append(c.members, member{Canary: Canary{Text: string(rune('a' + i)), Kind: kind}})
	}
	var got []string
	doubt := false
	for round := range 9 {
		asked, broken = "", ""
		if round == 5 {
			broken = "b"
		}
		whole, err := c.Round(t.Context(), doubt)
		doubt = err != nil
		letters := strings.Split(asked, "")
		slices.Sort(letters)
		got = append(got, fmt.Sprintf("%s %v %v", strings.Join(letters, ""), whole, err == nil))
	}
	want := []string{
		"abcde true true", "bde false true", "ace false true", "bde false true",
		"abcde true true", "abcde true false", "abcde true true", "bde false true", "abcde true true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("asked\n%q, want\n%q", got, want)
	}
}
