# make demo         story 1 on the built-in example policy; needs Go alone
# make test         what fits in four minutes on two idle cores; installs its tools
# make test-long    the rest: millions of decisions, long fuzzing
# make test-kernel  decisions and verdicts against real kernels under qemu
# make test-kernel-short  a part of it, in minutes
# make fuzz-kernel  what real kernels load of mutated policies: FUZZ_TIME=10m for
#                   each kernel, findings in FUZZ_OUT
# make bench        side by side with the peers, as ratios
# make release      VERSION=1.2.3: binaries, packages and checksums in dist/
# make packages     installs what make release built into clean systems, as root
# make lint         formatting, vet, layers, dependencies and their licences, known
#                   vulnerabilities, the listed API
# make api          lists the names of the public packages anew
SHELL := /bin/bash
GO ?= go
BIN := bin/senet
LDFLAGS := -s -w
# With the garbage collector that is new in Go 1.26 each start takes 15 page faults more,
# and senet fix a tenth more processor time. Other versions need not know the word.
EXPERIMENT := $(if $(filter go1.26%,$(shell $(GO) env GOVERSION)),GOEXPERIMENT=nogreenteagc)
GOLANGCI := bin/golangci-lint
GOLANGCI_VERSION := v2.15.0
GOVULNCHECK := bin/govulncheck
GOVULNCHECK_VERSION := v1.9.0

FUZZ_TIME ?= 10m
FUZZ_OUT ?= $(CURDIR)/bin/fuzz-kernel

.PHONY: all build demo setup setup-kernel test test-long test-kernel test-kernel-short fuzz-kernel bench release packages lint deps clean api

all: build

build: $(BIN)

$(BIN): $(shell find . -name '*.go' -not -path './test/*') go.mod examples/example.policy
	CGO_ENABLED=0 $(EXPERIMENT) $(GO) build -trimpath -ldflags='$(LDFLAGS)' -o $@ ./cmd/senet

demo: $(BIN)
	@test/demo.sh $(BIN)

setup:
	@test/setup.sh

setup-kernel:
	@test/setup.sh kernel

# lint has go vet look at everything.
test: setup
	@test/quick.sh $(GO) test -vet=off -timeout 1h ./...
	@cd senet-mcp && if $(GO) mod download; then $(GO) vet . && $(GO) test .; else echo 'senet-mcp: not tested, for its modules cannot be had'; fi

test-long: setup
	@test/setup.sh long
	SENET_TEST_LONG=1 $(GO) test -timeout 4h ./...
	test/fuzz.sh 10m

test-kernel: setup-kernel
	SENET_TEST_KERNEL=1 $(GO) test -count=1 -v -timeout 1h -run TestKernels ./test/kernel

test-kernel-short: setup-kernel
	SENET_TEST_KERNEL=short $(GO) test -count=1 -v -timeout 30m -run TestKernels ./test/kernel

fuzz-kernel: setup-kernel
	SENET_FUZZ_KERNEL=$(FUZZ_TIME) SENET_FUZZ_OUT=$(FUZZ_OUT) $(GO) test -count=1 -v -timeout 0 -run TestFuzzKernel ./test/kernel

bench: setup $(BIN)
	$(GO) run ./test/bench $(BIN)

release:
	@GO=$(GO) packaging/release.sh $(VERSION)

packages:
	test/packages.sh dist

lint: $(GOLANGCI) $(GOVULNCHECK)
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'gofmt would change these files'; exit 1; }
	$(GO) vet ./...
	$(GOLANGCI) run --allow-parallel-runners ./...
	$(GO) mod tidy -diff
	@test/deps.sh check
	@test/vulnerabilities.sh $(GOVULNCHECK)
	$(GO) test ./test/house

api:
	$(GO) test ./test/house -run TestAPI -update

# The packages that the binary is made of, and the licences of their modules, are committed;
# deps writes the lists.
deps:
	@test/deps.sh write

$(GOLANGCI):
	GOBIN=$(CURDIR)/bin $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

# Where it cannot be had, test/vulnerabilities.sh says so.
$(GOVULNCHECK):
	-GOBIN=$(CURDIR)/bin $(GO) install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)

clean:
	rm -rf bin
