package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/tty"
	"github.com/ercfg/ercfg/internal/verify"
)

// verifyFlags are the flags of verify. What the user did not write is empty, but for
// the length of a window and the format.
type verifyFlags struct {
	listen     []string
	sockets    int
	window     time.Duration // of listening; with watch, of one verdict
	pcap       string        // file; "-" is standard input
	records    string        // the same, of Azure's Traffic Collector
	since      string
	scenario   string
	minSamples int
	sampling   int
	ask        bool
	idle       []string // routers
	watch      bool
	once       bool
	metrics    string // address
	format     string
	sshFlags
}

func (a *app) verifyCommand() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify FILE|DIR|-",
		Short: "Prove by flow telemetry which path carries the traffic",
		Long: `verify listens to the flow export of the routers (NetFlow v5 and v9, IPFIX,
sFlow), maps every flow to a statement of the intent, a direction and a link or
tunnel, and holds that against what paths predicts: PASS, FAIL or INSUFFICIENT
for each statement and direction, with the evidence. What nobody has measured is
INSUFFICIENT and never PASS.

The egress and ingress interface of a record is the proof. Its number (ifIndex)
is known from the intent (routers.NAME.interfaceIndex), from the exporter's own
option data, from the router itself (--ask), or else a VLAN tag tells the link.
The report says which it was. Traffic counts where it leaves or enters the
router that ends the link, and from the start of listening on: a record that
began before says nothing about now, and is counted apart.

In place of a socket it reads a capture (--pcap, pcap or pcapng), or records of
Azure's ExpressRoute Traffic Collector as JSON (--records).

--watch goes on for ever and judges window after window of --for; --metrics
serves Prometheus. With --once it ends at the first FAIL.

Exit code: 0 every verdict is PASS; 1 there is a FAIL; 3 there is none, and
something is INSUFFICIENT: nobody knows.`,
		Example: `  ercfg verify site.yaml --for 5m
  ercfg verify site.yaml --for 2m --scenario er-lon.primary
  ercfg verify site.yaml --listen :2055 --listen :6343 --ask
  ercfg verify site.yaml --pcap flows.pcap --format html > proof.html
  ercfg verify site.yaml --watch --metrics 127.0.0.1:9108`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.contradiction(args[0], cmd.Flags()); err != nil {
				return err
			}
			if a.output == "json" && !cmd.Flags().Changed("format") {
				f.format = "json"
			}
			return a.verify(args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.DurationVar(&f.window, "for", 5*time.Minute, "how long to listen; with --watch, the time that one verdict is about")
	flags.StringArrayVar(&f.listen, "listen", nil, "take flow export on this UDP address, `[HOST]:PORT`; may be repeated (default: the port of telemetry.collector)")
	flags.IntVar(&f.sockets, "sockets", 1, "sockets for each address, for more than one core; the kernel spreads exporters over them")
	flags.StringVar(&f.pcap, "pcap", "", "read the capture `FILE|-`, and listen to nothing")
	flags.StringVar(&f.records, "records", "", "read Traffic Collector records from the JSON `FILE|-`, and listen to nothing")
	flags.StringVar(&f.since, "since", "", "with --pcap or --records: only what began at or after this `TIME` (RFC 3339)")
	flags.StringVar(&f.scenario, "scenario", "", "what has failed now, `NAME[,NAME]` as paths names it (default: nothing, or what --ask finds)")
	flags.BoolVar(&f.ask, "ask", false, "ask the routers over SSH which number which interface has, and which sessions are up")
	flags.StringSliceVar(&f.idle, "idle", nil, "the export of the router `NAME` works, and its silence means that it forwards nothing; may be repeated")
	flags.IntVar(&f.minSamples, "min-samples", 0, "packets that a PASS takes at least (default 20)")
	flags.IntVar(&f.sampling, "sampling", 0, "exporters sample one packet in `N`, where neither their data nor the intent tells")
	flags.BoolVar(&f.watch, "watch", false, "go on for ever, verdict after verdict")
	flags.BoolVar(&f.once, "once", false, "with --watch: end at the first FAIL")
	flags.StringVar(&f.metrics, "metrics", "", "with --watch: serve Prometheus metrics at this `[HOST]:PORT`, path /metrics")
	flags.Var(newChoice(&f.format, "text", "markdown", "json", "junit", "html"), "format", "form of the report; --output json is --format json")
	f.sshFlags.flags(flags)
	return cmd
}

// A verifying is one verification, on its way from the intent to the report.
type verifying struct {
	*app
	f     verifyFlags
	file  string
	in    *loaded
	asked asked
	v     *verify.Verification
}

