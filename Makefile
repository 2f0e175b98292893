# What contributors and CI call. `make` alone lists it.
# Node 24 and every tool come with `npm ci`; the machine needs make and any Node.js with npm (macOS: Node.js 24).

SHELL = /bin/sh
.DEFAULT_GOAL = help

# `make run DEMO=1` watches the built-in simulated cluster. Without it the current kubeconfig context is watched if it
# answers, else the simulated cluster. ARGS is handed to the program, as in `make run ARGS='--listen 127.0.0.1:8000'`.

# `make e2e-crash KILLS=20 SEED=1`, `make e2e-faults KILLS=200 SEED=1 FAULT_SECONDS=20 OUTAGE_EVENTS=1000000`
KILLS ?= 20
SEED ?= 1
FAULT_SECONDS ?= 20
OUTAGE_EVENTS ?= 1000000

# Under CI coverage has floors, and the runner's own report is kept beside its output; the end-to-end suite always writes one.
UNIT_REPORT = $(if $(CI),-- --coverage --reporter=default --reporter=json --outputFile=reports/unit.json)

# The inner loop: what shows soonest that the whole chain works. Name other files with TESTS='compaction rewound'.
TESTS ?= deployment

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*## ' Makefile | sort | awk -F ':.*## ' '{ printf "make %-12s %s\n", $$1, $$2 }'

.PHONY: run
run: node_modules/.package-lock.json page ## watch your cluster and keep its events; DEMO=1 for a simulated one
	@demo='$(DEMO)'; \
	if [ -z "$$demo" ] && ! problem=$$(./tidings check $(ARGS) 2>&1); then \
	  demo=1; printf '%s\n' "$$problem" 'No cluster to watch: running on the simulated one.' >&2; \
	fi; \
	exec ./tidings run $${demo:+--demo} $(ARGS)

.PHONY: test
test: node_modules/.package-lock.json ## every test that needs no external server
	@npm test --silent $(UNIT_REPORT)

.PHONY: e2e
e2e: node_modules/.package-lock.json e2e-components page ## the end-to-end suite against a real control plane and real servers
	@npm run --silent e2e

.PHONY: e2e-fast
e2e-fast: node_modules/.package-lock.json e2e-components page ## the part of it named by TESTS, for the inner loop
	@npm run --silent e2e -- $(TESTS)

.PHONY: e2e-crash
e2e-crash: node_modules/.package-lock.json e2e-components ## kill Tidings KILLS times at instants drawn from SEED
	@KILLS=$(KILLS) SEED=$(SEED) npm run --silent e2e -- crash

.PHONY: e2e-faults
e2e-faults: node_modules/.package-lock.json ## the faults of destinations at full size, and KILLS kills during delivery
	@KILLS=$(KILLS) SEED=$(SEED) FAULT_SECONDS=$(FAULT_SECONDS) OUTAGE_EVENTS=$(OUTAGE_EVENTS) npm run --silent e2e -- delivery-

.PHONY: e2e-components
e2e-components:
	@e2e/cluster/build
	@e2e/go-template/build
	@e2e/servers/build
	@e2e/clients/build
	@e2e/browser/build

.PHONY: build
build: node_modules/.package-lock.json ## the bundle that is released, in dist/
	@npm run --silent build

.PHONY: page
page: node_modules/.package-lock.json
	@npm run --silent build --workspace ui -- --logLevel error

.PHONY: bench
bench: build ## measure; BENCH names one of bench/
	@npm run --silent bench -- $(BENCH)

.PHONY: check
check: node_modules/.package-lock.json ## format, lint, types and unused code
	@npm run --silent check

.PHONY: format
format: node_modules/.package-lock.json ## format the sources in place
	@npm run --silent format

.PHONY: clean
clean: ## remove what was installed and built here
	rm -rf node_modules dist coverage reports

# npm writes this file last, so it says that the installation is complete and for which lock file.
node_modules/.package-lock.json: package.json ui/package.json package-lock.json
	$(if $(shell command -v node && command -v npm),,$(error Node.js and npm are missing: install Node.js 20 or newer, npm comes with it: https://nodejs.org/en/download))
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@
