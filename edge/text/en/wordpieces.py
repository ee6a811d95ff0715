"""Words as the tokenizer of bert-base-uncased sees them, which is how MeloTTS cuts English text: for `strict`.

MeloTTS puts the wordpieces together again before it pronounces them, so no vocabulary is needed, only its
characters. Other than there, a "#" with no word before raises nothing.
"""

from __future__ import annotations

import unicodedata

from edge.text.words import split

UNKNOWN = "[UNK]"
"""What becomes of a word with a character that the vocabulary does not have."""

CONTINUED = "#"

_LONGEST = 100

# The characters beyond ASCII of that vocabulary (Apache-2.0), as code points in hexadecimal. Each is there to begin a
# word and to continue one, and so are ASCII's, so any word of these can be written.
_RANGES = """
    a1-ac ae b0-b7 b9-bf d7 df e6 f0 f7-f8 fe 111 127 131 142 14b 153 192 250-252 254-255 259 25b 261 263 268
    26a-26c 26f 272 274 279 27e 280-283 289-28c 28e 290-292 294 2b0 2b2-2b3 2b7-2b8 2bb-2bc 2be-2bf 2c8 2d0
    2e1-2e4 3b1-3c9 430-438 43a-44f 452 454 456 458-45b 4cf 561-565 569 56b-56c 56f-570 574-576 578 57a 57d-580
    582 584 5be 5d0-5ea 60c 621 627-63a 640-64a 679 67e 686 6a9 6af 6ba 6be 6c1 6cc 6d2 905-906 909 90f 915-917
    91a 91c 91f 921 923-928 92a 92c-930 932 935-939 93e-940 94b 964-965 982 985-987 989 98f 993 995-997 99a-99c
    99f 9a1 9a3-9a8 9aa 9ac-9b0 9b2 9b6-9b9 9be-9c0 9c7 b95 b9a b9f ba4 ba8-baa bae-bb0 bb2-bb3 bb5 bbe-bbf bc1
    bc7-bc8 ca8 cb0 cbe d9a dba-dbb dbd dc0 dcf e01 e07 e15 e17 e19 e1e e21-e23 e25 e27 e2a e2d e32 e40 f0b f0d
    f42 f44 f51 f53-f54 f56 f58 f60 f62-f63 f66 1019 10d0-10d5 10d7-10dd 10e0-10e3 1100 1102-1103 1105-1107
    1109-110c 110e-1112 1161-1162 1165-1167 1169-116a 116d-116f 1172-1175 11a8 11ab 11af 11b7-11b8 11bc 1d2c 1d2e
    1d30 1d35 1d3a 1d40 1d43 1d47-1d49 1d4d 1d4f-1d50 1d52 1d56-1d58 1d62-1d65 1d9c 1da0 2010-2016 2018-201a
    201c-201e 2020-2022 2026 2030 2032-2033 203a 203f 2044 2070-2071 2074-207b 207f-208a 208d-208e 2090-2093
    2095-209c 20a4 20a9 20ac 20b1 20b9 2113 2116 211d 2122 2153-2154 2190-2194 21a6 21c4 21cc 21d2 2202 2205-2208
    2212 2217-2218 221a 221e 2227-222a 2248 2261 2264-2265 2282 2286 2295 2297 22c5 2500 2502 25a0 25aa 25cf
    2605-2606 2609 2660 2663 2665-2666 266d 266f 27e8-27e9 2c7c 2ea9 2ebc 2f65 3001-3002 3008-300f 301c 3042 3044
    3046 3048 304a-304b 304d 304f 3051 3053 3055 3057 3059 305b 305d 305f 3061 3063-3064 3066 3068 306a-306f 3072
    3075 3078 307b 307e-3082 3084 3086 3088-308d 3092-3093 30a1-30a4 30a6-30a8 30aa-30ab 30ad 30af 30b1 30b3 30b5
    30b7 30b9 30bb 30bf 30c1 30c3-30c4 30c6 30c8 30ca-30cb 30ce-30cf 30d2 30d5 30d8 30db 30de-30e3 30e5 30e7
    30e9-30ed 30ef 30f3 30fb-30fc 4e00 4e09-4e0b 4e0d 4e16 4e2d 4e3b 4e45 4e4b 4e5f 4e8b-4e8c 4e94-4e95 4eac
    4eba-4ebb 4ec1 4ecb 4ee3 4eee 4f0a 4f1a 4f50 4f8d 4fdd 4fe1 5065 5143 5149 516b-516c 5185 51fa 5206 524d 5289
    529b 52a0 52dd 5317 533a 5341 5343 5357 535a 539f 53e3-53e4 53f2 53f8 5408-5409 540c-540d 548c 56d7 56db 56fd
    570b 571f 5730 5742 57ce 5802 5834 58eb 590f 5916 5927 5929-592b 5948 5973 5b50 5b66 5b80 5b87 5b89 5b97 5b9a
    5ba3 5bae 5bb6 5bbf 5bfa 5c07 5c0f 5c1a 5c71 5ca1 5cf6 5d0e 5ddd-5dde 5dff 5e1d 5e73-5e74 5e78 5e7f 5f18 5f35
    5f73 5f8c 5fa1 5fb7 5fc3-5fc4 5fd7 5fe0 611b 6210-6211 6226 6238 624b-624c 653f 6587 65b0 65b9 65e5 660e 661f
    6625 662d 667a 66f2 66f8 6708-6709 671d 6728 672c 674e 6751 6771 677e 6797 68ee 694a 6a39 6a4b 6b4c 6b62-6b63
    6b66 6bd4 6c0f 6c11 6c34-6c35 6c37-6c38 6c5f 6ca2 6cb3 6cbb 6cd5 6d77 6e05 6f22 702c 706b 7248 72ac 738b 751f
    7530 7537 7592 767a 767d 7684 7687 76ee 76f8 7701 771f 77f3 793a 793e 795e 798f 79be 79c0 79cb 7a7a 7acb 7ae0
    7af9 7cf9 7f8e 7fa9 8033 826f 8279 82b1 82f1 83ef 8449 85e4 884c 8857 897f 898b 8a01 8a9e 8c37 8c9d 8cb4 8eca
    8ecd 8fb6 9053 90ce 90e1 90e8 90fd 91cc 91ce 91d1 9234 9547 9577 9580 9593 961d 963f 9673 967d 96c4 9752 9762
    98a8 98df 9999 99ac 9ad8 9f8d 9fb8 fb01-fb02 ff01 ff08-ff09 ff0c-ff0f ff1a ff1f ff5e
"""


def words(text: str) -> list[str]:
    """Return the words of `text`, lower-case, without accents; each punctuation mark and Chinese character is one.

    MeloTTS takes "#" for the sign of a continued word, and so for a silent part of the word before: "c#" is one.
    """
    bare = (c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    found: list[str] = []
    for word in split("".join(bare).lower()):
        if word != CONTINUED:
            found.append(word if _is_known(word) else UNKNOWN)
        elif found:
            found[-1] += CONTINUED
    return found


def _is_known(word: str) -> bool:
    return len(word) <= _LONGEST and all(character.isascii() or character in _CHARACTERS for character in word)


def _characters() -> frozenset[str]:
    bounds = ([int(code, 16) for code in entry.split("-")] for entry in _RANGES.split())
    return frozenset(chr(code) for first, *last in bounds for code in range(first, (last or [first])[0] + 1))


_CHARACTERS = _characters()
