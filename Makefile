.PHONY: help install run test check check-contract fix openapi sql answers fuzz bench bench-scale bench-peer bench-instructions fresh bundle
.PHONY: migration lock clean .venv/.ready-run .venv/.ready-dev

# Written for any make of POSIX.1-2024; `make help` needs sed and awk.
PYTHON ?= python3
BIN = .venv/bin
# What `make test T=…` runs; all tests without it.
T ?= tests
# Puts a word every few seconds into the silence of what it runs.
DOING = $(BIN)/python -m tools.doing
PYTEST = $(BIN)/python -m pytest -n auto --dist worksteal
INSTALL = command -v $(PYTHON) >/dev/null || { \
	echo 'Chưa có Python: cài đặt (Debian, Ubuntu: apt install python3 python3-venv;' \
		'Fedora, RHEL: dnf install python3 python3-pip).' >&2; \
	echo 'There is no Python here: install it (Debian, Ubuntu: apt install python3 python3-venv;' \
		'Fedora, RHEL: dnf install python3 python3-pip).' >&2; exit 1; }; \
	$(PYTHON) -I tools/install.py

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "make %-14s %s\n", $$1, $$2}'

install: .venv/.ready-run ## make .venv with what the service needs

run: .venv/.ready-run ## run everything here: database, API, worker (TIENDO_HOME, TIENDO_PORT)
	@$(BIN)/tiendo run

test: check ## everything that must hold: format, lint, types, layers, tests (T=path for some)
	@$(DOING) pytest $(PYTEST) $(T)

check: .venv/.ready-dev ## format, lint, types, import layers, declared dependencies
	@$(DOING) 'ruff format' $(BIN)/python -m ruff format --check .
	@$(DOING) 'ruff check' $(BIN)/python -m ruff check .
	@$(DOING) mypy $(BIN)/python -m mypy
	@$(DOING) lint-imports $(BIN)/python $(BIN)/lint-imports
	@$(DOING) deptry $(BIN)/python -m deptry .

check-contract: .venv/.ready-dev ## refuse what breaks callers of the last release and is not declared
	@$(BIN)/python -m tests.outside.breaking

fix: .venv/.ready-dev ## put right what ruff can put right
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

openapi: .venv/.ready-run ## write openapi/openapi.json
	@$(BIN)/tiendo openapi

sql: .venv/.ready-dev ## write docs/sql/: the composed statements as they run, ready for EXPLAIN in psql
	@TIENDO_SQL=write $(BIN)/python -m pytest -q tests/queries/test_sql_files.py

answers: .venv/.ready-dev ## write what every operation answers and asks the database: tests/http (K=listTasks for one)
	@TIENDO_ANSWERS=write $(BIN)/python -m pytest -q tests/http/test_answers.py tests/http/test_round_trips.py $(if $(K),-k '[$(K)]')

fuzz: .venv/.ready-dev ## ask the service what nobody thought of, for an hour or so (make test does it briefly)
	@TIENDO_FUZZ=long $(DOING) fuzz $(PYTEST) tests/outside/test_fuzz.py

bench: .venv/.ready-dev ## measure our answers beside the limit of this machine (S=--successions for those alone)
	@$(BIN)/python -m benchmarks $(S)

bench-scale: .venv/.ready-dev ## measure figures, lists and filing on 100,000 and on 10,000,000 assignments (S="--large 1000000", S=--lists)
	@$(BIN)/python -m benchmarks.scale $(S)

bench-peer: .venv/.ready-dev ## measure the same requests on Directus beside ours (needs npm)
	@$(BIN)/python -m benchmarks.peer $(S)

bench-instructions: .venv/.ready-dev ## count the instructions of each kind of request (S=--check, S=--write; needs valgrind)
	@$(BIN)/python -m benchmarks.instructions $(S)

fresh: .venv/.ready-run ## try both commands on fresh machines: folders, users, umasks, Pythons, systems (needs root)
	@$(BIN)/python -m tests.fresh $(S)

bundle: .venv/.ready-run ## pack dist/tiendo-*.tar for a server without a network (FOR="3.11 3.13")
	@$(BIN)/python -m tools.bundle $(FOR)

migration: .venv/.ready-dev ## write the next migration from the models (m="submissions can be withdrawn")
	@test -n '$(m)' || { echo 'Thiếu m="…" / m="…" is missing'; exit 1; }
	@$(BIN)/python -m tests.support.databases run sh -c '$(BIN)/tiendo migrate && $(BIN)/python -m alembic revision --autogenerate -m "$$0"' '$(m)'

lock: ## resolve the dependencies anew and write the lock files, with hashes and no addresses
	@$(PYTHON) -m venv build/uv && build/uv/bin/python -m pip install --quiet uv
	build/uv/bin/uv lock --upgrade
	build/uv/bin/uv export --quiet --no-header --no-annotate --no-emit-project --no-dev --extra embedded -o requirements.lock
	build/uv/bin/uv export --quiet --no-header --no-annotate --no-emit-project --all-extras --group dev -o requirements-dev.lock

clean: ## remove what was made here, but not the data of runs
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Asked at every start: an environment that was copied, or whose Python was upgraded, is made anew.
.venv/.ready-run:
	@$(INSTALL) run

.venv/.ready-dev:
	@$(INSTALL) dev
