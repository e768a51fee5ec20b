# SPDX-License-Identifier: MIT
# make run: try it.  make test: everything CI runs.  The rest is for people who change Tidings.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
# Options for `make run`, e.g. make run ARGS="--listen 127.0.0.1:9000". By default Tidings starts a nats-server of its own,
# keeps everything in .tidings and serves the locations example.
ARGS ?=
# make bench QUICK=1: a first look in about two minutes. SOAK=3600: also an hour of commands, for what memory does.
QUICK ?=
SOAK ?=

integration := tests/integration
npm_stamp := $(integration)/node_modules/.package-lock.json
peers := bench/peers
peers_stamp := $(peers)/node_modules/.package-lock.json
sources = $(shell git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp')

# Debian puts nats-server where only root's PATH looks.
export PATH := $(PATH):/usr/sbin

# Warnings stop CI only: a newer compiler must not stop a user.
ifeq ($(CI),true)
configure_flags := -DTIDINGS_WERROR=ON
endif

configure = cmake --preset $(1) $(configure_flags)
build = cmake --build --preset $(1) -j $(JOBS) $(if $(2),--target $(2))
test = ctest --preset $(1) -j $(JOBS)

.PHONY: help setup run test asan tsan storm chaos fuzz nightly bench format tidy clean

help:
	@echo "make run     install what is missing, build, start Tidings with its own nats-server"
	@echo "make test    install what is missing, build, run every test"
	@echo "make asan    every test under AddressSanitizer and UndefinedBehaviorSanitizer"
	@echo "make tsan    every test under ThreadSanitizer"
	@echo "make storm   [STORM_CLIENTS=10000]: so many event streams come back at once"
	@echo "make chaos   SEED=n [FAULTS=200] [MINUTES=m] [SERVERS=3]: faults from a seed, then every promise is checked;"
	@echo "             CRASHES=n: a reactor dies n times at each step of its work (FULL=1: 100 times)"
	@echo "make fuzz    every libFuzzer target for FUZZ_SECONDS (60)"
	@echo "make nightly everything that CI has no time for: asan, tsan, chaos, fuzz"
	@echo "make format  clang-format in place;  make tidy  clang-tidy;  make clean  remove build/"

setup:
	@scripts/setup

run: setup
	$(call configure,release)
	$(call build,release,tidings)
	@exec build/release/tidings serve --demo $(ARGS)

test: setup $(npm_stamp)
	$(call configure,release)
	$(call build,release)
	@docker/test --available || true # why ctest will say that docker.demo was skipped
	$(call test,release)

asan tsan: setup $(npm_stamp)
	$(call configure,$@)
	$(call build,$@)
	$(call test,$@)

bench:
	@scripts/setup bench
	@$(MAKE) --no-print-directory $(peers_stamp)
	$(call configure,release) -DTIDINGS_BENCH=ON
	$(call build,release,tidings bench_floor bench_beast_floor bench_load)
	node bench/run.mjs $(if $(QUICK),--quick) $(if $(SOAK),--soak $(SOAK))

# docs/durability.md
SEED ?= 1
FAULTS ?= 200
SERVERS ?= 1
CRASHES ?= $(if $(FULL),100)
# So many event streams come back at once; with 10,000 of them `ulimit -n` must allow twice that.
STORM_CLIENTS ?= 10000
storm: setup $(npm_stamp)
	$(call configure,release)
	$(call build,release,tidings)
	cd $(integration) && TIDINGS_BIN=$(CURDIR)/build/release/tidings STORM_CLIENTS=$(STORM_CLIENTS) node --test storm.test.mjs

chaos: setup $(npm_stamp)
	$(call configure,chaos)
	$(call build,chaos,tidings)
	TIDINGS_BIN=$(CURDIR)/build/chaos/build/tidings node tests/chaos/chaos.mjs --seed $(SEED) --servers $(SERVERS) \
	  $(if $(CRASHES),--crashes $(CRASHES),--faults $(FAULTS)) $(if $(MINUTES),--minutes $(MINUTES))

# Each target for FUZZ_SECONDS, from its corpus; what it finds on its way stays in build/fuzz/found.
FUZZ_SECONDS ?= 60
fuzz_targets := $(basename $(notdir $(filter-out %/replay.cpp,$(wildcard tests/fuzz/*.cpp))))
fuzz:
	@scripts/setup fuzz
	$(call configure,fuzz)
	$(call build,fuzz,$(addprefix fuzz_,$(fuzz_targets)))
	@for target in $(fuzz_targets); do \
	  mkdir -p build/fuzz/found/$$target && \
	  build/fuzz/tests/fuzz/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -max_len=16384 -timeout=5 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/found/$$target- build/fuzz/found/$$target tests/fuzz/corpus/$$target || exit 1; \
	done

nightly: asan tsan chaos fuzz

# npm writes the stamp; touched, since npm may give it an older time than the lock file has.
$(npm_stamp): $(integration)/package.json $(integration)/package-lock.json | setup
	cd $(integration) && npm ci --no-audit --no-fund
	@touch $@

$(peers_stamp): $(peers)/package.json $(peers)/package-lock.json
	cd $(peers) && npm ci --no-audit --no-fund
	@touch $@

format:
	@scripts/setup lint
	clang-format -i $(sources)

# Without precompiled headers, since clang cannot read g++'s.
tidy:
	@scripts/setup lint
	cmake --preset dev -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON
	run-clang-tidy -quiet -j $(JOBS) -p build/tidy '$(CURDIR)/(envelopes|model|net|actors|app)/'

clean:
	rm -rf build $(integration)/node_modules $(peers)/node_modules
