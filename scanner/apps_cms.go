package scanner

import (
	"bytes"
	"crypto/x509"
	"errors"
)

// Signatures of Apple and of HarmonyOS are CMS (RFC 5652) in BER, often of
// indefinite lengths. The parsers of CMS that there are recurse without a bound
// or take quadratic time on hostile input; and only the certificates are needed.

// Bounds of one CMS.
const (
	maxCMS       = 4 << 20
	maxBERDepth  = 24
	maxCMSParts  = 4096 // elements of one level
	maxCMSSigner = 16
)

// cms is what is read of signed data. The signature itself is not checked.
type cms struct {
	signers []*x509.Certificate // certificates that signed, where they are named by issuer and serial number
	content []byte
}

// ber is one element with its bytes as they stand.
type ber struct {
	tag          byte // class, constructed bit and number
	content, raw []byte
}

var errBER = errors.New("the signature is no valid BER")

// readBER takes the first element of some bytes.
func readBER(data []byte, depth int) (ber, []byte, error) {
	if len(data) < 2 || data[0]&0x1f == 0x1f || depth > maxBERDepth {
		return ber{}, nil, errBER
	}
	length, at := int(data[1]), 2
	switch {
	case length == 0x80:
		return readIndefinite(data, depth)
	case length > 0x84:
		return ber{}, nil, errBER
	case length > 0x80:
		at += length & 0x7f
		if at > len(data) {
			return ber{}, nil, errBER
		}
		length = 0
		for _, b := range data[2:at] {
			length = length<<8 | int(b)
		}
	}
	if length > len(data)-at {
		return ber{}, nil, errBER
	}
	return ber{tag: data[0], content: data[at : at+length], raw: data[:at+length]}, data[at+length:], nil
}

// readIndefinite takes an element that ends with two zero bytes.
func readIndefinite(data []byte, depth int) (ber, []byte, error) {
	rest := data[2:]
	for range maxCMSParts {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			end := len(data) - len(rest)
			return ber{tag: data[0], content: data[2:end], raw: data[:end+2]}, rest[2:], nil
		}
		var err error
		if _, rest, err = readBER(rest, depth+1); err != nil {
			return ber{}, nil, err
		}
	}
	return ber{}, nil, errBER
}

// children lists the elements inside an element.
func (b ber) children() ([]ber, error) {
	var all []ber
	for rest := b.content; len(rest) > 0; {
		child, next, err := readBER(rest, 0)
		if err != nil || len(all) == maxCMSParts {
			return nil, errBER
		}
		all, rest = append(all, child), next
	}
	return all, nil
}

// octets is the content of an octet string, whole or in pieces.
func (b ber) octets() []byte {
	if b.tag == 0x04 {
		return b.content
	}
	var all []byte
	pieces, err := b.children()
	if err != nil {
		return nil
	}
	for _, piece := range pieces {
		all = append(all, piece.content...)
	}
	return all
}

// readCMS reads who signed signed data, and what.
func readCMS(data []byte) (cms, error) {
	if len(data) > maxCMS {
		return cms{}, tooLarge("the signature is of %d bytes", len(data))
	}
	outer, _, err := readBER(data, 0)
	if err != nil {
		return cms{}, err
	}
	info, err := outer.children()
	if err != nil || len(info) < 2 || info[1].tag != 0xa0 {
		return cms{}, errBER
	}
	signed, _, err := readBER(info[1].content, 0)
	if err != nil {
		return cms{}, err
	}
	fields, err := signed.children()
	if err != nil || len(fields) < 4 {
		return cms{}, errBER
	}
	var c cms
	if inner, err := fields[2].children(); err == nil && len(inner) > 1 {
		if octets, _, err := readBER(inner[1].content, 0); err == nil {
			c.content = octets.octets()
		}
	}
	c.signers, err = cmsSigners(fields)
	return c, err
}

// cmsSigners finds the certificates that the signer infos name.
func cmsSigners(fields []ber) ([]*x509.Certificate, error) {
	var certificates, infos []ber
	var err error
	for _, f := range fields[3:] {
		switch f.tag {
		case 0xa0:
			certificates, err = f.children()
		case 0x31:
			infos, err = f.children()
		}
		if err != nil {
			return nil, err
		}
	}
	if len(infos) > maxCMSSigner || len(certificates) > maxSigners {
		return nil, errBER
	}
	var signers []*x509.Certificate
	for _, info := range infos {
		parts, err := info.children()
		if err != nil || len(parts) < 2 {
			return nil, errBER
		}
		name, err := parts[1].children()
		if err != nil || len(name) != 2 {
			continue // named by its key
		}
		for _, raw := range certificates {
			cert, err := x509.ParseCertificate(raw.raw)
			if err == nil && bytes.Equal(cert.RawIssuer, name[0].raw) && bytes.Equal(cert.SerialNumber.Bytes(), bytes.TrimLeft(name[1].content, "\x00")) {
				signers = append(signers, cert)
				break
			}
		}
	}
	return signers, nil
}
