package scanner

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

// FuzzReadRegistration: whatever a server says, there is a state or a fault and
// never both, an absence has no record, and the answer can be stored.
func FuzzReadRegistration(f *testing.F) {
	for _, seed := range []string{
		cnRecord, comRecord, rdapRecord, verisignTerms, "No matching record.", "Queried interval is too short.", `{"errorCode":404}`, `{"objectClassName":"domain"}`,
		"Registrant:\n   北京示例科技有限公司\n   地址\nDomain Name: example.cn\n   Record created on 2018-02-05 22:59:12.5\n", "[Domain Name] EXAMPLE.JP\n[Registrant] x\n",
		"\xb1\xb1\xbe\xa9", "Domain Name: \nRegistrar:\n\n\nStatus", "Registrar WHOIS Server: x", `{"entities":{"roles":"registrant","vcardArray":["vcard",[["fn",{},"text","x"]]]}}`,
	} {
		f.Add("example.cn", []byte(seed))
		f.Add("", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, domain string, raw []byte) {
		r, fault := ReadRegistration(domain, raw)
		if (fault == nil) != (r.State != "") {
			t.Fatalf("state %q with fault %v", r.State, fault)
		}
		if r.State != observe.StateRegistered && (r.Expires != nil || r.Holder != "" || r.Registrar != "") {
			t.Fatalf("%s with a record: %+v", r.State, r)
		}
		if len(r.Holder) > maxHolder || len(r.Registrar) > maxHolder || len(r.Statuses) > maxStatuses {
			t.Fatalf("unbounded: %+v", r)
		}
		data, err := json.Marshal(r)
		var back observe.Registration
		if err == nil {
			err = json.Unmarshal(data, &back)
		}
		if err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(back); err != nil || !reflect.DeepEqual(again, data) {
			t.Fatalf("%s became %s, %v", data, again, err)
		}
	})
}
