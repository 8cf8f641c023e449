package scanner

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Bounds of an executable, which is read as a stream up to its signature.
const (
	maxCommands      = 1 << 20
	maxCodeSignature = 32 << 20
	maxExecutable    = 2 << 30
	maxBlobs         = 64
)

// The marks of Mach-O and of code signatures (loader.h, cs_blobs.h).
const (
	machoFat       = 0xcafebabe
	machoFat64     = 0xcafebabf
	macho32        = 0xfeedface
	macho64        = 0xfeedfacf
	loadSignature  = 0x1d
	blobSuper      = 0xfade0cc0
	blobWrapper    = 0xfade0b01
	slotSignature  = 0x10000
	machoHeaderMin = 28
)

// forward reads a stream and knows where it stands.
type forward struct {
	r  io.Reader
	at int64
}

// skipTo goes on to an offset.
func (f *forward) skipTo(offset int64) error {
	if offset < f.at || offset > maxExecutable {
		return errors.New("the executable leads back or too far")
	}
	n, err := io.CopyN(io.Discard, f.r, offset-f.at)
	f.at += n
	return err
}

func (f *forward) read(n int) ([]byte, error) {
	data := make([]byte, n)
	got, err := io.ReadFull(f.r, data)
	f.at += int64(got)
	return data, err
}

// readMachoSignature finds the CMS of an executable's code signature, of its
// first architecture; nil where it is not signed.
func readMachoSignature(r io.Reader) ([]byte, error) {
	f := &forward{r: r}
	head, err := f.read(machoHeaderMin)
	if err != nil {
		return nil, fmt.Errorf("read the executable: %w", err)
	}
	var start int64
	if big := binary.BigEndian.Uint32(head); big == machoFat || big == machoFat64 {
		if start = int64(binary.BigEndian.Uint32(head[16:])); big == machoFat64 {
			start = int64(binary.BigEndian.Uint64(head[16:]))
		}
		if err := f.skipTo(start); err != nil {
			return nil, fmt.Errorf("read the executable: %w", err)
		}
		if head, err = f.read(machoHeaderMin); err != nil {
			return nil, fmt.Errorf("read the executable: %w", err)
		}
	}
	offset, size, err := signaturePlace(f, head)
	if err != nil || size == 0 {
		return nil, err
	}
	if size > maxCodeSignature {
		return nil, errors.New("read the code signature: it is too large")
	}
	if err := f.skipTo(start + offset); err != nil {
		return nil, fmt.Errorf("read the code signature: %w", err)
	}
	data, err := f.read(int(size))
	if err != nil {
		return nil, fmt.Errorf("read the code signature: %w", err)
	}
	return signatureBlob(data)
}

// signaturePlace finds the load command that says where the signature is,
// counted from the start of the architecture.
func signaturePlace(f *forward, head []byte) (offset, size int64, err error) {
	switch binary.LittleEndian.Uint32(head) {
	case macho64:
		if _, err := f.read(4); err != nil {
			return 0, 0, err
		}
	case macho32:
	default:
		return 0, 0, errors.New("the executable is no Mach-O")
	}
	count, length := binary.LittleEndian.Uint32(head[16:]), binary.LittleEndian.Uint32(head[20:])
	if length > maxCommands {
		return 0, 0, errors.New("the executable's commands are too long")
	}
	commands, err := f.read(int(length))
	if err != nil {
		return 0, 0, fmt.Errorf("read the executable's commands: %w", err)
	}
	for ; count > 0 && len(commands) >= 16; count-- {
		step := int64(binary.LittleEndian.Uint32(commands[4:]))
		if step < 8 || step > int64(len(commands)) {
			break
		}
		if binary.LittleEndian.Uint32(commands) == loadSignature {
			return int64(binary.LittleEndian.Uint32(commands[8:])), int64(binary.LittleEndian.Uint32(commands[12:])), nil
		}
		commands = commands[step:]
	}
	return 0, 0, nil
}

// signatureBlob takes the CMS out of a code signature; nil where it has none,
// as an ad-hoc signature.
func signatureBlob(data []byte) ([]byte, error) {
	if len(data) < 12 || binary.BigEndian.Uint32(data) != blobSuper {
		return nil, errors.New("read the code signature: it is none")
	}
	count := min(int(binary.BigEndian.Uint32(data[8:])), maxBlobs, (len(data)-12)/8)
	for i := range count {
		slot, at := binary.BigEndian.Uint32(data[12+8*i:]), int64(binary.BigEndian.Uint32(data[16+8*i:]))
		if slot != slotSignature || at+8 > int64(len(data)) {
			continue
		}
		blob := data[at:]
		size := int64(binary.BigEndian.Uint32(blob[4:]))
		if binary.BigEndian.Uint32(blob) != blobWrapper || size < 8 || size > int64(len(blob)) {
			return nil, errors.New("read the code signature: its blob is cut off")
		}
		if size == 8 {
			return nil, nil
		}
		return blob[8:size], nil
	}
	return nil, nil
}
