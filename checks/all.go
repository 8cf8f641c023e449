package checks

import "strings"

// All is every check in the order in which reports show them.
func All() []Check {
	return []Check{
		subjectStatusAbnormal,
		subjectNameMismatch,
		subjectIDMismatch,
		subjectAddressMismatch,
		subjectLicenseOutdated,
		principalNotLegalRepresentative,
		principalIDExpired,
		contentViolation,
		contentOutOfScope,
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
		appPackageMismatch,
		appPlatformInvalid,
		appSignatureInvalid,
		serviceUnused,
		serviceLeftProvider,
		principalContactUnverified,
		managerContactUnverified,
		dnsNotAtProvider,
		dnsOverseas,
		dnsNotFiledIP,
	}
}

// LacksFiling says whether a code means that the filing itself lacks what the
// check compares with: such codes end in -not-filed, and a provider that nobody
// knows is as good as none.
func LacksFiling(code string) bool {
	return strings.HasSuffix(code, "-not-filed") || code == "provider-unknown"
}
