#!/usr/lib/melo-edge/bin/python3 -I
"""The command melo-edge: Debian's Python with the packages of /usr/lib/melo-edge."""

import sys

from edge.cli import main

sys.exit(main())
