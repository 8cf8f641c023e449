package report

import "github.com/icpaudit/icpaudit/reference"

// handledPhrases are what the program says of a list that is read back.
func handledPhrases() map[string]reference.Text {
	return map[string]reference.Text{
		"handled-where":     {ZH: "第 %d 张表第 %d 行", EN: "sheet %d row %d"},
		"want-plain":        {ZH: "文字，不是公式", EN: "text, no formula"},
		"want-shorter":      {ZH: "不超过 %d 字节", EN: "at most %d bytes"},
		"want-key":          {ZH: "报告写入的原样编号（隐藏列，勿改）", EN: "the key as the report wrote it (hidden column, to be left as it is)"},
		"want-person":       {ZH: "负责人姓名", EN: "the name of who answers for it"},
		"want-until":        {ZH: "%s 或以后的一天", EN: "%s or a later day"},
		"want-known":        {ZH: "由这份历史的核查写出的清单", EN: "a list written by a run of this history"},
		"want-who":          {ZH: "处理人，或用 --by 指明", EN: "a person in the row, or --by"},
		"want-earlier":      {ZH: "与第 %d 张表第 %d 行一致", EN: "as in sheet %d row %d"},
		"handled-assigned":  {ZH: "第 %d 张表第 %d 行：%s，%s：指派给 %s（原负责人：%s）", EN: "sheet %d row %d: %s, %s: assigned to %s (before: %s)"},
		"handled-waived":    {ZH: "第 %d 张表第 %d 行：%s，%s：豁免至 %s（%s）", EN: "sheet %d row %d: %s, %s: waived until %s (%s)"},
		"handled-mended":    {ZH: "第 %d 张表第 %d 行：%s，%s：称已整改，待复核", EN: "sheet %d row %d: %s, %s: said to be mended, to be looked at again"},
		"handled-nobody":    {ZH: "无", EN: "nobody"},
		"handled-note":      {ZH: "（%s 的清单）称已整改", EN: "(list of %s) said to be mended"},
		"handled-sums":      {ZH: "已指派 %d，已豁免 %d，称已整改 %d；与历史相同 %d，已整改的 %d，未填写 %d，不能采用 %d", EN: "%d assigned, %d waived, %d said to be mended; %d as the history has it, %d mended already, %d not filled in, %d refused"},
		"handled-dry":       {ZH: "（试运行，没有写入）", EN: "(dry run: nothing was written)"},
		"handled-closes":    {ZH: "称已整改的要等核查看到才算整改", EN: "what is said to be mended stays open until a run sees it"},
		"handled-no-serve":  {ZH: "没有配置计划（schedules），不能排队复查：请再做一次核查（icpaudit audit，用同一份历史）", EN: "no schedule is configured, so that no look can be queued: audit once more with the same history (icpaudit audit)"},
		"handled-not-there": {ZH: "计划的清单里没有这些主体，不能排队复查：%s", EN: "no inventory of a schedule has these subjects, so that nothing was queued: %s"},
	}
}
