#!/usr/bin/env python3
"""Adds a release to an APT repository, for all machines or for some of them first; docs/releasing.md says when."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from deploy.release.publishing import main

if __name__ == "__main__":
    sys.exit(main())
