# Nothing but Rust, Python 3.11 and make has to be installed: the tools come from
# requirements.txt into .venv. Only what deploys needs an AWS account.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

ARCH ?= arm64
ADDRESS ?= 127.0.0.1:4599

VENV := .venv
TOOLS := $(VENV)/requirements.txt
MINISTACK := $(VENV)/ministack/requirements.txt
RUST_TOOLS := .tools/bin
RECORD := .tools/record/requirements.txt
cargo-fuzz_VERSION := 0.13.2
cargo-mutants_VERSION := 27.1.0
cfn-guard_VERSION := 3.2.1
oha_VERSION := 1.16.0
# It records at low rates: a release build takes minutes and changes nothing that it writes.
oha_FLAGS := --debug
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/$(RUST_TOOLS):$(PATH)

export SAM_CLI_TELEMETRY := 0

# The whole workspace in every command, so that each crate has one set of features and is
# built once; `make test` checks that.
BUILD := cargo build --locked --workspace
REHEARSE := cargo run --locked --quiet --bin rehearse --
FUNCTIONS := --bin auto-drain --bin reinvoke --bin alarm-scaling

.PHONY: help
help: ## List what there is to run
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Drain a simulated cluster with the compiled functions
	$(BUILD) $(FUNCTIONS) --bin rehearse
	$(REHEARSE) drain

# Cheapest first.
.PHONY: test
test: bans rebuilds format template python lint unit demo report e2e ## Run every check, the demo and the end-to-end run

.PHONY: bans
bans: ## Check that no denied crate is in the graph
	.ci/bans

.PHONY: rebuilds
rebuilds: ## Check that no command of the README or of this file builds a crate twice
	.ci/rebuilds

.PHONY: format
format: ## Check the formatting
	cargo fmt --all --check

