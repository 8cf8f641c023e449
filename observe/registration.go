package observe

import "time"

// Registration is what a registry or registrar says of a domain.
type Registration struct {
	Domain           string            `json:"domain"` // registrable name, A-label
	State            RegistrationState `json:"state"`
	Expires          *Date             `json:"expires,omitempty"`
	RegistrarExpires *Date             `json:"registrar_expires,omitempty"` // the registrar's own date, where it differs in kind
	Created          *Date             `json:"created,omitempty"`
	Registrar        string            `json:"registrar,omitempty"`
	IANAID           string            `json:"registrar_iana_id,omitempty"`
	Holder           string            `json:"holder,omitempty"`
	HolderStatus     HolderStatus      `json:"holder_status,omitempty"`
	Statuses         []string          `json:"statuses,omitempty"` // EPP spelling (RFC 5731, RFC 8056)
	Protocol         string            `json:"protocol,omitempty"` // rdap or whois
	Server           string            `json:"server,omitempty"`
	AsOf             time.Time         `json:"as_of,omitzero"` // when the server said so; older than the look: from the cache
	Since            time.Time         `json:"since,omitzero"` // of a name that is not registered: AsOf of the first of the answers in a row that say so
	Kept             *Fault            `json:"kept,omitempty"` // a newer try failed so, and this last good answer was kept
}

// RegistrationState is whether a name is registered.
type RegistrationState string

// The states of a registration.
const (
	StateRegistered RegistrationState = "registered"
	StateAvailable  RegistrationState = "available"
	StateReserved   RegistrationState = "reserved"
)

// HolderStatus says what the holder field is worth.
type HolderStatus string

// The statuses of a holder.
const (
	HolderNamed    HolderStatus = "named"
	HolderRedacted HolderStatus = "redacted"
	HolderProxy    HolderStatus = "proxy"
	HolderAbsent   HolderStatus = "absent"
)

// Date is a point in time as a registry prints it; with DateOnly only its day counts.
type Date struct {
	Time     time.Time `json:"time"`
	DateOnly bool      `json:"date_only,omitempty"`
	Raw      string    `json:"raw,omitempty"`
}
