#!/usr/bin/env python3
"""Measures speech on this machine: `melo-edge bench`, from a checkout."""

from __future__ import annotations

import sys

from edge.cli import main

if __name__ == "__main__":
    sys.exit(main(["bench", *sys.argv[1:]]))
