# Two commands: `make run` starts Amtslotse, `make test` checks everything.
.PHONY: bench-handoff bench-turn bench-nlu bench-search run test check setup setup-dev ui train lock clean help
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
UV := UV_FIND_LINKS="$${PIP_FIND_LINKS:-}" $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
UI := handoff/ui
UI_SOURCES := $(shell find $(UI) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

help:
	@echo "make run    richtet alles ein und startet Amtslotse auf http://127.0.0.1:8000"
	@echo "make test   richtet alles ein und prüft alles"

run: setup ui
	@$(BIN)/amtslotse up

test: setup-dev ui train check
	$(BIN)/pytest --numprocesses 2 --dist loadfile tests/unit tests/contract tests/integration
	$(BIN)/pytest --numprocesses 2 tests/dialogue
	$(BIN)/pytest tests/live tests/e2e

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd $(UI) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check && PATH="$(CURDIR)/$(BIN):$$PATH" npm test --silent

train: setup
	@$(BIN)/amtslotse train

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev
ui: $(UI)/dist/.built

$(BIN)/python:
	@echo "Python-Umgebung wird angelegt …"
	@if command -v uv >/dev/null; then uv venv --quiet --allow-existing --python 3.11 $(VENV); \
	 else python3.11 -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; fi

$(VENV)/.installed: pyproject.toml requirements.lock | $(BIN)/python
	@echo "Bibliotheken werden installiert (beim ersten Mal einige Minuten) …"
	@$(UV) pip install --python $(BIN)/python --compile-bytecode -c requirements.lock -e '.[build]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(UV) pip install --python $(BIN)/python -c requirements.lock -e '.[build,dev]'
	@touch $@

$(UI)/dist/.built: $(UI_SOURCES) | $(VENV)/.installed
	@echo "Oberfläche wird gebaut …"
	@cd $(UI) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build
	@touch $@

lock: | $(BIN)/python
	$(UV) pip compile pyproject.toml --extra dev --extra build --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock

clean:
	rm -rf $(VENV) $(UI)/node_modules $(UI)/dist

# Understanding against stock Rasa (an hour or two); TRAIN=… TEST=… take any Rasa NLU files, EVERY=n compares on each n-th example, OURS=1 asks ours alone.
bench-nlu: setup
	@$(BIN)/python -m tests.bench.nlu $(if $(TRAIN),--train $(TRAIN)) $(if $(TEST),--test $(TEST)) $(if $(NAME),--name $(NAME)) $(if $(EVERY),--every $(EVERY)) $(if $(OURS),--ours-only)

# Search beside BM25; NAMES=70 measures only its speed, with so many designations a service.
bench-search: setup-dev
	@$(BIN)/python -m tests.bench.search $(if $(NAMES),--names $(NAMES))

# A turn against stock Rasa; TRAIN=… TEST=… take any Rasa NLU files.
bench-turn: setup
	@$(BIN)/python -m tests.bench.turn $(if $(TRAIN),--train $(TRAIN)) $(if $(TEST),--test $(TEST))

# Conversations under load, on SQLite and on PostgreSQL; ARGS=… see --help.
bench-handoff: setup-dev
	@$(BIN)/python -m tests.bench.handoff $(ARGS)
