# Two commands for a new machine: `make demo` and `make test`. Both install what is missing into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --constraint constraints.txt
# Processes of tests: one more than CI has cores, since some always wait for a node or a lease. The
# order of files is that of tests/conftest.py.
WORKERS ?= 3
# One thread in each: tiny matrices are not worth a second one.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo check-fast check test test-long test-all test-times lint contracts coverage chaos hosts bad-input bench bench-heads bench-ingest bench-reports docs images dist release lock licences clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.dev ## .venv for development, and the hooks of pre-commit where that is installed
	@if command -v pre-commit > /dev/null; then pre-commit install; fi

demo: $(VENV)/.demo ## 700 pieces of feedback through eight analyses, then a page
	$(BIN)/triage demo

check-fast: lint contracts ## before each commit, five minutes: lint, import contracts, tests without servers
	$(PYTEST) -m "not (server or slow or long or gpu)"

check: lint contracts test-all ## before a release: lint, import contracts, all tests

# `make test SELECT=` leaves none out, as `make test-all` does.
SELECT ?= not long
test: $(VENV)/.dev ## the tests, against a real Redis, SQLite and a real PostgreSQL; some minutes
	$(PYTEST) -m "$(SELECT)"

test-long: $(VENV)/.dev ## what `make test` leaves out: chaos, bad input and full parity
	$(PYTEST) -m long

test-all: SELECT =
test-all: test ## all of them, in one run

# What the tests of FOLDER cost, in one process, dearest file first; see docs/testing.md.
FOLDER ?= tests
test-times: $(VENV)/.dev ## seconds of each file of tests in FOLDER, of processor and of waiting
	$(BIN)/python -m pytest -q -p tests.support.seconds_of_files $(FOLDER)

lint: $(VENV)/.dev ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

contracts: $(VENV)/.dev ## who may import whom; see ARCHITECTURE.md
	PYTHONPATH=. $(BIN)/lint-imports

# The pages, and a reference that is made of the code; it opens from disk. See mkdocs.yml.
docs: $(VENV)/.dev ## the documentation as a site, in .triage/docs; a quarter of a minute
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "open .triage/docs/index.html"

coverage: $(VENV)/.dev ## which lines `make test` reaches: a report, not a gate
	$(PYTEST) -m "not long" --cov --cov-report=term:skip-covered --cov-report=html:.triage/coverage

# Real servers and nodes under faults of every kind; see docs/chaos.md.
FAULTS ?= 30
SEED ?= 2234
chaos: $(VENV)/.dev ## FAULTS faults on real servers and nodes, chosen by SEED
	$(BIN)/python -m tests.chaos --faults $(FAULTS) --seed $(SEED) --log .triage/chaos.log --summary .triage/chaos.md

# Hosts, networks and servers that fail, ten minutes of storm among them; see docs/faults.md. Root.
SCENARIOS ?= cut failover storm limits
hosts: $(VENV)/.dev ## several hosts: cut off, failed over, restarted for ten minutes, full
	for scenario in $(SCENARIOS); do $(BIN)/python -m tests.hosts $$scenario --log .triage/hosts.log || exit 1; done

# Generated files and rows through `triage ingest` and `triage analyze`; see docs/faults.md.
bad-input: EXAMPLES ?= 10000
bad-input: SEED = 1
bad-input: $(VENV)/.dev ## EXAMPLES generated files and rows that are broken
	BAD_INPUT_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/bad_input --hypothesis-seed=$(SEED)

# The engine against others and against the machine, some ten minutes; see docs/benchmarks.md.
# Checkpoints are kept in $(BENCH)/models: 8 GB at most, made in some minutes.
BENCH ?= bench
BENCH_OPTIONS ?=
bench: $(VENV)/.bench ## the engine against others and the machine; some ten minutes
	HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks.engine --to $(BENCH) $(BENCH_OPTIONS)

# What four analyses on one encoder cost beside one of them, in processor time; see docs/benchmarks.md.
bench-heads: $(VENV)/.dev ## four heads on one encoder beside one; two minutes
	$(BIN)/python -m benchmarks.engine.heads $(BENCH_OPTIONS)

# `triage ingest` against the databases' own loaders, two minutes; see docs/benchmarks.md.
bench-ingest: $(VENV)/.dev ## rows a second of an ingest beside \copy and .import; two minutes
	$(BIN)/python -m benchmarks.ingest --profile $(BENCH_OPTIONS)

# Every named report on a million documents in SQLite and PostgreSQL; see docs/benchmarks.md.
ROWS ?= 1000000
bench-reports: $(VENV)/.dev ## every report on ROWS documents; some minutes
	$(BIN)/python -m benchmarks.reports --rows $(ROWS) $(BENCH_OPTIONS)

# torch has a line of its own, so that the long download is the first. On Linux x86-64 the wheel of
# PyPI is the build for CUDA, some gigabytes. Whoever wants the build for the CPU says where it is by
# pip's own PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS in the environment.
$(VENV)/.demo: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "$(PYTHON) is older than Python 3.11: make PYTHON=python3.12 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (a few minutes the first time) …"
	$(PIP) torch
	$(PIP) --editable '.[worker,embedded]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt $(VENV)/.demo
	$(PIP) --editable '.[worker,embedded,postgres,flower,dev,docs]'
	@touch $@

$(VENV)/.bench: pyproject.toml constraints.txt $(VENV)/.dev
	$(PIP) --editable '.[worker,embedded,postgres,flower,dev,docs,bench]'
	@touch $@

$(VENV)/.release: pyproject.toml constraints.txt $(VENV)/.dev
	$(PIP) --editable '.[worker,embedded,postgres,flower,serve,remote,adapters,evaluate,train,dev,release]'
	@touch $@

# See docs/release.md. Each of PYTHONS, paths of interpreters, gets the wheel installed and used.
PYTHONS ?=
TRIED = $(foreach python,$(PYTHONS),--python $(python))
dist: $(VENV)/.release ## wheel and source distribution of what is there, built, checked and tried
	$(BIN)/python -m release build $(TRIED)

release: $(VENV)/.release ## a release as VERSION: all of `make dist`, then a commit and a tag; pushes nothing
	$(BIN)/python -m release make "$(VERSION)" $(TRIED)

lock: $(VENV)/.release ## the lock files with hashes, by pyproject.toml and constraints.txt
	$(BIN)/python -m release lock

licences: $(VENV)/.release ## docs/licences.md: under which licences the packages are that we need
	$(BIN)/python -m release licences

# What docker/Dockerfile makes, with `docker` or `buildah`, which must be installed; see docker/README.md.
ENGINE ?= docker
IMAGES ?= producer worker flower metrics serve
IMAGE_OPTIONS ?= $(if $(findstring buildah,$(ENGINE)),--ignorefile docker/Dockerfile.dockerignore)
images: ## the container images, by ENGINE (docker, buildah)
	@for target in $(IMAGES); do \
		$(ENGINE) build $(IMAGE_OPTIONS) --file docker/Dockerfile --target $$target --tag feedback-triage-$$target . || exit 1; \
	done

clean: ## removes .venv and .triage
	rm -rf .triage $(VENV)
