# The commands of the house. `make` alone lists them.

BIN := .venv/bin
RUN_STAMP := .venv/.run-installed
DEV_STAMP := .venv/.dev-installed
COMPILE := $(BIN)/pip-compile --quiet --allow-unsafe --strip-extras --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check format bench docs pictures lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEV_STAMP) ## Make .venv and install everything that running and testing need

run: $(RUN_STAMP) ## Start the service with a sample realm and applications (data in ./data)
	@$(BIN)/vestibule demo

test: check ## Run every check and every test (ARGS="-k name" passes options to pytest)
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(DEV_STAMP) ## Run the static checks only: ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(wildcard src tests benchmarks scripts)
	$(BIN)/lint-imports --no-cache

format: $(DEV_STAMP) ## Rewrite the code in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV_STAMP) ## Measure the service (JSON=file writes the same figures as JSON)
	$(BIN)/python -m benchmarks $(if $(JSON),--json "$(JSON)")
	$(BIN)/python -m benchmarks.lists
	$(BIN)/python -m benchmarks.brokered

docs: $(DEV_STAMP) ## Print the reference pages in docs/ anew from the code
	$(BIN)/python scripts/reference.py

pictures: $(DEV_STAMP) ## Take the pictures in docs/ anew (Chromium; port 3000 is free)
	$(BIN)/python -m scripts.pictures

lock: $(DEV_STAMP) ## Pin the newest allowed dependencies again (requirements/, package-lock.json)
	env -u PIP_FIND_LINKS CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --upgrade \
		--output-file requirements/run.txt pyproject.toml requirements/build.in
	env -u PIP_FIND_LINKS CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --upgrade --extra dev \
		--constraint requirements/run.txt \
		--output-file requirements/dev.txt pyproject.toml requirements/build.in
	npm update --package-lock-only --ignore-scripts

clean: ## Remove .venv, node_modules and every cache (./data stays)
	rm -rf .venv node_modules build src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(RUN_STAMP): requirements/run.txt pyproject.toml scripts/install
	@scripts/install run
	@touch $@

$(DEV_STAMP): requirements/dev.txt pyproject.toml package-lock.json scripts/install
	@scripts/install dev
	@touch $@ $(RUN_STAMP)
