#!/usr/bin/env python3
"""Builds all that is published of the version that this commit is; docs/releasing.md says when and how."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from deploy.release.cli import main

if __name__ == "__main__":
    sys.exit(main())
