package report

import "github.com/icpaudit/icpaudit/reference"

// planPhrases are the phrases of plans and explanations.
func planPhrases() map[string]reference.Text {
	return map[string]reference.Text{
		"list-semicolon":    {ZH: "；", EN: "; "},
		"plan-head":         {ZH: "整改计划 %s：%d 步，新订单 %d 个，待决定 %d 项", EN: "plan for %s: %d steps, %d new orders, %d questions"},
		"plan-time":         {ZH: "从 %s 起预计 %d–%d 个工作日，%s 至 %s 之间办完", EN: "from %s on expected %d–%d working days, done between %s and %s"},
		"plan-target":       {ZH: "对象", EN: "for"},
		"plan-change":       {ZH: "改什么", EN: "change"},
		"plan-materials":    {ZH: "材料与核验", EN: "materials"},
		"plan-who":          {ZH: "谁来办", EN: "who"},
		"plan-days":         {ZH: "预计", EN: "expected"},
		"plan-span":         {ZH: "%d–%d 个工作日；开始 %s，完成 %s", EN: "%d–%d working days; begins %s, done %s"},
		"plan-latest":       {ZH: "最晚开始", EN: "latest start"},
		"plan-latest-start": {ZH: "%s（各步都最慢也赶得上期限）；%s（各步都最快才赶得上）", EN: "%s (in time even if every step takes longest); %s (in time only if every step is quickest)"},
		"plan-after":        {ZH: "先完成步骤", EN: "after step"},
		"plan-solves":       {ZH: "解决", EN: "solves"},
		"plan-risks":        {ZH: "风险", EN: "risks"},
		"plan-rules":        {ZH: "规则", EN: "rules"},
		"plan-questions":    {ZH: "要人决定：", EN: "To be decided by a person:"},
		"plan-option":       {ZH: "可选", EN: "option"},
		"plan-considered":   {ZH: "没有采用的办法：", EN: "Ways not taken:"},
		"plan-excluded":     {ZH: "排除", EN: "excluded"},
		"plan-demoted":      {ZH: "次选", EN: "demoted"},
		"plan-unsettled":    {ZH: "还缺证据，没有列入步骤：", EN: "Evidence is lacking, nothing is planned for:"},
		"plan-notes":        {ZH: "注意：", EN: "To be minded:"},
		"plan-kind-step":    {ZH: "步骤", EN: "step"},
		"plan-question":     {ZH: "待决定", EN: "question"},
		"plans":             {ZH: "整改计划：%d 个主体有不合格，其中 %d 个有计划；共 %d 步，%d 个订单，%d 项待人决定", EN: "plans: %d subjects are deficient, %d of them have a plan; %d steps, %d orders, %d questions in all"},
		"explain-rule":      {ZH: "规则", EN: "rule"},
		"explain-used":      {ZH: "用于", EN: "used for"},
		"explain-assumes":   {ZH: "前提", EN: "rests on"},
		"explain-except":    {ZH: "不适用于原因", EN: "not for the reasons"},
		"explain-source":    {ZH: "来源", EN: "source"},
		"explain-none":      {ZH: "该结论没有整改步骤", EN: "no step of a plan is about this finding"},
	}
}
