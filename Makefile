# Two commands on a fresh machine:   make run   make test
# Python 3.11 or later is looked for; choose another with  make PYTHON=python3.12 …
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: run test lint format bench soak fuzz coverage mutate lock sbom audit catalogues performance readme reference calibration release release-check statistics validation clean help

SCENARIO ?= scenarios/base.toml
OPTIONS ?=
UV ?= uv
PIP_AUDIT ?= pip-audit
BIN := .venv/bin
PACKAGES := .venv/.packages
READY := .venv/.ready
AT_LEAST_3_11 := import sys; sys.exit(sys.version_info < (3, 11))

ifndef PYTHON
PYTHON = $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c '$(AT_LEAST_3_11)' >/dev/null 2>&1 && echo "$$python" && break; done)
endif

run: $(READY)  ## simulate SCENARIO (scenarios/base.toml) and show the result
	@$(BIN)/sim run $(OPTIONS) $(SCENARIO)

test: lint  ## everything that must hold: lint, types, tests
	@$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal

lint: $(READY)  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY)  ## let ruff put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)  ## time, memory and accuracy, printed with their commands
	@set -e; for script in performance export_size run_size scaling; do \
		echo "== benchmarks/$$script.py"; $(BIN)/python "benchmarks/$$script.py"; done

soak: $(READY)  ## the long runs, then random budgets for an hour; OPTIONS="--minutes 10"
	@$(BIN)/python -m pytest -m soak && $(BIN)/python tools/soak.py $(OPTIONS)

fuzz: $(READY)  ## hostile inputs for every reader; OPTIONS="--inputs 100000 --minutes 60"
	@$(BIN)/python tools/fuzz.py $(OPTIONS) && $(BIN)/python tools/guided.py

coverage: $(READY)  ## lines and branches that the suite reaches, 95 % of each wanted
	@$(BIN)/python tools/reached.py $(OPTIONS)

mutate: $(READY)  ## change the program in small ways; a test has to notice; hours
	@$(BIN)/python tools/mutate.py $(OPTIONS)

statistics: $(READY)  ## test laws, samplers and streams at length; OPTIONS="--only laws"
	@$(BIN)/python tools/chance.py $(OPTIONS)

readme: $(READY)  ## put the program's real output into README.md and the pages that show it
	@$(BIN)/python tools/readme.py && $(BIN)/python tools/tutorial.py

reference: $(READY)  ## write docs/reference from help, schema and columns
	@$(BIN)/python tools/reference.py

calibration: $(READY)  ## put its real output into docs/calibration.md
	@$(BIN)/python tools/calibration_page.py

catalogues: $(READY)  ## extract, merge and compile the translations
	@$(BIN)/python tools/catalogues.py

performance: $(READY)  ## put what `make bench` measured into docs/performance.md
	@$(BIN)/python tools/performance_page.py

validation: $(READY)  ## put the figures of statistics, soak and fuzz into docs/validation.md
	@$(BIN)/python tools/validation_page.py

lock: $(READY)  ## write requirements.lock again (needs uv)
	@UV="$(UV)" $(BIN)/python tools/lock.py $(OPTIONS)

sbom: $(READY)  ## write the bill of materials and the table of licences
	@$(BIN)/python tools/supply.py

audit: $(READY)  ## look the lock up among known vulnerabilities (needs a network and pip-audit)
	@$(BIN)/python tools/audit.py "$(PIP_AUDIT)" $(OPTIONS)

release: $(READY)  ## date the changes and write VERSION everywhere
	@test -n "$(VERSION)" || { echo "which version? make release VERSION=1.2.3" >&2; exit 2; }
	@$(BIN)/python tools/release.py "$(VERSION)"

release-check: $(READY)  ## may this tree be released? builds dist/ (needs a package index)
	@$(BIN)/python tools/release.py

clean:  ## remove .venv and caches; results stay
	@rm -rf .venv .mutation .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 15

$(READY): $(PACKAGES) pyproject.toml
	@$(BIN)/python -m pip install -qq --disable-pip-version-check \
		--no-deps --no-build-isolation -e .
	@touch $@

$(PACKAGES): requirements.lock
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c '$(AT_LEAST_3_11)' 2>/dev/null; then \
		echo "sim needs Python 3.11 or later; '$(or $(PYTHON),python3)' is not that." >&2; \
		echo "    → install it, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; \
		exit 3; fi
	@echo "Preparing .venv with $$("$(PYTHON)" --version) (once, about a minute) …" >&2
	@"$(PYTHON)" -m venv --clear .venv || { \
		echo "    → on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 3; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check \
		--require-hashes -r requirements.lock
	@touch $@
