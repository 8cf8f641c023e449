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
