package observe

// Content is what a document says and where it leads, within bounds, for the
// rules on content. It holds facts only: what they mean is not asked here.
type Content struct {
	Keywords    string      `json:"keywords,omitempty"`    // of the meta element
	Description string      `json:"description,omitempty"` // of the meta element
	CodedTitle  bool        `json:"coded_title,omitempty"` // the title is written in character references that its charset has no need of
	Text        string      `json:"text,omitempty"`        // visible text, a line for each block; its beginning, where it is long
	Tail        string      `json:"tail,omitempty"`        // and then its end
	Left        int         `json:"left,omitempty"`        // bytes of visible text between the two, which nobody kept
	Links       []SiteLink  `json:"links,omitempty"`       // links to other sites that a visitor can see, one for each host, the first 48
	Hidden      []SiteLink  `json:"hidden,omitempty"`      // those that the page's own markup keeps from a visitor, the first 48
	Sends       []SentAlong `json:"sends,omitempty"`       // other sites that the page sends its visitors on to, the first 8
}

// SiteLink is a link to a host of another registrable domain.
type SiteLink struct {
	Host  string `json:"host"`            // as written, in lower case
	Text  string `json:"text,omitempty"`  // of the first link to it that has text, bounded
	Count int    `json:"count,omitempty"` // of links to this host
}

// SentAlong is another site that a page sends its visitors on to by itself.
type SentAlong struct {
	Host    string `json:"host"`
	By      string `json:"by"`                // script or refresh
	On      string `json:"on,omitempty"`      // what the script asks for first: referrer, agent or both as referrer agent
	Excerpt string `json:"excerpt,omitempty"` // the code, bounded
}

// CrawlerAgent is the variant that a search engine's crawler gets.
const CrawlerAgent = "crawler"

// Variant is the home page as another kind of visitor gets it.
type Variant struct {
	Agent    string    `json:"agent"`              // whom we passed for: crawler
	Asked    string    `json:"asked"`              // URL
	Document *Document `json:"document,omitempty"` // nil where none came
	Sent     string    `json:"sent,omitempty"`     // URL on another registrable domain that the answer led to
	Fault    *Fault    `json:"fault,omitempty"`    // why neither came
}
