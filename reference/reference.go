// Package reference holds everything that a compliance officer may want to
// edit: the catalogue, the operations, the words, and the dated data about
// providers, addresses, registrars and registries. All of it is embedded; a
// directory may override each file.
package reference

// Set is all reference data in force.
type Set struct {
	Digest    string // SHA-256 over the files in force, in name order; first 12 hex digits
	Catalogue *Catalogue
	Words     *Words
}
