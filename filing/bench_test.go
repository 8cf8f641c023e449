package filing

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/filing/number"
)

// benchHead and benchRow are an inventory of subjects with ten domains in two
// services each, scattered over two places of the file.
const benchHead = "主体备案号,主办单位,主办单位性质,主体负责人,主体负责人身份证号,主体负责人身份证有效期,主体负责人手机,网站备案号,网站名称,接入商,备案IP,网站负责人,网站负责人手机号,审核通过日期,域名,首页网址,公安备案号"

func benchRow(i, n int) []any {
	subject := i / 5 % (n / 10)
	return []any{
		fmt.Sprintf("京ICP备20%08d号", subject+20000000), fmt.Sprintf("北京示例%d科技有限公司", subject), "企业", "张三", "11010519491231002X", "长期", "13812345678",
		fmt.Sprintf("京ICP备20%08d号-%d", subject+20000000, i%2+1), fmt.Sprintf("示例站%d-%d", subject, i%2), "华为云", fmt.Sprintf("203.0.113.%d；198.51.100.0/24", i%2), "李四", "13912345678",
		"2024-01-31", fmt.Sprintf("example%d.com", i), fmt.Sprintf("https://www.example%d.com/", i), fmt.Sprintf("京公网安备110%011d号", i),
	}
}

// benchFile writes an inventory of n rows.
func benchFile(b *testing.B, format string, n int) string {
	path := filepath.Join(b.TempDir(), "bench."+format)
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	defer w.Flush()
	heads := strings.Split(benchHead, ",")
	switch format {
	case "csv":
		fmt.Fprintln(w, benchHead)
		for i := range n {
			for j, c := range benchRow(i, n) {
				if j > 0 {
					w.WriteByte(',')
				}
				fmt.Fprint(w, c)
			}
			w.WriteByte('\n')
		}
	case "jsonl":
		for i := range n {
			for j, c := range benchRow(i, n) {
				fmt.Fprintf(w, "%c%q:%q", "{,"[min(j, 1)], heads[j], c)
			}
			w.WriteString("}\n")
		}
	case "xlsx":
		book := excelize.NewFile()
		stream, err := book.NewStreamWriter("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		top := make([]any, len(heads))
		for i, h := range heads {
			top[i] = h
		}
		stream.SetRow("A1", top)
		for i := range n {
			stream.SetRow(fmt.Sprintf("A%d", i+2), benchRow(i, n))
		}
		if err := stream.Flush(); err != nil {
			b.Fatal(err)
		}
		if _, err := book.WriteTo(w); err != nil {
			b.Fatal(err)
		}
		book.Close()
	}
	return path
}

// peakHeap watches the heap while a function runs.
func peakHeap(run func()) uint64 {
	var peak atomic.Uint64
	done := make(chan struct{})
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > peak.Load() {
				peak.Store(m.HeapAlloc)
			}
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	run()
	close(done)
	<-gone
	return peak.Load()
}

// BenchmarkInventory reads an inventory of a million rows (XLSX: a hundred
// thousand) and deals all its subjects.
func BenchmarkInventory(b *testing.B) {
	for _, c := range []struct {
		format string
		rows   int
	}{{"csv", 1_000_000}, {"jsonl", 1_000_000}, {"xlsx", 100_000}} {
		b.Run(c.format, func(b *testing.B) {
			path := benchFile(b, c.format, c.rows)
			runtime.GC()
			b.ResetTimer()
			for range b.N {
				var dealt time.Duration
				peak := peakHeap(func() {
					start := time.Now()
					inv, err := ReadInventory(context.Background(), path, ReadOptions{TempDir: b.TempDir()})
					if err != nil {
						b.Fatal(err)
					}
					defer inv.Close()
					read := time.Since(start)
					n := 0
					for _, err := range inv.Subjects(context.Background()) {
						if err != nil {
							b.Fatal(err)
						}
						n++
					}
					dealt = time.Since(start) - read
					if t := inv.Totals(); t.Good != c.rows || n != c.rows/10 {
						b.Fatalf("%+v, %d subjects", t, n)
					}
				})
				b.ReportMetric(float64(peak)/(1<<20), "peak-heap-MiB")
				b.ReportMetric(dealt.Seconds(), "s-dealing")
			}
			b.ReportMetric(float64(c.rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// creditCode is a right credit code.
func creditCode(i int) string {
	code := fmt.Sprintf("91%015d0", i)
	var bad *number.SyntaxError
	if _, err := number.ParseUSCC(code); errors.As(err, &bad) {
		return bad.Want
	}
	return code
}

// BenchmarkFeed reads a registry feed of half a million rows and asks for every
// tenth of them; it reports the memory that stays in use.
func BenchmarkFeed(b *testing.B) {
	const n = 500_000
	path := filepath.Join(b.TempDir(), "registry.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "企业名称,曾用名,统一社会信用代码,登记状态,注册地址,法定代表人,核准日期,营业期限,数据日期")
	for i := range n {
		fmt.Fprintf(w, "北京示例%d科技有限公司,北京旧名%d有限公司,%s,存续,北京市朝阳区示例路%d号,张三,2023-05-06,2010-01-02至无固定期限,2024-01-31\n", i, i, creditCode(i), i)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v, err := ReadFeeds(b.Context(), FeedOptions{Registry: FeedFile{File: path}})
		if err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-held")
		for i := 0; i < n; i += 10 {
			if e := v.Of(&Subject{Name: fmt.Sprintf("北京示例%d科技有限公司", i)}); len(e.Registry) != 1 {
				b.Fatal(i)
			}
		}
		v.Close()
	}
}
