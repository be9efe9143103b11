# Two commands on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
# Where it is set every worker compiles every test anew.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help install can-run demo test quick unit browser clock screenshots all-screenshots lint bench format lock zones clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

# One stamp for what users need, one for what developers need on top of it.
$(VENV)/users: requirements.txt
	@$(PYTHON) -c 'import bot'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/developers: $(VENV)/users requirements-dev.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

install: $(VENV)/users ## Install the bot and what it needs into .venv

# What would keep it from starting is said before a minute is spent on installing.
can-run:
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON)) -m bot.store.sqlite_version

demo: can-run $(VENV)/users ## Use the bot in the browser, with stand-ins for Slack and Atom
	$(BIN)/python -m bot demo

# A worker for each core, each with its own ports, databases and browser. The order is ours, the
# longest first; the plugin's would put single tests last, and they are long.
test: $(VENV)/developers lint browser clock ## Lint, check the types and the import contracts, run every test
	$(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder

# Side by side: the types are checked on one core.
quick: $(VENV)/developers ## Lint, types, contracts and the unit tests that start no process, in a minute or two
	@$(MAKE) --no-print-directory --jobs=2 lint unit

unit: $(VENV)/developers
	$(BIN)/python -m pytest tests/unit -n auto --dist loadgroup --no-loadscope-reorder -m "not process and not slow" --hypothesis-profile quick

# The browser tests need one; where it can't be installed, this says what to run.
browser:
	tests/e2e/install-browser

# The tests of a wrong clock shift it with libfaketime.
clock:
	tests/faults/install-faketime

screenshots: $(VENV)/developers browser ## Take the README's pictures anew
	SHOTS=pictures $(BIN)/python -m pytest tests/e2e/test_pictures.py

all-screenshots: $(VENV)/developers browser ## Take them in each language, also at 900 pixels, into shots/
	for language in en es pt; do for width in 0 900; do \
	SHOTS=shots/$$language-$$width SHOTS_LANGUAGE=$$language SHOTS_WIDTH=$$width \
	$(BIN)/python -m pytest tests/e2e/test_pictures.py || exit; \
	done; done

lint: $(VENV)/developers ## Only the checks that run nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/developers ## Measure the bot beside its floor and its peers, into docs/performance.md
	$(BIN)/python -m benchmarks --page docs/performance.md

format: $(VENV)/developers ## Write the code as the formatter wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## Bring the locked requirements up to date with pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' --upgrade -o requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' --upgrade --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml

# The whole package would take the place of phonenumberslite, so it is installed apart, and removed.
zones: $(VENV)/users ## Bring the table of the numbers' time zones up to date
	rm -rf $(VENV)/whole
	version=$$($(BIN)/python -c 'import phonenumbers; print(phonenumbers.__version__)') && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(VENV)/whole phonenumbers==$$version
	PYTHONPATH=$(VENV)/whole $(BIN)/python tools/phone_zones.py
	rm -rf $(VENV)/whole

clean: ## Remove what was installed
	rm -rf $(VENV)
