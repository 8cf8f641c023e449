package reference

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// readTable reads a CSV file with a header and hands over each row by column;
// all wanted columns have to be there, others are ignored.
func readTable(fsys fs.FS, name string, want []string, row func(line int, cell func(column string) string) error) error {
	file, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	in := csv.NewReader(file)
	header, err := in.Read()
	if err != nil {
		return fmt.Errorf("%s: read the header: %w", name, err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	for _, column := range want {
		if !slices.Contains(header, column) {
			return fmt.Errorf("%s: the column %q is missing", name, column)
		}
	}
	var errs []error
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return errors.Join(errs...)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := in.FieldPos(0)
		err = row(line, func(column string) string {
			if i := slices.Index(header, column); i >= 0 {
				return strings.TrimSpace(cells[i])
			}
			return ""
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("%s line %d: %w", name, line, err))
		}
	}
}
