package history

import (
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// maxPacked bounds what is unpacked: a damaged body must not fill the memory.
const maxPacked = 64 << 20

// packer compresses bodies. It is safe for concurrent use.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newPacker() (*packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPacked))
	if err != nil {
		return nil, fmt.Errorf("set up decompression: %w", err)
	}
	return &packer{enc, dec}, nil
}

// pack is a value as JSON, compressed.
func (p *packer) pack(value any) ([]byte, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return p.enc.EncodeAll(data, nil), nil
}

// unpack reads what pack wrote.
func (p *packer) unpack(body []byte, into any) error {
	data, err := p.dec.DecodeAll(body, nil)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return nil
}
