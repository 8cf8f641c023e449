package filing

import "testing"

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"北京示例科技有限公司", "北京示例科技有限公司", true},
		{"北京示例（集团）有限公司", " 北京 示例(集团)有限公司 ", true},
		{"ABC Ｔech 有限公司", "abctech有限公司", true},
		{"廣東滙豐電訊網絡有限公司", "广东汇丰电讯网络有限公司", true},
		{"阿卜杜拉•买买提", "阿卜杜拉·买买提", true},
		{"北京示例科技有限公司", "北京示例科技有限责任公司", false},
		{"北京示例科技有限公司", "北京示范科技有限公司", false},
		{"示例(北京)科技有限公司", "示例北京科技有限公司", false},
		{"", "", true},
		{"北京示例科技有限公司", "", false},
	} {
		if got := SameName(c.a, c.b); got != c.want {
			t.Errorf("SameName(%q, %q) = %v", c.a, c.b, got)
		}
		if got := SameName(c.b, c.a); got != c.want {
			t.Errorf("SameName(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

func TestSameAddress(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"北京市朝阳区示例路3号", "北京市朝阳区示例路３号", true},
		{"北京市朝阳区示例路三号", "北京市朝阳区示例路3号", true},
		{"北京市北京市朝阳区示例路3号", "朝阳区示例路3号", true},
		{"北京市市辖区朝阳区示例路3号", "北京朝阳区示例路3号", true},
		{"广东省深圳市南山区科技园十二楼1203室", "深圳市南山区科技园12层1203", true},
		{"廣東省深圳市南山區科技園", "南山区科技园", true},
		{"广东深圳南山区科技园", "广东省深圳市南山区科技园", true},
		{"江苏省苏州市昆山市示例镇示例路1号", "昆山市示例镇示例路1号", true},
		{"湖北省恩施土家族苗族自治州恩施市示例路1号", "恩施市示例路1号", true},
		{"广州市天河区示例路3号之一", "广州市天河区示例路3号之1", true},
		{"广州市天河区示例路3号之一", "广州市天河区示例路3-1号", true},
		{"示例路8号1栋2单元502室", "示例路8号1号楼2单元502房", true},
		{"示例路8号1栋2单元502室", "示例路8号1-2-502", true},
		{"示例大厦A座1203室", "示例大厦A1203", true},
		{"示例路8号五层502号", "示例路8号5楼502室", true},
		{"示例路8号（集群注册）", "示例路8号", true},
		{"示例路8号(示例大厦)", "示例路8号示例大厦", true},
		{"第五大街一二〇三号", "第5大街1203号", true},
		{"一百零三号", "103号", true},
		{"五一路1号", "五十一路1号", false},
		{"示例路3号", "示例路13号", false},
		{"示例路3号", "示例路3号502室", false},
		{"示例路3号1栋", "示例路3号1层", false},
		{"北京市朝阳区示例路3号", "北京市海淀区示例路3号", false},
		{"朝阳区示例路3号", "示例路3号", false},
		{"江苏省南京市示例路3号", "浙江省杭州市示例路3号", false},
		{"江苏省南京市示例路3号", "江苏省苏州市示例路3号", false},
		{"江苏省示例路3号", "浙江省示例路3号", false},
		{"示例路12,3号", "示例路123号", false},
		{"北京路3号", "南京路3号", false},
		{"四川北路3号", "北路3号", false},
		{"上海市虹口区四川北路3号", "虹口区四川北路3号", true},
		{"内蒙古自治区呼和浩特市新城区示例街1号", "呼和浩特市新城区示例街1号", true},
		{"新疆维吾尔自治区乌鲁木齐市天山区示例街1号", "新疆乌鲁木齐市天山区示例街1号", true},
		{"广西壮族自治区南宁市青秀区示例街1号", "广西南宁青秀区示例街1号", true},
		{"吉林省吉林市昌邑区示例街1号", "吉林市昌邑区示例街1号", true},
		{"青海省海南藏族自治州共和县示例街1号", "海南藏族自治州共和县示例街1号", true},
		{"中国（上海）自由贸易试验区示例路1号", "上海自由贸易试验区示例路1号", true},
		{"示例路3号院1号楼", "示例路3号院1栋", true},
		{"三里屯示例大厦", "三里屯示例大厦", true},
		{"", "", true},
		{"示例路3号", "", false},
	} {
		if got := SameAddress(c.a, c.b); got != c.want {
			t.Errorf("SameAddress(%q, %q) = %v", c.a, c.b, got)
		}
		if got := SameAddress(c.b, c.a); got != c.want {
			t.Errorf("SameAddress(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

func FuzzSameAddress(f *testing.F) {
	f.Add("广东省深圳市南山区科技园十二楼1203室", "深圳市(南山区)之一")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !SameAddress(a, a) {
			t.Errorf("%q isn't itself", a)
		}
		if SameAddress(a, b) != SameAddress(b, a) || SameName(a, b) != SameName(b, a) {
			t.Errorf("%q and %q: the order matters", a, b)
		}
	})
}
