# Everything is built without cgo: the resolver must be ours, and the binary static.
export CGO_ENABLED = 0

.PHONY: build demo test soak fuzz bench golden generate axe screens clean

build:
	go build -trimpath -o icpaudit ./cmd/icpaudit

# The demo's inventory holds deficient filings, so that exit code 3 (done,
# deficiencies found) is the only right one.
demo: build
	@rm -rf demo-out
	@./icpaudit demo; code=$$?; if [ $$code -ne 3 ]; then echo "demo: exit code $$code, 3 is the right one" >&2; exit 1; fi

# All that CI runs.
test:
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; echo "these files are not gofmt-ed" >&2; exit 1; }
	go vet ./...
	go vet -tags noapk ./...
	go build -tags noapk -o /dev/null ./cmd/icpaudit
	CGO_ENABLED=1 go test -race -timeout 40m ./...

# What takes too long for every change, each in its whole form: the serving
# program is killed a hundred times at random and at each change of state, on
# both stores; PostgreSQL dies ten times in a run; twenty programs start at
# once; eight accelerated nights with a crash and an outage; ten years of
# nights; this machine's own faults in an audit of 5,000 domains. The last part
# prints the throughput.
soak: export ICPAUDIT_SOAK = 1
soak: export ICPAUDIT_KILLS ?= 100
soak: export ICPAUDIT_RESTARTS ?= 10
soak: export ICPAUDIT_FAULT_DOMAINS ?= 5000
soak:
	go test -count 1 -timeout 120m -v -run 'TestServeIsEndedAgainAndAgain|TestWorkersAndRestarts|TestDeathAtEachChange|TestManyProgramsAtOnce|TestAcceleratedNights' ./cmd/icpaudit
	go test -count 1 -timeout 60m -v -run TestYearsOnTheEngine ./audit/nightly
	go test -count 1 -timeout 60m -v -run TestFaultsOfOurOwn ./audit
	go test -count 1 -timeout 60m -v -run TestKilled ./history -args -kills $(ICPAUDIT_KILLS)
	go test -run '^$$' -bench BenchmarkServe -benchtime 1x -timeout 60m ./cmd/icpaudit

# A short turn of every fuzz target.
fuzz:
	@grep -rlE '^func Fuzz' --include='*_test.go' . | sort | while read -r file; do \
		grep -oE '^func Fuzz[A-Za-z0-9]+' "$$file" | cut -d' ' -f2 | while read -r name; do \
			go test "./$$(dirname "$$file")" -run '^$$' -fuzz "^$$name\$$" -fuzztime $${FUZZTIME:-10s} || exit 1; \
		done || exit 1; \
	done

# Figures for people: printed, never asserted.
bench:
	go test -run '^$$' -bench . -benchmem -timeout 60m ./...

# Rewrites the golden files; read the diff.
golden:
	go test ./filing ./report -update
	go test ./checks -run "TestCases|TestTally" -update

# Rewrites what is generated: docs/catalogue.md. (The address data: see reference/internal/genaddresses.)
generate:
	go generate ./reference

# Has axe-core examine the page and the notice in headless Chromium, light and
# dark; needs chromium and npm.
axe:
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && cd "$$dir" && npm pack --silent axe-core@4.14.1 >/dev/null && tar xzf axe-core-*.tgz package/axe.min.js && \
		cd "$(CURDIR)" && go test ./report -count 1 -run TestAxeIsContent -axe "$$dir/package/axe.min.js"

# Rewrites the pictures of the README from the demo's reports; needs chromium,
# soffice (LibreOffice), pdftoppm (poppler-utils) and a Chinese font.
screens: demo
	docs/screens/take.sh demo-out docs/screens

clean:
	rm -f icpaudit
	rm -rf demo-out
