package checks

// All is every check in the order in which reports show them.
func All() []Check {
	return []Check{
		subjectIDMismatch,
		principalIDExpired,
		siteUnreachable,
		icpNumberWrong,
		icpNumberUnlinked,
		psbNumberMissing,
		managerIDExpired,
		domainExpired,
		domainExpiring,
		domainHolderMismatch,
		registrarUnapproved,
		domainRegisteredAfterFiling,
		serviceNameMismatch,
		principalContactUnverified,
		managerContactUnverified,
		dnsNotAtProvider,
		dnsOverseas,
		dnsNotFiledIP,
	}
}

// LacksFiling says whether a code means that the filing itself lacks what the
// check compares with.
func LacksFiling(code string) bool {
	switch code {
	case "number-not-filed", "psb-not-filed", "name-not-filed", "certificate-not-filed", "id-date-not-filed", "contact-not-filed",
		"subject-name-not-filed", "approval-not-filed", "ip-not-filed", "provider-unknown", "provider-not-filed":
		return true
	}
	return false
}
