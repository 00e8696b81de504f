# attitudes: `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
export OMP_NUM_THREADS ?= 1
export PYTHONHASHSEED ?= 0

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.lock
	@touch $@

.PHONY: install
install: $(STAMP) ## Install the toolkit with pinned versions into .venv

.PHONY: report
report: $(STAMP) ## The main job: regenerate the bundled study's report into reports/
	$(BIN)/attitudes report --out reports/kyrgyzstan-2023

.PHONY: validate
validate: $(STAMP) ## Hold every regenerated figure against the printed one
	$(BIN)/attitudes validate

.PHONY: audit
audit: $(STAMP) ## Audit what the bundled study's report prints (exit 1: something is impossible)
	$(BIN)/attitudes audit

.PHONY: test
test: $(DEV_STAMP) ## Run the tests and the doctests
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not simulation and not spark and not fuzz and not wheel and not browser" tests
	$(BIN)/python -m pytest -q -n 2 --doctest-modules --doctest-continue-on-failure src/attitudes

.PHONY: format
format: $(DEV_STAMP) ## Format the code
	$(BIN)/ruff format src tests benchmarks tools notebooks
	$(BIN)/ruff check --fix src tests benchmarks tools notebooks

.PHONY: lint
lint: $(DEV_STAMP) ## Format check, lint, types, layers
	$(BIN)/ruff format --check src tests benchmarks tools notebooks
	$(BIN)/ruff check src tests benchmarks tools notebooks
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: check
check: lint test test-wheel ## All that CI holds: format, lint, types, layers, tests, doctests, wheel

.PHONY: test-wheel
test-wheel: $(DEV_STAMP) ## Build the wheel, install it in a clean environment, do the main job in an empty folder
	$(BIN)/python -m pytest -q -m wheel tests

.PHONY: test-simulation
test-simulation: $(DEV_STAMP) ## Long Monte-Carlo checks
	$(BIN)/python -m pytest -q -n 2 -m simulation tests

.PHONY: test-fuzz
test-fuzz: $(DEV_STAMP) ## Files broken at random, thousands of them
	$(BIN)/python -m pytest -q -n 2 -m fuzz tests

.PHONY: test-spark
test-spark: $(DEV_STAMP) ## The Spark backend in local mode (needs Java 17; downloads PySpark)
	$(BIN)/python -m pip install --quiet "pyspark>=3.5"
	$(BIN)/python -m pytest -q -m spark tests

.PHONY: test-browser
test-browser: $(DEV_STAMP) ## The report's page in headless Chromium (needs chromium)
	$(BIN)/python -m pytest -q -m browser tests

.PHONY: bench
bench: $(DEV_STAMP) ## Benchmarks, as ratios against peers in the same run
	$(BIN)/python -m benchmarks.run; status=$$?; $(BIN)/python -m benchmarks.psychometrics && exit $$status

.PHONY: lock
lock: ## Resolve the pinned versions anew
	./tools/lock.sh

.PHONY: clean
clean: ## Remove what was built
	rm -rf build dist reports/kyrgyzstan-2023 .mypy_cache .ruff_cache
