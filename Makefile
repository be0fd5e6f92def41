# ercfg: build, check, test. `make` alone lists the targets.
# CI runs `make test` and nothing else.

GO ?= go

# Some tests wait by the clock and need little of the processor, others need all of it:
# two chains of them run beside each other, one of each kind. Last the labs are
# drilled, which takes seven minutes as root and measures how long traffic is lost.
# What runs beside that gets only what it leaves (LEFTOVER): Linux shares the processor
# between sessions before it does between processes, so that nice alone says nothing to
# daemons that have a session of their own.
DRILLS := ^(TestLive|TestMatrixLive|TestWithoutBFD|TestDrill)
LEFTOVER := setsid sh -c 'echo 19 >/proc/self/autogroup; exec nice -n 19 "$$@"' leftover
TIMEOUT ?= 25m
TEST = $(GO) test -vet=off -timeout $(TIMEOUT)# lint vets, once

# Where the vendors' models can be had, their reader checks every golden.
# On CI whatever can be tested must be tested: a skip is a failure there.
ifeq ($(CI),true)
export ERCFG_LAB := must
export ERCFG_BROWSER := must
ifneq ($(wildcard ../shared/oracle),)
export ERCFG_ORACLE := must
endif
endif

.PHONY: help build demo test check lint unit drill race live skipped golden generate bench bench-fleet fuzz install-deps clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

build: ## build bin/ercfg
	$(GO) build -o bin/ercfg ./cmd/ercfg

