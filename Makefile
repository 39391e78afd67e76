# Rust, Python 3.11 and make have to be installed. Everything else comes from requirements.txt into
# .venv, or is built into .tools. Only the last group of targets needs an AWS account.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

ARCH ?= arm64
ADDRESS ?= 127.0.0.1:4599

VENV := .venv
TOOLS := $(VENV)/requirements.txt
MINISTACK := $(VENV)/ministack/requirements.txt
SNIPPETS := $(VENV)/snippets/requirements.txt
RUST_TOOLS := .tools/bin
RECORD := .tools/record/requirements.txt
cargo-fuzz_VERSION := 0.13.2
cargo-mutants_VERSION := 27.1.0
cfn-guard_VERSION := 3.2.1
# It checks a few small files. A release build takes minutes and would save none of them.
cfn-guard_FLAGS := --debug
oha_VERSION := 1.16.0
# It records at low rates. A release build takes minutes and would not change what it writes.
oha_FLAGS := --debug
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/$(RUST_TOOLS):$(PATH)

export SAM_CLI_TELEMETRY := 0

# Every command selects the whole workspace, so that each crate has one set of features and is built
# once. `make rebuilds` checks it. The exception is `make check`.
BUILD := cargo build --locked --workspace
REHEARSE := cargo run --locked --quiet --bin rehearse --
SOAK := cargo run --locked --quiet --profile soak --bin rehearse -- soak
FUNCTIONS := --bin auto-drain --bin reinvoke --bin hook-keeper --bin alarm-scaling

# The crates that decide, analyze and simulate, without I/O to AWS. None of them depends on the AWS SDK, so this
# selection builds without it. Cargo selects features for the crates that a command names: with `-p`,
# small dependencies such as serde may be built a second time, with other features than `--workspace`
# gives them. `make rebuilds` checks that the AWS SDK is never among them.
PURE := -p aws-names -p envelope -p requeue -p drain -p scaling -p load-test -p advice \
	-p load-model -p report-page \
	-p region-core -p region-wiring -p region-messaging -p region-cloudwatch -p region-scaling -p region-query \
	-p region-parameters -p region-services

