package reference

import "io/fs"

// Bootstrap is the RDAP servers by top-level domain (RFC 9224).
type Bootstrap struct{}

func readBootstrap(fsys fs.FS) (*Bootstrap, error) { return &Bootstrap{}, nil }
