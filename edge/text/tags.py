"""What MeloTTS calls its languages, and what everybody else does: BCP 47's tags."""

from __future__ import annotations

_TAGS = {"EN": ("en",), "ES": ("es",), "FR": ("fr",), "JP": ("ja",), "KR": ("ko",), "ZH_MIX_EN": ("zh", "en")}


def tags(language: str) -> tuple[str, ...]:
    """The languages that a voice for `language` reads: mixed Chinese is two. A tag already, such as "en_US", stays."""
    return _TAGS.get(language, (language,))


def reads(language: str, asked: str) -> bool:
    """Whether a voice for `language` reads the one that is `asked` for, by a tag or by MeloTTS's name.

    Of both the first part counts: "en_US" reads "en-GB".
    """
    return _primary(asked) in map(_primary, (language, *tags(language)))


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-", maxsplit=1)[0].casefold()