# The SAM CLI refuses to work without a region, even where it calls none.
.PHONY: template
template: export AWS_DEFAULT_REGION ?= us-east-1
template: $(TOOLS) $(RUST_TOOLS)/cfn-guard ## Check template.yaml and stacks/, by schema and by the house rules
	cfn-lint template.yaml stacks/*.yaml crates/advice/src/paste/tests/*.yaml
	sam validate --lint --template template.yaml
	cfn-guard test --rules-file policy/house.guard --test-data policy/tests > /dev/null
	cfn-guard validate --rules policy/house.guard --data template.yaml --data stacks

.PHONY: python
python: $(TOOLS) ## Check and test the Python around the Rust code
	ruff check
	ruff format --check
	python -m pytest -q ops live

.PHONY: lint
lint: ## Run clippy; a warning fails
	cargo clippy --workspace --all-targets --locked -- -D warnings

.PHONY: unit
unit: ## Run the tests
	cargo test --workspace --locked

# The first deploys the stack and tells what happens; the second does it again for each
# wire of the template, with that wire cut.
.PHONY: e2e
e2e: $(TOOLS) $(MINISTACK) ## Deploy the stack on a local AWS, and see messages flow through it
	$(BUILD) --bin rehearse
	python -m pytest --timeout 600 --capture no e2e/tests/test_clients.py e2e/tests/test_deployed.py e2e/tests/test_demo.py
	python -m pytest --timeout 600 --numprocesses 8 e2e/tests/test_cuts.py

# Debian's Chromium: what playwright would download comes from no registry.
.PHONY: report
report: $(TOOLS) ## Open the advisor's report in Chromium: on a desk, a phone and paper
	.ci/chromium
	$(BUILD) --bin metric-advisor --example sample_report
	python -m pytest -q --timeout 300 browser

SEEDS ?= 10000

.PHONY: soak
soak: ## Play SEEDS drawn runs of drains and as many of scaling, every fault on
	$(BUILD) --bin rehearse
	$(REHEARSE) soak --seeds $(SEEDS)
	$(REHEARSE) soak --scaling --seeds $(SEEDS)

.PHONY: bench
bench: ## Measure what drains and scaling cost beside others, and what the functions weigh
	$(BUILD) --bin rehearse
	$(REHEARSE) bench
	cargo build --locked --release -p auto-drain -p reinvoke -p alarm-scaling -p function --bins --examples
	$(REHEARSE) weigh

ADVISOR_TESTS ?= 600

.PHONY: advisor-bench
advisor-bench: ## Ask the advisor about ADVISOR_TESTS load tests whose right answer is known
	$(BUILD) --bin advisor-bench
	cargo run --locked --quiet --bin advisor-bench -- --tests $(ADVISOR_TESTS) --page docs/advisor-bench.md

# No test needs it: what it recorded is kept. The rates are low, and a run takes about 20 minutes.
.PHONY: record-load-tests
record-load-tests: $(RUST_TOOLS)/oha $(RECORD) ## Record what real load generators write about a service whose limit is known
	load-tests/record/packages
	.tools/record/bin/python load-tests/record/record.py --into crates/load-test/recorded $(ARGS)

FUZZ_SECONDS ?= 60

# The code is all safe Rust, so there is nothing for a sanitizer to find; and what
# cargo-fuzz asks of a nightly compiler, a stable one does for RUSTC_BOOTSTRAP.
.PHONY: fuzz
fuzz: $(RUST_TOOLS)/cargo-fuzz ## Fuzz every parser for FUZZ_SECONDS each
	for target in $$(cargo fuzz list); do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target -- -max_total_time=$(FUZZ_SECONDS); \
	done

.PHONY: mutants
mutants: $(RUST_TOOLS)/cargo-mutants ## Change the pure crates in hundreds of ways; the tests must tell
	cargo mutants --package drain --package tick

# The functions are built here, not by their first invocation, which then waits for
# nothing. Their environment is in Cargo.toml.
.PHONY: watch
watch: $(TOOLS) ## Serve the functions against a simulated region, until Ctrl-C
	@$(BUILD) $(FUNCTIONS) --bin rehearse
	@$(REHEARSE) serve --address $(ADDRESS) & \
	trap "kill $$! 2>/dev/null || true" EXIT; \
	echo 'Invoke by: PATH=$(VENV)/bin:$$PATH cargo lambda invoke auto-drain --data-file events/auto-drain-schedule-bare.json'; \
	AWS_ENDPOINT_URL=http://$(ADDRESS) AWS_REGION=us-east-1 \
	AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \
	cargo lambda watch

# ---- With an AWS account ----

ENV ?= default
ARGS ?=

.PHONY: deploy
deploy: $(TOOLS) ## Build, and make or update the stack; ENV=demo brings a cluster along
	@python -m ops deploy --env $(ENV) $(ARGS)

.PHONY: delete
delete: $(TOOLS) ## Delete the stack of ENV, unless anything drains
	@python -m ops delete --env $(ENV) $(ARGS)

.PHONY: attach
attach: $(TOOLS) ## Give the further group GROUP its hook
	@python -m ops attach --env $(ENV) --group '$(GROUP)' $(ARGS)

.PHONY: detach
detach: $(TOOLS) ## Take the hook of GROUP away again, unless it drains
	@python -m ops detach --env $(ENV) --group '$(GROUP)' $(ARGS)

.PHONY: live
live: $(TOOLS) ## Check on real AWS what could not be checked here; costs less than a dollar
	@python -m live $(ARGS)

.PHONY: build
build: $(TOOLS) ## Build the functions for Lambda; ARCH=arm64 or x86_64
	cargo lambda build --release --locked $(if $(filter x86_64,$(ARCH)),--x86-64,--arm64) -p auto-drain -p reinvoke -p alarm-scaling

.PHONY: relock
relock: ## Pin what requirements.in resolves to today
	rm -rf $(VENV)
	python3 -m venv $(VENV)
	pip install --quiet --requirement requirements.in
	pip freeze > requirements.txt
	python3 -m venv $(VENV)/ministack
	$(VENV)/ministack/bin/pip install --quiet --requirement requirements-ministack.in
	$(VENV)/ministack/bin/pip freeze > requirements-ministack.txt
	rm -rf .tools/record
	python3 -m venv .tools/record
	.tools/record/bin/pip install --quiet --requirement load-tests/record/requirements.in
	.tools/record/bin/pip freeze > load-tests/record/requirements.txt

.PHONY: clean
clean: ## Remove all that was built
	cargo clean
	rm -rf .aws-sam .tools $(VENV) fuzz/target mutants.out

$(RUST_TOOLS)/%:
	cargo install --locked --root .tools $($*_FLAGS) $*@$($*_VERSION)

# The copy is the stamp: newer than requirements.txt once all of it is installed.
$(TOOLS): requirements.txt
	rm -rf $(VENV)
	python3 -m venv $(VENV)
	pip install --quiet --requirement $<
	cp $< $@

$(MINISTACK): requirements-ministack.txt $(TOOLS)
	rm -rf $(VENV)/ministack
	python3 -m venv $(VENV)/ministack
	$(VENV)/ministack/bin/pip install --quiet --requirement $<
	cp $< $@

$(RECORD): load-tests/record/requirements.txt
	rm -rf .tools/record
	python3 -m venv .tools/record
	.tools/record/bin/pip install --quiet --requirement $<
	cp $< $@
