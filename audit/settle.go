package audit

import (
	"context"
	"runtime"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/observe"
)

// maxRepeats is how often a look is taken again for our own trouble, before
// the second look or the judgement has to do with what there is.
const maxRepeats = 1

// leave ends a part of the job. When the last one has left, the job is judged:
// at once where nothing was missed, else when it is known whether we were well
// ourselves meanwhile.
func (r *run) leave(ctx context.Context, c *job) {
	c.mu.Lock()
	c.open--
	last := c.open == 0
	c.mu.Unlock()
	if !last || ctx.Err() != nil {
		return
	}
	findings := r.Bench(r.Now()).Judge(c.subject, c.looks)
	if !missing(c, findings) || r.health.round == nil && len(r.doubts(c)) == 0 {
		r.conclude(c, findings)
		return
	}
	if err := r.settling.Put(c, nil, r.Now()); err != nil {
		r.cancel(err)
	}
}

// missing says whether the job rests on something that was not there, or on a
// look that failed.
func missing(c *job, findings []checks.Finding) bool {
	for _, f := range findings {
		if len(f.Looks) > 1 || f.Why != nil && f.Why.Code == checks.WhyUnconfirmed {
			return true
		}
	}
	for name := range c.looks {
		if d := c.newest(name); siteMissed(d) || registrationMissed(d) {
			return true
		}
	}
	return false
}

// siteMissed says whether the look at a site failed, wholly or in part, in a
// way that our own trouble could have brought about.
func siteMissed(d *observe.Dossier) bool {
	if d.DNS.Fault != nil || d.Visit.Fault != nil || d.Page.Fault != nil {
		return true
	}
	if d.DNS.Value != nil {
		for _, n := range d.DNS.Value.Names {
			if n.State == observe.NameFault {
				return true
			}
		}
	}
	return false
}

// registrationMissed says the same of the look at the registration.
func registrationMissed(d *observe.Dossier) bool {
	f := d.Registration.Fault
	if f == nil && d.Registration.Value != nil {
		f = d.Registration.Value.Kept
	}
	if f == nil {
		return false
	}
	switch f.Kind {
	case observe.FaultTimeout, observe.FaultRefused, observe.FaultReset, observe.FaultTLS, observe.FaultUnresolved, observe.FaultUnreachable,
		observe.FaultServerFailure, observe.FaultNoNetwork, observe.FaultNoDescriptors:
		return true
	}
	return false
}

// Unseen counts the items that our own trouble kept from being seen to the end,
// by the newest look at each.
func Unseen(looks map[string]checks.Looks) int {
	n := 0
	for _, of := range looks {
		if len(of) == 0 {
			continue
		}
		if d := &of[len(of)-1]; d.Unclean && (siteMissed(d) || registrationMissed(d)) {
			n++
		}
	}
	return n
}

// settle takes the jobs that miss something, in the order in which they came,
// each when it is known whether we were well while it was looked at. Some are
// judged at a time: only these are in memory.
func (r *run) settle(ctx context.Context) {
	seats := make(chan struct{}, runtime.GOMAXPROCS(0))
	for {
		p, ok := r.settling.Take(ctx)
		if !ok {
			return
		}
		seats <- struct{}{}
		r.looks.Go(func() {
			defer func() { <-seats }()
			c, _, err := p.read()
			if err == nil {
				err = r.settleOne(ctx, c)
			}
			if err != nil {
				r.cancel(err)
			}
		})
	}
}

func (r *run) settleOne(ctx context.Context, c *job) error {
	var end time.Duration
	for _, s := range c.spans {
		end = max(end, s.Network.To, s.Registration.To)
	}
	if err := r.health.settled(ctx, end); err != nil {
		return err
	}
	if again := r.doubts(c); len(again) > 0 && c.repeats < maxRepeats {
		c.repeats++
		return r.relook(ctx, c, again, true)
	}
	r.conclude(c, nil)
	return nil
}

// doubts marks the newest looks of a job that are in doubt, and names them,
// each with the kinds to look at again.
func (r *run) doubts(c *job) map[string]observe.Want {
	again := map[string]observe.Want{}
	for name, looks := range c.looks {
		if want := r.doubtful(&looks[len(looks)-1], c.spans[name]); want != 0 {
			again[name] = want
		}
	}
	return again
}

// doubtful marks a look that was taken while our own health was in doubt, and
// returns what of it should be looked at again.
func (r *run) doubtful(d *observe.Dossier, s spans) observe.Want {
	var again observe.Want
	if network := d.DNS.Asked(); network && (r.health.doubts(s.Network) || oursIn(d)) {
		d.Unclean = true
		again |= observe.WantNetwork
	}
	if registrationMissed(d) && (r.health.doubts(s.Registration) || d.Registration.Fault != nil && d.Registration.Fault.Ours()) {
		d.Unclean = true
		again |= observe.WantRegistration
	}
	return again
}

// oursIn says whether a look met our own trouble itself.
func oursIn(d *observe.Dossier) bool {
	troubles := []*observe.Fault{d.DNS.Fault, d.Visit.Fault}
	if d.DNS.Value != nil {
		for _, n := range d.DNS.Value.Names {
			troubles = append(troubles, n.Fault)
		}
	}
	if d.Visit.Value != nil {
		for _, a := range d.Visit.Value.Attempts {
			troubles = append(troubles, a.Fault)
		}
	}
	for _, f := range troubles {
		if f != nil && (f.Kind == observe.FaultNoDescriptors || f.Kind == observe.FaultNoNetwork) {
			return true
		}
	}
	return false
}

// conclude ends a pass of a job: it is parked for its second look, or handed
// over. findings are those of its looks where these were judged already.
func (r *run) conclude(c *job, findings []checks.Finding) {
	if c.pass == 1 {
		r.groups.Count(c.seq, c.looks)
	} else if r.groups.Mark(c.seq, c.looks) {
		findings = nil
	}
	now := r.Now()
	if findings == nil {
		findings = r.Bench(now).Judge(c.subject, c.looks)
	}
	if again := r.again(c, findings); len(again) > 0 {
		if r.Waits != nil {
			r.Waits(len(again))
		}
		c.pass, c.repeats = 2, 0
		if err := r.park.Put(c, again, now.Add(r.wait())); err != nil {
			r.cancel(err)
		}
		return
	}
	result := Result{Seq: c.seq, Subject: c.subject, Findings: findings, Looks: c.looks, Items: len(c.looks), Unseen: Unseen(c.looks)}
	if evidence := r.Bench(now).Evidence; evidence != nil {
		result.Evidence = evidence(c.subject)
	}
	err := r.done(result)
	if err != nil {
		r.cancel(err)
	}
	r.dealt.leave()
}
