// Command icpaudit audits ICP filings: it looks at what a filed domain shows,
// judges it by the remediation catalogue, and reports what has to be put right.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/audit/nightly"
)

// Exit codes; where several apply, usage beats incomplete beats found.
const (
	exitGood       = 0 // done, no deficiency
	exitIncomplete = 1 // the audit itself is incomplete
	exitUsage      = 2 // usage or configuration
	exitFound      = 3 // done, deficiencies found
)

// exit ends the program with a code; err may be nil where all has been said.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

func usage(err error) error { return &exit{exitUsage, err} }

func incomplete(err error) error { return &exit{exitIncomplete, err} }

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program without its process: arguments in, an exit code out.
func run(args []string, stdout, stderr io.Writer) int {
	return (&program{out: stdout, err: stderr, now: time.Now}).run(args)
}

func (p *program) run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// net/http tells of odd servers through the standard logger, with bytes of theirs.
	log.SetOutput(io.Discard)
	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitGood
	}
	var e *exit
	if !errors.As(err, &e) {
		// What the command line itself refuses comes without a code.
		e = &exit{exitUsage, err}
	}
	if e.err != nil {
		fmt.Fprintf(p.err, "icpaudit: %v\n", e.err)
	}
	return e.code
}

// program holds what the commands share.
type program struct {
	out, err   io.Writer
	now        func() time.Time
	watch      func(c nightly.Change, made bool) // of the engine; nil: nobody watches
	configPath string
	lang       string
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "icpaudit",
		Short:         "Audit ICP filings against what their domains really show",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w (see icpaudit %s --help)", err, strings.TrimPrefix(c.CommandPath(), "icpaudit "))
	})
	flags := root.PersistentFlags()
	flags.StringVar(&p.configPath, "config", "", "configuration file (default ./config.yaml where there is one)")
	flags.StringVar(&p.lang, "lang", "", "language of what compliance teams read: zh or en (default from the configuration, else zh)")
	root.AddCommand(p.auditCommand(), p.checkCommand(), p.notifyCommand(), p.inspectCommand(), p.inventoryCommand(), p.feedCommand(), p.catalogueCommand(),
		p.planCommand(), p.explainCommand(),
		p.configCommand(), p.dataCommand(), p.demoCommand(), p.reportCommand(), p.noticeCommand(),
		p.runsCommand(), p.findingsCommand(), p.itemCommand(), p.waiveCommand(), p.rejudgeCommand(), p.databaseCommand(),
		p.serveCommand(), p.workerCommand(), p.recheckCommand(), p.lettersCommand())
	return root
}

// version is the module's version, or the revision that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "devel"
}
