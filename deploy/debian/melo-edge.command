#!/usr/lib/melo-edge/bin/python3 -I
"""The command melo-edge, run by the Python in /usr/lib/melo-edge with the packages there and no others."""

import sys

from edge.cli import main

sys.exit(main())
