package deliver

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/icpaudit/icpaudit/report"
)

// lineFault is a request without an answer. The library's error tells the
// address, which is a secret: only its cause is kept.
func (c *Chat) lineFault(l Letter, err error) *Fault {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	_, cert := errors.AsType[*tls.CertificateVerificationError](err)
	lookup, dns := errors.AsType[*net.DNSError](err)
	op, dialed := errors.AsType[*net.OpError](err)
	return &Fault{
		To: l.To, Step: stepSend, Temporary: !cert && !(dns && lookup.IsNotFound),
		// Where no connection came about the message can't have arrived.
		Unsure: !cert && !dns && !(dialed && op.Op == "dial"),
		Err:    c.clean(err.Error()),
	}
}

// clean makes an error of others' words.
func (c *Chat) clean(text string) error {
	for _, s := range c.hidden {
		text = s.hide(text)
	}
	return errors.New(report.Clean(text, longestReason))
}

// answer reads what the chat says to a message: success stands in the body, and
// the status alone says little.
func (c *Chat) answer(l Letter, r *http.Response, at time.Time) error {
	text, err := io.ReadAll(io.LimitReader(r.Body, longestAnswer))
	if err != nil {
		return c.lineFault(l, err)
	}
	if r.StatusCode < 200 || r.StatusCode > 299 {
		f := &Fault{To: l.To, Step: stepSend, Code: r.StatusCode, Err: c.clean(fmt.Sprintf("status %d: %s", r.StatusCode, text))}
		f.Temporary = r.StatusCode >= 500 || r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusRequestTimeout
		f.After = retryAfter(r.Header.Get("Retry-After"), at)
		return f
	}
	if c.o.Kind == kindGeneric {
		return nil
	}
	var said struct {
		ErrCode    *int `json:"errcode"`
		Code       *int `json:"code"`
		StatusCode *int `json:"StatusCode"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return &Fault{To: l.To, Step: stepSend, Unsure: true, Err: c.clean(fmt.Sprintf("the answer can't be read: %s", text))}
	}
	for _, code := range []*int{said.ErrCode, said.Code, said.StatusCode} {
		if code == nil {
			continue
		}
		if *code == 0 {
			return nil
		}
		f := &Fault{To: l.To, Step: stepSend, Code: *code, Err: c.clean(string(text))}
		if slices.Contains(tooOften(c.o.Kind), *code) {
			f.Temporary, f.After = true, time.Minute
		}
		return f
	}
	return &Fault{To: l.To, Step: stepSend, Unsure: true, Err: c.clean(fmt.Sprintf("the answer says neither yes nor no: %s", text))}
}

// tooOften are the codes that a kind of chat answers when it is asked too often,
// or is busy.
func tooOften(kind string) []int {
	switch kind {
	case kindWecom:
		return []int{-1, 45009}
	case kindDingtalk:
		return []int{-1, 130101, 130102}
	case kindFeishu:
		return []int{11232, 11233}
	}
	return nil
}

// retryAfter reads the header of that name: seconds or a date, at most an hour.
func retryAfter(text string, now time.Time) time.Duration {
	var d time.Duration
	if seconds, err := strconv.Atoi(text); err == nil {
		d = time.Duration(min(max(seconds, 0), 3600)) * time.Second
	} else if date, err := http.ParseTime(text); err == nil {
		d = date.Sub(now)
	}
	return min(max(d, 0), time.Hour)
}
