package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

func TestSpoolGivesPiecesBackInOrder(t *testing.T) {
	s, err := newSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var want bytes.Buffer
	const n = 500
	for i := range n {
		fmt.Fprintf(&want, "piece %d\n", i)
	}
	var wg sync.WaitGroup
	for _, i := range rand.Perm(n) {
		wg.Go(func() {
			if err := s.put(i, fmt.Appendf(nil, "piece %d\n", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var got bytes.Buffer
	if err := s.writeTo(&got); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Error("the pieces came back in another order")
	}
	if err := s.put(3, []byte("again")); err == nil {
		t.Error("a piece was stored twice without an error")
	}
}
