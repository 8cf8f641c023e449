package deliver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// longestSecret bounds what is read from a file that holds a secret, in bytes.
const longestSecret = 16 << 10

// masked is what a secret shows of itself.
const masked = "***"

// Secret is a password or an address that holds one. However it is printed,
// logged or marshalled, it shows only that it is there.
type Secret struct{ text string }

// NewSecret makes a secret of a text.
func NewSecret(text string) Secret { return Secret{text} }

// IsZero says whether there is no secret.
func (s Secret) IsZero() bool { return s.text == "" }

// Format masks the secret under every verb.
func (s Secret) Format(w fmt.State, _ rune) { io.WriteString(w, masked) }

// MarshalText masks the secret in JSON, YAML and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }

// hide takes the secret out of a text that others wrote.
func (s Secret) hide(text string) string {
	if s.text == "" {
		return text
	}
	return strings.ReplaceAll(text, s.text, masked)
}

// ReadSecret reads a secret from the file, else from the environment variable of
// that name; neither named is no secret. lookup is os.LookupEnv: only the
// program reads the environment.
func ReadSecret(file, env string, lookup func(string) (string, bool)) (Secret, error) {
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return Secret{}, fmt.Errorf("read secret: %w", err)
		}
		defer f.Close()
		text, err := io.ReadAll(io.LimitReader(f, longestSecret+1))
		if err != nil {
			return Secret{}, fmt.Errorf("read secret from %q: %w", file, err)
		}
		if len(text) > longestSecret {
			return Secret{}, fmt.Errorf("read secret from %q: longer than %d bytes", file, longestSecret)
		}
		return checkSecret(string(text), fmt.Sprintf("file %q", file))
	}
	if env == "" {
		return Secret{}, nil
	}
	text, ok := lookup(env)
	if !ok {
		return Secret{}, fmt.Errorf("read secret: environment variable %s is not set", env)
	}
	return checkSecret(text, "environment variable "+env)
}

// checkSecret refuses what can only be a mistake; whoever edits a file leaves a
// line end behind.
func checkSecret(text, from string) (Secret, error) {
	text = strings.TrimRight(text, "\r\n")
	switch {
	case text == "":
		return Secret{}, fmt.Errorf("read secret from %s: it is empty", from)
	case strings.ContainsAny(text, "\r\n\x00"):
		return Secret{}, errors.New("read secret from " + from + ": it has several lines")
	}
	return Secret{text}, nil
}
