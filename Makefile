# From a fresh Debian 12 with Rust and nothing else: `make demo`, `make test`. Each says what it installs before it does,
# installs only what is missing, and asks apt for nothing when nothing is.

.ONESHELL:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo build test deps test-deps lint bench deb clean

# rustup's place, for a shell that has not read its profile since.
export PATH := $(PATH):$(HOME)/.cargo/bin
TARGET := $(or $(CARGO_TARGET_DIR),target)

help:
	@echo "make demo       digitize the samples and say where the results are"
	echo "make test       all tests, with the outside judges"
	echo "make lint       rustfmt, clippy, and cargo-deny where it is installed"
	echo "make bench      measure against OCRmyPDF and bare Tesseract (see benches/README.md)"
	echo "make deb        a Debian package in target/deb, with manual pages, completions and services"
	echo "make deps       what building and running need; make test-deps: what the tests need besides"
	echo "make clean      remove what the above made"

# Digitizing again leaves what is done and unchanged as it is; remove demo-out to start over.
demo: build
	@echo
	echo "demo: samples -> demo-out"
	"$(TARGET)/release/saoy" digitize samples -o demo-out --sidecar txt,json,hocr,alto
	echo
	echo "demo: the results are in $(CURDIR)/demo-out: for each sample a searchable PDF/A (NAME.pdf), what was read"
	echo "      (NAME.txt, NAME.json, NAME.hocr, NAME.alto.xml), and batch.json for the run."

build: deps
	@echo "build: cargo build --release (saoy and saoy-reader)"
	cargo build --release --locked

# The tests start the executables; with the whole workspace named, cargo builds those of both packages before any test.
# A `cargo build` before would build half the dependencies twice, with other features.
test: test-deps
	@cargo test --workspace --locked

lint: deps
	@cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	if cargo deny --version >/dev/null 2>&1; then
		# The advisories need a database from the network; see deny.toml.
		cargo deny --offline --workspace check licenses bans sources
	else
		echo "lint: cargo-deny is not installed; licences, bans and sources not checked (cargo install cargo-deny --locked)"
	fi

bench: build
	@benches/peers/run.sh

# The manual comes from a build with a feature that the shipped program does not have; it is built after.
deb: deps
	@cargo run --release --locked --bin saoy --features manual -- manual "$(TARGET)/manual"
	cargo build --release --locked
	packaging/deb.sh "$(TARGET)/release" "$(TARGET)/manual" "$(TARGET)/deb"

clean:
	@cargo clean
	rm -rf demo-out .tools

# Missing packages are found by what they bring, so that a newer or self-built equivalent counts.
#   need PACKAGE WHY PROBE...   `missing` and its explanation grow when the probe fails
#   fetch                       apt installs what is missing, after saying so
define PACKAGES
missing=(); reasons=()
need() { "$${@:3}" >/dev/null 2>&1 || { missing+=("$$1"); reasons+=("$$(printf '  %-22s %s' "$$1" "$$2")"); }; }
fetch() {
	[[ $${#missing[@]} -gt 0 ]] || { echo "$$1: all there"; return 0; }
	echo "$$1: these Debian packages are missing and will be installed with apt-get:"
	printf '%s\n' "$${reasons[@]}"
	as_root=(env DEBIAN_FRONTEND=noninteractive)
	if [[ $$(id -u) -ne 0 ]]; then
		command -v sudo >/dev/null || { echo "$$1: neither root nor sudo; run as root: apt-get install $${missing[*]}" >&2; exit 1; }
		as_root=(sudo "$${as_root[@]}")
	fi
	"$${as_root[@]}" apt-get update -q || echo "$$1: apt-get update failed; trying with the lists at hand" >&2
	"$${as_root[@]}" apt-get install -y -q --no-install-recommends "$${missing[@]}"
}
endef

deps:
	@$(PACKAGES)
	command -v cargo >/dev/null || { echo "deps: Rust is missing; see https://rustup.rs" >&2; exit 1; }
	need build-essential   "C and C++ compiler, to link and for ring" c++ --version
	need pkg-config        "finds the libraries"                      pkg-config --version
	need libleptonica-dev  "Tesseract's image library"                pkg-config --exists lept
	need libtesseract-dev  "the OCR engine, linked by saoy-reader"    pkg-config --exists tesseract
	need tesseract-ocr-vie "the engine's model of Vietnamese"         test -f /usr/share/tesseract-ocr/5/tessdata/vie.traineddata
	need tesseract-ocr-osd "the engine's model of page orientation"   test -f /usr/share/tesseract-ocr/5/tessdata/osd.traineddata
	fetch deps
	ocr-models/install.sh check

test-deps: deps
	@$(PACKAGES)
	need poppler-utils        "reads text back from our PDFs"        pdftotext -v
	need qpdf                 "checks their structure"               qpdf --version
	need mupdf-tools          "a second reader of their text"        which mutool
	need nodejs               "runs pdf.js"                          node --version
	need npm                  "fetches EU DSS, a judge of signatures" npm --version
	need libjs-pdf            "pdf.js, what browsers read with"      test -f /usr/share/javascript/pdf/build/pdf.js
	need fonts-liberation2    "Times-metric face for test pages"     test -f /usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf
	need default-jdk-headless "runs veraPDF, the PDF/A judge"        javac -version
	need libjaxb-java         "veraPDF needs it"                     test -f /usr/share/java/jaxb-runtime.jar
	need python3-venv         "fetches the judges"                   /usr/bin/python3 -c "import ensurepip, venv"
	need softhsm2             "tokens without hardware, for PKCS #11" softhsm2-util --version
	need opensc               "puts certificates on them"            which pkcs11-tool
	need zbar-tools           "reads QR codes back"                  zbarimg --version
	need openssl              "makes certificates, lists and tokens"  openssl version
	need chromium             "shows the pages"                      which chromium
	need chromium-driver      "and is driven by the tests"           which chromedriver
	need systemd              "judges the package's services"        systemd-analyze --version
	need sane-utils           "scanimage, before its driver for tests" scanimage --version
	need sane-airscan         "network scanners by eSCL"             which airscan-discover
	need libxml2-utils        "xmllint: ALTO against its schema"     xmllint --version
	fetch test-deps
	tests/judges/install.sh
