"""Text cut into words as BERT's tokenizers cut it before they look into a vocabulary.

Upstream MeloTTS gives each of these to its G2P, and BERT's features are counted in pieces of them; so a frontend
that goes word by word says how many symbols each word has. Source: `BasicTokenizer` of google-research/bert.
"""

from __future__ import annotations

import re
import unicodedata

_ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
# A token of its own in BERT: CJK ideographs, which are written without spaces.
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ceaf\U0002f800-\U0002fa1f]")


def is_punctuation(character: str) -> bool:
    """Whether BERT takes `character` for punctuation: also `+` and `$`, but not `€`, `°` or `º`."""
    return character in _ASCII_PUNCTUATION or unicodedata.category(character)[0] == "P"


def split(text: str) -> list[str]:
    """The words of `text` and its punctuation, one mark each."""
    spaced = "".join(map(_apart, text))
    return spaced.split()


def share(symbols: int, pieces: int) -> list[int]:
    """Share a word's symbols evenly among its pieces, what is left over to the first ones, as upstream does."""
    each, rest = divmod(symbols, pieces)
    return [each + (piece < rest) for piece in range(pieces)]


def _apart(character: str) -> str:
    if character.isalnum() and not _IDEOGRAPH.match(character):
        return character
    if character.isspace():
        return " "
    if is_punctuation(character) or _IDEOGRAPH.match(character):
        return f" {character} "
    return "" if character == "\ufffd" or unicodedata.category(character) in _UNSEEN else character
