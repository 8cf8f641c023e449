package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/likexian/whois"

	"github.com/icpaudit/icpaudit/observe"
)

// whoisSize bounds an answer, in bytes.
const whoisSize = 256 << 10

// whois asks a registry, and once the registrar that it names where the
// registry keeps no holder. The library is used without what makes it
// dangerous: the server is always named, referrals are ours, its statistics
// are off, and its connections carry our deadline, limit and guard.
func (r *registrations) whois(ctx context.Context, server, name string) (observe.Registration, *observe.Fault) {
	text, err := r.query(ctx, server, question(server, name))
	if text == "" && err != nil {
		return observe.Registration{}, faultOf(fmt.Errorf("ask by WHOIS: %w", err), server)
	}
	answer, fault := ReadRegistration(name, []byte(text))
	if err != nil && (fault != nil || answer.State != observe.StateRegistered) {
		// A cut answer may be good enough to show a registration, never an absence.
		return observe.Registration{}, faultOf(fmt.Errorf("ask by WHOIS: %w", err), server)
	}
	if fault != nil || answer.State != observe.StateRegistered || answer.HolderStatus == observe.HolderNamed {
		return answer, fault
	}
	return r.refer(ctx, answer, server, text), nil
}

// refer completes a registry's answer by the registrar's. Only servers of the
// allowed list are asked, on the usual port.
func (r *registrations) refer(ctx context.Context, answer observe.Registration, server, text string) observe.Registration {
	host := strings.ToLower(readRecord(text, answer.Domain).first("registrar whois server", "whois server"))
	asked, _, _ := net.SplitHostPort(server)
	if host == "" || host == asked || !slices.Contains(r.options.Referrals, host) {
		return answer
	}
	more, err := r.query(ctx, net.JoinHostPort(host, "43"), answer.Domain)
	if err != nil {
		return answer
	}
	theirs, fault := ReadRegistration(answer.Domain, []byte(more))
	if fault != nil || theirs.State != observe.StateRegistered {
		return answer
	}
	if theirs.HolderStatus != observe.HolderAbsent {
		answer.Holder, answer.HolderStatus = theirs.Holder, theirs.HolderStatus
	}
	if answer.RegistrarExpires = theirs.RegistrarExpires; answer.RegistrarExpires == nil {
		answer.RegistrarExpires = theirs.Expires
	}
	return answer
}

// question is what a server wants to hear.
func question(server, name string) string {
	host, _, _ := net.SplitHostPort(server)
	switch {
	case strings.HasSuffix(host, "verisign-grs.com"):
		return "domain " + name
	case host == "whois.nic.name":
		return "domain=" + name
	}
	return name
}

// query runs the library once, on connections that end with the context.
func (r *registrations) query(ctx context.Context, server, question string) (text string, err error) {
	defer func() {
		if p := recover(); p != nil {
			text, err = "", &observe.Fault{Kind: observe.FaultUnparsable, Where: server, Detail: bounded(fmt.Sprintf("the WHOIS library gave way: %v", p), maxDetail)}
		}
	}()
	d := &whoisDialer{ctx: ctx, dialer: r.dialer}
	client := whois.NewClient().SetDisableReferral(true).SetDisableStats(true).SetDialer(d).SetTimeout(r.options.Timeout)
	text, err = client.Whois(question, server)
	if d.conn != nil {
		err = errors.Join(err, d.conn.broke)
	}
	return text, err
}

// whoisDialer dials for the library.
type whoisDialer struct {
	ctx    context.Context
	dialer *dialer
	conn   *boundedConn
}

// Dial dials through the guard and bounds the connection in time and size.
func (d *whoisDialer) Dial(network, address string) (net.Conn, error) {
	conn, err := d.dialer.DialContext(d.ctx, network, address)
	if err != nil {
		return nil, err
	}
	if deadline, ok := d.ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	bounded := &boundedConn{Conn: conn, left: whoisSize}
	bounded.stop = context.AfterFunc(d.ctx, func() { conn.Close() })
	d.conn = bounded
	return bounded, nil
}

// boundedConn reads no more than it may, and lets nobody move its deadline.
type boundedConn struct {
	net.Conn
	left  int
	broke error
	stop  func() bool
}

func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.broke = &observe.Fault{Kind: observe.FaultTooLarge, Where: c.RemoteAddr().String(), Detail: fmt.Sprintf("more than %d bytes", whoisSize)}
		return 0, c.broke
	}
	if len(p) > c.left {
		p = p[:c.left]
	}
	n, err := c.Conn.Read(p)
	c.left -= n
	return n, err
}

func (c *boundedConn) Close() error {
	c.stop()
	return c.Conn.Close()
}

func (c *boundedConn) SetDeadline(time.Time) error      { return nil }
func (c *boundedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *boundedConn) SetWriteDeadline(time.Time) error { return nil }