// verify judges where the traffic of the intent at path goes.
func (a *app) verify(path string, f verifyFlags) error {
	s := &verifying{app: a, f: f, file: path}
	var err error
	if s.in, err = s.load(); err != nil {
		return err
	}
	if err := knownIdle("verify", s.in.plan, s.f.idle); err != nil {
		return err
	}
	if err := s.unreadable(); err != nil {
		return err
	}
	outcome, err := s.predicted()
	if err != nil {
		return err
	}
	source, err := s.open()
	if err != nil {
		return err
	}
	defer source.close()
	o := verify.Options{Source: source.name, Since: source.since, Sampling: uint32(f.sampling), MinSamples: f.minSamples, Asked: s.asked.interfaces, Slot: f.slot(), Idle: slices.Concat(f.idle, s.asked.exporting)}
	s.v = verify.New(s.in.plan, outcome, o, time.Now())
	for _, note := range slices.Concat(s.asked.notes, verify.Misnamed(s.in.plan)) {
		s.v.Note(note)
	}
	report, err := source.run(s)
	if report == nil || err != nil {
		return err
	}
	if hint := s.brokenLab(report, outcome.Scenario); hint != "" {
		report.Notes = append(report.Notes, hint)
	}
	if err := product(s.print(report)); err != nil {
		return err
	}
	return verdictOf(report)
}

// brokenLab tells whoever has no PASS in a lab that lab fail has put it into another
// state than the one that was judged; empty: it has not.
func (s *verifying) brokenLab(r *verify.Report, judged sim.Scenario) string {
	if !s.f.lab || r.Verdict() == verify.Pass {
		return ""
	}
	text, scenario := labBroken(s.in.plan.Name)
	if text == "" || scenario == judged.Name() {
		return ""
	}
	return fmt.Sprintf("the lab is broken on purpose: %s; --scenario %s judges that state, and ercfg lab heal %s repairs it", text, scenario, shown(s.file))
}

// slot is the length of a slot of a chart, so that a window fills it.
func (f *verifyFlags) slot() time.Duration {
	if f.stored() {
		return 0
	}
	return max(time.Second, (f.window / 60).Round(time.Second))
}

// load reads the intent. A rule of design that it breaks does not matter here: the
// traffic is where it is, and the prediction says where it is to be.
func (s *verifying) load() (*loaded, error) {
	if s.f.lab {
		return s.loadTwin(s.file)
	}
	in, err := s.loadAs(s.file, predicted)
	if err != nil {
		return nil, err
	}
	if in.plan == nil || in.findings.HasErrors() {
		if err := s.printFindings(s.stderr, in.doc, in.findings); err != nil {
			return nil, err
		}
	}
	if in.plan == nil {
		s.tell("%s: %s; nothing is verified", in.name, s.summary(in.findings))
		return nil, errFindings
	}
	return in, nil
}

// knownIdle refuses routers that the intent of a verb does not have.
func knownIdle(verb string, p *plan.Plan, idle []string) error {
	var names []string
	for i := range p.Routers {
		names = append(names, p.Routers[i].Name)
	}
	for _, name := range idle {
		if !slices.Contains(names, name) {
			return usageError{fmt.Sprintf("%s: --idle %s: the intent has no such router", verb, name), diag.DidYouMean(name, names)}
		}
	}
	return nil
}

// predicted says where the traffic is to be now: in the scenario that the user names,
// or that the routers are found in.
func (s *verifying) predicted() (sim.Outcome, error) {
	state, err := scenario("verify", s.in.plan, s.f.scenario)
	if err != nil {
		return sim.Outcome{}, err
	}
	if s.f.ask || s.f.lab {
		if err := s.askRouters(); err != nil {
			return sim.Outcome{}, err
		}
		switch found := s.asked.scenario.Name(); {
		case s.f.scenario == "":
			state = s.asked.scenario
		case s.f.ask && found != state.Name():
			s.asked.notes = append(s.asked.notes, fmt.Sprintf("the routers' sessions amount to %s, and --scenario says %s, which is judged", found, state.Name()))
		}
	}
	return sim.Predict(s.in.plan, []sim.Scenario{state}).Outcomes[0], nil
}

// errNotProved ends a verification without a FAIL that did not see enough.
var errNotProved = errors.New("not everything is proved")

// verdictOf is the end of a verification by its verdict.
func verdictOf(r *verify.Report) error {
	switch r.Verdict() {
	case verify.Pass:
		return nil
	case verify.Fail:
		return errFindings
	}
	n := 0
	for _, j := range r.Judgements {
		if j.Verdict == verify.Insufficient {
			n++
		}
	}
	return fmt.Errorf("%w: %d of %d verdicts are INSUFFICIENT; the report says what is missing", errNotProved, n, len(r.Judgements))
}

// print writes a report in the form that the user wants.
func (s *verifying) print(r *verify.Report) error {
	out := bufio.NewWriter(s.stdout)
	if err := s.write(out, r); err != nil {
		return err
	}
	return out.Flush()
}

func (s *verifying) write(w io.Writer, r *verify.Report) error {
	switch s.f.format {
	case "markdown":
		return verify.WriteMarkdown(w, r)
	case "json":
		return writeJSON(w, newVerifyDocument(r))
	case "junit":
		return verify.WriteJUnit(w, r)
	case "html":
		return verify.WriteHTML(w, r)
	}
	width := columns
	if file, ok := s.stdout.(*os.File); ok {
		if _, n, ok := tty.Size(file.Fd()); ok {
			width = n
		}
	}
	return verify.WriteText(w, r, width)
}
