"""`python -m tests.golden`: after an event was added, the files that keep its shape."""

from tests.golden import write_missing

for path in write_missing():
    print(path.name)  # noqa: T201
