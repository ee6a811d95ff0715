#!/usr/bin/env python3
"""Builds one file that brings speech to a device without a network: Debian packages, checksums and an installer."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from deploy.packages.cli import main

if __name__ == "__main__":
    sys.exit(main())
