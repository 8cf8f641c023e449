package scanner

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"

	"github.com/icpaudit/icpaudit/observe"
)

// maxDetail bounds the text of an error that goes into a fault.
const maxDetail = 300

// faultOf turns any error of a look into its fault; the only place that does.
// An error that is already a Fault stays as it is.
func faultOf(err error, where string) *observe.Fault {
	var f *observe.Fault
	if errors.As(err, &f) {
		return f
	}
	f = &observe.Fault{Kind: kindOf(err), Where: where, Detail: bounded(err.Error(), maxDetail)}
	if f.Kind == observe.FaultTLS && strings.Contains(f.Detail, "version 101") {
		f.Detail = "the server speaks TLCP (GB/T 38636) only, which this program can't"
	}
	return f
}

// kindOf tells our own trouble from the far side's. The order matters: an
// error text of net/http is believed only where no system error is known.
func kindOf(err error) observe.FaultKind {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return observe.FaultCancelled
	case errorIs(err, syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.ENOMEM, syscall.EAGAIN):
		return observe.FaultNoDescriptors
	case errorIs(err, syscall.ENETUNREACH, syscall.ENETDOWN, syscall.EACCES, syscall.EPERM, syscall.EAFNOSUPPORT, syscall.EINVAL): // the last is what a blackhole route gives
		return observe.FaultNoNetwork
	case errorIs(err, ssrf.ErrProhibitedIP, ssrf.ErrProhibitedNetwork, ssrf.ErrProhibitedPort, ssrf.ErrInvalidHostPort):
		return observe.FaultBlockedAddress
	case errors.Is(err, syscall.ECONNREFUSED):
		return observe.FaultRefused
	case errorIs(err, syscall.EHOSTUNREACH, syscall.EHOSTDOWN):
		return observe.FaultUnreachable
	case errorIs(err, context.DeadlineExceeded, os.ErrDeadlineExceeded, syscall.ETIMEDOUT),
		errors.As(err, &timeout) && timeout.Timeout():
		return observe.FaultTimeout
	case errors.Is(err, errBrokenAnswer):
		return observe.FaultUnparsable
	case isTLS(err):
		return observe.FaultTLS
	case errorIs(err, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed):
		return observe.FaultReset
	}
	return kindOfText(err.Error())
}

// kindOfText reads the texts of net/http, which has no types for them.
func kindOfText(text string) observe.FaultKind {
	switch {
	case strings.Contains(text, "server response headers exceeded"):
		return observe.FaultTooLarge
	case strings.Contains(text, "malformed"), strings.Contains(text, "unsupported transfer encoding"),
		strings.Contains(text, "Content-Length"), strings.Contains(text, "invalid header"),
		strings.Contains(text, "too many 1xx"), strings.Contains(text, "Switching Protocols"), strings.Contains(text, "invalid Trailer"):
		return observe.FaultNotHTTP
	case strings.Contains(text, "server closed"), strings.Contains(text, "connection broken"), strings.Contains(text, "connection reset"):
		return observe.FaultReset
	case strings.Contains(text, "tls: "), strings.Contains(text, "remote error"):
		return observe.FaultTLS
	}
	return observe.FaultInternal
}

func isTLS(err error) bool {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &verify) || errors.As(err, &unknown) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

func errorIs(err error, targets ...error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// endOf says how an attempt ended that met the fault.
func endOf(f *observe.Fault) observe.End {
	switch f.Kind {
	case observe.FaultRefused:
		return observe.EndRefused
	case observe.FaultReset:
		return observe.EndReset
	case observe.FaultTimeout, observe.FaultUnreachable: // no answer, or a router's word for it
		return observe.EndTimeout
	case observe.FaultTLS:
		return observe.EndTLS
	case observe.FaultRedirect:
		return observe.EndRedirect
	case observe.FaultUnresolved, observe.FaultServerFailure, observe.FaultDenied, observe.FaultDisagreement:
		return observe.EndUnresolved
	case observe.FaultBlockedAddress:
		return observe.EndBlocked
	case observe.FaultNotHTTP, observe.FaultTooLarge, observe.FaultUnparsable:
		return observe.EndNotHTTP
	}
	return observe.EndFault
}

// recovered turns a panic of a third-party parser into an error.
func recovered(act string, err *error) {
	if p := recover(); p != nil {
		*err = &observe.Fault{Kind: observe.FaultInternal, Where: act, Detail: bounded(fmt.Sprintf("panic: %v", p), maxDetail)}
	}
}

// bounded cuts a foreign text to at most n bytes of valid UTF-8 without control characters.
func bounded(text string, n int) string {
	if len(text) > n {
		text = text[:n]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}
