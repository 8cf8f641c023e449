package report

import "github.com/icpaudit/icpaudit/reference"

// Phrases are what the program itself says to compliance teams.
type Phrases struct {
	lang string
	all  []map[string]reference.Text
}

// In returns the phrases in a language, "zh" or "en".
func In(lang string) Phrases {
	return Phrases{lang, []map[string]reference.Text{
		phrases(), planPhrases(), bookPhrases(), pagePhrases(), historyPhrases(), handledPhrases(), retoldPhrases(),
	}}
}

// Say returns the phrase of a key in the language, or the key itself.
func (p Phrases) Say(key string) string {
	for _, all := range p.all {
		if t, ok := all[key]; ok {
			return t.In(p.lang)
		}
	}
	return key
}

func phrases() map[string]reference.Text {
	return map[string]reference.Text{
		"config-file":     {ZH: "配置：%s", EN: "configuration: %s"},
		"config-default":  {ZH: "配置：内置默认值（没有 ./config.yaml）", EN: "configuration: built-in defaults (there is no ./config.yaml)"},
		"inventory":       {ZH: "清单 %s：%d 行，%d 个主体，%d 个服务，%d 个域名，%d 个 App；%d 行不能采用，%d 处提示", EN: "inventory %s: %d rows, %d subjects, %d services, %d domains, %d Apps; %d rows refused, %d warnings"},
		"unknown-columns": {ZH: "清单中不认识的列（未使用）：%s", EN: "columns of the inventory that are not known (not used): %s"},
		"resolvers":       {ZH: "解析服务器：%d 台应答", EN: "resolvers: %d answer"},
		"pace":            {ZH: "注册信息：%s 要查 %d 个，按该注册局的节奏约需 %s", EN: "registration: %[2]d queries to %[1]s, at that registry's pace about %[3]s"},
		"pace-capped":     {ZH: "（超出每日上限 %d，其余留待以后）", EN: " (past the daily cap of %d, the rest is left for later)"},
		"registration-many": {ZH: "注册信息：清单有 %d 个域名，多于 audit.live_domains 的 %d 个，本次不等注册局，只用已保存的应答（--registration live 仍可查询）",
			EN: "registration: the inventory has %d domains, more than the %d of audit.live_domains: no registry is waited for, the answers kept are used (--registration live asks all the same)"},
		"registration-off": {ZH: "注册信息：本次不查（%s）", EN: "registration: not asked in this run (%s)"},
		"progress":         {ZH: "进度 %d/%d 个主体  %.1f/秒  不合格 %d  疑似 %d  无法核验 %d  出错 %d  剩余约 %s", EN: "done %d/%d subjects  %.1f/s  deficient %d  suspected %d  unverifiable %d  error %d  ETA %s"},
		"table-scene":      {ZH: "场景", EN: "scene"},
		"table-sum":        {ZH: "合计", EN: "sum"},
		"compliance":       {ZH: "合格率 %s（合格 ÷（合格 + 不合格 + 疑似））", EN: "compliance rate %s (pass ÷ (pass + deficient + suspected))"},
		"coverage":         {ZH: "核验率 %s（得出结论的 ÷（得出结论的 + 无法核验 + 出错））", EN: "coverage %s (judged ÷ (judged + unverifiable + error))"},
		"sums":             {ZH: "对账：清单 %d 行 = 核查 %d 行 + 不能采用 %d 行；结论共 %d 条", EN: "sums: %d inventory rows = %d audited + %d refused; %d findings"},
		"judged":           {ZH: "判定的场景：整改目录 %[2]d 个中的 %[1]d 个", EN: "scenes judged: %d of the catalogue's %d"},
		"unjudged":         {ZH: "本版本尚不判定的场景（%d）：%s", EN: "scenes that this version does not judge yet (%d): %s"},
		"reports":          {ZH: "报告：", EN: "reports:"},
		"incomplete":       {ZH: "本次核查不完整：%s", EN: "this audit is incomplete: %s"},
		"incomplete-error": {ZH: "%d 条结论因自身故障未得出", EN: "%d findings failed by our own trouble"},
		"incomplete-rows":  {ZH: "清单有 %d 行不能采用", EN: "%d inventory rows were refused"},
		"incomplete-broke": {ZH: "核查中断：%[2]d 个主体中只完成了 %[1]d 个", EN: "it broke off: %[1]d of %[2]d subjects were finished"},
		"incomplete-cover": {ZH: "核验率 %s 低于下限 %s", EN: "coverage %s is below the minimum of %s"},
		"provisional":      {ZH: "结果只是暂定：%[2]d 项中只有 %[1]d 项看完，不到 %[3]s", EN: "its results are provisional: %d of %d items were seen to the end, less than %s"},
		"sums-differ":      {ZH: "结果只是暂定：清单有 %d 个主体、%d 个服务、%d 个域名、%d 个 App，结论涉及的是 %d、%d、%d、%d", EN: "its results are provisional: the inventory has %d subjects, %d services, %d domains and %d Apps, the findings are on %d, %d, %d and %d"},
		"canaries":         {ZH: "自检：核查前后和期间每隔 %[2]s 访问 %[1]d 个参照目标（audit.canaries）", EN: "own health: %d canaries are asked before, after and every %s of the run (audit.canaries)"},
		"canaries-none":    {ZH: "自检：没有配置参照目标（audit.canaries），本机网络出了问题只能靠解析服务器察觉", EN: "own health: no canaries are configured (audit.canaries); trouble of this machine's network shows only in the resolvers"},
		"canary-rests":     {ZH: "参照目标 %s 多次单独不应答，暂不采用：%s", EN: "canary %s fails alone, again and again, and is left out: %s"},
		"health-paused":    {ZH: "本机网络状况存疑，暂停核查（%s）", EN: "this machine's own way out is in doubt; the audit pauses (%s)"},
		"health-resumed":   {ZH: "恢复正常，停了 %s；期间没看到的会再看一次", EN: "all is well again after %s; what was missed meanwhile is looked at again"},
		"health-given-up":  {ZH: "等了 %s 仍未恢复，继续核查，但期间没看到的都不算数（%s）", EN: "not well again after %s; the audit goes on, and nothing that is missed counts (%s)"},
		"health-stalled":   {ZH: "本机停顿了 %s，期间没看到的会再看一次", EN: "this machine stood still for %s; what was missed meanwhile is looked at again"},
		"health-crowding":  {ZH: "多个网络的网站同时都不应答，可能是本机超载或断网，没看到的会再看一次", EN: "sites in many networks all fell silent at once: this machine may be overloaded or cut off; what was missed is looked at again"},
		"data-old":         {ZH: "提示：地址归属数据的日期是 %s，已超过 %d 天", EN: "note: the address data are of %s, more than %d days old"},
		"app-file":         {ZH: "文件", EN: "file"},
		"app-platform":     {ZH: "平台", EN: "platform"},
		"app-package":      {ZH: "包名 / Bundle ID", EN: "package / bundle id"},
		"app-label":        {ZH: "名称（默认）", EN: "label (default)"},
		"app-label-zh":     {ZH: "名称（简体中文）", EN: "label (zh-CN)"},
		"app-version":      {ZH: "版本", EN: "version"},
		"app-signer":       {ZH: "签名证书", EN: "signing certificate"},
		"app-signer-past":  {ZH: "签名证书（已轮换掉，不要填报）", EN: "signing certificate (rotated out: not to be filed)"},
		"app-fill":         {ZH: "填报：证书摘要", EN: "to be filed: hash"},
		"app-key":          {ZH: "公钥算法", EN: "key algorithm"},
		"app-modulus-hex":  {ZH: "公钥模数（十六进制）", EN: "modulus (hexadecimal)"},
		"app-modulus-dec":  {ZH: "公钥模数（十进制）", EN: "modulus (decimal)"},
		"app-point":        {ZH: "公钥点（十六进制）", EN: "public point (hexadecimal)"},
		"app-spki":         {ZH: "公钥 DER（SPKI，十六进制）", EN: "key as DER (SPKI, hexadecimal)"},
		"app-unread":       {ZH: "无法读取", EN: "can't be read"},
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
		"refused-feed-row": {ZH: "证据文件行不能采用", EN: "evidence feed row refused"},
		"feed":             {ZH: "%s %s：%d 行，%d 行不能采用，%d 处提示", EN: "%s %s: %d rows, %d refused, %d warnings"},
		"feed-registry":    {ZH: "工商信息", EN: "business registry feed"},
		"feed-contacts":    {ZH: "联系核实", EN: "contacts feed"},
		"feed-documents":   {ZH: "存档材料", EN: "documents feed"},
		"feed-undated":     {ZH: "  其中 %d 行没有数据日期：请加数据日期列，或用 --%s-as-of、配置 feeds.%s.as_of 指明", EN: "  %d of them don't say how old they are: add a column as_of, or give --%s-as-of or feeds.%s.as_of"},
		"feed-matched":     {ZH: "%s %s：%d 行对应到备案，%d 行对应不上", EN: "%s %s: %d rows are of a filing, %d of none"},
		"feed-unknown":     {ZH: "%s中不认识的列（未使用）：%s", EN: "columns of the %s that are not known (not used): %s"},
		"feed-good":        {ZH: "证据文件可用。", EN: "the feed is usable."},
		"feed-bad":         {ZH: "证据文件有 %d 行不能采用。", EN: "%d rows of the feed can't be used."},
		"feed-more":        {ZH: "  ……另有 %d 条，见 findings.jsonl", EN: "  … and %d more, see findings.jsonl"},
		"feed-more-check":  {ZH: "  ……另有 %d 条，见 icpaudit feed check", EN: "  … and %d more, see icpaudit feed check"},
		"feed-cut":         {ZH: "  （findings.jsonl 只列出前 %d 条）", EN: "  (findings.jsonl lists the first %d only)"},
		"incomplete-feeds": {ZH: "证据文件有 %d 行不能采用", EN: "%d feed rows were refused"},
		"incomplete-feed":  {ZH: "证据文件读取出错：%s", EN: "a feed could not be read: %s"},
		"refused-row":      {ZH: "清单行不能采用", EN: "inventory row refused"},
		"contact-unset":    {ZH: "scanner.contact 没有设置：最多核查 %d 个域名，清单有 %d 个。请在 config.yaml 写上 scanner: {contact: 邮箱或电话}，网站管理员凭它找到您", EN: "scanner.contact is not set: at most %d domains may be audited, the inventory has %d. Write scanner: {contact: MAIL-OR-PHONE} into config.yaml; it tells webmasters whom to ask"},
		"few-resolvers":    {ZH: "能应答的解析服务器只有 %d 台，至少要 2 台：%s。请在 config.yaml 的 scanner.dns.resolvers 写上可用的解析服务器", EN: "only %d resolvers answer, at least 2 are needed: %s. Name working resolvers under scanner.dns.resolvers in config.yaml"},
		"config-good":      {ZH: "配置可用。", EN: "the configuration is usable."},
		"vantage":          {ZH: "观察位置：%s", EN: "vantage: %s"},
		"vantage-unknown":  {ZH: "（不是 mainland：解析与打不开的问题最多判为疑似）", EN: " (not mainland: dns and reachability are at most suspected)"},
		"demo-start":       {ZH: "模拟互联网已在本机启动：%d 个域名，不访问外网", EN: "the simulated internet runs on this machine: %d domains, nothing outside is asked"},
		"notify-no-teams":  {ZH: "配置里没有 deliver.teams：没有人要通知", EN: "deliver.teams is empty in the configuration: there is nobody to be told"},
		"notify-mail":      {ZH: "邮件 %s（%s）：不合格 %d，疑似 %d，列出 %d 条：%s", EN: "mail to %s (%s): %d deficient, %d suspected, %d listed: %s"},
		"notify-chat":      {ZH: "工作群 %s（%s）：不合格 %d，疑似 %d，列出 %d 条：%s", EN: "chat %s (%s): %d deficient, %d suspected, %d listed: %s"},
		"notify-sent":      {ZH: "已送达", EN: "sent"},
		"notify-would":     {ZH: "将发送", EN: "would be sent"},
		"notify-unchanged": {ZH: "没有变化，不发送", EN: "nothing changed, not sent"},
		"notify-none":      {ZH: "没有该组的结论，不发送", EN: "the audit has nothing of theirs, not sent"},
		"notify-more":      {ZH: "……另有 %d 条", EN: "… and %d more"},
		"notify-failed":    {ZH: "没有送达：%s", EN: "not delivered: %s"},
		"notify-unclaimed": {ZH: "有 %d 条问题不属于任何一组：可以加一组 take: rest", EN: "%d findings belong to no team: a team with take: rest would get them"},

		"notify-undelivered": {ZH: "%[2]d 封中有 %[1]d 封没有送达", EN: "%d of %d letters were not delivered"},

		"wrote":        {ZH: "已写入 %s", EN: "wrote %s"},
		"list-comma":   {ZH: "、", EN: ", "},
		"not-judged":   {ZH: "本版本尚不判定", EN: "not judged by this version"},
		"operation":    {ZH: "操作", EN: "operation"},
		"level":        {ZH: "层级", EN: "level"},
		"severity":     {ZH: "严重程度", EN: "severity"},
		"section":      {ZH: "依据章节", EN: "guide section"},
		"aliases":      {ZH: "别名", EN: "aliases"},
		"meaning":      {ZH: "含义", EN: "meaning"},
		"evidence":     {ZH: "判定依据", EN: "evidence"},
		"days":         {ZH: "预计工作日：%d–%d", EN: "expected working days: %d–%d"},
		"irreversible": {ZH: "不可撤回", EN: "irreversible"},
		"dns":          {ZH: "解析", EN: "dns"},
		"visit":        {ZH: "访问", EN: "visit"},
		"page":         {ZH: "页面", EN: "page"},
		"registration": {ZH: "注册信息", EN: "registration"},
	}
}
