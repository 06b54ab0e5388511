# Needs only make and Python 3.11 or newer; everything else goes into .venv.

ARGS ?=
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$python; break; }; done)
WORKERS ?= 4

# Where it is set, each command that the tests start compiles all it imports anew: three times the time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check bench lock clean python run-setup dev-setup

help: ## print this list
	@echo 'Antre. make, then one of:'
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile

demo: run-setup ## set up, then run the whole system on SQLite; ARGS="--port 9000" passes options on
	@.venv/bin/antre demo $(ARGS)

test: dev-setup ## set up, then run the whole suite; ARGS="tests/scheduler -x" passes options on
	@.venv/bin/python -m tests.chromium
	@.venv/bin/python -m tests.gammu
	@.venv/bin/pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: dev-setup ## lint, types, import contracts
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: dev-setup ## measure both databases under load; ARGS="--help" lists the options
	@.venv/bin/python -m bench $(ARGS)

lock: ## write requirements/*.txt anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo 'make lock needs uv: pip install uv'; exit 1; }
	uv pip compile pyproject.toml --extra build $(LOCK) -o requirements/run.txt
	uv pip compile pyproject.toml --extra build --extra dev -c requirements/run.txt $(LOCK) -o requirements/dev.txt
LOCK = --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(ARGS)

clean: ## remove .venv and everything made by the tools
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

run-setup: python
	@$(PYTHON) requirements/install.py run

dev-setup: python
	@$(PYTHON) requirements/install.py dev

python:
	@test -n "$(PYTHON)" || { echo 'Antre needs Python 3.11 or newer, and found none on the PATH' \
		'(on Debian: apt install python3 python3-venv; or say where: make PYTHON=/path/to/python3).'; exit 1; }
