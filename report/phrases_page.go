package report

import "github.com/icpaudit/icpaudit/reference"

// pagePhrases are the phrases of the page and of the notices alone.
func pagePhrases() map[string]reference.Text {
	return map[string]reference.Text{
		"page-skip":     {ZH: "跳到正文", EN: "skip to the content"},
		"page-subjects": {ZH: "逐个主体", EN: "Subject by subject"},
		"page-search":   {ZH: "搜索", EN: "search"},
		"page-sort":     {ZH: "按「%s」排序", EN: "sort by %s"},
		"page-all":      {ZH: "全部", EN: "all"},
		"page-outcome":  {ZH: "结论", EN: "outcome"},
		"page-shown":    {ZH: "显示 %d / %d 条", EN: "%d of %d shown"},
		"page-caption":  {ZH: "不合格与疑似的结论；点场景名看证据和整改办法。", EN: "What is deficient or suspected; a scene's name leads to the evidence and the remedy."},
		"page-item":     {ZH: "对象", EN: "item"},
		"page-remedy":   {ZH: "整改办法", EN: "how to put it right"},
		"page-beyond":   {ZH: "本页只列出前 %d 条，共 %d 条；完整清单见同目录的 findings.xlsx 或 findings.csv。", EN: "This page lists the first %d of %d; all of them are in findings.xlsx or findings.csv beside it."},
		"reason":        {ZH: "问题", EN: "what is wrong"},
		"seen":          {ZH: "看到的时间", EN: "seen"},
	}
}
