# All that a fresh machine needs is Python 3.11+ and make. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help setup servers run test check format lint types layers vectors bench mutate lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/ready  ## the virtual environment, from the hash-locked requirements

$(VENV)/ready: requirements-dev.txt
	@sh .ci/python $(PYTHON)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

servers:  ## what the tests start (PostgreSQL, Chromium, Node.js, ...), by apt and npm when root
	@sh tests/servers/install

run: setup  ## the desk on embedded SQLite at http://127.0.0.1:8000
	./glasno serve --demo

test: setup servers  ## every test, those against real servers included
	$(BIN)/pytest -n auto --cov --cov-report= tests/domain
	$(BIN)/pytest -n auto --dist worksteal --ignore=tests/domain

check: setup format lint types layers  ## formatting, lint, types, layers, 100 % branches of domain/
	$(BIN)/coverage report --include='domain/*' --fail-under=100

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy .

layers: setup
	$(BIN)/lint-imports --no-cache

vectors: setup  ## make vectors DIR=...: third-party test vectors; passed, failed, excluded per family as JSON
	@$(BIN)/python -m tests.vectors $(DIR)

# The figures that BENCH names: what is no option, nor the value of one. Without any it is all of them.
FIGURES := $(or $(filter-out -% 0% 1% 2% 3% 4% 5% 6% 7% 8% 9%,$(BENCH)),peers)

bench: setup .bench/ready $(if $(filter peers,$(FIGURES)),.bench/peers/ready)  ## make bench BENCH="page lag history --events 1000000": what it all costs here, beside others
	@$(BIN)/python -m tests.bench $(BENCH)

.bench/ready: requirements-bench.txt
	$(PYTHON) -m venv .bench
	.bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	touch $@

.bench/peers/ready: requirements-peers.txt | .bench/ready
	$(PYTHON) -m venv .bench/peers
	.bench/peers/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.txt
	touch $@

mutate: setup  ## mutation testing of domain/; the survivors and why they live are in docs/mutation.md
	$(BIN)/mutmut run
	$(BIN)/mutmut results

lock:  ## the hash-locked requirements anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" -q -o requirements-dev.txt
	uv pip compile pyproject.toml -c requirements-dev.txt --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" -q -o requirements.txt
	uv pip compile --group bench -c requirements-dev.txt --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" -q -o requirements-bench.txt
	uv pip compile --group peers --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" -q -o requirements-peers.txt

clean:  ## everything that was made, the data directory excepted
	rm -rf $(VENV) .bench tests/quality/node_modules .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage mutants
