"""Digits that nobody has spelled out, as words."""

from __future__ import annotations

from edge.text.extras import require

# Longer ones have names that nobody knows, Spanish none from 10^30 on: they are read by their digits.
_LONGEST = 30


def words(digits: str, language: str) -> list[str]:
    """The words of a whole number, as num2words has them.

    Raises `MissingFrontendError` without num2words.
    """
    require(f"Reading numbers as MeloTTS's {language.upper()} does", language, {"num2words": "num2words"})
    from num2words import num2words

    numbers = [digits] if len(digits) <= _LONGEST else list(digits)
    return [word for number in numbers for word in num2words(int(number), lang=language).split()]
