# Everything happens in this checkout: .venv holds the dependencies, .wireroom what `make up` keeps.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

LOCK := infra/deploy/requirements.lock
TOOLS := infra/deploy/docker/tools.lock
BIN := .venv/bin
INSTALLED := .venv/installed
# PYTHON=python3.12 chooses one; otherwise the newest supported Python that runs and can make environments.
USABLE = -c 'import ensurepip, ssl, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make $@"

.PHONY: help
help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' Makefile | awk -F':.*## ' '{ printf "  make %-16s %s\n", $$1, $$2 }'

.PHONY: setup
setup: $(INSTALLED)  ## make .venv with the pinned dependencies

$(INSTALLED): $(LOCK) pyproject.toml
	@set -e; for python in $${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do \
	  if $$python $(USABLE) 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Wireroom needs Python 3.11 to 3.13 with venv; none of them runs here. Name one: make PYTHON=/path/to/python3.12" >&2; exit 1; fi; \
	echo "setting up .venv with $$($$found --version) (about a minute, once)"; \
	$$found -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.PHONY: demo
demo: setup  ## run real articles through a whole Wireroom, and show what came out
	@exec $(BIN)/wireroom demo

.PHONY: up
up: setup  ## run everything on this machine until Ctrl-C; keeps its data in .wireroom
	@exec $(BIN)/wireroom up

.PHONY: test
test: lint types imports  ## everything that must pass: lint, types, import rules, all tests
	$(BIN)/pytest --numprocesses=2 --dist=loadfile

.PHONY: test-containers
test-containers: setup  ## build the images and test them, on the Docker engine that answers here
	$(BIN)/pytest tests/containers

.PHONY: test-faults
test-faults: setup  ## do harm to a whole line in every way we know, and prove that nothing is lost (20 minutes)
	$(BIN)/pytest -v --durations=10 --numprocesses=2 --dist=loadfile --no-loadscope-reorder tests/faults

.PHONY: test-web
test-web: setup  ## a whole line on a local web of some hundred hosts: manners, safety, 1,000 feeds (15 minutes); WEB_FEEDS=100
	$(BIN)/pytest -v --capture=no --durations=10 tests/web

.PHONY: test-mutations
test-mutations: setup  ## put known mistakes into a copy of the code, and see the tests turn red (15 minutes)
	$(BIN)/pytest -v tests/faults/mutations

.PHONY: test-full-disk
test-full-disk: setup  ## fill the disk of a Postgres in a container while articles pour in; needs a Docker engine
	$(BIN)/pytest -v tests/containers/test_full_disk.py

.PHONY: test-faults-soak
test-faults-soak: export SEEDS ?= 20
test-faults-soak: export FIRST ?= 1
test-faults-soak: setup  ## a storm of harm of 90 s for each seed: SEEDS=20, or one again: SEEDS=1 FIRST=7 (20 minutes)
	$(BIN)/pytest -v --numprocesses=2 tests/soak

.PHONY: bench
bench: setup  ## what Wireroom costs, beside a bare loop and a Celery chain (10 minutes); BENCH="--help" shows how to do less
	@PYTHONPATH=tests $(BIN)/python -m benchmarks $(BENCH)

.PHONY: bench-losses
bench-losses: setup  ## what a careful Celery chain and Wireroom lose and repeat under the same faults (12 minutes); LOSSES="--help"
	@PYTHONPATH=tests $(BIN)/python -m benchmarks.losses $(LOSSES)

.PHONY: bench-extract
bench-extract: setup  ## how well and fast Wireroom and its peers extract the pages in DATA (15 minutes); EXTRACT="--help" shows how to do less
	@exec env PYTHONPATH=tests $(BIN)/python -m benchmarks.extract $(if $(DATA),--data "$(DATA)") $(EXTRACT)

.PHONY: fuzz-extract
fuzz-extract: setup  ## mutated real pages through parse, for MINUTES=30; FUZZ="--help"
	@exec env PYTHONPATH=tests $(BIN)/python -m benchmarks.extract.fuzz $(if $(DATA),--data "$(DATA)") \
	  $(if $(MINUTES),--minutes $(MINUTES)) $(FUZZ)

.PHONY: lint
lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: setup
	$(BIN)/mypy

.PHONY: imports
imports: setup
	$(BIN)/lint-imports

.PHONY: lock
lock: setup  ## write the hash lock of every dependency anew
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(TOOLS)
	$(COMPILE) --extra all --group dev pyproject.toml -o $(LOCK)
	$(COMPILE) --group tools -o $(TOOLS)

.PHONY: lock-peers
lock-peers: setup  ## write the hash locks of the extractors that Wireroom is compared with anew
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(TOOLS)
	for peer in benchmarks/extract/peers/*.in; do $(COMPILE) $$peer -o $${peer%.in}.lock || exit 1; done

.PHONY: clean
clean:  ## remove .venv, .wireroom and every cache
	rm -rf .venv .wireroom .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
