package filing

// Limits bounds what an inventory or a feed may be. A zero field means its default.
type Limits struct {
	FileBytes    int64 // of the file; default 2 GiB
	SheetBytes   int64 // of a workbook's parts, unpacked; default 2 GiB
	RowBytes     int   // of one row as it stands in the file; default 1 MiB
	CellBytes    int   // of one cell; default 32 KiB
	Columns      int   // of one row; default 500
	Rows         int   // default 5,000,000
	SubjectItems int   // rows of one subject; default 50,000
}

// filled puts the defaults in the place of zeros.
func (l Limits) filled() Limits {
	fill := func(n *int, standard int) {
		if *n <= 0 {
			*n = standard
		}
	}
	fill(&l.RowBytes, 1<<20)
	fill(&l.CellBytes, 32<<10)
	fill(&l.Columns, 500)
	fill(&l.Rows, 5_000_000)
	fill(&l.SubjectItems, 50_000)
	if l.FileBytes <= 0 {
		l.FileBytes = 2 << 30
	}
	if l.SheetBytes <= 0 {
		l.SheetBytes = 2 << 30
	}
	return l
}

// headerRows is how many filled rows may stand above and with the header.
const headerRows = 10

// maxFeedNames bounds the names by which the rows of one feed are found: three
// for each of the most rows, in 16 bytes each.
const maxFeedNames = 16 << 20

// maxListEntries bounds the entries of a list in one cell.
const maxListEntries = 1000
