# make report   the pages: outputs/site/index.html
# make test     all tests
# make style    the style of the code and its types
# make check    for daily work: make style and the fast tests
# make bench    how fast it is beside other ways: benchmarks/RESULTS.md
# make lab      JupyterLab with the notebooks, explore.ipynb first; more for it: make lab ARGS="--port=9000 --no-browser"
# make package  the wheel and the sdist: dist/
# make lock     write requirements.txt and its parts anew from pyproject.toml
# make clean    remove what was made (keeps .venv)
# make help     this list
#
# The first call makes .venv from a Python 3.11 or later; name another with: make PYTHON=/path/to/python3 report

PYTHON ?= python3
RUN := .venv/bin/python
UV ?= uv
# Each run and test starts processes that would compile the library anew.
unexport PYTHONDONTWRITEBYTECODE
TESTS := $(RUN) -m pytest -n auto --dist worksteal

.PHONY: report test style check bench lab package lock clean help
.DELETE_ON_ERROR:

report: .venv/ready
	@$(RUN) -m socsvc_analysis run

test: .venv/ready
	@$(TESTS)

style: .venv/ready
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check
	@$(RUN) -m mypy

check: style
	@$(TESTS) -q -m "not slow" --ignore=tests/browser

bench: .venv/ready
	@$(RUN) -m benchmarks

# Git then keeps notebooks without their results (.gitconfig); a copy without git needs that not.  Nobody is asked
# whether they want news of Jupyter, and it does not look whether it should be built anew (.jupyter).
lab: .venv/ready
	@git config --local include.path ../.gitconfig 2>/dev/null || true
	@$(RUN) -m jupyterlab --notebook-dir=notebooks --LabApp.default_url=/lab/tree/explore.ipynb \
	    --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LabApp.app_settings_dir=$(CURDIR)/.jupyter $(ARGS)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

package: .venv/ready
	@$(RUN) -m hatchling build -d dist

# Only for maintainers: needs uv and a package index. Everything is pinned with hashes; no address of an index is kept.
# requirements.txt has all; a server, and a desk to explore at, need less of the same versions.
COMPILE := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --no-header --quiet
lock:
	$(COMPILE) --extra lab --extra dev -o requirements.txt
	$(COMPILE) --constraints requirements.txt -o .ci/requirements-server.txt
	$(COMPILE) --constraints requirements.txt --extra lab -o .ci/requirements-lab.txt

clean:
	rm -rf outputs .mypy_cache .pytest_cache .ruff_cache .hypothesis dist build
	find socsvc_analysis tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is newer than what it was made from, so a second call has nothing to do.
.venv/ready: requirements.txt pyproject.toml
	@command -v "$(PYTHON)" >/dev/null 2>&1 || \
	    { echo "Python is needed, version 3.11 or later, and '$(PYTHON)' was not found. Name one: make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or later is needed, and '$(PYTHON)' is older. Name another: make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "'$(PYTHON)' cannot make environments: install its venv package (on Debian and Ubuntu: python3-venv)."; exit 1; }
	@echo "Making .venv (a few minutes the first time) ..."
	@"$(PYTHON)" -m venv .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/ready
