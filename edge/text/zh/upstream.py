"""Chinese as upstream MeloTTS normalises it, its faults included: for `strict`.

Facts of myshell-ai/MeloTTS 2091453, `melo/api.py` and `melo/text/chinese_mix.py`. Where upstream raises an error,
this does not: a number of more than 16 digits is read digit by digit, and characters without a reading are silent.
"""

from __future__ import annotations

import re

from edge.text.zh import numbers

_NUMBER = re.compile(r"\d+(?:\.?\d+)?", re.ASCII)
_HUMP = re.compile("([a-z])([A-Z])")
_QUOTES = "“”‘’（）()《》【】[]「」"
_MARKS = {
    "...": "…", "：": ",", "；": ",", "，": ",", "·": ",", "、": ",", "。": ".", "\n": ".", "$": ".", "！": "!",
    "？": "?",
    "—": "-", "～": "-", "~": "-",
} | dict.fromkeys(_QUOTES, "'")  # fmt: skip
_MARK = re.compile("|".join(map(re.escape, _MARKS)))
_UNREAD = re.compile(r"[^\u4e00-\u9fa5_a-zA-Z\s!?…,.'-]+")


def clean(text: str) -> str:
    """The text that upstream reads, and gives to BERT."""
    text = _HUMP.sub(r"\1 \2", text)
    text = _NUMBER.sub(lambda match: numbers.decimal(match[0]), text)
    text = text.replace("嗯", "恩").replace("呣", "母")
    text = _UNREAD.sub("", _MARK.sub(lambda match: _MARKS[match[0]], text))
    return re.sub(r"\s+", " ", text)
