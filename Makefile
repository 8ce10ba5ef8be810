# GNU make 3.81 (macOS) and later. `make` alone says what there is.
PYTHON ?= python3
CONFIG ?= reaper.toml
PY := .venv/bin/python
READY := .venv/.ready
READY_TO_DEPLOY := .venv/.ready-to-deploy
READY_TO_MAINTAIN := .venv-maintain/.ready
# Else each of the many processes of a run compiles all of its modules again.
unexport PYTHONDONTWRITEBYTECODE
# mypy beside the tests: it takes one core. What it says is shown at the end, where it is seen.
TYPES := .mypy_cache/said.txt
BESIDE_TYPES = @mkdir -p $(dir $(TYPES)); $(PY) -m mypy > $(TYPES) 2>&1 & types=$$!; $(1); tests=$$?; \
  wait $$types; types=$$?; cat $(TYPES); exit $$((tests + types))

.PHONY: help check lint-stack format test demo bench package secrets deploy queries release audit requirements clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: .venv
.venv: $(READY) ## the virtual environment all other targets use

# Hashes: pip takes no file but those that were pinned. The command line, this very folder, has none; it comes after, and
# needs nothing of the network.
INSTALL = $(PY) -m pip install --quiet --disable-pip-version-check
define ENVIRONMENT
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "tflock-reaper needs Python 3.11 or later; '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." >&2; \
  echo "Name another one: make PYTHON=python3.12" >&2; exit 1; }
@$(PYTHON) -m venv .venv
@$(INSTALL) --require-hashes $(1)
@$(INSTALL) --no-deps --no-build-isolation --no-index --editable .
endef

$(READY): requirements-dev.txt pyproject.toml
	@echo "setting up .venv (a minute or two, once) ..."
	$(call ENVIRONMENT,-r requirements-dev.txt)
	@touch $(READY_TO_DEPLOY) $(READY)

# Of the same .venv only what deploying needs, as long as nothing asks for more.
$(READY_TO_DEPLOY): requirements-deploy.txt pyproject.toml
	@echo "setting up .venv with what deploying needs (half a minute, once) ..."
	$(call ENVIRONMENT,--only-binary :all: -r requirements-deploy.txt)
	@touch $(READY_TO_DEPLOY)

check: $(READY) ## formatting, lint, types, fast tests: seconds
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(call BESIDE_TYPES,$(PY) -m pytest -q -n 2 -m "not local_cloud and not thorough")

LINT := .venv-lint/.ready
$(LINT): requirements-lint.txt
	@$(PYTHON) -m venv .venv-lint
	@.venv-lint/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lint.txt
	@touch $(LINT)

lint-stack: $(READY) $(LINT) ## cfn-lint and checkov over all templates and Terraform: two minutes
	@$(PY) -m deploy.lint_stack

format: $(READY) ## put the code into its format, mend what lint can mend
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

test: $(READY) ## all of check and the story end to end on the local cloud: minutes
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(call BESIDE_TYPES,$(PY) -m pytest -n 4 --dist loadfile --no-loadscope-reorder)

# ONCE and RELEASE are in the environment already. A recipe that needs a shell would keep a signal to make from the demo.
demo: $(READY) ## the whole story on this machine, no accounts needed; ONCE=1 plays it through by itself, RELEASE=dist on those files
	@$(PY) -m demo

bench: $(READY) ## measurements against their peers: six minutes (by themselves, 20 minutes each: python -m bench.race, python -m bench.scan --full)
	$(PY) -m bench.paths
	$(PY) -m bench.wrong_lock
	$(PY) -m bench.click
	$(PY) -m bench.tflocks
	$(PY) -m bench.list_locks
	$(PY) -m bench.doctor
	$(PY) -m bench.cost
	$(PY) -m bench.load
	$(PY) -m bench.scan

package: $(READY_TO_DEPLOY) ## template and zip in build/; CONFIG=reaper.toml STAGE=prod
	@$(PY) -m deploy.package --stage "$(or $(STAGE),prod)" --config "$(CONFIG)"

secrets: $(READY_TO_DEPLOY) ## ask for Slack's two secrets and keep them in SSM; STAGE=prod TAGS="team=platform"
	@$(PY) -m deploy.slack_secrets --stage "$(STAGE)"

# PARAMETERS, TAGS and CHANGESET are in the environment already; as text of make's they would lose their quotes.
deploy: $(READY_TO_DEPLOY) ## package and deploy; STAGE=prod ARTIFACTS=a-bucket CONFIG=reaper.toml PARAMETERS="Name=value ..." TAGS="team=platform" CHANGESET=1 (asks first) or show
	@$(PY) -m deploy.stack --stage "$(STAGE)" --config "$(CONFIG)" --artifacts "$(ARTIFACTS)" --parameters "$$PARAMETERS" --changeset "$$CHANGESET"

queries: $(READY_TO_DEPLOY) ## save questions to the journal in Logs Insights; STAGE=prod
	@$(PY) -m deploy.queries --stage "$(STAGE)"

release: $(READY) ## all files of a version into dist/, the same bytes on any machine; VERSION=1.0.0
	@$(PY) -m deploy.release "$(VERSION)"

audit: $(READY_TO_DEPLOY) ## known vulnerabilities of all that is pinned; needs the internet. 1: some are known; 2: could not look
	@$(PY) -m deploy.supply.audit

requirements: $(READY_TO_MAINTAIN) ## for maintainers: pin what requirements*.in ask for, with hashes; UPGRADE=1 for newer versions
	@.venv-maintain/bin/python -m deploy.supply.pin $(if $(UPGRADE),--upgrade)

$(READY_TO_MAINTAIN): requirements-maintain.txt
	@$(PYTHON) -m venv .venv-maintain
	@.venv-maintain/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-maintain.txt
	@touch $(READY_TO_MAINTAIN)

clean: ## remove what was built; .venv stays
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path "./.venv*" -prune -exec rm -rf {} +
