package checks

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// What a word weighs more in a place of a page than in its text. A title says
// what a page is; keywords are written for search engines.
const (
	titleFactor  = 3
	metaFactor   = 1.5
	textFactor   = 1
	hiddenFactor = 1.5
)

const (
	aroundContext = 60  // bytes to both sides of a word, within which a context takes its weight
	inContext     = 0.2 // of its weight is then left
	halvedBy      = 8   // weight of context and counter-words on the whole page that halves a score
	excerptBytes  = 90  // to both sides of the word that weighs most
	mostWords     = 12  // that a proof names
)

// reading is one place of a document, as the lexicon is compared with it.
type reading struct {
	what   string // code of a proof
	text   string // folded
	factor float64
	hits   []reference.Hit
	talk   []reference.Hit // those of the hits that show a talk about things, in their order
}

// read compares the text with the lexicon.
func (r *reading) read(lexicon *reference.Lexicon) {
	r.text = reference.Fold(r.text)
	r.hits = lexicon.Find(r.text)
	for _, hit := range r.hits {
		if hit.Role == reference.RoleContext {
			r.talk = append(r.talk, hit)
		}
	}
}

// readings are the places of a document that a visitor or a search engine reads.
func readings(lexicon *reference.Lexicon, d observe.Document) []reading {
	all := []reading{{what: "content-title", text: d.Title, factor: titleFactor}}
	if c := d.Content; c != nil {
		all = append(all, reading{what: "content-meta", text: c.Keywords + "\n" + c.Description, factor: metaFactor},
			reading{what: "content-text", text: c.Text + "\n" + c.Tail, factor: textFactor})
	}
	for i := range all {
		all[i].read(lexicon)
	}
	return all
}

// hiddenReading is the text of links that a page keeps from its visitors. What
// stands round them on the page is somebody else's and takes nothing from them.
func hiddenReading(lexicon *reference.Lexicon, d observe.Document) []reading {
	if d.Content == nil {
		return nil
	}
	var texts []string
	for _, l := range d.Content.Hidden {
		texts = append(texts, l.Text)
	}
	r := reading{what: "content-hidden", text: strings.Join(texts, "\n"), factor: hiddenFactor}
	r.read(lexicon)
	return []reading{r}
}

// score is what a document has to say for one category.
type score struct {
	category reference.Category
	points   float64
	sure     bool      // one of the words says by itself what the page is
	words    []weighed // the heaviest first
}

// weighed is a word of a score, where it weighs most.
type weighed struct {
	text    string
	points  float64
	times   int
	reading *reading
	start   int
	end     int
}

// reached says whether a person has to look.
func (s score) reached() bool { return s.points >= s.category.Least && s.sure }

// scoreOf adds up what readings say for a category.
func scoreOf(all []reading, category reference.Category) score {
	s := score{category: category, sure: category.Sure == 0}
	known := map[string]int{}
	for i := range all {
		r := &all[i]
		for _, hit := range r.hits {
			if hit.Role != reference.RoleTerm || hit.Category != category.ID {
				continue
			}
			points := hit.Weight * r.factor
			if r.inContext(hit) {
				points *= inContext
			} else if hit.Weight >= category.Sure {
				s.sure = true
			}
			at, seen := known[hit.Text]
			if !seen {
				at = len(s.words)
				known[hit.Text] = at
				s.words = append(s.words, weighed{text: hit.Text})
			}
			w := &s.words[at]
			w.times++
			if points > w.points {
				w.points, w.reading, w.start, w.end = points, r, hit.Start, hit.End
			}
		}
	}
	for i := range s.words {
		w := &s.words[i]
		w.points *= 1 + 0.1*float64(min(w.times-1, 5)) // said again and again
		s.points += w.points
	}
	s.points /= 1 + against(all, category)/halvedBy
	slices.SortStableFunc(s.words, func(a, b weighed) int { return cmp.Compare(b.points, a.points) })
	return s
}

// inContext says whether a word that shows a talk about things stands near a hit.
func (r *reading) inContext(hit reference.Hit) bool {
	i := sort.Search(len(r.talk), func(i int) bool { return r.talk[i].End > hit.Start-aroundContext })
	return i < len(r.talk) && r.talk[i].Start < hit.End+aroundContext
}

// against is the weight of what speaks against a category on the whole page,
// each word once; in the title it counts twice.
func against(all []reading, category reference.Category) float64 {
	weights := map[string]float64{}
	for i := range all {
		for _, hit := range all[i].hits {
			if hit.Role != reference.RoleContext && (hit.Role != reference.RoleAgainst || hit.Category != category.ID) {
				continue
			}
			weight := hit.Weight
			if all[i].what == "content-title" {
				weight *= 2
			}
			weights[hit.Text] = max(weights[hit.Text], weight)
		}
	}
	sum := 0.0
	for _, weight := range weights {
		sum += weight
	}
	return sum
}

// proof tells a score: the words that weigh most, and the first of them in its context.
func (s score) proof(c Case, where string) Proof {
	var words []string
	for _, w := range s.words[:min(len(s.words), mostWords)] {
		words = append(words, fmt.Sprintf("%s %.3g", w.text, w.points))
	}
	p := Proof{What: "content-text", Got: fmt.Sprintf("%s %.3g/%.3g: %s", s.category.ID, s.points, s.category.Least, strings.Join(words, ", ")), Where: where, At: c.Page.At}
	if len(s.words) > 0 {
		w := s.words[0]
		p.What, p.Excerpt = w.reading.what, around(w.reading.text, w.start, w.end)
	}
	return p
}

// around is a part of a text with some of what stands before and behind it.
func around(text string, start, end int) string {
	from, to := max(0, start-excerptBytes), min(len(text), end+excerptBytes)
	for from < start && !utf8.RuneStart(text[from]) {
		from++
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return strings.Join(strings.Fields(text[from:to]), " ")
}

// leastText is how many signs a page must show for their innocence to say anything.
const leastText = 20

// unseen says why a document may hold content that nobody read; empty means
// that all of its text was read. What a script adds at the foot is no content.
func unseen(d observe.Document) string {
	switch {
	case d.Fault != nil:
		return whyUnread
	case d.Content == nil:
		return "content-not-kept"
	case d.Truncated:
		return whyTruncated
	case d.Shell, d.Deferred && d.Text < leastHan:
		return whyRendering
	case d.Content.Left > 0:
		return "text-too-long"
	case d.Text < leastText:
		return "no-text"
	}
	return ""
}
