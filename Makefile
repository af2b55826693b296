# The commands of everyday work; all real work is done by cmake and the scripts in tools/.
# make BUILD=dir puts the build elsewhere, make JOBS=n limits the compile jobs, make PREFIX=dir install goes there.
BUILD ?= build
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
CONFIGURE = cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=$(PREFIX)

.PHONY: help all deps build demo demo-full demo-topics test bench lint docs install clean
.DEFAULT_GOAL := all

all: build

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F"|" "{printf \"%-18s %s\\n\", \$$1, \$$2}"

deps:
	@tools/install-deps

build: deps ## install what is missing, build the library and build/rlra
	@test -f $(BUILD)/build.ninja || $(CONFIGURE) >/dev/null
	@cmake --build $(BUILD) -j $(JOBS)

demo: build ## unmix a real hyperspectral scene in seconds; prints a table and the path of the report
	@tools/demo

demo-full: build ## the same on the whole scene, taken from a Python package
	@tools/install-deps --bench
	@tools/demo --full

demo-topics: build ## find topics in the descriptions of the packages this machine knows of
	@tools/demo-topics

test: build ## build and run all tests, those of numbers with all kernels that the machine can run
	@tools/install-deps --python
	@tools/test $(BUILD) -j $(JOBS)

bench: build ## measure against other packages, in a virtual environment made for it
	@bench/run

lint: ## check layers, formatting and sizes
	@tools/check-layers
	@tools/check-style
	@tools/check-links
	@tools/check-format

docs: build ## write the tables of docs/ that come from the program again
	@tools/make-docs

install: build ## install library, headers and command to PREFIX
	@cmake --install $(BUILD) --prefix $(PREFIX) >/dev/null
	@echo "installed to $(PREFIX)"

clean: ## remove what was built
	@rm -rf build build-*
