# spendaudit: `make demo` shows what it does, `make test` runs the tests. Each sets up all it needs in .venv.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LINES ?= 1000000
# The Pythons that spendaudit runs on: those of pyenv, or those on the path.
PYTHONS ?= $(foreach name,3.11 3.12 3.13,$(lastword python$(name) $(wildcard $(HOME)/.pyenv/versions/$(name).*/bin/python$(name))))

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types layers format bench mutate golden pythons lock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: .venv/run ## Audit the bundled purchase orders and budget, and show the findings
	@$(BIN)/spendaudit demo

test: .venv/dev ## Run every test
	@$(BIN)/python -m pytest -n 2

check: lint types layers test ## Check style, types and layers, and run every test

lint: .venv/dev ## Check style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/dev ## Check types
	@$(BIN)/mypy

layers: .venv/dev ## Check which package may import which
	@$(BIN)/lint-imports

format: .venv/dev ## Mend style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/dev ## Measure speed, memory, precision and recall (LINES=1000000)
	@$(BIN)/python bench/run.py --lines $(LINES)

mutate: .venv/dev ## Change every rule in small ways, and list the changes that its worked example does not show
	@$(BIN)/python bench/mutate.py --jobs 2

golden: .venv/dev ## Remember the bytes of one audit in every format, after a change that is meant to change them
	@$(BIN)/python tools/golden.py

pythons: ## Check on every Python that is here that the same audit gives the same bytes
	@for name in $(PYTHONS); do \
		if $$name -c "import ensurepip, sqlite3, venv, zlib" 2>/dev/null; then \
			$(MAKE) --no-print-directory .venv/$${name##*/}/run PYTHON=$$name && \
				.venv/$${name##*/}/bin/python tools/golden.py --check || exit; \
		else echo "$$name is not here, or can make no environment" >&2; fi; done

lock: .venv/dev ## Write the locked requirements anew
	@$(PIP) install uv
	@$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet --upgrade -o requirements/run.txt
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet --upgrade -o requirements/dev.txt

clean: ## Remove the environment and caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "spendaudit needs Python 3.11, 3.12 or 3.13: try make PYTHON=python3.12" >&2; exit 2; }
	@echo "Setting up .venv (once) ..." >&2
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run: .venv/python requirements/run.txt pyproject.toml
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

.venv/python3.%/run: requirements/run.txt
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all: \
		-r requirements/run.txt
	@touch $@
