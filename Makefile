# busmeister: `make run` starts it on a simulated building, `make test` tests it. Everything else is below.
SHELL := /bin/sh
.DEFAULT_GOAL := help
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PY := .venv/bin/python

.PHONY: help run test test-peers bench soak lint lock screenshots clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 22

# HOME may be unset or not writable, so pip's cache goes beside the environment; a half-made one is never left behind.
.venv/.ready: pyproject.toml constraints.txt
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else echo 'python3-venv is missing. Install it with:  sudo apt-get install python3-venv' >&2; exit 1; fi; }
	@rm -rf .venv
	@echo 'Setting up (once, about a minute) ...'
	@{ python3 -m venv .venv && \
	   $(PY) -m pip install --quiet --no-cache-dir --no-compile -c constraints.txt -e '.[run,dev]' && \
	   { $(PY) -m compileall -q .venv/lib >/dev/null || true; } && $(PY) -m compileall -q appliance console drivers tui && \
	   touch .venv/.ready; } || { rm -rf .venv; exit 1; }

.venv/.peers: .venv/.ready
	@$(PY) -m pip install --quiet --no-cache-dir -c constraints.txt -e '.[postgres]' && touch .venv/.peers

run: .venv/.ready ## start the appliance on a simulated building
	@exec $(PY) -m appliance run --demo --data .demo

test: .venv/.ready ## all tests that need no other program
	@$(PY) -m pytest -n 3 --dist worksteal -m 'not peer and not soak'

test-peers: .venv/.ready .venv/.peers ## tests against other programs (Debian packages; those missing are named)
	@$(PY) -m pytest -m peer -rs

bench: .venv/.ready ## speed and memory, as ratios in one run
	@$(PY) -m benchmarks

soak: .venv/.ready ## the long tests: power cuts, mutated telegrams, 30 virtual days
	@code=0; $(PY) -m pytest -n 2 --dist worksteal -m 'soak and not alone' --timeout=3600 -rs || code=$$?; \
	  $(PY) -m pytest -m 'soak and alone' --timeout=3600 -rs || code=$$?; exit $$code

lint: .venv/.ready ## ruff, mypy, import contracts
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy . && .venv/bin/lint-imports

lock: ## pin every version anew
	@rm -rf .venv.lock && python3 -m venv .venv.lock && .venv.lock/bin/python -m pip install --quiet '.[run,dev,hardware,postgres]' && \
	  .venv.lock/bin/python -m pip freeze --exclude busmeister > constraints.txt && rm -rf .venv.lock

screenshots: .venv/.ready ## pictures of the dashboard for the README
	@$(PY) -m docs.screenshots

clean: ## remove everything that was made here
	@rm -rf .venv .venv.lock .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
