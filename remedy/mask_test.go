package remedy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/filing"
)

func TestMaskedFilingsHoldNoPersonalData(t *testing.T) {
	person := func(name, id string) filing.Person {
		return filing.Person{Name: name, ID: filing.Certificate{Number: id}, Mobile: "13800138000", Landline: "010-12345678", Emergency: "13900139000", Email: "a@example.cn"}
	}
	s := &filing.Subject{Number: "京ICP备1号", Name: "北京晨光", Principal: person("张三丰", "110105194912310021"), Licence: filing.Certificate{Number: "91110000600037341L"}}
	for i, p := range []filing.Person{person("张三丰", "110105194912310021"), person("张三丰", ""), person("张四海", ""), person("张三丰", "110105194912310048"), {}} {
		s.Services = append(s.Services, &filing.Service{Number: "京ICP备1号-" + string(rune('1'+i)), Manager: p})
	}
	m := Masked(s)
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"三丰", "四海", "110105", "13800138000", "13900139000", "12345678", "a@example", "600037341"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the masked filing shows %q: %s", secret, data)
		}
	}
	before, after := learn(Input{Subject: s, Reference: loaded(t)}), learn(Input{Subject: m, Reference: loaded(t)})
	for i := range s.Services {
		if got, want := after.samePerson(m.Services[i]), before.samePerson(s.Services[i]); got != want {
			t.Errorf("service %d: the manager is the principal: %v, masked %v", i+1, want, got)
		}
	}
}
