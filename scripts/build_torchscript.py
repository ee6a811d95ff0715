#!/usr/bin/env python3
"""Turns a MeloTTS checkpoint or a Piper voice into a bundle with an INT8 TorchScript model."""

import sys

from edge import runtime
from edge.errors import EdgeError
from edge.text.extras import require

PACKAGES = ("huggingface_hub", "matplotlib", "onnx", "platformdirs", "safetensors", "tokenizers")
"""Of the extra `build`; pesq is a judge, and judges that are not there do not judge."""


def main() -> int:
    """Builds one bundle; returns the exit status."""
    try:
        require("Building a voice", "build", {package: package for package in PACKAGES})
    except EdgeError as error:
        print(error, file=sys.stderr)
        return 1
    runtime.prepare()  # or, beside other programs, threads that spin would make minutes of seconds
    from edge.build.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
