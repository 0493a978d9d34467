# What users and contributors run. The work is done by Go and by the scripts in
# build/; each target sets up what it needs by itself.

.DEFAULT_GOAL := help
.PHONY: help deps librdkafka build demo test asan mutants fuzz reliability lint fmt api-coverage api-diff behaviour compat dockerfile-check clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|' 2>/dev/null \
	|| grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST)

deps: ## see to a C compiler and the headers of OpenSSL, zlib and zstd; NO_INSTALL=1 only says what is missing
	@build/setup.sh build

librdkafka: deps ## lay in librdkafka's C source, verified; ARCHIVE=FILE takes it from a file
	@go run ./librdkafka/fetch $(if $(ARCHIVE),-archive "$(ARCHIVE)")

build: librdkafka ## build the command rdk as bin/rdk
	@go build -o bin/rdk ./cmd/rdk

demo: build ## produce and consume 1,000,000 messages and check each; FILES="a b", BROKERS=host:port, ARGS="flags of rdk demo"
	@bin/rdk demo $(if $(BROKERS),--brokers "$(BROKERS)") $(ARGS) $(FILES)

test: ## run every test, also under the race detector; they start Apache Kafka by themselves
	@build/test.sh

asan: ## run the tests of the C boundary under AddressSanitizer, LeakSanitizer and cgocheck2
	@build/asan.sh

mutants: librdkafka ## break the library in places and see that the tests notice; RUN=REGEXP for some of them
	@go run ./tests/mutants $(if $(RUN),-run "$(RUN)")

fuzz: librdkafka ## fuzz each target for TIME, 60s unless told; ONLY=REGEXP for some of them
	@build/fuzz.sh $(or $(TIME),60s) $(ONLY)

reliability: librdkafka ## run the tests of the promises under faults, and write docs/reliability.md from what they counted
	@go run ./tests/reliability

lint: ## run the linters and compile our C with warnings as errors
	@build/lint.sh

fmt: ## format the Go and C sources
	@build/lint.sh fmt

api-coverage: librdkafka ## say which of librdkafka's functions are wrapped
	@go run ./build/apicoverage

api-diff: librdkafka ## say whether all of confluent-kafka-go's API is there, with its shapes and values
	@go run ./tests/apidiff

behaviour: librdkafka ## run the facts of confluent-kafka-go's behaviour against it and against this library
	@go test -count=1 -v ./tests/behaviour

compat: ## write the aliases of package kafka under confluent-kafka-go's import path anew
	@go run ./build/compatgen

dockerfile-check: ## run the Dockerfile's commands in a fresh root; it builds no image
	@build/dockerfile-check.sh

clean: ## remove what was built and laid in, but not the caches outside the tree
	@rm -rf bin && git clean -fdxq librdkafka/src
