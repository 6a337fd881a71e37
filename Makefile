# The commands of this project; each sets up by itself what it needs.
.PHONY: help run demo setup test fuzz judge judge-tools golden bench check format faults messages lock screenshots clean

RUN := .venv/.ready-to-run
DEV := .venv/.ready-to-change
JUDGES := tests/judges/node_modules/.package-lock.json
LOCKS := pyproject.toml requirements.txt requirements-build.txt

help:                ## Show this
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

run: $(RUN)          ## Set up and run the service at http://127.0.0.1:8000
	@.venv/bin/newsletter up

demo: $(RUN)         ## Show everything with made-up news, without internet
	@.venv/bin/newsletter demo

setup: $(RUN)        ## Only set up; the command is then .venv/bin/newsletter

test: $(DEV)         ## Run every test, the browser's included
	.venv/bin/python -m pytest -n auto --dist loadgroup $(ARGS)

fuzz: $(DEV)         ## Read made-up bytes as feeds for a minute; the long form is make fuzz FUZZ_SECONDS=3600
	@.venv/bin/python -c 'import atheris' 2>/dev/null || sh scripts/setup.sh fuzz
	.venv/bin/python -m tests.fuzz $(or $(FUZZ_SECONDS),60)

judge: $(DEV) $(JUDGES) ## Judge every kind of mail in every language and length (some ten minutes)
	.venv/bin/python -m tests.judges $(ARGS)

judge-tools: $(JUDGES) ## Only install the judges that are Node packages (needs npm)

golden: $(DEV)       ## Show what changed in the golden mails and editions, and write them anew
	@.venv/bin/python -m tests.mail.golden
	@.venv/bin/python -m tests.editions.golden

# A quarter of an hour; the long form is make faults FAULTS_RECIPIENTS=65000 FAULTS_KILLS=1000
faults: $(DEV)       ## Send and fetch while everything breaks, for longer than `make test` does
	FAULTS_RECIPIENTS=$(or $(FAULTS_RECIPIENTS),10000) FAULTS_KILLS=$(or $(FAULTS_KILLS),250) \
	FAULTS_MATRIX_RECIPIENTS=$(or $(FAULTS_MATRIX_RECIPIENTS),200) FAULTS_LOCKED_SECONDS=10 \
	FAULTS_BOMB_MEGABYTES=1024 FAULTS_FEED_SECONDS=30 FAULTS_SOURCES=200 .venv/bin/python -m pytest tests/faults $(ARGS)

bench: $(DEV)        ## Measure: sending, composing, planning (needs Postfix's smtp-sink and smtp-source)
	.venv/bin/newsletter bench compose
	.venv/bin/newsletter bench plan
	.venv/bin/newsletter bench memory
	.venv/bin/newsletter bench ingest
	.venv/bin/newsletter bench web
	.venv/bin/newsletter bench send

check: $(DEV)        ## Style, complexity, types, who may import whom
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: $(DEV)       ## Put the code in its style
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

screenshots: $(DEV)  ## Make the pictures of docs/images anew
	.venv/bin/python scripts/screenshots.py

messages: $(DEV)     ## Bring the translations in step with the code
	.venv/bin/python -m scripts.messages update

lock:                ## Compile the locks anew from pyproject.toml (needs uv)
	sh scripts/lock.sh

clean:               ## Remove what was set up; data in var/ stays
	rm -rf .venv build dist tests/judges/node_modules .pytest_cache .mypy_cache .ruff_cache

# Nothing of theirs runs while they are installed; npm writes the target last.
$(JUDGES): tests/judges/package-lock.json
	@command -v npm >/dev/null || { echo "npm is needed: sudo apt-get install -y npm" >&2; exit 1; }
	@npm ci --prefix tests/judges --ignore-scripts --no-audit --no-fund && touch $@

$(RUN): $(LOCKS)
	@sh scripts/setup.sh run && touch $@

$(DEV): $(LOCKS) requirements-dev.txt
	@sh scripts/setup.sh dev && touch $@ $(RUN)
