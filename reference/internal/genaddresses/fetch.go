package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// pinnedDate is the day of the data in the pinned packages.
const pinnedDate = "2026-06-17"

// pinned is a package in one version, with the checksum of its archive.
type pinned struct{ name, version, sha512 string }

func asnPackage() pinned {
	return pinned{"@ip-location-db/asn", "2.3.2026061719",
		"PpqYi7wyEyWwunXBtl+y3Vi403SvNywotWwvmiYCOUtE0SVol/Sf492Ee+eErEznmGapxEQB2SAfrpXuZ9a+vQ=="}
}

func countryPackage() pinned {
	return pinned{"@ip-location-db/asn-country", "2.3.2026061719",
		"KN/mUGqf/nwkI0RDvv4knOc5xGXxbooU1MlTXThEJcJVyWxHoCx6oRed8p7NguGKZRpQPmZWdWw/zslHZsUC6Q=="}
}

// maxFile bounds each file of a package, in bytes.
const maxFile = 256 << 20

// fetch has npm pack a package, proves its archive, and returns the directory
// that its data files were unpacked into.
func fetch(temp string, p pinned) (string, error) {
	dir, err := os.MkdirTemp(temp, "package-")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", dir, p.name+"@"+p.version)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("npm pack %s@%s: %w", p.name, p.version, err)
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return "", fmt.Errorf("npm pack %s@%s: it left %d archives", p.name, p.version, len(archives))
	}
	if err := prove(archives[0], p.sha512); err != nil {
		return "", fmt.Errorf("prove %s@%s: %w", p.name, p.version, err)
	}
	if err := unpack(archives[0], dir); err != nil {
		return "", fmt.Errorf("unpack %s@%s: %w", p.name, p.version, err)
	}
	return dir, nil
}

// prove compares the checksum of a file with the pinned one.
func prove(name, want string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	sum := sha512.Sum512(data)
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != want {
		return fmt.Errorf("its SHA-512 is %s, want %s", got, want)
	}
	return nil
}

// unpack writes the CSV files of an archive into a directory, flat.
func unpack(name, dir string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	for archive := tar.NewReader(zip); ; {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		base := filepath.Base(filepath.FromSlash(head.Name))
		if head.Typeflag != tar.TypeReg || !strings.HasSuffix(base, ".csv") {
			continue
		}
		if head.Size > maxFile {
			return fmt.Errorf("%s has %d bytes, at most %d are read", base, head.Size, maxFile)
		}
		out, err := os.Create(filepath.Join(dir, base))
		if err != nil {
			return err
		}
		_, err = io.Copy(out, archive)
		if err = errors.Join(err, out.Close()); err != nil {
			return err
		}
	}
}
