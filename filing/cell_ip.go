package filing

import (
	"net/netip"
	"regexp"
	"strings"
)

// Examples of right addresses, for mistakes.
const (
	wantIP    = "203.0.113.10"
	wantRange = "203.0.113.8-203.0.113.20"
)

// rangeSign is what people write between the first and the last address.
var rangeSign = regexp.MustCompile(`\s*(?:[-~–—―]+|至|到)\s*`)

// ips reads addresses, CIDR ranges and first-last ranges; the canonical text
// has an entry a line.
func (p *cellParser) ips(text string) string {
	text = rangeSign.ReplaceAllString(foldSigns(text), "-")
	entries := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ;,|", r) })
	if len(entries) > maxListEntries {
		p.wrong(codeListLong, "", "")
		return ""
	}
	out, wrong := make([]string, 0, len(entries)), 0
	for _, e := range entries {
		if canonical := p.ip(e); canonical != "" {
			out = append(out, canonical)
		} else if wrong++; wrong == maxShownEntries {
			break
		}
	}
	return p.joined(out)
}

// maxShownEntries bounds the mistakes of one list.
const maxShownEntries = 5

// ip reads one entry of a list of addresses.
func (p *cellParser) ip(entry string) string {
	if from, to, ok := strings.Cut(entry, "-"); ok {
		return p.ipRange(entry, from, to)
	}
	if strings.Contains(entry, "/") {
		prefix, err := netip.ParsePrefix(entry)
		if err != nil || prefix.Addr().Is4In6() {
			p.wrong(codeIPBad, entry, "203.0.113.0/24")
			return ""
		}
		if prefix.Bits() < 8 {
			p.wrong(codeIPWide, entry, "")
			return ""
		}
		if prefix != prefix.Masked() {
			p.odd(noteIPHostBits, entry, prefix.Masked().String())
		}
		p.warnPrivate(prefix.Addr(), entry)
		return prefix.Masked().String()
	}
	addr, err := netip.ParseAddr(strings.Trim(entry, "[]"))
	if err != nil || addr.Zone() != "" {
		p.wrong(codeIPBad, entry, wantIP)
		return ""
	}
	p.warnPrivate(addr, entry)
	return addr.Unmap().String()
}

// ipRange reads first-last; the last may be given by its last number alone.
func (p *cellParser) ipRange(entry, first, last string) string {
	from, err := netip.ParseAddr(first)
	if dot := strings.LastIndexByte(first, '.'); dot > 0 && len(last) <= 3 {
		last = first[:dot+1] + last
	}
	to, err2 := netip.ParseAddr(last)
	from, to = from.Unmap(), to.Unmap()
	switch {
	case err != nil || err2 != nil || from.Is4() != to.Is4() || from.Zone()+to.Zone() != "":
		p.wrong(codeIPBad, entry, wantRange)
		return ""
	case to.Less(from):
		p.wrong(codeIPOrder, entry, to.String()+"-"+from.String())
		return ""
	case from.AsSlice()[0] != to.AsSlice()[0]:
		p.wrong(codeIPWide, entry, "")
		return ""
	}
	p.warnPrivate(from, entry)
	if from == to {
		return from.String()
	}
	return from.String() + "-" + to.String()
}

// warnPrivate notes an address that nobody reaches over the internet.
func (p *cellParser) warnPrivate(addr netip.Addr, entry string) {
	if addr = addr.Unmap(); addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsUnspecified() || addr.IsMulticast() {
		p.odd(noteIPPrivate, entry, "")
	}
}

// buildIPs reads the canonical text of ips back.
func buildIPs(text string) (prefixes []netip.Prefix, ranges []IPRange) {
	for e := range strings.Lines(text) {
		e = strings.TrimSuffix(e, "\n")
		if from, to, ok := strings.Cut(e, "-"); ok {
			a, err := netip.ParseAddr(from)
			b, err2 := netip.ParseAddr(to)
			if err == nil && err2 == nil {
				ranges = append(ranges, IPRange{a, b})
			}
		} else if strings.Contains(e, "/") {
			if prefix, err := netip.ParsePrefix(e); err == nil {
				prefixes = append(prefixes, prefix)
			}
		} else if addr, err := netip.ParseAddr(e); err == nil {
			prefixes = append(prefixes, netip.PrefixFrom(addr, addr.BitLen()))
		}
	}
	return prefixes, ranges
}
