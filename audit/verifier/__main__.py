"""`python -m audit.verifier`."""

import sys

from audit.verifier.command import main

sys.exit(main(sys.argv[1:]))
