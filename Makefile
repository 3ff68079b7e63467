# Every target first makes the virtual environments, which costs nothing when they are there.

STAGE ?= dev
CONFIG_ENV = $(if $(filter dev,$(STAGE)),default,$(STAGE))

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0

.DEFAULT_GOAL := help
.PHONY: help install up down url logs test check deploy stack-info remove asl

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+.*:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install:
	@scripts/install >&2

up: install ## on this machine: start the engine, deploy to it, place three orders; again: deploy what changed (ENGINE_PORT=4566)
	@.venv/bin/saga up

down: install ## stop the engine
	@.venv/bin/saga down

url: install ## print the base URL of the API
	@.venv/bin/saga url

logs: install ## follow the functions' logs
	@.venv/bin/saga logs

invoke-%: install ## run one function with its sample event: make invoke-reserve_inventory
	@.venv/bin/saga invoke $*

test: install ## run all tests
	@.venv/bin/pytest

check: install ## run all static checks
	ruff format --check
	ruff check
	mypy functions saga tests
	PYTHONPATH=functions lint-imports
	cfn-lint template.yaml
	sam validate --lint

deploy: install ## on AWS: build and deploy (STAGE=dev)
	sam build --config-env $(CONFIG_ENV)
	sam deploy --config-env $(CONFIG_ENV)

stack-info: install ## on AWS: show the stack's outputs (STAGE=dev)
	sam list stack-outputs --config-env $(CONFIG_ENV)

remove: install ## on AWS: delete the stack (STAGE=dev)
	sam delete --config-env $(CONFIG_ENV)

asl: install ## print the saga's definition with its substitutions resolved: the engine's, or the one on AWS (STAGE=dev)
	@.venv/bin/saga asl
