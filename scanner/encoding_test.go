package scanner

import (
	"bytes"
	"compress/gzip"
	"testing"
)

func TestRefreshGoal(t *testing.T) {
	for in, want := range map[string]string{
		"0;url=/x": "/x", "0; URL = '/x' ": "/x", `3;"/x"y`: "/x", "5,/x": "/x", "0 url=/x": "/x", "0.5;/x": "/x", "1;url.html": "url.html",
		"": "", "5": "", "6;url=/x": "", "x;url=/x": "", "url=/x": "", "0;": "", "0;url=": "", "-1;url=/x": "", "0;url=\"": "", "1.2.3;/x": "",
	} {
		if got := refreshGoal(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzInflate(f *testing.F) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(bytes.Repeat([]byte("<p>x</p>"), 1000))
	z.Close()
	for _, encoding := range []string{"gzip", "deflate", "", "br"} {
		f.Add(encoding, b.Bytes())
	}
	var p pools
	f.Fuzz(func(t *testing.T, encoding string, raw []byte) {
		const limit = 4096
		buf := p.buffer()
		defer p.giveBack(buf)
		data, cut, err := p.inflate(buf, raw, encoding, limit)
		if len(data) > limit || err != nil && data != nil {
			t.Errorf("%d bytes, cut %v, error %v", len(data), cut, err)
		}
		metaRefresh(data)
	})
}
