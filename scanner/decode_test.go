package scanner

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// One page in every charset that Chinese sites use, under true and false
// labels, says the same.
func TestDecodeUnderFalseLabels(t *testing.T) {
	const text = `<p>版权所有 某某网络科技有限公司 京ICP备12345678号-1 地址电话联系我们</p>`
	labels := []string{"", "utf-8", "gb2312", "gbk", "iso-8859-1"}
	for name, enc := range map[string]encoding.Encoding{
		"utf-8": encoding.Nop, "gb18030": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GBK,
		"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"utf-16 bare": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-8 bom": unicode.UTF8BOM,
	} {
		for _, header := range labels {
			for _, meta := range labels {
				page := text
				if meta != "" {
					page = `<META http-equiv=Content-Type content='text/html; charset=` + strings.ToUpper(meta) + `'>` + text
				}
				data, err := enc.NewEncoder().Bytes([]byte(page))
				if err != nil {
					t.Fatal(err)
				}
				contentType := "text/html"
				if header != "" {
					contentType += "; charset=" + header
				}
				if got, charset := decode(data, contentType); !strings.Contains(string(got), "京ICP备12345678号-1") {
					t.Errorf("%s under header %q and meta %q was read as %s: %.120s", name, header, meta, charset, got)
				}
			}
		}
	}
}

func TestDecodeDeclared(t *testing.T) {
	for name, c := range map[string]struct {
		enc         encoding.Encoding
		contentType string
		head, text  string
		charset     string
	}{
		"big5 by header":            {traditionalchinese.Big5, "text/html; charset=Big5", "", "網站備案號 京ICP備12345678號", "big5"},
		"big5 by meta":              {traditionalchinese.Big5, "", `<meta charset = "big5">`, "網站備案號 京ICP備12345678號", "big5"},
		"shift_jis":                 {japanese.ShiftJIS, "", `<meta charset=shift_jis>`, "日本語のページです", "shift_jis"},
		"iso-2022-jp":               {japanese.ISO2022JP, "text/html;charset=iso-2022-jp", "", "日本語のページ", "iso-2022-jp"},
		"xml declaration":           {simplifiedchinese.GBK, "", `<?xml version="1.0" encoding="gb2312"?>`, "备案号码", "gb18030"},
		"broken parameters":         {traditionalchinese.Big5, `text/html; charset=big5; x`, "", "網站備案號", "big5"},
		"script charset is no meta": {simplifiedchinese.GBK, "", `<script charset="big5"></script><meta charset=gbk>`, "备案号码网站", "gb18030"},
	} {
		data, err := c.enc.NewEncoder().Bytes([]byte(c.head + c.text))
		if err != nil {
			t.Fatal(err)
		}
		if got, charset := decode(data, c.contentType); charset != c.charset || !strings.HasSuffix(string(got), c.text) {
			t.Errorf("%s: got %q in %s, want %q in %s", name, got, charset, c.text, c.charset)
		}
	}
}

func TestDecodeDamagedUTF8(t *testing.T) {
	text := strings.Repeat("中文内容", 50)
	if got, charset := decode([]byte(text+"京ICP备12345678号\xE5\x8F"), "text/html; charset=gbk"); charset != "utf-8" || !strings.Contains(string(got), "京ICP备12345678号") {
		t.Errorf("a cut UTF-8 page was read as %s", charset)
	}
}
