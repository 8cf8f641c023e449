package scanner

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

func TestBodies(t *testing.T) {
	page := []byte(sitePage("京ICP备12345678号-1"))
	packed := func(w func(io.Writer) io.WriteCloser) []byte {
		var b bytes.Buffer
		z := w(&b)
		_, _ = z.Write(page)
		z.Close()
		return b.Bytes()
	}
	zipped := packed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	wrapped := packed(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	bare := packed(func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 9); return z })
	damaged := slices.Clone(zipped)
	damaged[len(damaged)-5] ^= 0xff // in the check sum
	for name, c := range map[string]struct {
		encoding string
		body     []byte
		cut      bool
		fault    observe.FaultKind
	}{
		"plain":          {"", page, false, ""},
		"identity":       {"identity", page, false, ""},
		"gzip":           {"gzip", zipped, false, ""},
		"x-gzip":         {"X-GZIP", zipped, false, ""},
		"deflate":        {"deflate", wrapped, false, ""},
		"bare deflate":   {"deflate", bare, false, ""},
		"cut gzip":       {"gzip", zipped[:len(zipped)*2/3], true, ""},
		"damaged gzip":   {"gzip", damaged, true, ""},
		"false gzip":     {"gzip", page, true, ""},
		"not asked for":  {"br", page, false, observe.FaultUnparsable},
		"nested":         {"gzip, gzip", zipped, false, observe.FaultUnparsable},
		"empty":          {"", nil, false, ""},
		"over the limit": {"", append(slices.Clone(page), bytes.Repeat([]byte("<p>x</p>"), 20000)...), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t, "a.cn")
			n.web("*:80", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if c.encoding != "" {
					w.Header().Set("Content-Encoding", c.encoding)
				}
				_, _ = w.Write(c.body)
			}, nil)
			o := quickVisit()
			o.Body = 64 << 10
			a, w := n.attempt(o, "a.cn")
			if c.fault != "" {
				if _, f := w.page("a.cn"); a.Fault == nil || a.Fault.Kind != c.fault || f.Kind != c.fault {
					t.Errorf("fault %v, page fault %v; want %s", a.Fault, f, c.fault)
				}
				return
			}
			if a.End != observe.EndPage || len(w.documents) != 1 {
				t.Fatalf("end %s, fault %v", a.End, a.Fault)
			}
			whole := len(page)
			if len(c.body) == 0 {
				whole = 0
			}
			if d := w.documents[0]; d.Truncated != c.cut || !c.cut && d.Bytes != whole {
				t.Errorf("truncated %v, %d bytes; want %v, %d", d.Truncated, d.Bytes, c.cut, whole)
			}
		})
	}
}

func TestGzipBomb(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	zeros := bytes.Repeat([]byte(" "), 1<<20)
	for range 64 {
		_, _ = z.Write(zeros)
	}
	z.Close()
	n := newNet(t, "a.cn")
	n.web("*:80", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(b.Bytes())
	}, nil)
	o := quickVisit()
	o.URLTimeout = 10 * time.Second
	_, w := n.attempt(o, "a.cn")
	if len(w.documents) != 1 || !w.documents[0].Truncated || int64(w.documents[0].Bytes) != o.Body {
		t.Errorf("documents %+v", w.documents)
	}
}
