"""Japanese cut into words, and read: MeCab with the dictionary UniDic, of 249 MB.

MeCab is called in this process, and its tagger keeps what it last read: one lock guards it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from edge.text.extras import require

# The places of a word's spoken and of its written kana in UniDic's features.
_PRONUNCIATION = 9
_KANA = 17
# Particles are written otherwise than they are said.
# Readings that are rarer than others; UniDic has what is written in formal texts.
_USUAL = {
    "私": "ワタシ", "日本": "ニホン", "明日": "アシタ", "今日": "キョウ", "昨日": "キノウ", "何時": "ナンジ",
    "上手": "ジョウズ", "下手": "ヘタ",
    "何人": "ナンニン", "一本": "イッポン", "二十歳": "ハタチ",
}  # fmt: skip
_SAID_OTHERWISE = {("ハ", "ワ"), ("ヘ", "エ")}


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, and its reading in katakana; "" of what the dictionary does not know."""

    written: str
    kana: str


class Words:
    """Cuts Japanese into words."""

    def __init__(self) -> None:
        """Raises `MissingFrontendError` without MeCab and its dictionary."""
        packages = {"MeCab": "mecab-python3", "unidic_lite": "unidic-lite"}
        require("The text frontend JP", "jp", packages)
        import MeCab
        import unidic_lite

        folder = unidic_lite.DICDIR
        self._tagger: Any = MeCab.Tagger(f'-r "{folder}/mecabrc" -d "{folder}"')
        self._lock = threading.Lock()

    def __call__(self, text: str) -> list[Word]:
        """The words of `text`, without the spaces between them."""
        words: list[Word] = []
        with self._lock:
            node = self._tagger.parseToNode(text)
            while node is not None:
                if node.surface:
                    words.append(_word(node.surface, node.feature))
                node = node.next
        return words


def _word(written: str, analysis: str) -> Word:
    if written in _USUAL:
        return Word(written, _USUAL[written])
    features = analysis.split(",")
    if len(features) <= _KANA or features[_KANA] in {"", "*"}:
        return Word(written, "")
    kana, said = features[_KANA], features[_PRONUNCIATION]
    if len(kana) == len(said):
        kana = "".join(b if (a, b) in _SAID_OTHERWISE else a for a, b in zip(kana, said, strict=True))
    return Word(written, kana)
