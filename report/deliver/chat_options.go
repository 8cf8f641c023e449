package deliver

import (
	"errors"
	"strings"
	"time"
)

// Kinds of work chats.
const (
	kindWecom    = "wecom"    // a group robot of 企业微信
	kindDingtalk = "dingtalk" // a custom robot of 钉钉
	kindFeishu   = "feishu"   // a custom bot of 飞书
	kindGeneric  = "generic"  // anything that takes JSON with a signature of ours
)

// ChatOptions is one room that a robot of a work chat writes into. The address
// of a robot is itself a secret, so that it never stands in the configuration.
type ChatOptions struct {
	Name       string `yaml:"name"`
	Kind       string `yaml:"kind"`        // wecom, dingtalk, feishu or generic
	URLFile    string `yaml:"url_file"`    // file that holds the robot's address
	URLEnv     string `yaml:"url_env"`     // else the NAME of the environment variable that holds it
	SecretFile string `yaml:"secret_file"` // file that holds the signing secret; wecom has none
	SecretEnv  string `yaml:"secret_env"`  // else the NAME of the environment variable that holds it
}

func (o ChatOptions) validate(at string, bad map[string]error) {
	if strings.TrimSpace(o.Name) == "" {
		bad[at+"name"] = errors.New("a chat needs a name")
	}
	oneOf(bad, at+"kind", o.Kind, kindWecom, kindDingtalk, kindFeishu, kindGeneric)
	if (o.URLFile == "") == (o.URLEnv == "") {
		bad[at+"url_file"] = errors.New("name either the file that holds the robot's address, or an environment variable under url_env")
	}
	switch signed := o.SecretFile != "" || o.SecretEnv != ""; {
	case o.SecretFile != "" && o.SecretEnv != "":
		bad[at+"secret_env"] = errors.New("secret_file is given too; one is enough")
	case o.Kind == kindWecom && signed:
		bad[at+"secret_file"] = errors.New("a robot of this kind signs nothing: its address is the secret")
	case o.Kind == kindGeneric && !signed:
		bad[at+"secret_file"] = errors.New("a generic chat needs a secret to sign with")
	}
}

// limits is what a kind of chat takes.
type limits struct {
	text  int           // bytes of the text
	body  int           // bytes of the whole request
	pause time.Duration // between two messages to one robot
}

// limitsOf are the documented limits, with a margin below those of whole
// requests. wecom: 4096 bytes of Markdown, 20 messages a minute
// (developer.work.weixin.qq.com/document/path/91770). dingtalk: 20 messages a
// minute, then ten minutes of silence (open.dingtalk.com, custom robots); about
// 20,000 bytes. feishu: 20 KB a request, 100 messages a minute and 5 a second
// (open.feishu.cn, custom bots). generic: ours.
func limitsOf(kind string) limits {
	switch kind {
	case kindWecom:
		return limits{4096, 16 << 10, 3 * time.Second}
	case kindDingtalk:
		return limits{14000, 19 << 10, 3 * time.Second}
	case kindFeishu:
		return limits{14000, 19 << 10, time.Second}
	case kindGeneric:
		return limits{32 << 10, 64 << 10, 0}
	}
	return limits{4096, 16 << 10, 0}
}
