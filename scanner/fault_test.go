package scanner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"code.dny.dev/ssrf"

	"github.com/icpaudit/icpaudit/observe"
)

func TestKindOf(t *testing.T) {
	dial := func(errno syscall.Errno) error {
		return fmt.Errorf("connect: %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)})
	}
	for _, c := range []struct {
		err  error
		want observe.FaultKind
		end  observe.End
	}{
		{dial(syscall.EMFILE), observe.FaultNoDescriptors, observe.EndFault},
		{dial(syscall.ENFILE), observe.FaultNoDescriptors, observe.EndFault},
		{dial(syscall.EADDRNOTAVAIL), observe.FaultNoDescriptors, observe.EndFault},
		{dial(syscall.ENOBUFS), observe.FaultNoDescriptors, observe.EndFault},
		{dial(syscall.ENOMEM), observe.FaultNoDescriptors, observe.EndFault},
		{dial(syscall.ENETDOWN), observe.FaultNoNetwork, observe.EndFault},
		{dial(syscall.EINVAL), observe.FaultNoNetwork, observe.EndFault},
		{dial(syscall.ENETUNREACH), observe.FaultNoNetwork, observe.EndFault},
		{dial(syscall.EACCES), observe.FaultNoNetwork, observe.EndFault},
		{dial(syscall.ECONNREFUSED), observe.FaultRefused, observe.EndRefused},
		{dial(syscall.EHOSTUNREACH), observe.FaultUnreachable, observe.EndTimeout},
		{dial(syscall.ETIMEDOUT), observe.FaultTimeout, observe.EndTimeout},
		{dial(syscall.ECONNRESET), observe.FaultReset, observe.EndReset},
		{io.ErrUnexpectedEOF, observe.FaultReset, observe.EndReset},
		{context.DeadlineExceeded, observe.FaultTimeout, observe.EndTimeout},
		{os.ErrDeadlineExceeded, observe.FaultTimeout, observe.EndTimeout},
		{context.Canceled, observe.FaultCancelled, observe.EndFault},
		{errClosed, observe.FaultCancelled, observe.EndFault},
		{fmt.Errorf("dial: %w", ssrf.ErrProhibitedIP), observe.FaultBlockedAddress, observe.EndBlocked},
		{errors.New("remote error: tls: handshake failure"), observe.FaultTLS, observe.EndTLS},
		{errors.New(`net/http: HTTP/1.x transport connection broken: malformed HTTP response "x"`), observe.FaultNotHTTP, observe.EndNotHTTP},
		{errors.New("something new"), observe.FaultInternal, observe.EndFault},
		{fmt.Errorf("look: %w", &observe.Fault{Kind: observe.FaultDisagreement}), observe.FaultDisagreement, observe.EndUnresolved},
	} {
		f := faultOf(c.err, "here")
		if f.Kind != c.want || endOf(f) != c.end {
			t.Errorf("%v: %s, %s; want %s, %s", c.err, f.Kind, endOf(f), c.want, c.end)
		}
	}
}

func TestTLCPIsNamed(t *testing.T) {
	f := faultOf(errors.New("tls: server selected unsupported protocol version 101"), "a.cn")
	if f.Kind != observe.FaultTLS || !strings.Contains(f.Detail, "TLCP") {
		t.Errorf("fault %v", f)
	}
}

func TestBounded(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"abc", "abc"}, {"中文", "中"}, {"a\r\nb", "a  b"}, {"\x1b[2J", " [2J"}, {"\xff\xfe", ""},
	} {
		if got := bounded(c.in, 4); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

// A dial that finds no descriptor free is our own trouble, whatever it was for.
func TestOutOfDescriptors(t *testing.T) {
	n := newNet(t, "a.cn", "www.a.cn")
	v := n.visitor(quickVisit())
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Skipf("this system has no limit of descriptors: %v", err)
	}
	none := was
	none.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Skipf("the limit of descriptors can't be set: %v", err)
	}
	visit, page := v.Visit(t.Context(), Target{Domain: "a.cn"}, &n.dns)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	if visit.Fault == nil || visit.Fault.Kind != observe.FaultNoDescriptors || page.Fault == nil || !page.Fault.Ours() {
		t.Errorf("visit fault %v, page fault %v", visit.Fault, page.Fault)
	}
}
