package observe

// App is what an application package says of itself.
type App struct {
	Platform string `json:"platform"`
	Package  string `json:"package"`
	Label    string `json:"label,omitempty"`
	Version  string `json:"version,omitempty"`
}
