"""Words as they are typed on telephones, written out."""

from __future__ import annotations

import re

from edge.text.rules import Rule

_WORDS = {
    "thx": "thanks", "thnx": "thanks", "tnx": "thanks", "pls": "please", "plz": "please", "ppl": "people",
    "msg": "message", "tmrw": "tomorrow", "ur": "your", "gr8": "great", "l8r": "later", "b4": "before", "m8": "mate",
    "w8": "wait", "im": "I'm", "ive": "I've", "dont": "don't", "didnt": "didn't", "doesnt": "doesn't", "isnt": "isn't",
    "wasnt": "wasn't", "arent": "aren't", "couldnt": "couldn't", "wouldnt": "wouldn't", "shouldnt": "shouldn't",
    "havent": "haven't", "hasnt": "hasn't", "youre": "you're", "theyre": "they're", "thats": "that's",
    "whats": "what's", "ctrl": "control",
}  # fmt: skip
_LETTERS = "idk brb ttyl smh ikr tbh imo imho omg btw afaik fyi lmk nvm wtf irl".split()


# With a capital these are a name, a city and a size of paper.
_SMALL = frozenset({"ive", "ur", "b4", "m8", "w8"})


def _any_of(words: list[str]) -> str:
    """These in small letters, or with a capital first."""
    return "|".join(word if word in _SMALL else f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in words)


_BEFORE, _BEHIND = r"(?<![\w'.@#/\\-])", r"(?![\w'@/\\]|[.-]\w)"

RULES = (
    Rule(
        "short word",
        re.compile(f"{_BEFORE}(?:{_any_of(list(_WORDS))}){_BEHIND}"),
        lambda match: _WORDS[match[0].lower()],
        "No words otherwise; before their digits are numbers.",
        (
            ("Thx, im late, pls w8", "thanks, i'm late, please wait"),
            ("Ctrl+C", "control plus C"),
            ("Jony Ive on B4 paper", "jony ive on B four paper"),
        ),
    ),
    Rule(
        "short phrase",
        re.compile(f"{_BEFORE}(?:{_any_of(_LETTERS)}){_BEHIND}"),
        lambda match: match[0].upper(),
        "People say these by their letters; in capitals they are known.",
        (("omg idk", "O M G I D K"), ("btw, fyi", "B T W, F Y I")),
    ),
    Rule(
        "now",
        re.compile(f"{_BEFORE}rn(?=[.!?]|$)"),
        lambda _: "right now",
        "In small letters at the end; RN is a nurse.",
        (("what to do rn?", "what to do right now?"),),
    ),
    Rule(
        "word of one letter",
        re.compile(rf"{_BEFORE}(?:c (?=u\b|ya\b)|r (?=u\b|you\b|we\b|they\b))"),
        lambda match: "see " if match[0][0] == "c" else "are ",
        "Before the you that they need.",
        (("c u later", "see you later"), ("where r you", "where are you")),
    ),
    Rule(
        "for",
        re.compile(r"(?<=[a-z] )4(?= (?:u|your?|me|us)\b)"),
        lambda _: "for",
        "Before its you is written out.",
        (("this is 4 u", "this is for you"),),
    ),
    Rule(
        "you",
        re.compile(r"(?<![\w'.@#/\\*+=^-])(?<!letter )u(?![\w'@/\\*+=^-]|\.\w| [=+*<>])"),
        lambda _: "you",
        "In small letters; a capital U is a letter, and so is what stands in a sum.",
        (("u up?", "you up?"), ("a U turn", "a U turn"), ("u = 5", "U equals five")),
    ),
)
"""Small letters, mostly: what is in capitals is an abbreviation."""

HINT = re.compile(rf"\b(?:{_any_of([*_WORDS, *_LETTERS])}|rn|[cr4](?= )|u)\b")
