"""Japanese as upstream MeloTTS normalises it, its faults included: for `strict`.

Facts of myshell-ai/MeloTTS 2091453, `melo/text/japanese.py`. It reads kanji by pykakasi, which is under the GPL-3 and a
separate work, needed for this alone. Upstream drops all marks and Latin letters. Where it fails, at characters without
a reading, this does not: they are silent.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable
from typing import Any

from edge.text.extras import require
from edge.text.jp import numbers

_SEPARATED = re.compile("[0-9]{1,3}(?:,[0-9]{3})+")
_CURRENCY = re.compile(r"([$¥£€])([0-9.]*[0-9])")
_CURRENCIES = {"$": "ドル", "¥": "円", "£": "ポンド", "€": "ユーロ"}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DROPPED = re.compile("[^\u3040-\u30ff\u4e00-\u9fff\u3400-\u4dbf]+")


def converter() -> Callable[[str], str]:
    """What writes Japanese in katakana. Raises `MissingFrontendError` without pykakasi."""
    require("Reading Japanese as upstream MeloTTS does", "jp-strict", {"pykakasi": "pykakasi"})
    import pykakasi

    with warnings.catch_warnings():
        # Upstream uses the older of its interfaces, which says more of ー: きゃりー is キャリリ to it.
        warnings.simplefilter("ignore", DeprecationWarning)
        kakasi: Any = pykakasi.kakasi()  # type: ignore[no-untyped-call]  # (it has no types)
        kakasi.setMode("J", "K")
        kakasi.setMode("H", "K")
        convert: Callable[[str], str] = kakasi.getConverter().do

    def quietly(text: str) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return convert(text)

    return quietly


def clean(text: str) -> str:
    """What upstream reads, before kanji are read."""
    text = _SEPARATED.sub(lambda match: match[0].replace(",", ""), unicodedata.normalize("NFKC", text))
    text = _CURRENCY.sub(lambda match: match[2] + _CURRENCIES[match[1]], text)
    return _DROPPED.sub("", _NUMBER.sub(lambda match: numbers.decimal(match[0]), text))
