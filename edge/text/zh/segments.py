"""Words and their readings: jieba and pypinyin, which neither write nor log here.

jieba reads its dictionary when it is first asked, tells so on standard error, and keeps a copy in /tmp for every
user; here it is read at once, and no copy is made.
"""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

from edge.errors import MissingFrontendError


class Segmenter:
    """Cuts Chinese into words, and reads them."""

    def __init__(self) -> None:
        """Raises `MissingFrontendError` without jieba and pypinyin."""
        missing = [name for name in ("jieba", "pypinyin", "anyascii") if importlib.util.find_spec(name) is None]
        if missing:
            raise MissingFrontendError(
                f"The text frontend ZH_MIX_EN needs {' and '.join(missing)}. "
                'Install it with `pip install "melo-edge[zh]"`.'
            )
        with warnings.catch_warnings():
            # jieba's patterns have escapes that Python warns of where it compiles them.
            warnings.simplefilter("ignore")
            import jieba
            import jieba.posseg
        import pypinyin

        self._words: Any = jieba.dt
        if not self._words.initialized:
            self._words.FREQ, self._words.total = self._words.gen_pfdict(self._words.get_dict_file())
            self._words.initialized = True
        self._tagged: Any = jieba.posseg.dt
        self._pinyin: Any = pypinyin.lazy_pinyin
        self._style: Any = pypinyin.Style

    def cut(self, text: str) -> list[tuple[str, str]]:
        """Words and marks, each with its part of speech as jieba names it: ("走", "v")."""
        return [(pair.word, pair.flag) for pair in self._tagged.lcut(text)]

    def parts(self, word: str) -> list[str]:
        """The words that a word is made of, and itself."""
        return list(self._words.cut_for_search(word))

    def initials(self, word: str) -> list[str]:
        """The initial of each character, "" where it has none."""
        return list(self._pinyin(word, style=self._style.INITIALS))

    def finals(self, word: str) -> list[str]:
        """The final of each character, with its tone, 5 for none: "iou3". Marks are left as they are."""
        return list(self._pinyin(word, style=self._style.FINALS_TONE3, neutral_tone_with_five=True))
