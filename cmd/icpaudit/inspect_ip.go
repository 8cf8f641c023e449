package main

import (
	"fmt"
	"net/netip"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/scanner"
)

// inspectedAddress is an address with its facts and the decision on it.
type inspectedAddress struct {
	observe.AddrFacts
	Decision checks.Ownership `json:"decision"`
}

func (p *program) inspectIP() *cobra.Command {
	var provider string
	var ips []string
	cmd := &cobra.Command{
		Use: "ip ADDRESS…", Short: "Show whose an address is, and by which rule", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			service := &filing.Service{Provider: provider}
			var err error
			if service.IPs, err = prefixes(ips); err != nil {
				return usage(err)
			}
			return p.each(args, func(ref *reference.Set, text string) (any, error) {
				addr, err := netip.ParseAddr(text)
				if err != nil {
					return nil, fmt.Errorf("read address %q: it is not an IPv4 or IPv6 address", text)
				}
				if _, ok := ref.Providers.Match(provider); provider != "" && !ok {
					return nil, fmt.Errorf("read --provider %q: no provider of the reference data is called so", provider)
				}
				out := inspectedAddress{AddrFacts: scanner.AddressFacts(ref, addr)}
				if provider == "" && len(service.IPs) == 0 {
					out.Decision = checks.DecideAddress(ref, out.AddrFacts, nil)
				} else {
					out.Decision = checks.DecideAddress(ref, out.AddrFacts, service)
				}
				return out, nil
			})
		},
	}
	cmd.Flags().StringVar(&provider, "provider", "", "the filed access provider to compare with")
	cmd.Flags().StringSliceVar(&ips, "ip", nil, "filed address or CIDR range to compare with (may be repeated)")
	return cmd
}

// prefixes reads filed addresses and CIDR ranges of the command line.
func prefixes(texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if addr, addrErr := netip.ParseAddr(text); addrErr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("read --ip %q: it is neither an address nor a CIDR range", text)
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}
