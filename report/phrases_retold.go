package report

import "github.com/icpaudit/icpaudit/reference"

// retoldPhrases are what the program says of one run of the history, and of an
// audit that none remembers.
func retoldPhrases() map[string]reference.Text {
	return map[string]reference.Text{
		"retold-run":     {ZH: "第 %d 次核查（%s，%s），取自历史", EN: "run %d (%s, %s), from the history"},
		"retold-differ":  {ZH: "按现行规则和资料重新判定，%d 条结论与当时不同（icpaudit rejudge 逐条列出）", EN: "judged by the rules and data in force now, %d verdicts are not those of the run (icpaudit rejudge lists them)"},
		"retold-missing": {ZH: "%d 项的观察已不再保存，没有结论：%s", EN: "the looks at %d items are not kept any more, so that they have no findings: %s"},
		"retold-untold":  {ZH: "页面文字已不再保存，%d 条靠它得出的结论没有列出", EN: "%d findings rested on texts of pages that are not kept any more, and are left out"},
		"retold-gone":    {ZH: "%d 个主体当时核查过，历史里已没有", EN: "%d subjects of the run are not kept in the history any more"},
		"retold-more":    {ZH: "多出 %d 个主体：它们曾离开清单又回来，历史分不清这一次有没有它们", EN: "%d subjects too many: some left the inventory and came back, and the history can't tell whether this run saw them"},
		"head-rows":      {ZH: "清单行数", EN: "rows of the inventory"},
		"head-bad-rows":  {ZH: "不能采用的行", EN: "rows refused"},
		"head-findings":  {ZH: "结论条数", EN: "findings"},
		"head-fault":     {ZH: "未得出结论", EN: "not judged"},
		"history-none":   {ZH: "历史不能使用：%s；这次没有历史可参照", EN: "the history can't be used: %s; this time there is none to go by"},
		"history-off":    {ZH: "核查照常进行，但不会被记住（不要历史就用 --no-history，或在配置写 history: {path: \"\"}）", EN: "the audit goes on and will not be remembered (--no-history, or history: {path: \"\"} in the configuration, does without one)"},
	}
}
