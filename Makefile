# `make demo` and `make test` are all a newcomer needs; `make help` lists the rest.
#
# Settings, all optional:
#   PYTHON=python3.12   which Python (3.11 or newer) makes the environment; found by itself otherwise
#   TORCH_INDEX=URL     address of PyTorch's CPU wheel index; see README, "Installing"
#   TEST_PROCESSES=6    how many tests run side by side (most of them wait more than they work)
#   RUNS=1000 FIRST_SEED=1   how many seeds `make faults` lives through, and from which on
#   FAULT_EVERY=10 REBUILDS=50   every tenth only of what `make faults` lets fail, and a shorter storm over the index
#   SBOM_OF=/opt/mops-desk/bin/python   which installation `make sbom` describes
#   PROFILE=all RATE=8.3 SECONDS=1800 CHANNELS=60   the load that `make load` puts on a desk; ARGS=--postgres, --help
#   ROWS=100000         how long the history is beside which `make drill` works
#   KILLS=1000 TOTAL=0 DATABASE=sqlite   how often `make crash` kills at each point, or in all (0: no matter)
#   ARGS="..."          further arguments: make test ARGS="-k manifest", make demo ARGS="--port 8000"

SHELL := bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
TEST_PROCESSES ?= 6
KILLS ?= 2
TOTAL ?= 0
DATABASE ?= sqlite
RUNS ?= 1000
FIRST_SEED ?= 1
FAULT_EVERY ?= 1
REBUILDS ?= 200
ROWS ?= 100000
PROFILE ?= sustained
RATE ?=
SECONDS ?=
CHANNELS ?=
TORCH_INDEX ?=
SBOM_OF ?= $(BIN)/python
# Of detect-secrets: rules that guess by entropy or by the words around; formats of real tokens need no guessing.
GUESSES := Base64HighEntropyString HexHighEntropyString KeywordDetector BasicAuthDetector IPPublicDetector
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; break; fi; done)
PIP_INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --no-input \
	$(if $(TORCH_INDEX),--extra-index-url "$(TORCH_INDEX)")

# One dot per package, so that slow can be told from stuck; errors are shown in full.
DOTS = { while read -r line; do case "$$line" in Collecting*|Processing*) printf . ;; \
	"Installing collected"*) printf " unpacking" ;; esac; done; echo; }

# Tests start this program dozens of times: it is compiled once, even where Python is told to leave no files behind.
export PYTHONDONTWRITEBYTECODE :=

ONE_BY_ONE = $(addprefix tests/faults/test_,nth_statement.py nth_call.py nth_file_step.py clock_jumps.py \
	database_away.py stopped_worker.py index_storm.py)
SIDE_BY_SIDE = $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

.PHONY: help demo run test test-postgres test-slow faults crash load drill sockets install install-dev lint types contracts security sbom check docker clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: install ## the whole desk on this machine, no accounts needed
	@$(BIN)/mops-desk demo $(ARGS)

run: install ## the real bot, with the settings in .env
	@$(BIN)/mops-desk run $(ARGS)

test: install-dev ## every test, on SQLite; stores and queues on PostgreSQL too
	@$(SIDE_BY_SIDE) $(ARGS)

test-postgres: install-dev ## every test on PostgreSQL (started by the tests, or TEST_POSTGRES_URL=...)
	@TEST_DATABASE=postgres $(SIDE_BY_SIDE) -m "not slow or postgres" $(ARGS)

test-slow: install-dev ## what the suite has no time for: a whole benchmark, all of the audience fuzz, torch, a small load
	@$(BIN)/python -m pytest -m slow $(ARGS)

faults: install-dev ## whatever can fail, in turn: statements, calls, file steps, clock (40 minutes); random points (RUNS=1000)
	@FAULT_EVERY=$(FAULT_EVERY) REBUILDS=$(REBUILDS) $(BIN)/python -m pytest -v -s --timeout 0 -m "slow or not slow" $(ONE_BY_ONE)
	@RUNS=$(RUNS) FIRST_SEED=$(FIRST_SEED) $(BIN)/python -m pytest -q -s --timeout 0 tests/faults/test_seeded_runs.py $(ARGS)

load: install-dev ## the desk under load (PROFILE=sustained, half an hour; burst flood ingest stop start all)
	@$(BIN)/python tests/load.py --profile $(PROFILE) $(foreach one,RATE SECONDS CHANNELS, \
		$(if $($(one)),--$(shell echo $(one) | tr A-Z a-z) $($(one)))) $(ARGS)

sockets: install-dev ## Socket Mode in real time: refreshes, silent cuts, outages (6 minutes; SECONDS_OF_LOAD=60)
	@$(BIN)/python -m pytest -q -s -m slow -n 0 tests/faults/test_socket_campaign.py $(ARGS)

drill: install-dev ## backup, restore and clearing away beside a long history (ROWS=100000), with figures
	@ROWS=$(ROWS) $(BIN)/python -m pytest -q -m slow tests/faults/test_data_drill.py $(ARGS)

crash: install-dev ## kill -9 at every commit and call, until each point has seen KILLS (resumes; DATABASE=postgres: two processes)
	@$(BIN)/python tests/crash_campaign.py --kills $(KILLS) --total $(TOTAL) --database $(DATABASE) $(ARGS)

install: $(VENV)/.installed ## the environment

install-dev: $(VENV)/.installed-dev ## the environment with the tools for tests and checks

lint: install-dev ## style, and formatting
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

types: install-dev ## types
	@$(BIN)/python -m mypy

contracts: install-dev ## which package may import which
	@$(BIN)/lint-imports

security: install-dev ## known weaknesses in our code (bandit), secrets in our files (detect-secrets)
	@$(BIN)/python -m bandit -q -ll -c pyproject.toml -r bot knowledge escalation scripts
	@git ls-files -z -- . ':!*.onnx' ':!*.npy' ':!*.png' ':!tests/data' | xargs -0 \
		$(BIN)/detect-secrets-hook --no-verify $(addprefix --disable-plugin ,$(GUESSES))

sbom: install-dev ## what an installation is made of, as CycloneDX in sbom.json (SBOM_OF=its python)
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json $(SBOM_OF)
	@echo "sbom.json lists what $(SBOM_OF) imports."

check: lint types contracts security test ## everything CI runs

docker: ## the image
	docker build $(if $(TORCH_INDEX),--build-arg TORCH_INDEX="$(TORCH_INDEX)") -t mops-desk .

clean: ## remove the environment and caches; never your data
	rm -rf $(VENV) build ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.installed: pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer with venv is needed. On Debian or Ubuntu: apt-get install python3 python3-venv." >&2; \
		exit 1; fi
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing (about 2 minutes the first time)…"
	@set -o pipefail; $(PIP_INSTALL) --editable . | $(DOTS)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/.installed
	@echo "Installing the tools for tests and checks…"
	@set -o pipefail; $(PIP_INSTALL) --editable '.[dev]' | $(DOTS)
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null || true  # compiled once, not by each process of a run
	@touch $@