##@ Use, without an AWS account

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[A-Za-z0-9_-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Drain a simulated cluster with the compiled functions
	$(BUILD) $(FUNCTIONS) --bin rehearse
	$(REHEARSE) drain

# The functions are built first, so that the first invocation does not wait for a build. Their
# environment is in Cargo.toml.
.PHONY: watch
watch: $(TOOLS) ## Serve the functions against a simulated region, until Ctrl-C
	@$(BUILD) $(FUNCTIONS) --bin rehearse
	@$(REHEARSE) serve --address $(ADDRESS) & \
	trap "kill $$! 2>/dev/null || true" EXIT; \
	echo 'Invoke by: PATH=$(VENV)/bin:$$PATH cargo lambda invoke auto-drain --data-file events/auto-drain-schedule-bare.json'; \
	AWS_ENDPOINT_URL=http://$(ADDRESS) AWS_REGION=us-east-1 \
	AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \
	cargo lambda watch

.PHONY: build
build: $(TOOLS) ## Build the functions for Lambda; ARCH=arm64 or x86_64
	cargo lambda build --release --locked $(if $(filter x86_64,$(ARCH)),--x86-64,--arm64) -p auto-drain -p reinvoke -p hook-keeper -p alarm-scaling

##@ Contribute

# Fast feedback while you edit. `make test` checks everything.
.PHONY: check
check: format ## Check the formatting, then lint and test the crates that do not need the AWS SDK
	cargo clippy --locked $(PURE) --all-targets -- -D warnings
	cargo test --locked $(PURE)

# Cheapest first.
.PHONY: test
test: bans locks rebuilds format template python lint unit demo report e2e ## Run every check, the demo and the end-to-end run

.PHONY: bans
bans: ## Check that no denied crate is in the dependency graph
	.ci/bans

# fuzz/ is a workspace of its own, which no other target builds.
.PHONY: locks
locks: ## Check that fuzz/Cargo.lock has the crates that it needs
	cargo update --workspace --locked --manifest-path fuzz/Cargo.toml

.PHONY: rebuilds
rebuilds: ## Check that no command of the README, the docs or this file builds a crate twice
	.ci/rebuilds

.PHONY: format
format: ## Check the formatting
	cargo fmt --all --check

# The SAM CLI needs a Region even for commands that do not call AWS.
.PHONY: template
template: export AWS_DEFAULT_REGION ?= us-east-1
template: $(TOOLS) $(RUST_TOOLS)/cfn-guard ## Check template.yaml and stacks/ against the schemas and policy/house.guard
	cfn-lint template.yaml stacks/*.yaml docs/snippets/*.yaml crates/advice/src/paste/tests/*.yaml
	sam validate --lint --template template.yaml
	cfn-guard test --rules-file policy/house.guard --test-data policy/tests > /dev/null
	cfn-guard validate --rules policy/house.guard --data template.yaml --data stacks

.PHONY: python
python: $(TOOLS) $(SNIPPETS) ## Lint the Python code, and test ops/, live/ and docs/snippets/
	ruff check
	ruff format --check
	python -m pytest -q ops live

.PHONY: lint
lint: ## Run clippy on the whole workspace; a warning is an error
	cargo clippy --workspace --all-targets --locked -- -D warnings

.PHONY: unit
unit: ## Run all Rust tests
	cargo test --workspace --locked

# Chromium comes from the system: .ci/chromium installs Debian's if it runs as root. Without Chromium
# the tests are skipped, and with CI=true they fail.
.PHONY: report
report: $(TOOLS) ## Test the advisor's report in Chromium, on a desktop, a phone and paper
	.ci/chromium
	$(BUILD) --bin metric-advisor --example sample_report
	python -m pytest -q -rs --timeout 300 browser

# test_deployed deploys the stack and checks it. test_cuts deploys it again for each integration in the
# template, with that integration removed: a check must then fail. Permissions and policies are left
# out, because the emulator does not evaluate them. The tests mostly wait, so these two have a process
# each, and the others share one.
.PHONY: e2e
e2e: $(TOOLS) $(MINISTACK) ## Deploy the stack on a local AWS emulator, and check that messages flow through it
	$(BUILD) --bin rehearse
	python -m e2e.build
	python -m pytest --timeout 600 --numprocesses 3 --dist loadfile e2e

SEEDS ?= 10000

.PHONY: soak
soak: ## Play SEEDS random runs of drains and SEEDS of scaling, with all faults
	$(BUILD) --profile soak --bin rehearse
	$(SOAK) --seeds $(SEEDS)
	$(SOAK) --scaling --seeds $(SEEDS)

.PHONY: bench
bench: ## Measure what drains and scaling cost, and the start-up, memory and size of the functions
	$(BUILD) --bin rehearse
	$(REHEARSE) bench
	cargo build --locked --release -p auto-drain -p reinvoke -p hook-keeper -p alarm-scaling -p function --bins --examples
	$(REHEARSE) weigh

ADVISOR_TESTS ?= 600

.PHONY: advisor-bench
advisor-bench: ## Ask the advisor about ADVISOR_TESTS load tests whose right answer is known
	$(BUILD) --bin advisor-bench
	cargo run --locked --quiet --bin advisor-bench -- --tests $(ADVISOR_TESTS) --page docs/advisor-bench.md

FUZZ_SECONDS ?= 60

# The code is safe Rust, so a sanitizer would find nothing. RUSTC_BOOTSTRAP lets a stable compiler do
# what cargo-fuzz needs a nightly one for.
.PHONY: fuzz
fuzz: $(RUST_TOOLS)/cargo-fuzz ## Fuzz every parser for FUZZ_SECONDS each
	for target in $$(cargo fuzz list); do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target -- -max_total_time=$(FUZZ_SECONDS); \
	done

.PHONY: mutants
mutants: $(RUST_TOOLS)/cargo-mutants ## Change drain and requeue in hundreds of ways; their tests must fail each time
	cargo mutants --package drain --package requeue

.PHONY: pictures
pictures: $(TOOLS) ## Draw docs/images/demo.svg and docs/images/report.png again
	.ci/chromium
	$(BUILD) $(FUNCTIONS) --bin rehearse --bin metric-advisor
	python -m browser.pictures

# No test runs it: its recordings are kept in the repository. The rates are low, so a run takes about
# 20 minutes.
.PHONY: record-load-tests
record-load-tests: $(RUST_TOOLS)/oha $(RECORD) ## Record what real load generators write about a service whose limit is known
	load-tests/record/packages
	.tools/record/bin/python load-tests/record/record.py --into crates/load-test/recorded $(ARGS)

.PHONY: relock
relock: ## Pin the newest versions that the requirements.in files allow
	rm -rf $(VENV)
	python3 -m venv $(VENV)
	pip install --quiet --requirement requirements.in
	pip freeze > requirements.txt
	python3 -m venv $(VENV)/ministack
	$(VENV)/ministack/bin/pip install --quiet --requirement requirements-ministack.in
	$(VENV)/ministack/bin/pip freeze > requirements-ministack.txt
	python3 -m venv $(VENV)/snippets
	$(VENV)/snippets/bin/pip install --quiet --requirement requirements-snippets.in
	$(VENV)/snippets/bin/pip freeze > requirements-snippets.txt
	rm -rf .tools/record
	python3 -m venv .tools/record
	.tools/record/bin/pip install --quiet --requirement load-tests/record/requirements.in
	.tools/record/bin/pip freeze > load-tests/record/requirements.txt

.PHONY: clean
clean: ## Remove everything that was built
	cargo clean
	rm -rf .aws-sam .tools $(VENV) fuzz/target mutants.out

##@ With an AWS account

ENV ?= default
ARGS ?=

.PHONY: deploy
deploy: $(TOOLS) ## Build, and create or update the stack
	@python -m ops deploy --env $(ENV) $(ARGS)

.PHONY: scale-service
scale-service: $(TOOLS) ## Create or update the stack that scales SERVICE of CLUSTER
	@python -m ops scale-service --env $(ENV) --cluster '$(CLUSTER)' --service '$(SERVICE)' $(ARGS)

.PHONY: scale-cluster
scale-cluster: $(TOOLS) ## Create or update the stack that scales GROUP of CLUSTER
	@python -m ops scale-cluster --env $(ENV) --cluster '$(CLUSTER)' --group '$(GROUP)' $(ARGS)

.PHONY: delete
delete: $(TOOLS) ## Remove all hooks and delete the stack of ENV; refused while an instance drains
	@python -m ops delete --env $(ENV) $(ARGS)

.PHONY: status
status: $(TOOLS) ## List groups, hooks, drains and tasks cut short; ARGS=--all looks for hooks on all groups
	@python -m ops status --env $(ENV) $(ARGS)

.PHONY: why
why: $(TOOLS) ## Ask auto-drain what it would decide about INSTANCE, and why
	@python -m ops why --env $(ENV) --instance '$(INSTANCE)' $(ARGS)

.PHONY: deploy-demo
deploy-demo: $(TOOLS) ## Create or update the demo: a cluster, a load balancer and a service, in a stack of their own
	@python -m ops deploy-demo $(ARGS)

.PHONY: delete-demo
delete-demo: $(TOOLS) ## Delete the demo; refused while an instance drains
	@python -m ops delete-demo $(ARGS)

.PHONY: live
live: $(TOOLS) ## Check on real AWS what cannot be checked offline; costs less than a dollar
	@python -m live $(ARGS)

$(RUST_TOOLS)/%:
	cargo install --locked --root .tools $($*_FLAGS) $*@$($*_VERSION)

# The copy is the stamp: it is newer than requirements.txt once everything is installed.
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

$(SNIPPETS): requirements-snippets.txt $(TOOLS)
	rm -rf $(VENV)/snippets
	python3 -m venv $(VENV)/snippets
	$(VENV)/snippets/bin/pip install --quiet --requirement $<
	cp $< $@

$(RECORD): load-tests/record/requirements.txt
	rm -rf .tools/record
	python3 -m venv .tools/record
	.tools/record/bin/pip install --quiet --requirement $<
	cp $< $@
