# Two commands for a new machine: `make demo` and `make test`. Both install what is missing into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: demo test lint clean

demo: $(VENV)/.demo
	$(BIN)/triage demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# torch comes first and pinned: left to itself, pip would take a build with gigabytes of CUDA.
$(VENV)/.demo: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (a few minutes the first time) …"
	$(PIP) torch
	$(PIP) --editable '.[worker,embedded]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt $(VENV)/.demo
	$(PIP) --editable '.[worker,embedded,postgres,flower,dev]'
	@touch $@

clean:
	rm -rf .triage $(VENV)
