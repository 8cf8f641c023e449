package deliver

import (
	"context"
	"errors"
	"time"
)

// Rounds tries n letters, one after the other, and those that failed for a
// while once more in further rounds: one recipient's greylisting keeps nobody
// else waiting. It returns the last error of each letter, nil for those that
// went out. wait pauses; it ends early with the context.
func Rounds(ctx context.Context, n int, o RetryOptions, try func(i int) error, wait func(context.Context, time.Duration) error) []error {
	errs := make([]error, n)
	open := make([]int, n)
	for i := range open {
		open[i] = i
	}
	pause := o.Wait
	for round := 1; len(open) > 0; round++ {
		var again []int
		longest := pause
		for _, i := range open {
			if err := ctx.Err(); err != nil {
				errs[i] = errors.Join(errs[i], err)
				continue
			}
			errs[i] = try(i)
			if f, ok := errors.AsType[*Fault](errs[i]); ok && f.Temporary {
				again = append(again, i)
				longest = max(longest, f.After)
			}
		}
		open = again
		if round >= o.Tries || len(open) == 0 || wait(ctx, min(longest, o.MaxWait)) != nil {
			return errs
		}
		pause = min(2*pause, o.MaxWait)
	}
	return errs
}

// Wait pauses, or ends with the context.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
