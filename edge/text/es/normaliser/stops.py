"""The full stop of an abbreviation that is also a sentence's."""

from __future__ import annotations

import re

_ENDS = re.compile(r"[\"»”)\]]*(?:\s*\Z|\s+[¿¡\"«“(—]*[A-ZÁÉÍÓÚÑ])")


def stop_after(match: re.Match[str]) -> str:
    """Return "." if `match` ends with one and a sentence ends there: nothing or a capital letter follows."""
    if not match[0].rstrip().endswith("."):
        return ""
    return "." if _ENDS.match(match.string[match.end() : match.end() + 8]) else ""
