# The commands of Esensi; `make` lists them. Python 3.11 or newer (with venv) and make are all they need.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
PYTHONS := python3 python3.13 python3.12 python3.11
TEMPLATES := find esensi sites -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2

# What a deployed instance gets from its secrets; these protect nothing.
DEPLOYED := ESENSI_ENV=production \
	SECRET_KEY=for-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ \
	DATABASE_URL=postgresql://nobody:nothing@database.invalid:5432/esensi \
	EMAIL_URL=smtp://nobody:nothing@mail.invalid:587 FILES_BACKEND=folder

.PHONY: help run dev test check bench fleet soak format types messages requirements backup restore screens venv clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: venv ## Open the house: database, demo books, five hosts (PORT=, DATABASE_URL=)
	@exec $(PYTHON) manage.py up

dev: venv ## The same with debug pages and reloading
	@ESENSI_DEBUG=1 exec $(PYTHON) manage.py up --reload

# Journeys stay last (tests/conftest.py), so no reordering. And whoever may only read the checkout may
# test it: pytest and Hypothesis then keep nothing for the next run.
READ_ONLY := -W ignore::pytest.PytestCacheWarning \
	-W "ignore:The database setting is not configured:hypothesis.errors.HypothesisWarning"

test: venv ## Run all tests, in a browser too where there is a Chromium
	@$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(READ_ONLY)

check: venv ## Format, lint, types, templates, imports, migrations, translations, deployment
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(TEMPLATES) --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --no-cache
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) -m tests.migrations
	$(PYTHON) manage.py translations --check
	$(DEPLOYED) $(PYTHON) manage.py check --deploy --fail-level WARNING

bench: venv ## Run every benchmark beside its peer
	@$(PYTHON) -m benchmarks

fleet: venv ## Rehearse a fleet: three instances behind an edge that reads fly.toml (PORT=)
	@exec $(PYTHON) manage.py fleet

soak: venv ## Run what takes long, and show its figures (half an hour)
	@$(PYTHON) -m pytest -m soak -rP

format: venv ## Format code and templates
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .
	$(TEMPLATES)

types: venv ## Check types
	$(PYTHON) -m mypy

messages: venv ## Collect sentences to translate and compile the catalogue
	$(PYTHON) manage.py translations

COMPILE := .local/tools/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --quiet $(if $(UPGRADE),--upgrade)

requirements: venv ## Compile both requirements files anew (UPGRADE=1 takes the newest versions)
	test -x .local/tools/bin/uv || { $(PYTHON) -m venv .local/tools && .local/tools/bin/pip install --quiet uv; }
	$(COMPILE) -o requirements.txt
	$(COMPILE) --group pyproject.toml:dev -c requirements.txt -o requirements-dev.txt

backup: venv ## Write the database to .local/backups, or to FILE=
	@$(PYTHON) manage.py backup $(if $(FILE),"$(FILE)")

restore: venv ## Put the backup FILE= in the place of the database; the one of before stays
	@$(PYTHON) manage.py restore "$(FILE)"

screens: venv ## Take the pictures of docs/screens anew
	$(PYTHON) -m tests.screens

# The stamp holds what was installed and where, since a virtual environment cannot be moved.
venv: ## Build the virtual environment, if requirements-dev.txt has changed
	@{ pwd; cat requirements-dev.txt; } | cmp -s - .venv/.installed && .venv/bin/python -c '' && exit; \
	for python in $(PYTHONS); do \
		$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Esensi needs Python 3.11 or newer with venv, and none of $(PYTHONS) is that: install one (Debian: apt install python3-venv)." >&2; \
		exit 1; \
	fi; \
	echo "Building the virtual environment .venv with $$($$python -V), once." && \
	$$python -m venv .venv && \
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt && \
	{ pwd; cat requirements-dev.txt; } >.venv/.installed

clean: ## Remove caches and the virtual environment; data under .local/ stay
	find . -path ./.local -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf .venv .local/tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
