#!/usr/bin/env python3
"""Turns a MeloTTS checkpoint or a Piper voice into a bundle with an INT8 TorchScript model."""

import sys

from edge.build.cli import main

if __name__ == "__main__":
    sys.exit(main())
