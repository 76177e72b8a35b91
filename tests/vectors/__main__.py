"""`python -m tests.vectors [DIR]`: one JSON object on standard output; status 1 when anything failed."""

import json
import sys
from pathlib import Path

from tests.vectors.harness import SHARED, report


def main(folder: Path = SHARED) -> int:
    if not folder.is_dir():
        sys.exit(f"{folder} is no folder")
    answer = report(folder)
    sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False, default=str) + "\n")
    return 1 if answer["failures"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
