package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/report"
)

// Bounds of foreign text in headers and names, in runes.
const (
	longestName    = 200
	longestSubject = 180
)

// Letter is one message to one recipient, ready to be sent.
type Letter struct {
	ID      string // as in Message-ID, without brackets: the same for the same run and recipient
	Channel Channel
	To      string   // mail address, or name of a chat
	Teams   []string // whose findings it tells
	Date    time.Time
	Subject string // one clean line
	Text    string
	HTML    string // of mail; chats get only the text
	Files   []File // of mail
}

// Sender brings a letter to its recipient: a Mailer, a Chat, a Sink, or what
// chooses among them.
type Sender interface {
	// Send sends one letter. An error that is a *Fault says whether another try
	// makes sense.
	Send(ctx context.Context, l Letter) error
}

// File is an attachment.
type File struct {
	Name string // ASCII, safe as a file name
	Type string // media type
	Data []byte
}

// Attachment is a kind of file that letters carry: the rows of one recipient in
// a format. The CSV is always there; whoever wires a program may add others.
type Attachment struct {
	Name  string // ASCII, safe as a file name
	Type  string // media type
	Write func(w io.Writer, lang string, rows []report.Row) error
}

// Run is what letters say about the run that they tell of.
type Run struct {
	ID        string // stands in Message-IDs
	Started   time.Time
	Inventory string // file name
	History   bool   // the states of its findings are known
}

// RunOf identifies a run by what its JSON lines say of it: runs of several
// schedules may begin in the same moment.
func RunOf(info report.RunInfo) Run {
	sum := sha256.Sum256([]byte(info.Started.UTC().Format(time.RFC3339Nano) + "\n" + info.Digest + "\n" + info.Version + "\n" + info.Schedule))
	return Run{ID: hex.EncodeToString(sum[:8]), Started: info.Started, Inventory: report.Clean(info.Inventory, longestName), History: info.History}
}

// day is the day by which due dates have passed or not.
func (r Run) day() string { return filing.DayOf(r.Started).String() }

// messageID is the same whenever the same run is told to the same recipient, so
// that a letter that was sent twice, its first answer being lost, can be
// recognised.
func messageID(run Run, d Draft, from string) string {
	whose := string(d.Channel) + "\n" + recipientKey(d.To)
	if d.Channel == ByChat {
		whose += "\n" + strings.Join(d.Teams, "\n")
	}
	sum := sha256.Sum256([]byte(run.ID + "\n" + whose))
	_, domain, ok := strings.Cut(from, "@")
	if !ok {
		domain = "icpaudit.invalid"
	}
	return hex.EncodeToString(sum[:16]) + "@" + domain
}
