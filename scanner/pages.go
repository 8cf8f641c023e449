package scanner

import (
	"context"
	"fmt"
	"hash/maphash"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

const (
	maxScripts = 6       // read for one document
	maxShells  = 2       // documents of one visit whose scripts are read; the hosts are asked once a second
	scriptSize = 2 << 20 // bytes of a script, decompressed
)

// document is a page that was read, with the scripts that the reader wants to see.
type document struct {
	observe.Document
	scripts []*url.URL
	done    bool // the scripts were asked for
}

// read parses a page, or finds that the same body was parsed before, and
// returns its index and where a refresh in it leads.
func (w *visit) read(u *url.URL, got *fetched, from string) (i int, refresh string, f *observe.Fault) {
	w.cpu <- struct{}{}
	defer func() { <-w.cpu }()
	buf := w.pools.buffer()
	defer w.pools.giveBack(buf)
	data, cut, err := w.pools.inflate(buf, got.body.Bytes(), got.encoding, w.options.Body)
	if err != nil {
		f := *faultOf(err, u.String())
		f.Where = u.String()
		return 0, "", &f
	}
	cut = cut || got.cut
	if len(data) == 0 && got.broke != nil {
		return 0, "", faultOf(fmt.Errorf("read the first byte of the page: %w", got.broke), u.String())
	}
	key := w.bodyKey(data, got.contentType, cut)
	i, known := w.byBody[key]
	if !known {
		d, err := w.parse(Body{URL: u, ContentType: got.contentType, Status: got.status, Data: data, Truncated: cut})
		if err != nil {
			return 0, "", faultOf(err, u.String())
		}
		i = len(w.documents)
		w.byBody[key] = i
		w.documents = append(w.documents, d)
	}
	if d := &w.documents[i]; !slices.Contains(d.Starts, from) {
		d.Starts = append(d.Starts, from)
	}
	return i, metaRefresh(data), nil
}

// bodyKey tells bodies apart within one visit.
func (w *visit) bodyKey(data []byte, contentType string, cut bool) uint64 {
	var h maphash.Hash
	h.SetSeed(w.seed)
	_, _ = h.Write(data) // never fails
	_, _ = h.WriteString(contentType)
	if cut {
		_ = h.WriteByte(1)
	}
	return h.Sum64()
}

// parse reads a body. The readers of HTML are not ours and meet everything
// that the world can write, so a panic is a fault of this one look.
func (w *visit) parse(in Body) (d document, err error) {
	defer recovered("read "+in.URL.String(), &err)
	d.Document, d.scripts = w.reader.Document(in)
	return d, nil
}

// leave takes a start back from a document that only sent it on.
func (w *visit) leave(i int, from string) {
	d := &w.documents[i]
	d.Starts = slices.DeleteFunc(d.Starts, func(s string) bool { return s == from })
}

// kindOf tells what kind of page came with a status that carries none.
func (w *visit) kindOf(u *url.URL, got *fetched) (observe.PageKind, string) {
	if got.body == nil || got.body.Len() == 0 {
		return "", ""
	}
	w.cpu <- struct{}{}
	defer func() { <-w.cpu }()
	buf := w.pools.buffer()
	defer w.pools.giveBack(buf)
	data, cut, err := w.pools.inflate(buf, got.body.Bytes(), got.encoding, errorBody)
	if err != nil {
		return "", ""
	}
	d, err := w.parse(Body{URL: u, ContentType: got.contentType, Status: got.status, Data: data, Truncated: cut || got.cut})
	if err != nil {
		return "", ""
	}
	return d.Kind, d.Mark
}

// readScripts gives the reader the scripts that it named for a page, as far
// as they stand on the same site. What could not be read is noted.
func (w *visit) readScripts(ctx context.Context, i int, trip *trip) {
	d := &w.documents[i]
	if d.done || len(d.scripts) == 0 || d.Kind != observe.KindSite {
		return
	}
	d.done = true
	shells := 0
	for _, other := range w.documents {
		if other.done {
			shells++
		}
	}
	for n, u := range d.scripts {
		u, err := canonical(u)
		if err != nil {
			continue
		}
		if n >= maxScripts || shells > maxShells || !w.script(ctx, d, u, trip) {
			d.Unread = append(d.Unread, bounded(u.String(), maxLocation))
		}
	}
}

// script asks for one script and gives it to the reader; false where it could not be read whole.
func (w *visit) script(ctx context.Context, d *document, u *url.URL, trip *trip) bool {
	if !w.portAllowed(u) || siteOf(u.Hostname()) != w.siteOf(d) {
		return false
	}
	_, got := w.hop(ctx, u, trip)
	if got == nil {
		return false
	}
	defer got.release()
	if got.status != 200 || got.body == nil {
		return false
	}
	// A missing script is often answered by the page itself.
	if kind, _, err := mime.ParseMediaType(got.contentType); err == nil && kind == "text/html" {
		return false
	}
	w.cpu <- struct{}{}
	defer func() { <-w.cpu }()
	buf := w.pools.buffer()
	defer w.pools.giveBack(buf)
	data, cut, err := w.pools.inflate(buf, got.body.Bytes(), got.encoding, scriptSize)
	if err == nil {
		err = w.feed(d, u, data)
	}
	return err == nil && !cut && !got.cut
}

func (w *visit) feed(d *document, u *url.URL, data []byte) (err error) {
	defer recovered("read "+u.String(), &err)
	w.reader.Script(&d.Document, u, data)
	return nil
}

func (w *visit) siteOf(d *document) string {
	u, err := url.Parse(d.URL)
	if err != nil {
		return ""
	}
	return siteOf(u.Hostname())
}

// page returns the documents of the site itself, or why there is none.
func (w *visit) page(domain string) (*observe.Page, *observe.Fault) {
	var page observe.Page
	for _, d := range w.documents {
		if d.Kind == observe.KindSite && len(d.Starts) > 0 {
			page.Documents = append(page.Documents, d.Document)
		}
	}
	if len(page.Documents) > 0 {
		return &page, nil
	}
	if f := w.trouble(); f != nil {
		return nil, f
	}
	return nil, w.noPage(domain)
}

// noPage says why no document of the site came. A challenge is told first:
// behind it may stand anything.
func (w *visit) noPage(domain string) *observe.Fault {
	var ends []string
	var found [4]*observe.Attempt // challenge, unreadable, another page, status
	note := func(rank int, a *observe.Attempt) {
		if found[rank] == nil {
			found[rank] = a
		}
	}
	for i := range w.attempts {
		a := &w.attempts[i]
		ends = append(ends, string(a.End))
		switch {
		case a.Kind == observe.KindChallenge:
			note(0, a)
		case a.Fault != nil && a.Fault.Kind == observe.FaultUnparsable && len(a.Hops) > 0:
			note(1, a)
		case a.End == observe.EndPage, a.Kind == observe.KindBlock, a.Kind == observe.KindParking:
			note(2, a)
		case a.End == observe.EndStatus:
			note(3, a)
		}
	}
	switch {
	case found[0] != nil:
		return &observe.Fault{Kind: observe.FaultChallenge, Where: found[0].Final, Detail: found[0].Mark}
	case found[1] != nil:
		return found[1].Fault
	case found[2] != nil:
		return &observe.Fault{Kind: observe.FaultNotAPage, Where: found[2].Final, Detail: strings.TrimSpace(string(found[2].Kind) + " " + found[2].Mark)}
	case found[3] != nil:
		return &observe.Fault{Kind: observe.FaultStatus, Where: found[3].Final, Detail: fmt.Sprint(found[3].Status)}
	}
	return &observe.Fault{Kind: observe.FaultUnreachable, Where: domain, Detail: strings.Join(ends, ", "), Tries: len(w.attempts)}
}
