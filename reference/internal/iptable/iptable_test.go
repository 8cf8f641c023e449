package iptable

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

func small(t testing.TB) *Table {
	t.Helper()
	table, err := New(time.Date(2026, 6, 17, 0, 0, 0, 0, time.UTC), "from nowhere",
		[]Range4{
			{0, Origin{}}, {0x01000000, Origin{13335, "AU"}}, {0x01000100, Origin{0, "CN"}}, {0x01000400, Origin{}},
			{0x01008000, Origin{4134, "CN"}}, {0x01020000, Origin{}}, {0xFFFFFF00, Origin{4200000000, "HK"}},
		},
		[]Range6{{0, ""}, {0x240e_0000_0000_0000, "CN"}, {0x240f_0000_0000_0000, "JP"}, {0x240f_0001_0000_0000, ""}},
		map[uint32]string{13335: "Cloudflare, Inc.", 4134: "电信", 4200000000: ""})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestLookup(t *testing.T) {
	table := small(t)
	for text, want := range map[string]Origin{
		"0.0.0.0": {}, "0.255.255.255": {}, "1.0.0.0": {13335, "AU"}, "1.0.0.255": {13335, "AU"}, "1.0.1.0": {0, "CN"}, "1.0.3.255": {0, "CN"},
		"1.0.4.0": {}, "1.0.127.255": {}, "1.0.128.0": {4134, "CN"}, "1.1.255.255": {4134, "CN"}, "1.2.0.0": {}, "255.255.255.0": {4200000000, "HK"},
		"255.255.255.255": {4200000000, "HK"}, "::": {}, "240d:ffff::": {}, "240e::": {0, "CN"}, "240e:ffff:ffff:ffff:ffff:ffff:ffff:ffff": {0, "CN"},
		"240f::1": {0, "JP"}, "240f:1::": {}, "ffff::": {}, "::ffff:1.0.0.1": {13335, "AU"},
	} {
		if got := table.Lookup(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
	if got := table.Lookup(netip.Addr{}); got != (Origin{}) {
		t.Errorf("no address: %+v", got)
	}
	for asn, want := range map[uint32]string{13335: "Cloudflare, Inc.", 4134: "电信", 4200000000: "", 1: "", 4294967295: ""} {
		if got := table.Name(asn); got != want {
			t.Errorf("AS%d is called %q, want %q", asn, got, want)
		}
	}
}

func TestFile(t *testing.T) {
	table := small(t)
	var a, b bytes.Buffer
	if err := table.Encode(&a); err != nil {
		t.Fatal(err)
	}
	again, err := Decode(bytes.NewReader(a.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Encode(&b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("written again, the table has other bytes (%v)", err)
	}
	if again.Note != "from nowhere" || again.Name(4134) != "电信" || again.Lookup(netip.MustParseAddr("1.0.128.7")) != (Origin{4134, "CN"}) {
		t.Errorf("read back as %+v", again)
	}
	date, err := ReadDate(bytes.NewReader(a.Bytes()))
	if err != nil || !date.Equal(table.Date) || !again.Date.Equal(table.Date) {
		t.Errorf("dated %v and %v, %v", date, again.Date, err)
	}
	for n := range a.Len() {
		if _, err := Decode(bytes.NewReader(a.Bytes()[:n])); err == nil {
			t.Errorf("the first %d of %d bytes are taken for a table", n, a.Len())
		}
	}
}

func TestMalformed(t *testing.T) {
	for name, content := range map[string][]byte{
		"nothing": {}, "zeros": make([]byte, 20), "a length beyond the end": {0xff, 0xff, 0xff, 0xff, 0x0f},
		"a number without end": bytes.Repeat([]byte{0xff}, 20),
	} {
		var b bytes.Buffer
		zip := gzip.NewWriter(&b)
		zip.ModTime = time.Now()
		zip.Write(content)
		zip.Close()
		if _, err := Decode(&b); err == nil {
			t.Errorf("%s: taken for a table", name)
		}
	}
	for name, make := range map[string]func() (*Table, error){
		"no ranges":        func() (*Table, error) { return New(time.Now(), "", nil, nil, nil) },
		"a late beginning": func() (*Table, error) { return New(time.Now(), "", []Range4{{From: 1}}, []Range6{{}}, nil) },
		"disorder": func() (*Table, error) {
			return New(time.Now(), "", []Range4{{}, {From: 9}, {From: 9}}, []Range6{{}}, nil)
		},
		"an endless name": func() (*Table, error) {
			return New(time.Now(), "", []Range4{{}}, []Range6{{}}, map[uint32]string{1: strings.Repeat("x", maxName+1)})
		},
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: taken for a table", name)
		}
	}
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	zip.ModTime = time.Unix(0, 0)
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadDate(&b); err == nil {
		t.Error("a file without a date was accepted")
	}
}

// TestAgainstASearch compares look-ups with a plain search through all ranges.
func TestAgainstASearch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	ranges := []Range4{{}}
	for range 3000 {
		ranges = append(ranges, Range4{random.Uint32(), Origin{random.Uint32N(5), []string{"", "CN", "US"}[random.IntN(3)]}})
	}
	slices.SortFunc(ranges, func(a, b Range4) int { return int(int64(a.From) - int64(b.From)) })
	ranges = slices.CompactFunc(ranges, func(a, b Range4) bool { return a.From == b.From })
	table, err := New(time.Now(), "", ranges, []Range6{{}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	check := func(n uint32) {
		want := Origin{}
		for _, r := range ranges {
			if r.From <= n {
				want = r.Origin
			}
		}
		addr := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		if got := table.Lookup(addr); got != want {
			t.Fatalf("%s: %+v, want %+v", addr, got, want)
		}
	}
	for _, r := range ranges[1:] {
		check(r.From)
		check(r.From - 1)
	}
	for range 2000 {
		check(random.Uint32())
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := small(f).Encode(&b); err != nil {
		f.Fatal(err)
	}
	zip, err := gzip.NewReader(&b)
	if err != nil {
		f.Fatal(err)
	}
	var content bytes.Buffer
	content.ReadFrom(zip)
	f.Add(content.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, content []byte) {
		var b bytes.Buffer
		zip, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
		zip.Write(content)
		zip.Close()
		table, err := Decode(&b)
		if err != nil {
			return
		}
		for _, text := range []string{"0.0.0.0", "1.2.3.4", "255.255.255.255", "::", "240e::1", "ffff:ffff::"} {
			table.Lookup(netip.MustParseAddr(text))
		}
		table.Name(4134)
	})
}

func embedded(b *testing.B) []byte {
	data, err := os.ReadFile("../../data/addresses.bin.gz")
	if err != nil {
		b.Fatal(err)
	}
	return data
}

func BenchmarkDecode(b *testing.B) {
	data := embedded(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	table, err := Decode(bytes.NewReader(embedded(b)))
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	addrs := make([]netip.Addr, 1<<16)
	for kind, upper := range map[string]uint64{"v4": 0, "v6": 0x2400_0000_0000_0000} {
		for i := range addrs {
			n := random.Uint64()
			if upper == 0 {
				addrs[i] = netip.AddrFrom4([4]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
			} else {
				var a [16]byte
				a[0], a[1], a[2], a[3], a[4] = 0x24, byte(n)&0x0f, byte(n>>8), byte(n>>16), byte(n>>24)
				addrs[i] = netip.AddrFrom16(a)
			}
		}
		b.Run(kind, func(b *testing.B) {
			i := 0
			for b.Loop() {
				table.Lookup(addrs[i&(1<<16-1)])
				i++
			}
		})
	}
}
