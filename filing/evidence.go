package filing

// EvidenceKind is one kind of evidence that no network shows and a feed brings.
type EvidenceKind string

// The kinds of evidence.
const (
	EvidenceRegistry  EvidenceKind = "registry"  // business registry export
	EvidenceContacts  EvidenceKind = "contacts"  // results of calls, and what was said in them
	EvidenceDocuments EvidenceKind = "documents" // documents on file
)

// Evidence is what the feeds say of one subject and of what is under it. The
// zero Evidence says that no feed was given.
type Evidence struct {
	Given      map[EvidenceKind]Feed `json:"given,omitempty"` // the feeds that were read, with or without a row for the subject
	Registry   []RegistryRecord      `json:"registry,omitempty"`
	Calls      []Call                `json:"calls,omitempty"`
	Statements []Statement           `json:"statements,omitempty"`
	Documents  []Document            `json:"documents,omitempty"`
}

// Feed is the file that rows of evidence came from.
type Feed struct {
	File string `json:"file"`           // base name
	AsOf Day    `json:"as_of,omitzero"` // of the file as a whole; a row may have its own
}

// Origin is where one row of evidence stands and how old it is.
type Origin struct {
	File string `json:"file"`
	Row  int    `json:"row"` // 1 is the first after the header
	AsOf Day    `json:"as_of,omitzero"`
}

// RegistryRecord is what the business registry holds of a body. Fields that the
// export lacks are empty, which means not known.
type RegistryRecord struct {
	Origin
	Name           string   `json:"name,omitempty"`
	FormerNames    []string `json:"former_names,omitempty"`
	USCC           string   `json:"uscc,omitempty"`
	Status         string   `json:"status,omitempty"` // as written: 存续, 吊销 …
	Address        string   `json:"address,omitempty"`
	Representative string   `json:"representative,omitempty"` // 法定代表人
	Approved       Day      `json:"approved,omitzero"`        // 核准日期
	TermFrom       Day      `json:"term_from,omitzero"`
	TermTo         Day      `json:"term_to,omitzero"`
	LongTerm       bool     `json:"long_term,omitempty"` // the term has no end
	MatchedBy      string   `json:"matched_by"`          // column by which it was found to be the subject's, the surest that found any row: subject-number, uscc, name, former-name
}

// Role is whose contacts or documents are meant.
type Role string

// The roles.
const (
	RolePrincipal Role = "principal" // of the subject
	RoleManager   Role = "manager"   // of a service
)

// CallResult is how a call ended.
type CallResult string

// The results of a call.
const (
	CallNoSuchNumber CallResult = "no-such-number" // 空号
	CallSuspended    CallResult = "suspended"      // 停机
	CallSwitchedOff  CallResult = "switched-off"   // 关机
	CallNoAnswer     CallResult = "no-answer"      // 无法接通
	CallUnverified   CallResult = "unverified"     // 未核实: answered, and the person not confirmed
	CallVerified     CallResult = "verified"       // 已核实
)

// Call is the result of the calls to one phone of one person.
type Call struct {
	Origin
	Role    Role       `json:"role"`
	Service string     `json:"service,omitempty"` // service number, for a manager; empty: of all services of the subject
	Phone   string     `json:"phone,omitempty"`   // as in the feed; empty: any of the person's
	Result  CallResult `json:"result"`
	Day     Day        `json:"day,omitzero"`
	Tries   int        `json:"tries,omitempty"` // calls made; 0: not known
}

// StatementKind is what somebody said about a service.
type StatementKind string

// The kinds of statement.
const (
	StatementUnused       StatementKind = "unused"        // 不再使用
	StatementLeftProvider StatementKind = "left-provider" // 不再使用接入商大陆节点
	StatementInUse        StatementKind = "in-use"        // still used
)

// Statement is what the filer said about the subject, a service, or one item.
type Statement struct {
	Origin
	Service string        `json:"service,omitempty"` // service number; empty: the whole subject
	Name    string        `json:"name,omitempty"`    // A-label, or platform and package; empty: the whole service
	Kind    StatementKind `json:"kind"`
	Day     Day           `json:"day,omitzero"`
	By      string        `json:"by,omitempty"` // who said it
}

// DocumentKind is a kind of document on file.
type DocumentKind string

// The kinds of document.
const (
	DocumentIdentity    DocumentKind = "identity"           // of a principal or manager: its end of validity
	DocumentLicence     DocumentKind = "licence"            // of the subject: its dates
	DocumentCertificate DocumentKind = "domain-certificate" // 域名证书
	DocumentLetter      DocumentKind = "authorisation"      // 授权书
	DocumentAppDisplay  DocumentKind = "app-display"        // what an App shows inside: number, link, whether it opens
)

// Document is one document on file. Which fields it has depends on its kind.
type Document struct {
	Origin
	Kind     DocumentKind `json:"kind"`
	Service  string       `json:"service,omitempty"` // service number
	Name     string       `json:"name,omitempty"`    // A-label, or platform and package
	Role     Role         `json:"role,omitempty"`    // identity, authorisation
	Person   string       `json:"person,omitempty"`
	Holder   string       `json:"holder,omitempty"` // domain-certificate
	Issued   Day          `json:"issued,omitzero"`
	ValidTo  Day          `json:"valid_to,omitzero"`
	LongTerm bool         `json:"long_term,omitempty"`
	Number   string       `json:"number,omitempty"` // app-display: the filing number that is shown, empty where none
	PSB      string       `json:"psb,omitempty"`    // app-display: the public-security number that is shown
	Link     string       `json:"link,omitempty"`   // app-display: where the number leads
	Opens    *bool        `json:"opens,omitempty"`  // app-display: whether the App could be used
}