demo: build ## validate and render the examples; print one router of each vendor
	@set -e; for site in 01-two-ce-private 02-dual-stack-one-ce; do \
	  $(call say,ercfg validate examples/$$site.yaml); bin/ercfg validate examples/$$site.yaml; \
	  $(call say,ercfg render examples/$$site.yaml -o out/$$site); bin/ercfg render examples/$$site.yaml -o out/$$site; \
	done
	@set -e; show() { $(call say,ercfg render examples/$$1.yaml --router $$2   ($$3)); bin/ercfg render examples/$$1.yaml --router $$2; }; \
	show 01-two-ce-private ce1 'Cisco IOS-XE'; show 01-two-ce-private ce2 'Juniper Junos'; show 02-dual-stack-one-ce ce1 'FRR'
	@printf '\nThe files:\n'; ls out/01-two-ce-private/* out/02-dual-stack-one-ce/*

say = printf '\n$$ %s\n' "$(1)"

test: install-deps unit ## everything: what check does, races, labs, FRR in namespaces
	@$(LEFTOVER) $(MAKE) lint race & rest=$$!; trap 'kill -- -$$rest' INT TERM; \
	$(MAKE) drill; drilled=$$?; wait $$rest && [ $$drilled = 0 ]
	@$(MAKE) live skipped

check: lint unit ## format, vet, staticcheck, all tests that this machine can run but the drills

lint: ## format, vet, staticcheck
	@unformatted=$$(gofmt -l cmd docs internal schema templates); \
	test -z "$$unformatted" || { echo "not formatted:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

unit: ## all tests that this machine can run but the drills; no root needed
	@[ "$$(id -u)" = 0 ] || unset ERCFG_LAB; run() { echo "$$*"; "$$@"; }; \
	failed=0; \
	{ run $(TEST) ./internal/push; pushed=$$?; run $(TEST) -skip '$(DRILLS)' ./internal/lab && [ $$pushed = 0 ]; } & waiting=$$!; \
	run nice -n 5 $(TEST) $$($(GO) list ./... | grep -v '/\(cmd/ercfg\|internal/lab\|internal/push\)$$') || failed=1; \
	run nice -n 5 $(TEST) ./cmd/ercfg || failed=1; \
	wait $$waiting || failed=1; [ $$failed = 0 ]

drill: ## the drills of the labs, which need root and a quiet machine
	@[ "$$(id -u)" = 0 ] || unset ERCFG_LAB; set -x; $(TEST) -run '$(DRILLS)' ./internal/lab

race: ## the tests of what runs in parallel, under the race detector
	@command -v $$($(GO) env CC) >/dev/null || { echo "race: no C compiler, which the race detector needs: skipped"; [ "$$CI" != true ]; exit; }; \
	set -x; \
	$(TEST) -race -run 'Matrix|Verdict' ./internal/sim && \
	$(TEST) -race ./internal/intent ./internal/artifact && \
	$(TEST) -race -run '^Test(Golden|AllIsDeterministic|Processors)$$' ./internal/render && \
	$(TEST) -race -run '^TestVerification' ./internal/verify && \
	$(TEST) -race -parallel 8 -run '^Test(Emulated(Push|Key|Interruption|Cut)|ProveEmulated|Steps|Journal|TranscriptOfMany|TrustNew|NothingStays|Jumps)' ./internal/push && \
	$(TEST) -race -run '^TestScript$$/^script$$' ./cmd/ercfg

# As root check has run them already; sudo -n asks nobody for a password.
live: ## the tests that need root, under sudo where check ran without
	@if [ "$$(id -u)" != 0 ] && sudo -n true 2>/dev/null; then \
	  echo "$(GO) test -timeout $(TIMEOUT) -exec 'sudo -n -E' ./internal/frrtest ./internal/render ./internal/confdiff ./internal/ticket ./internal/push ./cmd/ercfg ./internal/lab"; \
	  $(GO) test -timeout $(TIMEOUT) -exec 'sudo -n -E' ./internal/frrtest ./internal/render ./internal/confdiff ./internal/ticket ./internal/push ./cmd/ercfg ./internal/lab; \
	elif [ "$$(id -u)" != 0 ]; then \
	  echo "live: neither root nor sudo: the tests on FRR daemons are skipped"; [ "$$ERCFG_LAB" != must ]; \
	fi

# A test that did not run is no test that passed: the last line says so.
skipped: ## what `make test` cannot run on this machine, and why
	@s=; add() { s="$$s$${s:+; }$$1"; }; \
	[ -d ../shared/oracle ] || add "Junos and IOS-XE against the vendors' models (no reader of them beside the project)"; \
	if ! [ -x /usr/lib/frr/bgpd ]; then add 'FRR configurations on real daemons (no FRR)'; \
	elif [ "$$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then add 'FRR configurations on real daemons (neither root nor sudo)'; \
	elif [ "$$(id -u)" = 0 ] && ! unshare -mn true 2>/dev/null; then add 'FRR configurations on real daemons (namespaces are refused)'; fi; \
	PATH="$$PATH:/usr/sbin"; \
	{ command -v charon-systemd && command -v swanctl; } >/dev/null || add 'IPsec between two strongSwans (no charon-systemd and swanctl)'; \
	command -v nft >/dev/null || add 'packet rules in the kernel (no nft)'; \
	command -v chromium >/dev/null || add 'HTML pages in a browser (no chromium)'; \
	command -v bird >/dev/null || add "the lab's Microsoft edge on BIRD (no bird2)"; \
	command -v sshd >/dev/null || add 'push over SSH to FRR (no openssh-server)'; \
	if ! { [ -x /usr/lib/systemd/systemd ] && command -v systemd-run; } >/dev/null; then add 'the undo of push by a timer of systemd (no systemd)'; \
	elif ! grep -q cgroup2 /proc/filesystems; then add 'the undo of push by a timer of systemd (no cgroup2 in the kernel)'; fi; \
	command -v uacctd >/dev/null || add 'flow export by pmacct (no uacctd)'; \
	command -v softflowd >/dev/null || add 'flow export by softflowd (no softflowd)'; \
	command -v systemd-analyze >/dev/null || add "the units in systemd's eyes (no systemd-analyze)"; \
	command -v $$($(GO) env CC) >/dev/null || add 'the race detector (no C compiler)'; \
	echo "skipped: $${s:-nothing}"

golden: ## rewrite goldens and scripts; read the diff before you commit it
	ERCFG_UPDATE=1 $(GO) test ./...

generate: ## rewrite the intent's schema and reference from the Go types
	ERCFG_UPDATE=1 $(GO) test -count=1 -run 'Schema' ./internal/intent
	ERCFG_UPDATE=1 $(GO) test -count=1 -run 'Reference' ./docs

bench: ## the benchmark of every stage
	$(GO) test -run '^$$' -bench . -benchmem ./internal/intent ./internal/plan ./internal/sim ./internal/render ./internal/artifact ./internal/confdiff ./internal/ticket ./internal/push ./internal/verify

bench-fleet: ## stages, wall time and peak memory for 1,000 and 10,000 routers
	ERCFG_FLEET=1 $(GO) test -count=1 -v -run '^TestFleet$$' ./cmd/ercfg

FUZZTIME ?= 20s
fuzz: ## every fuzz target for FUZZTIME (default 20s)
	@set -e; for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; done

# Beside Go, the tests on real daemons need FRR, and the race detector a C
# compiler. Without FRR they skip and say why; on CI (ERCFG_LAB=must) that is a
# failure.
# strongSwan, nftables and pmacct read the companion files of a Linux router; BIRD
# is Azure's side of a lab on another code base, Chromium reads the HTML pages, and
# OpenSSH's server is what push logs in to; Debian starts none where the file
# sshd_not_to_be_run is. systemd is process 1 of a router in one test, whatever it is
# of the machine.
DEPS := frr frr-pythontools iproute2 gcc libc6-dev \
  charon-systemd strongswan-swanctl libstrongswan-standard-plugins libcharon-extra-plugins nftables pmacct softflowd bird2 chromium openssh-server openssl systemd

install-deps: ## install what the live tests need, where that is allowed (Debian)
	@command -v dpkg-query >/dev/null || { echo "install-deps: no Debian: FRR tests skip unless FRR 8.4 is there"; exit 0; }; \
	missing=; for p in $(DEPS); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo='sudo -n'; else \
	  echo "install-deps: missing:$$missing (FRR tests skip); as root: apt-get install$$missing"; exit 0; fi; \
	echo "install-deps: apt-get install$$missing"; \
	apt() { $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y "$$@" >/dev/null; }; \
	case "$$missing" in *openssh-server*) $$sudo mkdir -p /etc/ssh && $$sudo touch /etc/ssh/sshd_not_to_be_run;; esac; \
	apt install --no-install-recommends $$missing || { apt update && apt install --no-install-recommends $$missing; } || { \
	  echo "install-deps: apt-get failed; FRR tests skip"; [ "$$ERCFG_LAB" != must ]; }

clean: ## remove what was built
	rm -rf bin out
