# make help lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run test test-mysql vitess vtexplain lint bench bench-scale bench-guard fuzz mutants rename web conformance database compiler node chromium

LINT := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

BENCHSTAT := go run golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: database ## start the server with a private database and two demo tenants; ARGS="--addr …" for flags
	@! $(NODE) || $(MAKE) --no-print-directory web || echo "The Playground is the last build, or gqlgen's."
	@trap 'exit 0' INT; go run . $(ARGS)

test: database compiler ## run all tests, with the race detector
	go test -race -timeout 30m ./...

# The tests use the server in TEST_DATABASE_URL, or else private servers of an installed mysqld
# or of the mysqld that .ci/mysql unpacks. On a server of another product the tests fail.
test-mysql: compiler ## run all tests on MySQL: an installed one, or Debian's, unpacked in .mysql
	@if [ -z "$$TEST_DATABASE_URL" ]; then TEST_DATABASE_PROGRAM=$$(./.ci/mysql) && export TEST_DATABASE_PROGRAM || exit 1; fi && \
	echo "TEST_DATABASE_PRODUCT=MySQL TEST_DATABASE_PROGRAM=$$TEST_DATABASE_PROGRAM go test -race -timeout 30m ./..." && \
	TEST_DATABASE_PRODUCT=MySQL go test -race -timeout 30m ./...

# Tests with statements that reach several tenants are skipped on Vitess. All tests share a
# keyspace, so test binaries run one at a time (-p 1).
vitess: ## run scenarios, isolation and concurrency tests on Vitess with four shards
	./.ci/vitess/run sh -c 'go test -count=1 -p 1 -timeout 20m ./model && go test -count=1 -run "TestScenarios|Vitess" .'

# Each run has a new TEST_STATEMENTS folder, so that go test does not use cached results.
vtexplain: database ## run all tests, and plan their statements for four shards; fails if one needs several
	@d=$$(mktemp -d) && trap 'rm -r '$$d EXIT && TEST_STATEMENTS=$$d go test ./... && ./.ci/vitess/explain $$d

