.DEFAULT_GOAL := help
.PHONY: help install run test check check-contract fix openapi fuzz bench bench-scale migration lock clean

PYTHON ?= python3
BIN := .venv/bin
# What pip has installed last; it runs again only when the list has changed.
RUN_READY := .venv/.ready-run
DEV_READY := .venv/.ready-dev
# What `make test T=…` runs; all tests without it.
T ?= tests
# Compiled modules are what makes a second start quick.
unexport PYTHONDONTWRITEBYTECODE

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "make %-14s %s\n", $$1, $$2}'

install: $(RUN_READY) ## make .venv with what the service needs

run: $(RUN_READY) ## run everything here: database, API, worker (TIENDO_HOME, TIENDO_PORT)
	@exec $(BIN)/tiendo run

test: check ## everything that must hold: format, lint, types, layers, tests (T=path for some)
	@$(BIN)/pytest -n auto --dist worksteal $(T)

check: $(DEV_READY) ## format, lint, types, import layers, declared dependencies
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

check-contract: $(DEV_READY) ## refuse what breaks callers of the last release and is not declared
	@$(BIN)/python -m tests.outside.breaking

fix: $(DEV_READY) ## put right what ruff can put right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

openapi: $(RUN_READY) ## write openapi/openapi.json
	@$(BIN)/tiendo openapi

fuzz: $(DEV_READY) ## ask the service what nobody thought of, for an hour or so (make test does it briefly)
	@TIENDO_FUZZ=long $(BIN)/pytest -n auto --dist worksteal tests/outside/test_fuzz.py

bench: $(DEV_READY) ## measure our answers beside the limit of this machine (S=--successions for those alone)
	@$(BIN)/python -m benchmarks $(S)

bench-scale: $(DEV_READY) ## measure figures and filing on 100,000 and on 10,000,000 assignments (S="--large 1000000")
	@$(BIN)/python -m benchmarks.scale $(S)

migration: $(DEV_READY) ## write the next migration from the models (m="submissions can be withdrawn")
	@test -n '$(m)' || { echo 'Thiếu m="…" / m="…" is missing'; exit 1; }
	@$(BIN)/python -m tests.support.databases run sh -c '$(BIN)/tiendo migrate && $(BIN)/alembic revision --autogenerate -m "$$0"' '$(m)'

lock: ## resolve the dependencies anew and write the lock files, with hashes and no addresses
	@$(PYTHON) -m venv build/uv && build/uv/bin/python -m pip install --quiet uv
	build/uv/bin/uv lock --upgrade
	build/uv/bin/uv export --quiet --no-header --no-annotate --no-emit-project --no-dev --extra embedded -o requirements.lock
	build/uv/bin/uv export --quiet --no-header --no-annotate --no-emit-project --all-extras --group dev -o requirements-dev.lock

clean: ## remove what was made here, but not the data of runs
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_READY): requirements.lock
	$(call INSTALL,$<)
	@touch $@

# Everything in the shorter list is in this one too.
$(DEV_READY): requirements-dev.lock
	$(call INSTALL,$<)
	@touch $@ $(RUN_READY)

# The project itself is not installed by pip: building it would download a build tool whose hash
# nobody has checked. A path file and two lines of shell do the same, and follow every edit.
define INSTALL
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo 'Cần Python 3.11 trở lên: make PYTHON=python3.11 … / Python 3.11 or newer is needed.' >&2; exit 1; }
@$(PYTHON) -m venv .venv
@echo 'Đang cài đặt $(1)… / Installing $(1)…'
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
@$(BIN)/python -c 'import pathlib, sys, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "tiendo.pth").write_text(sys.argv[1] + "\n")' '$(CURDIR)'
@printf '#!/bin/sh\nexec "$${0%%/*}/python" -P -m app.cli "$$@"\n' > $(BIN)/tiendo
@chmod +x $(BIN)/tiendo
endef
