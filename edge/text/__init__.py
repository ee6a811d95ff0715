"""Text to symbols: the registry of frontends.

A frontend is loaded when a voice asks for it and not before: a device pays, in start-up time and memory, for
the language that it speaks and for no other.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol

from edge.errors import MissingFrontendError
from edge.text.phonemes import Phonemes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Frontend", "Phonemes", "frontend", "pack"]


class Frontend(Protocol):
    """Turns text of one language into symbols."""

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002
        """Read `text`; `strict` reproduces the frontend's original, its faults included.

        Raises `TextError` when nothing in the text has a sound.
        """
        ...


def frontend(language: str, folder: Path | None = None) -> Frontend:
    """Return the frontend named `language`: a family, or `family:variant` as in `espeak:en-us`.

    `folder` is a bundle's, with the data that its frontend packed; None: that of the installed packages is read.
    Raises `MissingFrontendError` when there is none of that name, or a library that it needs is missing, and
    `BundleError` when the folder lacks the data.
    """
    family, _, variant = language.partition(":")
    loader = _LOADERS.get(family)
    if loader is None:
        message = f"There is no text frontend {language!r}. There are: {', '.join(_SPELLINGS)}."
        raise MissingFrontendError(message)
    return loader(variant, folder)


def pack(language: str, folder: Path) -> list[Path]:
    """Write what `frontend(language, folder)` reads on a device into `folder`; the files that were written.

    Raises `MissingFrontendError` when the packages that it is packed from are not installed.
    """
    package = _PACKAGES.get(language)
    if package is None:
        return []
    written: list[Path] = importlib.import_module(package).pack(folder)
    return written


def _espeak(voice: str, _: Path | None) -> Frontend:
    from edge.text.espeak import EspeakFrontend

    return EspeakFrontend(voice)


def _english(_: str, folder: Path | None) -> Frontend:
    from edge.text.en import EnglishFrontend

    return EnglishFrontend(folder)


def _spanish(_: str, folder: Path | None) -> Frontend:
    from edge.text.es import SpanishFrontend

    return SpanishFrontend(folder)


def _french(_: str, folder: Path | None) -> Frontend:
    from edge.text.fr import FrenchFrontend

    return FrenchFrontend(folder)


def _chinese(_: str, folder: Path | None) -> Frontend:
    from edge.text.zh import ChineseFrontend

    return ChineseFrontend(folder)


def _japanese(_: str, folder: Path | None) -> Frontend:
    from edge.text.jp import JapaneseFrontend

    return JapaneseFrontend(folder)


def _korean(_: str, folder: Path | None) -> Frontend:
    from edge.text.kr import KoreanFrontend

    return KoreanFrontend(folder)


_LOADERS: dict[str, Callable[[str, Path | None], Frontend]] = {
    "espeak": _espeak,
    "EN": _english,
    "ES": _spanish,
    "FR": _french,
    "ZH_MIX_EN": _chinese,
    "JP": _japanese,
    "KR": _korean,
}
_SPELLINGS = ("espeak:VOICE (such as espeak:en-us; `espeak-ng --voices` lists them)", *list(_LOADERS)[1:])
_PACKAGES = {
    "EN": "edge.text.en",
    "ES": "edge.text.es",
    "FR": "edge.text.fr",
    "ZH_MIX_EN": "edge.text.zh",
    "JP": "edge.text.jp",
    "KR": "edge.text.kr",
}
"""Frontends with data that goes with a bundle."""
