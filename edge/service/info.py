"""The answer to Wyoming's `describe`."""

from __future__ import annotations

from typing import Any

import edge
from edge.service.protocol import Event
from edge.text.tags import tags
from edge.voice import Manifest

PROGRAM = "melo-edge"
ATTRIBUTION = {"name": PROGRAM, "url": ""}


def info(manifest: Manifest) -> Event:
    """Source of the fields: `wyoming/info.py`, `TtsProgram` and `TtsVoice`."""
    voice: dict[str, Any] = {
        "name": manifest.name,
        "description": f"{manifest.name} ({manifest.language})",
        "attribution": {"name": manifest.provenance.get("origin", ""), "url": ""},
        "installed": True,
        "version": None,
        "languages": list(tags(manifest.language)),
        "speakers": [{"name": name} for name in manifest.speakers] or None,
    }
    program = {
        "name": PROGRAM,
        "description": "Offline speech from INT8 TorchScript",
        "attribution": ATTRIBUTION,
        "installed": True,
        "version": edge.__version__,
        "supports_synthesize_streaming": True,
        "voices": [voice],
    }
    return Event("info", {"tts": [program]})
