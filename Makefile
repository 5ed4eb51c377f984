# Everything a developer runs. `make run` and `make test` need nothing done before.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
SOURCES := config verses churn benchmarks manage.py
export PORT ?= 8080

.PHONY: run test test-fast bench-verses drills check format requirements messages clean

run: $(VENV)/runtime .env
	@$(MANAGE) prepare
	@exec $(MANAGE) serve

# Three workers on two cores: a test of processes or of a browser waits most of its time.
test: $(VENV)/development
	$(BIN)/pytest -n 3 --dist worksteal $(COVERAGE)
# Measuring coverage takes a third more time. CI does, and fails below the limit of pyproject.toml:
# make test COVERAGE="--cov --cov-report=term"
COVERAGE ?=

test-fast: $(VENV)/development
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not browser" -q

bench-verses: $(VENV)/development
	PYTHONPATH=. $(BIN)/python benchmarks/verses/speed.py --output var/bench-verses

# Faults on purpose, with figures; needs a PostgreSQL server, see benchmarks/drills/_service.py.
drills: $(VENV)/development
	@status=0; for drill in benchmarks/drills/[!_]*.py; do \
		echo "== $$drill"; $(BIN)/python $$drill || status=1; done; exit $$status

check: $(VENV)/development
	$(BIN)/pip check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/vulture
	$(BIN)/hadolint docker/Dockerfile
	$(BIN)/djlint --check --lint --quiet templates
	$(BIN)/djlint --check --lint --quiet $(REPORT)
	$(MANAGE) makemigrations --check --dry-run --settings config.settings.test
	$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null --settings config.settings.test

format: $(VENV)/development
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/djlint --reformat --quiet templates
	$(BIN)/djlint --reformat --quiet $(REPORT)
# The report is one file: the length of a bar is an inline style (H021).
REPORT := churn/ml/report/templates --profile jinja --ignore H021,H030,H031

requirements: $(VENV)/development
	cd requirements && ../$(BIN)/uv pip compile $(COMPILE) base.in -o base.txt
	cd requirements && ../$(BIN)/uv pip compile $(COMPILE) dev.in -o dev.txt
COMPILE := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

messages: $(VENV)/development
	$(MANAGE) makemessages --locale es --locale pt --no-location --no-obsolete --ignore $(VENV) \
		--ignore var --settings config.settings.test
	msgcat --use-first --no-location $(addsuffix /pt_BR/LC_MESSAGES/django.po,$(BRAZILIAN)) \
		-o config/locale_brazil/pt/LC_MESSAGES/django.po
	$(MANAGE) compilemessages --locale es --locale pt --ignore $(VENV) --settings config.settings.test
# Django's own texts for pt are European Portuguese; the interface is Brazilian.
DJANGO = $(wildcard $(VENV)/lib/python3*/site-packages/django)
BRAZILIAN = $(DJANGO)/conf/locale $(patsubst %,$(DJANGO)/contrib/%/locale,admin auth contenttypes humanize sessions)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*

# The files name every package, so nothing is resolved here: pip would look for a release of `coverage[toml]` newer than the pin.
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps
# A stamp is newer than its requirements once they are installed.
$(VENV)/runtime: requirements/base.txt | $(BIN)/python
	$(INSTALL) -r $<
	@touch $@

$(VENV)/development: requirements/dev.txt $(VENV)/runtime
	$(INSTALL) -r $<
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; PYTHON=/path/to/python3.11 names one."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv is missing. On Debian or Ubuntu: apt install python3-venv make git"; exit 1; }
	$(PYTHON) -m venv $(VENV)

.env:
	@umask 077 && $(PYTHON) -c 'import secrets; print("# Written by make run; .env.example lists every name.\nDJANGO_SECRET_KEY=" + secrets.token_urlsafe(50))' > $@
