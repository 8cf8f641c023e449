package scanner

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/icpaudit/icpaudit/observe"
)

// pools keeps what is costly to make anew for every body.
type pools struct {
	buffers sync.Pool // *bytes.Buffer
	gzips   sync.Pool // *gzip.Reader
}

// maxPooled keeps a few giants from staying in memory for good.
const maxPooled = 1 << 20

func (p *pools) buffer() *bytes.Buffer {
	if b, ok := p.buffers.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

func (p *pools) giveBack(b *bytes.Buffer) {
	if b == nil || b.Cap() > maxPooled {
		return
	}
	b.Reset()
	p.buffers.Put(b)
}

// inflate undoes the content encoding into a buffer, up to limit bytes. cut
// says that something is missing at the end: over the limit, or the stream
// broke off or is damaged.
func (p *pools) inflate(into *bytes.Buffer, raw []byte, encoding string, limit int64) (data []byte, cut bool, err error) {
	defer recovered("undo the content encoding", &err)
	var r io.Reader
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return raw[:min(int64(len(raw)), limit)], int64(len(raw)) > limit, nil
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
			// A lie, or cut before the first byte: what is there is read, and trusted for nothing that is missing.
			return raw[:min(int64(len(raw)), limit)], true, nil
		}
		zr, _ := p.gzips.Get().(*gzip.Reader)
		if zr == nil {
			zr = new(gzip.Reader)
		}
		defer p.gzips.Put(zr)
		if err := zr.Reset(bytes.NewReader(raw)); err != nil {
			return nil, true, nil
		}
		r = zr
	case "deflate":
		// RFC 9110 8.4.1.2 says zlib; old servers send the bare stream.
		zr, err := zlib.NewReader(bytes.NewReader(raw))
		if err == nil {
			defer zr.Close()
			r = zr
		} else {
			fr := flate.NewReader(bytes.NewReader(raw))
			defer fr.Close()
			r = fr
		}
	default:
		return nil, false, &observe.Fault{Kind: observe.FaultUnparsable,
			Detail: fmt.Sprintf("content encoding %q was not asked for", bounded(encoding, 40))}
	}
	n, err := into.ReadFrom(io.LimitReader(r, limit+1))
	if n > limit {
		return into.Bytes()[:limit], true, nil
	}
	return into.Bytes(), err != nil && !errors.Is(err, io.EOF), nil
}
