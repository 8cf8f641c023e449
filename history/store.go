// Package history remembers the audits: which runs there were, what was seen
// and found, how each finding lives, and what people decided about it. There is
// one contract and one layer of queries, on a SQLite file or on PostgreSQL.
package history

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// Error is a mistake that callers tell apart with errors.Is.
type Error string

// Error is the text of the mistake.
func (e Error) Error() string { return string(e) }

// What callers tell apart.
const (
	ErrTwice     Error = "this run was begun before"     // Begin: same schedule and planned time
	ErrNotStaged Error = "this run is not open any more" // Stage, Publish, Abandon: it was published or abandoned
	ErrNone      Error = "there is none"                 // whatever was asked for by its id or name
	ErrOld       Error = "the database is older than this program: run icpaudit db migrate"
	ErrNewer     Error = "the database was written by a newer program"
	ErrNetworkFS Error = "a network file system holds no SQLite database safely"
)

// Store is the history. All methods are safe for concurrent use, by several
// processes too. Times are kept to the millisecond. A method that takes a
// context ends with the context's error when it is cancelled, and what it was
// about to write is then not written.
type Store interface {
	// Begin opens a run and gives it its id. A run is unique by Schedule and
	// Planned: a second Begin of the same answers ErrTwice together with the run
	// that is there, so that of many who start at once exactly one gets no error.
	Begin(ctx context.Context, r Run) (Run, error)
	// Stage puts what was found about some subjects on the run's stage, in one
	// transaction. Staging a subject again replaces it, so that a shard that was
	// broken off can be done anew. Nothing but Publish reads the stage.
	// ErrNotStaged where the run is not open.
	Stage(ctx context.Context, run int64, results []Result) error
	// StageTx is Stage inside a transaction of the caller's, begun on Writer,
	// for those that commit something of theirs with it. On SQLite no other
	// writing method may be called before that transaction ends.
	StageTx(ctx context.Context, tx *sql.Tx, run int64, results []Result) error
	// Staged counts what lies on the run's stage.
	Staged(ctx context.Context, run int64) (Staged, error)
	// Publish moves everything that the stage changes, in one transaction: items,
	// outcome vectors, dossiers, the lives of findings; then the run has a
	// position and its stage is empty. Published runs are ordered by position,
	// which is the order of publishing and not of planning. ErrNotStaged where
	// the run is not open. Where the connection breaks in the very moment of the
	// commit, an error may be answered though the run is published: Run tells.
	Publish(ctx context.Context, run int64, end End) (Run, error)
	// PublishTx is Publish inside a transaction of the caller's, like StageTx.
	PublishTx(ctx context.Context, tx *sql.Tx, run int64, end End) (Run, error)
	// Abandon ends a run without publishing it: it stays listed as provisional
	// with why, and leaves no other trace. ErrNotStaged where it is not open.
	Abandon(ctx context.Context, run int64, end End) (Run, error)
	// Run is one run by its id, ErrNone where there is none.
	Run(ctx context.Context, id int64) (Run, error)
	// Runs lists the newest runs first, all where limit is 0.
	Runs(ctx context.Context, limit int) ([]Run, error)
	// Diff lists what differs between two published runs, item by item in
	// inventory order. An item that one of them did not know has no outcomes there.
	Diff(ctx context.Context, a, b Run) iter.Seq2[Difference, error]

	// Items lists the items with that name (A-label, or platform and package),
	// key, service number or subject number. None is no error.
	Items(ctx context.Context, name string) ([]Item, error)
	// Changes lists how an item changed, newest first.
	Changes(ctx context.Context, item int64) ([]Change, error)
	// Past is what earlier nights say of an item at item level, by its key;
	// before a position, or up to the newest where that is 0. An unknown item
	// has a past without observations, never nil.
	Past(ctx context.Context, key string, before int64) (*checks.Past, error)
	// Lives tells the life of every finding that was ever deficient as it was
	// before a position. Due is the day by which one begun on a day has to be put right.
	Lives(ctx context.Context, before int64, due func(key checks.Key, begun filing.Day) filing.Day) (map[checks.Key]Life, error)
	// Dossiers lists what a published run judged, subject by subject in
	// inventory order, so that it can be judged again: an item that was as
	// before is handed over as it was when it was last different, with its times
	// moved as if seen in that run. What retention took away is missing. Of a run
	// that is not the newest about its inventory, a subject that it did not see is
	// among them where earlier and later runs saw it: Totals.Subjects of the run
	// tells how many there have to be. Where subjects are named, only these.
	Dossiers(ctx context.Context, r Run, only ...string) iter.Seq2[Stored, error]
	// Subjects lists the subjects that a text means, by their numbers: those of
	// that number or name, and those of such a service, item or key.
	Subjects(ctx context.Context, text string) ([]string, error)

	// Findings lists findings by item in inventory order, then by scene.
	Findings(ctx context.Context, f Filter) iter.Seq2[Finding, error]

	// Waive adds a waiver and gives it its id. A waiver that Validate refuses is
	// not taken.
	Waive(ctx context.Context, w Waiver) (Waiver, error)
	// EndWaiver ends a waiver before its time; ErrNone where none with that id
	// is in force.
	EndWaiver(ctx context.Context, id int64, at time.Time) error
	// Waivers lists all waivers that were not ended before their time, in order
	// of making, each with how many open findings it covers.
	Waivers(ctx context.Context) ([]Waiver, error)
	// Assign names who answers for a finding, a service, a subject, a tag or a
	// scene; an empty owner takes the assignment back.
	Assign(ctx context.Context, a Assignment) error
	// Assignments lists all, by kind and value.
	Assignments(ctx context.Context) ([]Assignment, error)
	// AddNote adds a note to whatever Target names.
	AddNote(ctx context.Context, n Note) error
	// Notes lists the notes on a target, oldest first.
	Notes(ctx context.Context, target string) ([]Note, error)

	// Prune takes away what the retention policy does not keep, as of a day. It
	// never touches what is the newest of an item, nor a run that is open, unless
	// it was begun a week ago: that one is abandoned.
	Prune(ctx context.Context, today filing.Day) (Pruned, error)
	// Health tells engine, schema and sizes, and checks the integrity of a file.
	Health(ctx context.Context) (Health, error)
	// Backup writes a copy of a SQLite database to a new file of mode 0600, while
	// others go on writing. PostgreSQL has its own tools, and the error says so.
	Backup(ctx context.Context, path string) error
	// Writer is the pool that writes: one connection on SQLite.
	Writer() *sql.DB
	// Close closes the store. Methods called afterwards answer an error.
	Close() error

	Work
	Post
	Registrations
}
