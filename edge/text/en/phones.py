"""The phones of the CMU Pronouncing Dictionary (ARPAbet), and what a MeloTTS voice calls them."""

from __future__ import annotations

VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()
CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH".split()

PHONES = (*CONSONANTS, *(vowel + stress for vowel in VOWELS for stress in ("", "0", "1", "2")))
"""Every phone that a dictionary may write: vowels with their stress, and (rarely, by mistake) without."""

Pronunciation = tuple[str, ...]
"""Phones, such as ("HH", "AH0", "L", "OW1")."""

Sounds = tuple[tuple[str, int], ...]
"""Symbols as the voice names them, each with its tone: (("hh", 0), ("ah", 1), ("l", 0), ("ow", 2))."""


def sounds(pronunciation: Pronunciation) -> Sounds:
    """Name phones as MeloTTS does: tone 0 for no stress written, 1 for stress 0, and so on."""
    return tuple(_sound(phone) for phone in pronunciation)


def _sound(phone: str) -> tuple[str, int]:
    name, tone = (phone[:-1], int(phone[-1]) + 1) if phone[-1].isdigit() else (phone, 0)
    # The lower-case "v" is a Chinese vowel.
    return ("V" if name == "V" else name.lower()), tone
