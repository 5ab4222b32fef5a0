# The five commands of everybody who works on gaitcheck. `make install` first; everything runs in .venv.
bin = .venv/bin

.PHONY: install check test slow docs

install:
	python3 -m venv .venv
	$(bin)/pip install -q -c constraints.txt -e '.[test,synthetic,docs]'

check:
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports

test:
	$(bin)/python -m pytest

slow:
	$(bin)/python -m pytest -m slow

docs:
	$(bin)/python -m tests.dictionary
	$(bin)/python -m tests.cases
	$(bin)/gaitcheck evidence --all > docs/evidence.md
	$(bin)/mkdocs build --strict
