# Needs Rust and a C compiler, nothing else.

CARGO ?= cargo
PAIR = corpus/tiny/buildkit-oci-gzip

.DEFAULT_GOAL := help
.PHONY: help build demo test bench lint

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

build: ## Build target/release/ocidiff
	$(CARGO) build --locked --release

demo: build ## Build, and compare two images of the corpus
	@echo '$$ ocidiff $(PAIR)/left.tar $(PAIR)/right.tar'
	@$(CARGO) run --locked --release --quiet -- $(PAIR)/left.tar $(PAIR)/right.tar \
	  || test $$? -eq 1 # the images differ, as they should

test: ## Run all tests
	$(CARGO) test --locked --workspace --all-features

bench: ## Run the benchmarks and write benches/RESULTS.md; OCIDIFF_BIG=DIR adds the pairs in DIR
	$(CARGO) bench --locked --bench scan --bench parts --bench choices --bench compare > target/bench-parts.txt
	$(CARGO) bench --locked --bench floor -- \
	  --micro target/bench-parts.txt --markdown benches/RESULTS.md

lint: ## Check format, lints and documentation
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --locked --workspace --all-features --no-deps
