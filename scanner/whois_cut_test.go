package scanner

import "testing"

// A record that breaks off in the middle of a name must not name another holder.
func TestACutLineNamesNobody(t *testing.T) {
	const head = "Domain Name: example.cn\nROID: 20140908s10001s72166376-cn\nDomain Status: ok\n"
	for text, want := range map[string]string{
		head + "Registrant: 某某科技有限公司\nRegistration Time: 2014-09-08 10:52:31\n": "某某科技有限公司",
		head + "Registration Time: 2014-09-08 10:52:31\nRegistrant: 某某科":        "",
	} {
		r, fault := ReadRegistration("example.cn", []byte(text))
		if fault != nil || r.Holder != want {
			t.Errorf("%q: holder %q, fault %v; want %q", text, r.Holder, fault, want)
		}
	}
}

// Wherever a record breaks off, what it names is what it would have named, or nothing.
func TestACutRecordNamesNobodyElse(t *testing.T) {
	const whole = "Domain Name: example.cn\nROID: 20140908s10001s72166376-cn\nDomain Status: ok\nRegistrant: 邱晓\nRegistrant Contact Email: a@example.cn\n" +
		"Sponsoring Registrar: 阿里云计算有限公司（万网）\nName Server: ns1.example.cn\nRegistration Time: 2014-09-08 10:52:31\nExpiration Time: 2027-09-08 10:52:31\nDNSSEC: 未签名\n"
	for cut := range len(whole) {
		r, fault := ReadRegistration("example.cn", []byte(whole[:cut]))
		if fault != nil {
			continue
		}
		if r.Holder != "" && r.Holder != "邱晓" || r.Registrar != "" && r.Registrar != "阿里云计算有限公司（万网）" ||
			r.Created != nil && r.Created.Time.Year() != 2014 || r.Expires != nil && r.Expires.Time.Year() != 2027 || r.State == "available" {
			t.Errorf("cut at %d: %+v", cut, r)
		}
	}
}
