# Samspår. `make` lists what there is; everything sets up the virtual environment first, once.

.DEFAULT_GOAL := help
.PHONY: help demo test torture check static bench venv format lock
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: ## run the hub on a real database with a synthetic region; ARGS="--once --json" passes arguments on
	@requirements/install.sh $(VENV) runtime
	@exec $(BIN)/hub demo $(ARGS)

test: static ## run every test; ARGS="tests/unit -x" chooses
	@tests/prerequisites.sh
	$(BIN)/python -m pytest $(ARGS)

check: static ## the fast loop: format, lint, types, import rules, house rules, tests without a database
	$(BIN)/python -m pytest -q -m "not database and not browser" tests/architecture tests/unit tests/contract

static: venv
	$(BIN)/ruff format --quiet --check .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache

torture: venv ## 10 minutes of kills under load: a table, and 1 unless nothing was lost, doubled or out of order; ARGS="--minutes 2 --seed 7"
	@tests/prerequisites.sh
	$(BIN)/python -m tests.torture $(ARGS)

bench: venv ## side-by-side benchmarks: a table, and benchmarks/results/latest.json
	$(BIN)/python -m benchmarks $(ARGS)

venv: ## only the virtual environment, with everything for development
	@requirements/install.sh $(VENV) test

format: venv ## format the code and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: venv ## pin the dependencies of pyproject.toml with their hashes; ARGS="--upgrade" takes newer ones
	requirements/lock.sh $(BIN)/python $(ARGS)
