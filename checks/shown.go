package checks

import (
	"cmp"
	"slices"

	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// filedNumber is the number that has to hang: the service's, else the subject's.
func filedNumber(c Case) (number.ICP, bool) {
	for _, text := range []string{c.Service.Number, c.Subject.Number} {
		if n, _, err := number.ParseInventory(text); text != "" && err == nil {
			return n, true
		}
	}
	return number.ICP{}, false
}

// likeness is how near a number on a page comes to the filed one.
type likeness int

const (
	otherSubject likeness = iota
	otherService
	bareSubject // the subject's number, where the service's is filed
	exact
)

// compare takes the subject's number for that of any of its services where no
// service number is filed.
func compare(filed, seen number.ICP) likeness {
	same, _ := number.SameSubject(filed, seen)
	service, _ := number.SameService(filed, seen)
	switch {
	case !same:
		return otherSubject
	case service, filed.Service == 0:
		return exact
	case seen.Service == 0:
		return bareSubject
	}
	return otherService
}

// shown is one number on a document, compared with the filed one.
type shown struct {
	observe.NumberSeen
	number   number.ICP
	likeness likeness
}

// own says whether it is the filed number, or that of the same subject without suffix.
func (s shown) own() bool { return s.likeness >= bareSubject }

// shownOn compares the numbers of a document in one channel with the filed
// one. Records of licensed operators count where one is filed.
func shownOn(filed number.ICP, d observe.Document, channel observe.Channel) []shown {
	var all []shown
	for _, seen := range d.Numbers {
		if n, _, err := number.ParseICP(seen.Number); err == nil && seen.Channel == channel {
			all = append(all, shown{seen, n, compare(filed, n)})
		}
	}
	for _, seen := range d.Licences {
		n, _, err := number.ParseInventory(seen.Number)
		if err == nil && seen.Channel == channel && compare(filed, n) != otherSubject {
			all = append(all, shown{seen, n, compare(filed, n)})
		}
	}
	return all
}

// licenceRecord finds a number that the ministry lists operators with a licence
// under (京ICP证030173号, 粤B2-20090059-5), which plain licences are not.
func licenceRecord(d observe.Document) (observe.NumberSeen, bool) {
	for _, seen := range d.Licences {
		if _, _, err := number.ParseICP(seen.Number); err == nil && seen.Channel == observe.ChannelHTML {
			return seen, true
		}
	}
	return observe.NumberSeen{}, false
}

// nearest is the number that comes nearest to the filed one, at the bottom
// rather than elsewhere.
func nearest(all []shown) (shown, bool) {
	if len(all) == 0 {
		return shown{}, false
	}
	return slices.MaxFunc(all, func(a, b shown) int {
		return cmp.Or(cmp.Compare(a.likeness, b.likeness), cmp.Compare(ordinal(a.Bottom), ordinal(b.Bottom)))
	}), true
}

// bestLinked is the number whose link counts: of the own ones that with the
// best link, else of those that hang there the nearest.
func bestLinked(all []shown) (shown, bool) {
	if len(all) == 0 {
		return shown{}, false
	}
	links := []observe.LinkProblem{observe.LinkMissing, observe.LinkNotAnchor, observe.LinkWrongHost, observe.LinkOldHost, observe.LinkNone}
	worth := func(s shown) int { return slices.Index(links, s.Link) }
	return slices.MaxFunc(all, func(a, b shown) int {
		return cmp.Or(
			cmp.Compare(min(a.likeness, bareSubject), min(b.likeness, bareSubject)),
			cmp.Compare(ordinal(a.Bottom || a.own()), ordinal(b.Bottom || b.own())),
			cmp.Compare(worth(a), worth(b)))
	}), true
}

func ordinal(b bool) int {
	if b {
		return 1
	}
	return 0
}

// numberProof compares the filed number with one that was seen.
func numberProof(c Case, filed number.ICP, s observe.NumberSeen, where string) Proof {
	return Proof{What: "icp-number", Want: filed.String(), Got: s.Number, Where: where, Excerpt: s.Excerpt, At: c.Page.At}
}

// aboutNumber is the advice on a number that conforms.
func aboutNumber(c Case, filed number.ICP, seen shown, all []shown, d observe.Document) []Note {
	var notes []Note
	if _, asked := c.Reference.Provinces.Rule("hang-subject-number", filed.Province, string(c.Subject.Nature)); seen.likeness == bareSubject && !asked {
		notes = append(notes, Note{Code: "subject-number-only", Detail: seen.Number})
	}
	if _, folded := number.SameSubject(filed, seen.number); folded {
		notes = append(notes, Note{Code: "province-letter", Detail: seen.Number})
	}
	if !seen.Bottom && incomplete(d) == "" {
		notes = append(notes, Note{Code: "not-at-bottom", Detail: d.URL})
	}
	if i := slices.IndexFunc(all, func(s shown) bool { return s.likeness == otherSubject }); i >= 0 {
		notes = append(notes, Note{Code: "other-number-too", Detail: all[i].Number})
	}
	return notes
}

// seenNumbers tells what was seen where nothing can be compared.
func seenNumbers(c Case, documents []observe.Document) []Proof {
	var proofs []Proof
	for _, d := range documents {
		for _, s := range d.Numbers {
			if s.Channel == observe.ChannelHTML {
				proofs = append(proofs, Proof{What: "icp-number", Got: s.Number, Where: d.URL, Excerpt: s.Excerpt, At: c.Page.At})
			}
		}
	}
	return proofs
}
