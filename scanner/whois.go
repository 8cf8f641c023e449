package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/likexian/whois"

	"github.com/icpaudit/icpaudit/observe"
)

// whoisSize bounds an answer, in bytes.
const whoisSize = 256 << 10

// askWHOIS asks a registry, and once the registrar that it names where the
// registry keeps no holder. Only servers of the allowed list are asked, on the
// usual port.
func (r *registrations) askWHOIS(ctx context.Context, server, name string) (observe.Registration, *observe.Fault) {
	host, _, _ := net.SplitHostPort(server)
	var text string
	answer, fault := r.inTurn(ctx, host, func(ctx context.Context) (got registryReply) {
		got, text = r.whoisAsk(ctx, server, name)
		return got
	})
	renewing := slices.Contains(answer.Statuses, "autoRenewPeriod") && answer.RegistrarExpires == nil
	if fault != nil || answer.State != observe.StateRegistered || answer.HolderStatus != observe.HolderAbsent && !renewing {
		return answer, fault
	}
	referral := strings.ToLower(readRecord(text, name).first("registrar whois server", "whois server"))
	if referral == host || !slices.Contains(r.options.Referrals, referral) {
		return answer, nil
	}
	theirs, failed := r.inTurn(ctx, referral, func(ctx context.Context) (got registryReply) {
		got, _ = r.whoisAsk(ctx, net.JoinHostPort(referral, "43"), name)
		return got
	})
	if failed == nil && theirs.State == observe.StateRegistered {
		return withRegistrar(answer, theirs), nil
	}
	return answer, nil
}

// whoisAsk asks one server once and reads what it says. An answer that broke
// off may be good enough to show a registration or a refusal, never an absence.
func (r *registrations) whoisAsk(ctx context.Context, server, name string) (registryReply, string) {
	text, err := r.whoisQuery(ctx, server, whoisQuestion(server, name))
	if text == "" && err != nil {
		return registryReply{fault: faultOf(fmt.Errorf("ask by WHOIS: %w", err), server)}, ""
	}
	answer, fault := ReadRegistration(name, []byte(text))
	refusal := fault != nil && (fault.Kind == observe.FaultRateLimited || fault.Kind == observe.FaultDenied)
	if err != nil && !refusal && (fault != nil || answer.State != observe.StateRegistered || answer.Expires == nil) {
		return registryReply{fault: faultOf(fmt.Errorf("ask by WHOIS: %w", err), server)}, ""
	}
	if fault != nil {
		fault.Where = server
	}
	return registryReply{answer: answer, fault: fault}, text
}

// whoisQuestion is what a server wants to hear.
func whoisQuestion(server, name string) string {
	host, _, _ := net.SplitHostPort(server)
	switch host {
	case "whois.verisign-grs.com": // else it lists hosts whose names begin alike
		return "domain " + name
	case "whois.nic.name":
		return "domain=" + name
	case "whois.denic.de":
		return "-T dn,ace " + name
	case "whois.jprs.jp":
		return name + "/e"
	}
	return name
}

// whoisQuery runs the library once. It is used without what makes it
// dangerous: the server is always named, its referrals and statistics are off,
// and its connections carry our deadline, limit and guard and end with ctx.
func (r *registrations) whoisQuery(ctx context.Context, server, question string) (text string, err error) {
	d := &whoisDialer{ctx: ctx, dialer: r.dialer}
	defer d.close()
	defer recovered("ask "+server+" by WHOIS", &err)
	client := whois.NewClient().SetDisableReferral(true).SetDisableStats(true).SetDialer(d).SetTimeout(r.options.Timeout)
	text, err = client.Whois(question, server)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err() // our own closing of the connection looks like the server's
	}
	if text != "" && d.ended() {
		text += "\n" // which the library trims; a line without an end may have broken off
	}
	return text, err
}

// whoisDialer dials for the library.
type whoisDialer struct {
	ctx    context.Context
	dialer *dialer
	conns  []*whoisConn
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
	c := &whoisConn{Conn: conn, left: whoisSize}
	c.stop = context.AfterFunc(d.ctx, func() { conn.Close() })
	d.conns = append(d.conns, c)
	return c, nil
}

// ended says whether the answer came to the end of a line.
func (d *whoisDialer) ended() bool {
	return len(d.conns) > 0 && d.conns[len(d.conns)-1].last == '\n'
}

func (d *whoisDialer) close() {
	for _, c := range d.conns {
		c.Close()
	}
}

// whoisConn reads no more than it may, and lets nobody move its deadline.
type whoisConn struct {
	net.Conn
	left  int
	last  byte // the last one read
	stop  func() bool
	close sync.Once
}

// Read ends with a fault where the answer is larger than it may be.
func (c *whoisConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, &observe.Fault{Kind: observe.FaultTooLarge, Where: c.RemoteAddr().String(), Detail: fmt.Sprintf("more than %d bytes", whoisSize)}
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	if n > 0 {
		c.last = p[n-1]
	}
	return n, err
}

// Close closes once; the library and its harness both do.
func (c *whoisConn) Close() (err error) {
	c.close.Do(func() {
		c.stop()
		err = c.Conn.Close()
	})
	return err
}

// SetDeadline and its like do nothing: the deadline is that of the query.
func (c *whoisConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (c *whoisConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (c *whoisConn) SetWriteDeadline(time.Time) error { return nil }
