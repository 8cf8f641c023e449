package observe

// Page is what the documents of the site say about themselves.
type Page struct {
	Documents []Document `json:"documents"`          // one for each different final document; the first is the main one
	Variants  []Variant  `json:"variants,omitempty"` // the home page as others get it; empty where that was not asked for
}

// Document is one page as a static reader sees it.
type Document struct {
	URL       string   `json:"url"`
	Starts    []string `json:"starts,omitempty"` // the start URLs that led to it
	Kind      PageKind `json:"kind"`
	Mark      string   `json:"mark,omitempty"`
	Charset   string   `json:"charset,omitempty"`
	Bytes     int      `json:"bytes"`               // decompressed
	Truncated bool     `json:"truncated,omitempty"` // the body was cut: what is missing may stand in the rest
	Tokenized bool     `json:"tokenized,omitempty"` // the tree was refused, the tokenizer read it
	Hash      string   `json:"hash,omitempty"`      // SHA-256 of the body

	Title    string   `json:"title,omitempty"`
	SiteName string   `json:"site_name,omitempty"` // og:site_name, application-name
	Headings []string `json:"headings,omitempty"`  // h1 and h2, bounded
	Logos    []string `json:"logos,omitempty"`     // alt and title of images and links that look like the logo
	Footer   string   `json:"footer,omitempty"`    // the last visible text, bounded
	Text     int      `json:"text"`                // runes of visible text
	Han      int      `json:"han"`                 // of which Han
	Shell    bool     `json:"shell,omitempty"`     // next to no text, but scripts: it renders itself
	Deferred bool     `json:"deferred,omitempty"`  // its foot is filled by script or frame: what is missing there may come later
	Unread   []string `json:"unread,omitempty"`    // same-origin scripts of a shell that could not be read

	Numbers    []NumberSeen `json:"numbers,omitempty"` // ICP filing numbers, best link first within a number
	Licences   []NumberSeen `json:"licences,omitempty"`
	PSB        []NumberSeen `json:"psb,omitempty"` // public-security numbers
	Lookalikes []NumberSeen `json:"lookalikes,omitempty"`
	BareLinks  []string     `json:"bare_links,omitempty"` // links to the filing system that carry no number
	Content    *Content     `json:"content,omitempty"`    // what it says; nil where nobody read it for that
	Fault      *Fault       `json:"fault,omitempty"`      // the document could not be read
}

// Channel says how a number reaches the visitor.
type Channel string

// The channels.
const (
	ChannelHTML   Channel = "html"   // text that a visitor sees
	ChannelScript Channel = "script" // only in script: display is not proven
	ChannelHidden Channel = "hidden" // comment, hidden markup, attribute: not shown
)

// LinkProblem says what is wrong with the link that carries an ICP number.
type LinkProblem string

// The problems of a link; LinkNone means that nothing is wrong with it.
const (
	LinkNone      LinkProblem = "none"
	LinkMissing   LinkProblem = "missing"
	LinkWrongHost LinkProblem = "wrong_host"
	LinkOldHost   LinkProblem = "old_host"
	LinkNotAnchor LinkProblem = "not_anchor"
)

// NumberSeen is one number on a page, with the best of its occurrences and the others' links.
type NumberSeen struct {
	Number   string      `json:"number"`         // canonical text
	Code     string      `json:"code,omitempty"` // digits of a public-security number
	Raw      string      `json:"raw,omitempty"`  // as it stands on the page, bounded
	Note     string      `json:"note,omitempty"` // code of what is odd about the writing
	Channel  Channel     `json:"channel"`
	Bottom   bool        `json:"bottom,omitempty"` // stands in the last part of the page
	Href     string      `json:"href,omitempty"`
	Link     LinkProblem `json:"link"`
	Detail   string      `json:"detail,omitempty"`    // finer than Link: old_miitbeian, js_href, …
	LinkCode string      `json:"link_code,omitempty"` // code in the link of a public-security number
	Linked   bool        `json:"linked,omitempty"`    // public-security number linked to its system
	Others   []LinkSeen  `json:"others,omitempty"`    // links of further occurrences
	Excerpt  string      `json:"excerpt,omitempty"`   // text around, bounded
}

// LinkSeen is a further link of a number.
type LinkSeen struct {
	Href   string      `json:"href,omitempty"`
	Link   LinkProblem `json:"link"`
	Detail string      `json:"detail,omitempty"`
}
