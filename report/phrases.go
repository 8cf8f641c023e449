package report

import "github.com/icpaudit/icpaudit/reference"

// Phrases are what the program itself says to compliance teams.
type Phrases struct{ lang string }

// In returns the phrases in a language, "zh" or "en".
func In(lang string) Phrases { return Phrases{lang} }

// Say returns the phrase of a key in the language, or the key itself.
func (p Phrases) Say(key string) string {
	for _, group := range []map[string]reference.Text{phrases(), historyPhrases()} {
		if t, ok := group[key]; ok {
			return t.In(p.lang)
		}
	}
	return key
}

func phrases() map[string]reference.Text {
	return map[string]reference.Text{
		"config-file":      {ZH: "配置：%s", EN: "configuration: %s"},
		"config-default":   {ZH: "配置：内置默认值（没有 ./config.yaml）", EN: "configuration: built-in defaults (there is no ./config.yaml)"},
		"inventory":        {ZH: "清单 %s：%d 行，%d 个主体，%d 个服务，%d 个域名，%d 个 App；%d 行不能采用，%d 处提示", EN: "inventory %s: %d rows, %d subjects, %d services, %d domains, %d Apps; %d rows refused, %d warnings"},
		"unknown-columns":  {ZH: "清单中不认识的列（未使用）：%s", EN: "columns of the inventory that are not known (not used): %s"},
		"resolvers":        {ZH: "解析服务器：%d 台应答", EN: "resolvers: %d answer"},
		"pace":             {ZH: "注册信息：%s 要查 %d 个，按该注册局的节奏约需 %s", EN: "registration: %[2]d queries to %[1]s, at that registry's pace about %[3]s"},
		"pace-capped":      {ZH: "（超出每日上限 %d，其余留待以后）", EN: " (past the daily cap of %d, the rest is left for later)"},
		"registration-off": {ZH: "注册信息：本次不查（%s）", EN: "registration: not asked in this run (%s)"},
		"progress":         {ZH: "进度 %d/%d 个主体  %.1f/秒  不合格 %d  疑似 %d  无法核验 %d  出错 %d  剩余约 %s", EN: "done %d/%d subjects  %.1f/s  deficient %d  suspected %d  unverifiable %d  error %d  ETA %s"},
		"table-scene":      {ZH: "场景", EN: "scene"},
		"table-sum":        {ZH: "合计", EN: "sum"},
		"compliance":       {ZH: "合格率 %s（合格 ÷（合格 + 不合格 + 疑似））", EN: "compliance rate %s (pass ÷ (pass + deficient + suspected))"},
		"coverage":         {ZH: "核验率 %s（得出结论的 ÷（得出结论的 + 无法核验 + 出错））", EN: "coverage %s (judged ÷ (judged + unverifiable + error))"},
		"sums":             {ZH: "对账：清单 %d 行 = 核查 %d 行 + 不能采用 %d 行；结论共 %d 条", EN: "sums: %d inventory rows = %d audited + %d refused; %d findings"},
		"unjudged":         {ZH: "本版本尚不判定的场景（%d）：%s", EN: "scenes that this version does not judge yet (%d): %s"},
		"reports":          {ZH: "报告：", EN: "reports:"},
		"incomplete":       {ZH: "本次核查不完整：%s", EN: "this audit is incomplete: %s"},
		"incomplete-error": {ZH: "%d 条结论因自身故障未得出", EN: "%d findings failed by our own trouble"},
		"incomplete-rows":  {ZH: "清单有 %d 行不能采用", EN: "%d inventory rows were refused"},
		"incomplete-broke": {ZH: "核查中断：%[2]d 个主体中只完成了 %[1]d 个", EN: "it broke off: %[1]d of %[2]d subjects were finished"},
		"incomplete-cover": {ZH: "核验率 %s 低于下限 %s", EN: "coverage %s is below the minimum of %s"},
		"data-old":         {ZH: "提示：地址归属数据的日期是 %s，已超过 %d 天", EN: "note: the address data are of %s, more than %d days old"},
		"none":             {ZH: "无", EN: "none"},
		"audited":          {ZH: "受核查：%s", EN: "audited: %s"},
		"looked":           {ZH: "观察：%s", EN: "looks: %s"},
		"second-look":      {ZH: "有 %d 项看似缺失，%s 后再看一次确认（--no-confirm 可跳过）", EN: "%d items look absent; looking again in %s to confirm (--no-confirm skips it)"},
		"without-filing":   {ZH: "没有提供备案信息，以下场景无法判定：%s", EN: "no filing was given; these scenes could not be judged: %s"},
		"want":             {ZH: "应为", EN: "want"},
		"got":              {ZH: "实际", EN: "got"},
		"where":            {ZH: "位置", EN: "where"},
		"why":              {ZH: "原因", EN: "why"},
		"advice":           {ZH: "提示", EN: "advice"},
		"caused-by":        {ZH: "起因", EN: "caused by"},
		"remedy":           {ZH: "整改", EN: "remedy"},
		"due":              {ZH: "期限", EN: "due"},
		"or":               {ZH: "或", EN: "or"},
		"mistake":          {ZH: "错误", EN: "error"},
		"warning":          {ZH: "提示", EN: "warning"},
		"mistake-where":    {ZH: "%s 第 %d 行", EN: "%s row %d"},
		"mistake-column":   {ZH: "，列「%s」", EN: ", column %q"},
		"mistake-colon":    {ZH: "：", EN: ": "},
		"mistake-value":    {ZH: "（值：%s）", EN: " (value: %s)"},
		"mistake-want":     {ZH: "，应为：%s", EN: ", expected: %s"},
		"inventory-good":   {ZH: "清单可用。", EN: "the inventory is usable."},
		"inventory-bad":    {ZH: "清单有 %d 行不能采用。", EN: "%d rows of the inventory can't be used."},
		"refused-row":      {ZH: "清单行不能采用", EN: "inventory row refused"},
		"contact-unset":    {ZH: "scanner.contact 没有设置：最多核查 %d 个域名，清单有 %d 个。请在 config.yaml 写上 scanner: {contact: 邮箱或电话}，网站管理员凭它找到您", EN: "scanner.contact is not set: at most %d domains may be audited, the inventory has %d. Write scanner: {contact: MAIL-OR-PHONE} into config.yaml; it tells webmasters whom to ask"},
		"few-resolvers":    {ZH: "能应答的解析服务器只有 %d 台，至少要 2 台：%s。请在 config.yaml 的 scanner.dns.resolvers 写上可用的解析服务器", EN: "only %d resolvers answer, at least 2 are needed: %s. Name working resolvers under scanner.dns.resolvers in config.yaml"},
		"config-good":      {ZH: "配置可用。", EN: "the configuration is usable."},
		"vantage":          {ZH: "观察位置：%s", EN: "vantage: %s"},
		"vantage-unknown":  {ZH: "（不是 mainland：解析与打不开的问题最多判为疑似）", EN: " (not mainland: dns and reachability are at most suspected)"},
		"demo-start":       {ZH: "模拟互联网已在本机启动：%d 个域名，不访问外网", EN: "the simulated internet runs on this machine: %d domains, nothing outside is asked"},
		"wrote":            {ZH: "已写入 %s", EN: "wrote %s"},
		"list-comma":       {ZH: "、", EN: ", "},
		"not-judged":       {ZH: "本版本尚不判定", EN: "not judged by this version"},
		"operation":        {ZH: "操作", EN: "operation"},
		"level":            {ZH: "层级", EN: "level"},
		"severity":         {ZH: "严重程度", EN: "severity"},
		"section":          {ZH: "依据章节", EN: "guide section"},
		"aliases":          {ZH: "别名", EN: "aliases"},
		"meaning":          {ZH: "含义", EN: "meaning"},
		"evidence":         {ZH: "判定依据", EN: "evidence"},
		"days":             {ZH: "预计工作日：%d–%d", EN: "expected working days: %d–%d"},
		"irreversible":     {ZH: "不可撤回", EN: "irreversible"},
		"dns":              {ZH: "解析", EN: "dns"},
		"visit":            {ZH: "访问", EN: "visit"},
		"page":             {ZH: "页面", EN: "page"},
		"registration":     {ZH: "注册信息", EN: "registration"},
	}
}
