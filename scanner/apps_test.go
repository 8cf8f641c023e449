package scanner

import (
	"context"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// Packages are read a few at a time; who waits for a turn ends with its context.
func TestScannerPackage(t *testing.T) {
	s := &Scanner{packages: make(chan struct{}, 1), now: time.Now}
	path := wrote(t, "a.hap", zipOf(t, nil, entry{"config.json", []byte(configJSON)}))
	if seen := s.Package(t.Context(), ""); seen.Fault == nil || seen.Fault.Kind != observe.FaultNoPackage || seen.Fault.Ours() {
		t.Errorf("of no path: %+v", seen)
	}
	if seen := s.Package(t.Context(), path); seen.Value == nil || seen.Value.Package != "cn.example.qinghe" || seen.Value.File != "a.hap" || seen.Via != path || seen.At.IsZero() {
		t.Errorf("of a package: %+v", seen)
	}
	if len(s.packages) != 0 {
		t.Error("the turn was not given back")
	}
	s.packages <- struct{}{}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if seen := s.Package(ended, path); seen.Fault == nil || seen.Fault.Kind != observe.FaultCancelled {
		t.Errorf("while others read: %+v", seen)
	}
}
