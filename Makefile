# make demo and make test set everything up that they need; see scripts/setup.sh for what that is.
.DEFAULT_GOAL := help
.PHONY: help setup bundle demo test test-fast test-fresh test-arm test-voices test-device test-vm bench fuzz lint release clean
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
VOICE  ?= joe
# Whose features a MeloTTS voice gets, as for scripts/build_torchscript.py; none: it does without.
BERT   ?=
BUNDLE := dist/$(subst :,-,$(VOICE))$(if $(filter none,$(BERT)),-no-bert)
# joe needs no frontend of a language; other voices may.
BUNDLE_SETUP := setup-$(if $(filter joe,$(VOICE)),demo,languages)
BERT_OPTION := $(if $(filter none,$(BERT)),--no-bert,$(if $(BERT),--bert $(BERT)))
# What decides the contents of a bundle: the daemon's code and the command line's do not.
BUILDERS := scripts/build_torchscript.py edge/phrase_files.py edge/phrases.py \
	$(shell find edge/build edge/checkpoints edge/int8 edge/model edge/text edge/voice -type f -not -name '*.pyc')

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: bundle ## Build the default voice, start the daemon, speak through its socket, leave demo.wav, print latency
	$(PYTHON) scripts/demo.py

# Some tests wait for sound to be played, so there is one process more than there are cores.
PYTEST := $(PYTHON) -m pytest -q -n $(shell expr 1 + $(shell nproc)) --dist worksteal

test: setup ## Check style and types, and run the tests
	$(PYTEST) --durations=15

test-fast: setup ## Run the tests that take no build, no package and no waiting (two minutes)
	$(PYTEST) -m "not slow"

test-fresh: ## Do what a stranger does, in a minimal Debian 12 and 13: make demo, make test (an hour; takes root)
	scripts/test_fresh.sh

test-arm: bundle setup-arm ## Run operator and voice on emulated 64-bit ARM processors as on Debian 12, and with voices and texts as on 13
	BUNDLE=$(BUNDLE) PYTHON=$(PYTHON) scripts/test_arm.sh

test-voices: setup setup-voices ## Have MeloTTS voices of full size, in all six languages, built and speak (an hour; takes npm)
	$(PYTHON) -m pytest -q -s --full-size tests/test_melo_voices.py

bench: bundle ## Measure every way to run the voice on this machine (half an hour) and write docs/benchmark.md
	$(PYTHON) scripts/benchmark.py --voice $(BUNDLE) --out dist/bench
	cp dist/bench/bench.md docs/benchmark.md

test-device: setup setup-device ## Boot Debian 12 and 13 in containers and install, break, update, upgrade, purge melo-edge (root)
	PYTHON=$(PYTHON) scripts/test_device.sh

test-vm: setup setup-vm ## Have emulated computers (amd64; arm64; arm64 with 16 KB pages) install, boot and speak (an hour; takes root)
	$(PYTHON) -m pytest -q tests/vm/boots.py

FUZZ_SECONDS ?= 600

fuzz: setup ## Fuzz what reads bytes from outside for ten minutes (FUZZ_SECONDS=... for more or less)
	$(PYTHON) -m tests.fuzz $(FUZZ_SECONDS)

lint: setup ## Check style (ruff) and types (mypy)
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy

# VOICE=melo:ES BERT=dccuchile/bert-base-spanish-wwm-uncased, or BERT=none
bundle: $(BUNDLE)/manifest.json ## Build the voice bundle dist/joe unless it is up to date (VOICE=melo:ES BERT=none: another)

# Set-up is order-only: it always looks, and looking must not rebuild a bundle.
$(BUNDLE)/manifest.json: $(BUILDERS) | $(BUNDLE_SETUP)
	$(PYTHON) scripts/build_torchscript.py --voice $(VOICE) $(BERT_OPTION) --out $(BUNDLE)
	@touch $@

setup: setup-test ## Install what is missing: Debian packages, .venv, a CPU build of torch

# What one target needs, by scripts/needs.tsv.
setup-%:
	@scripts/setup.sh $*

# Your GnuPG key; none: the repository's own, made the first time.
SIGN_KEY ?=

release: setup-release ## Build all that is published of a version, a tagged commit, into dist/release (docs/releasing.md)
	$(PYTHON) scripts/release.py --check
	$(MAKE) bundle
	$(PYTHON) scripts/release.py --voice $(BUNDLE) $(if $(SIGN_KEY),--sign-key $(SIGN_KEY))

clean: ## Remove what was built or cached here; .venv stays
	rm -rf build dist demo.wav .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find edge tests scripts -name __pycache__ -prune -exec rm -rf {} +
