"""`python -m edge.cli`, for a checkout that is not installed."""

import sys

from edge.cli import main

if __name__ == "__main__":
    sys.exit(main())
