# What each command does is in README.md; how it does it, in tools/.

# The first Python on the path that is new enough; name another by PYTHON=….
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.PHONY: run test test-fast check bench torture cluster prove-stack pins

run test check bench torture cluster prove-stack:
	@test -n "$(PYTHON)" || { echo "Marquee needs Python 3.11 or newer, and found none on the path." >&2; exit 1; }
	@exec "$(PYTHON)" -m tools.$(subst -,_,$@) $(ARGS)

test-fast:
	@$(MAKE) --no-print-directory test ARGS="--fast $(ARGS)"

# Pins the lists for what the .in files ask; needs uv and the network.
pins:
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet requirements-cluster.in -o requirements-cluster.txt
