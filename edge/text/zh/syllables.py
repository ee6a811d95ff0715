"""Pinyin syllables as the symbols of MeloTTS' Chinese voices: an initial and a final each.

The symbols are those of the Opencpop corpus, whose table of 429 syllables this is the rule of. The initials y and w
stand before i and u at a word's start, AA, EE and OO before a, e and o; a buzzed i is `ir` or, after z, c and s, `i0`.
"""

from __future__ import annotations

_RETROFLEX = frozenset({"zh", "ch", "sh", "r"})
_SIBILANT = frozenset("zcs")
# Pinyin writes these shorter after an initial.
_SHORT = {"uei": "ui", "iou": "iu", "uen": "un"}
_OPEN = {"a": "AA", "e": "EE", "o": "OO"}
# Where no rule makes one of the other.
_ALONE = {
    "i": ("y", "i"), "in": ("y", "in"), "ing": ("y", "ing"), "ian": ("y", "En"), "ie": ("y", "E"), "u": ("w", "u"),
    "ê": ("EE", "ei"),
}  # fmt: skip

INITIALS = frozenset("b p m f d t n l g k h j q x zh ch sh r z c s y w AA EE OO".split())
FINALS = frozenset(
    "E En a ai an ang ao e ei en eng er i i0 ia ian iang iao ie in ing iong ir iu o ong ou u ua uai uan uang ui un uo "
    "v van ve vn".split()
)


def symbols(initial: str, final: str) -> tuple[str, str] | None:
    """The two symbols of a syllable by its strict pinyin without tone, ("", "iou"); None for what is no syllable."""
    pair = _after(initial, final) if initial else _alone(final)
    return pair if pair[0] in INITIALS and pair[1] in FINALS else None


def _after(initial: str, final: str) -> tuple[str, str]:
    if final == "i" and initial in _RETROFLEX:
        return initial, "ir"
    if final == "i" and initial in _SIBILANT:
        return initial, "i0"
    return initial, _SHORT.get(final, final)


def _alone(final: str) -> tuple[str, str]:
    if final in _ALONE:
        return _ALONE[final]
    if final[:1] in _OPEN:
        return _OPEN[final[0]], final
    if final[:1] in {"i", "u"}:
        return {"i": "y", "u": "w"}[final[0]], final[1:]
    return "y", final
