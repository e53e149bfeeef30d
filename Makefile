# make demo: set everything up and run the main job. make test: set up what the tests need and run them all.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
NODE := tools/with-node.sh
HAS_NPM := $(shell command -v npm)

# the page: what it is built from, its typed client, and what is built
WEB := $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig.json -type f ! -name schema.d.ts)
SERVICE := $(shell find geocensus api/geocensus_api -name '*.py') tools/openapi.py
CLIENT := web/src/api/schema.d.ts
PAGE := api/geocensus_api/static/index.html

.PHONY: demo test check format bundle basemaps page notebooks exact qgis clean apt
.DEFAULT_GOAL := demo

demo: $(VENV)/.run  ## the main job on fictional sources of Changshan
	$(BIN)/geocensus demo $(DEMO)

test: $(VENV)/.test $(PAGE) apt
	cd web && ../$(NODE) npm run --silent test
	$(NODE) $(BIN)/python -m pytest -n 2 --dist worksteal -m "not quiet"
	$(BIN)/python -m pytest -m quiet tests

check: $(VENV)/.lint $(if $(HAS_NPM),$(CLIENT))
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/numpydoc lint $$(git ls-files 'geocensus/*.py' 'api/*.py')
	$(if $(HAS_NPM),cd web && ../$(NODE) npm run --silent check)

format: $(VENV)/.lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# wheels for `pip install --no-index --find-links bundle 'geocensus[api]'`; for another kind of machine: make bundle FOR="--platform win_amd64 --python-version 3.12"
bundle: $(VENV)/.run $(if $(HAS_NPM),$(PAGE))
	rm -rf bundle
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir bundle .
	$(BIN)/python -m pip download --quiet --disable-pip-version-check -c constraints.txt --only-binary :all: $(FOR) --dest bundle "$$(ls bundle/geocensus-*.whl)[api]"

basemaps: $(VENV)/.run
	$(NODE) $(BIN)/python data/basemaps/build.py

page: $(PAGE)  ## the review page, built into the service; the service runs without it

notebooks: $(VENV)/.test
	$(BIN)/python tools/notebooks.py

# not part of `make test`: 10 million points located by the index and by GEOS take some minutes
exact: $(VENV)/.test
	$(BIN)/python benchmarks/locate_exact.py

# not part of `make test`: QGIS with its Python is about 100 MB to download and 900 MB on the disk
qgis: $(VENV)/.run
	@tools/apt-packages.sh python3-qgis: fonts-wqy-microhei:
	QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 /usr/bin/python3 tools/qgis_check.py $(BIN)/geocensus --picture docs/images/qgis.png

clean:
	rm -rf $(VENV) build dist bundle demo web/node_modules web/openapi.json $(CLIENT) $(dir $(PAGE))

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "geocensus needs Python 3.11 or newer: make PYTHON=python3.12 demo"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "cannot make $(VENV): on Debian and Ubuntu, apt-get install python3-venv"; exit 2; }

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	@echo "setting up $(VENV) (first time only) …"
	@$(PIP) -e '.[api]'
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@$(PIP) -e '.[api,test]'
	@touch $@

$(VENV)/.lint: $(VENV)/.run
	@$(PIP) -e '.[api,lint]'
	@touch $@

$(PAGE): $(CLIENT) $(WEB)
	cd web && ../$(NODE) npm run --silent build

$(CLIENT): web/openapi.json web/node_modules/.package-lock.json
	cd web && ../$(NODE) npm run --silent api
	@touch $@

# written anew only where it says something else, so that most changes of the service build no page
web/openapi.json: $(VENV)/.openapi
	@test -f $@ || $(BIN)/python tools/openapi.py $@

$(VENV)/.openapi: $(VENV)/.run $(SERVICE)
	@$(BIN)/python tools/openapi.py web/openapi.json
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json | $(VENV)/.run
	cd web && ../$(NODE) npm ci --no-audit --no-fund --loglevel error
	@touch $@

apt:
	@tools/apt-packages.sh chromium:chromium gdal-bin:ogrinfo fonts-wqy-microhei:
