# Every target first creates the virtual environments, which is instant if they exist.

STAGE ?= dev
CONFIG_ENV = $(if $(filter dev,$(STAGE)),default,$(STAGE))
# With STAGE set, commands target AWS; otherwise the local engine.
ON_AWS = $(if $(filter file,$(origin STAGE)),,--config-env $(CONFIG_ENV))

# More options for a program, such as ARGS='--only gateway'.
ARGS ?=

WORKFLOW_TYPE ?= STANDARD
STATUS_RULE ?= enabled

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
# Keeps Python's cache out of functions/, where it would be deployed and would look like a change.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/python
RESOLVE = .venv-bootstrap/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.13
PICTURE = python -m saga.graph statemachine/order_saga.asl.json -o

.DEFAULT_GOAL := help
.PHONY: help install up down url logs local-env test coverage check definition packages capacity model prove outages prove-mutants e2e chaos check-data cold-start mixed-load compare \
  picture screenshots lock deploy stack-info remove asl cfn

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+.*:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install:
	@scripts/install >&2

up: install ## start the local engine, deploy, place three orders; run again to deploy changes (ENGINE_PORT=4566, ENGINE_LISTEN=ADDRESS)
	@.venv/bin/saga up

down: install ## stop the console and the engine
	@.venv/bin/saga down

url: install ## print the base URL of the API
	@.venv/bin/saga url

logs: install ## follow the functions' logs
	@.venv/bin/saga logs

invoke-%: install ## invoke a function with its sample event: make invoke-reserve_inventory
	@.venv/bin/saga invoke $*

local-env: install ## write the variables and events for `sam local` into .engine/sam-local, and print the credentials
	@.venv/bin/saga env

test: install ## run all tests, on two cores
	@.venv/bin/pytest -n 2 --dist loadfile

coverage: install ## run the tests in process, and show which lines and branches they reach
	@.venv/bin/pytest -n 2 --dist loadfile --ignore tests/e2e --ignore verification --cov

check: install ## run all static checks
	ruff format --check
	ruff check
	mypy functions saga statemachine tests verification
	PYTHONPATH=functions:. lint-imports
	PYTHONPATH=functions:. python -m statemachine.generate --check
	PYTHONPATH=functions:. python -m statemachine.missing
	PYTHONPATH=functions:. python scripts/packages.py docs/packages.md --check
	PYTHONPATH=functions:. python scripts/capacity.py docs/architecture.md --check
	cfn-lint template.yaml
	sam validate --lint
	pytest -q -p no:cacheprovider tests/template/test_package_names.py tests/template/test_duplicates.py \
	  tests/template/test_file_names.py
	mkdir -p .cache && $(PICTURE) .cache/order_saga.svg && cmp .cache/order_saga.svg docs/order_saga.svg # if not: make picture

definition: install ## generate the definition and whatever else follows from functions/sagas.py
	PYTHONPATH=functions:. python -m statemachine.generate
	PYTHONPATH=functions:. python scripts/capacity.py docs/architecture.md

capacity: install ## calculate the orders a second that the relay carries on AWS, in docs/architecture.md
	PYTHONPATH=functions:. python scripts/capacity.py docs/architecture.md

model: install ## explore the model of the protocol exhaustively
	@python -m verification.model $(ARGS)

prove: install ## run the real code under faults (N=10000 schedules)
	@PYTHONPATH=functions python -m verification.simulator -n $(or $(N),10000)

outages: install ## play outages of every dependency, and write what became of the orders into docs/outages.md
	@PYTHONPATH=functions python -m verification.simulator.outages --page docs/outages.md $(ARGS)

prove-mutants: install ## remove each guard in turn and show a schedule that needs it
	@PYTHONPATH=functions python -m verification.simulator.mutants $(ARGS)

e2e: install ## run the end-to-end tests only (WORKFLOW_TYPE=STANDARD or EXPRESS, STATUS_RULE=enabled or disabled)
	@WORKFLOW_TYPE=$(WORKFLOW_TYPE) STATUS_RULE=$(STATUS_RULE) .venv/bin/pytest tests/e2e

chaos: install ## break a separate engine in every way while orders are in flight
	@.venv/bin/pytest tests/chaos

check-data: install ## reconcile a deployed stack: the engine's, or one on AWS (STAGE=dev)
	@.venv/bin/saga check $(ON_AWS)

mixed-load: install ## place 300 orders, 300 transactions and 60 returns with every payment token, then reconcile (RATE=1 a second)
	@PYTHONPATH=functions:. python scripts/mixed_load.py $(if $(RATE),--rate $(RATE)) $(ARGS)

compare: install ## run one order through both coordinators, and compare them in docs/coordinators.md
	PYTHONPATH=functions:. python -m tests.bench.coordinators docs/coordinators.md $(ARGS)

cold-start: install ## compare what each function imports with boto3 and one client, in docs/cold-start.md
	@python -m tests.bench.cold_start docs/cold-start.md $(ARGS)

packages: install ## draw the packages and their imports in docs/packages.md
	PYTHONPATH=functions:. python scripts/packages.py docs/packages.md

picture: install ## draw the state machine for the README
	$(PICTURE) docs/order_saga.svg

screenshots: install ## take the screenshots for the README
	@python -m tests.console.screenshots

lock: install ## update the lock files from requirements/*.in
	for part in bootstrap dev engine; do $(RESOLVE) requirements/$$part.in -o requirements/$$part.txt || exit; done
	$(RESOLVE) requirements/functions.in -o functions/requirements.txt

deploy: install ## on AWS: build and deploy (STAGE=dev); in prod, protect the stack from deletion
	PYTHONPATH=functions:. python scripts/stack.py check $(CONFIG_ENV)
	sam build --config-env $(CONFIG_ENV)
	sam deploy --config-env $(CONFIG_ENV)
	PYTHONPATH=functions:. python scripts/stack.py protect $(CONFIG_ENV)

stack-info: install ## on AWS: show the stack's outputs (STAGE=dev)
	sam list stack-outputs --config-env $(CONFIG_ENV)

remove: install ## on AWS: delete the stack (STAGE=dev)
	sam delete --config-env $(CONFIG_ENV)

asl: install ## print the deployed definition, substitutions resolved: the engine's, or one on AWS (STAGE=dev)
	@.venv/bin/saga asl $(ON_AWS)

cfn: install ## on AWS without SAM: write a plain CloudFormation template and the functions' package
	@PYTHONPATH=functions:. python scripts/cloudformation.py $(ARGS)
