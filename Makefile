# A thin front for people: Meson and Ninja build, tests/run tests.
#
#   make          build            make demo    a throw-away host with this manual on it
#   make deps     what is missing  make test    every test; the last line counts them
#   make lint     style and docs   make bench   measure against nginx, rewrite docs/benchmarks.md
#   make asan     tests under ASan and UBSan    make fuzz SECONDS=60    fuzz every target so long
#   make soak     a long bounded run under load make install DESTDIR=   make clean
#   make sweep    kill -9 at every system call of backups and restores; docs/security/kills.md

BUILD ?= build
SECONDS ?= 60
PREFIX ?= /usr/local
DESTDIR ?=
MESON_ARGS ?=
DEMO_ARGS ?=
BENCH_ARGS ?=
TEST_ARGS ?=

.DEFAULT_GOAL := build
.PHONY: build deps demo test lint asan fuzz bench soak sweep install clean

$(BUILD)/build.ninja:
	@command -v meson >/dev/null || { echo "meson is missing: run 'make deps' first" >&2; exit 1; }
	meson setup $(BUILD) --prefix=$(PREFIX) $(MESON_ARGS)

deps:
	tools/install-deps build

build: $(BUILD)/build.ninja
	ninja -C $(BUILD)

# The program itself prints the address to open.
demo: deps
	@$(MAKE) --no-print-directory build
	$(BUILD)/src/proc/cli/carrel demo $(DEMO_ARGS)

test:
	tools/install-deps build test
	@$(MAKE) --no-print-directory build
	tests/run $(TEST_ARGS) $(BUILD)

lint:
	python3 tools/lint/lint.py
	python3 tools/docs-check/docs_check.py

# A separate tree: the sanitizers need calls no portal may make, so the sandbox is off there, and every
# arena allocation is its own malloc so that an overrun is seen.
asan:
	tools/install-deps build test
	tests/sanitize

fuzz:
	tools/install-deps build test
	tests/fuzz/run --seconds $(SECONDS)

bench:
	tools/install-deps build bench
	@$(MAKE) --no-print-directory build
	python3 tests/bench/bench.py $(BENCH_ARGS) $(BUILD)

soak:
	tools/install-deps build bench
	@$(MAKE) --no-print-directory build
	python3 tests/bench/soak.py --seconds $(SECONDS) $(BUILD)

# An hour or so: thousands of backups and restores that are cut, and what must hold after each.
sweep:
	tools/install-deps build test
	@$(MAKE) --no-print-directory build
	python3 tests/scenario/sweep.py --write $(BUILD)

install: build
	DESTDIR=$(DESTDIR) meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf build build-asan build-fuzz build-clang build-ci