# The program embeds the build. Without it, the program serves gqlgen's Playground, from a CDN.
web: web/playground/dist/index.html ## build the Playground (Node 20.19, 22.12 or newer)
web/playground/dist/index.html: web/package-lock.json web/playground/vite.config.js web/playground/index.html $(wildcard web/playground/src/*)
	@$(NEEDS_NODE)
	cd web && npm ci --omit=dev --no-audit --no-fund && npm run build

conformance: database node chromium ## test the server with clients from npm, and with a browser
	cd web && npm ci --no-audit --no-fund && npm run build && npm test

NEEDS_NODE = $(NODE) || { echo "Install Node 20.19, 22.12 or newer, with npm: https://nodejs.org"; exit 1; }

NODE := command -v npm >/dev/null 2>&1 && node -e '[a, b] = process.versions.node.split("."); process.exit(a > 22 || a == 22 && b >= 12 || a == 20 && b >= 19 ? 0 : 1)' 2>/dev/null

# Debian 12 has Node 18. If the installed Node is too old, npm installs another in web/.node.
export PATH := $(CURDIR)/web/.node/node_modules/.bin:$(PATH)
node:
	@command -v node >/dev/null || ./.ci/install nodejs || :
	@command -v npm >/dev/null || ./.ci/install npm || :
	@$(NODE) || ! command -v npm >/dev/null || { echo "Installing Node 22 with npm, in web/.node"; \
	  npm install --no-audit --no-fund --loglevel error --prefix web/.node "node-$$(node -p 'process.platform + "-" + process.arch')@22.23.3"; }
	@$(NEEDS_NODE)

CHROMIUM ?= /usr/bin/chromium
chromium:
	@[ -x $(CHROMIUM) ] || ./.ci/install chromium || { echo "Install Chromium, or set CHROMIUM to its program."; exit 1; }

bench: database ## measure the server over HTTP against hand-written code
	go test -run '^$$' -bench Requests -benchtime 12x -timeout 20m .

# Ten million items need 10 GB of disk and 20 minutes; a million need 2 GB and 5 minutes.
ITEMS ?= 10000000
bench-scale: database ## measure the cost of requests by tenants and rows, and memory by connections; ITEMS=1000000 for a tenth of the rows
	go test -run '^$$' -bench 'Scale|Memory' -benchtime 1x -timeout 3h . -bench.items $(ITEMS)

# Without the guard: the program is built with another check.go, which checks nothing.
bench-guard: database ## compare the CPU time of requests with and without the guard (25 minutes)
	@d=$$(mktemp -d) && trap 'rm -r '$$d EXIT && \
	sed 's/c.pool.guard.Check(uint32(tenant.ID), query, args)/func(ID) error { return nil }(tenant.ID)/' tenancy/check.go > $$d/check.go && \
	! cmp -s tenancy/check.go $$d/check.go && \
	echo '{"Replace": {"$(CURDIR)/tenancy/check.go": "'$$d'/check.go"}}' > $$d/overlay.json && \
	go test -c -o $$d/with . && go test -c -overlay $$d/overlay.json -o $$d/without . && \
	for round in 1 2 3 4 5; do for guard in without with; do \
	  echo "round $$round of 5, $$guard the guard"; \
	  $$d/$$guard -test.run '^$$' -test.bench Requests -test.benchtime 12x -test.count 2 -test.timeout 20m >> $$d/$$guard.txt 2>/dev/null || exit 1; \
	done; done && \
	$(BENCHSTAT) -filter '.unit:server-ms/op' without=$$d/without.txt with=$$d/with.txt

FOR ?= 10m
fuzz: database ## attack the guard with random SQL on a real database, and its parser with bytes; FOR=1h for longer
	go test -run TestAcceptedStatementsLeakNothing -v -timeout 0 ./tenancy/guard -guard.for=$(FOR) -guard.seed=$$(date +%s)
	go test -run '^$$' -fuzz FuzzProve -fuzztime $(FOR) ./tenancy/guard

mutants: database ## change each rule of the framework in turn: the tests must fail; PACKAGE=./graph/limits for one package, ARGS="-own -sample 10"
	go test -tags mutants -run TestMutants -v -timeout 0 ./tenancy -args $(if $(PACKAGE),-package $(PACKAGE)) $(ARGS)

rename: ## change the path of the Go module: MODULE=github.com/acme/app
	@./.ci/rename '$(MODULE)'

lint: ## check formatting, vet, staticcheck and more, and that generated code is current
	$(LINT) run ./...
	go mod tidy -diff
	@before=$$(mktemp -d) && cp -r graph model web/client $$before && go generate ./... && \
	  diff -r $$before/graph graph && diff -r $$before/model model && diff -r $$before/client web/client && rm -r $$before || \
	  { echo "generated code was not current: commit the output of go generate"; exit 1; }

# Installs the programs of a database server, but no service: rowhouse and the tests start private
# servers. Some systems have the programs in a folder outside the PATH.
DATABASE := PATH="$$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec" sh -c 'command -v mariadbd || command -v mysqld' >/dev/null 2>&1
database:
	@if [ -n "$$DATABASE_URL$$TEST_DATABASE_URL$$ROWHOUSE_DATABASE_PROGRAM$$TEST_DATABASE_PROGRAM" ] || $(DATABASE); then exit 0; fi; \
	./.ci/install mariadb-server-core mariadb-client-core || { \
	  echo "Install MariaDB or MySQL (macOS: brew install mariadb), or set DATABASE_URL (for tests TEST_DATABASE_URL) to a running server's address."; exit 1; }

# The race detector needs a C compiler.
compiler:
	@command -v $$(go env CC) >/dev/null 2>&1 || ./.ci/install gcc libc6-dev || { echo "Install a C compiler: the race detector needs it."; exit 1; }
