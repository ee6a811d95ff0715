"""Digits that nobody has spelled out, as words."""

from __future__ import annotations

from edge.errors import MissingFrontendError

# Longer ones have names that nobody knows, Spanish none from 10^30 on: they are read by their digits.
_LONGEST = 30


def words(digits: str, language: str) -> list[str]:
    """The words of a whole number, as num2words has them.

    Raises `MissingFrontendError` without num2words.
    """
    try:
        from num2words import num2words
    except ImportError as error:
        raise MissingFrontendError(
            f"The text frontend {language.upper()} reads numbers with num2words. "
            f'Install it with `pip install "melo-edge[{language}]"`.'
        ) from error
    numbers = [digits] if len(digits) <= _LONGEST else list(digits)
    return [word for number in numbers for word in num2words(int(number), lang=language).split()]
