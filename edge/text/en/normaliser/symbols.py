"""Signs and emoji: said where they stand for a word, else dropped."""

from __future__ import annotations

import re
import unicodedata

from edge.text.rules import Rule

_WORDS = {
    "&": "and", "@": "at", "+": "plus", "=": "equals", "§": "section", "¶": "paragraph", "©": "copyright",
    "°": "degrees", "%": "percent", "×": "times", "÷": "divided by", "±": "plus or minus", "≈": "is about",
    "≠": "is not", "≤": "is at most", "≥": "is at least", "∞": "infinity", "√": "square root of", "∑": "sum of",
    "∫": "integral of", "π": "pi", "µ": "micro", "μ": "mu", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta",
    "Δ": "delta", "ε": "epsilon", "θ": "theta", "λ": "lambda", "σ": "sigma", "Σ": "sigma", "φ": "phi", "ω": "omega",
    "Ω": "omega", "→": "to", "←": "from", "№": "number", "Å": "angstrom", "∅": "empty", "∈": "in",
}  # fmt: skip
_GREEK = "[πµμαβγδΔεθλσΣφωΩ](?![\u0370-\u03ff])"

# Symbols drawn as pictures, and what joins and colours them: skin, sex, flags, keycaps.
_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\u25a0-\u25ff\u3030\u303d\u3297\u3299\u200d\u20e3\ufe0f]+"
)
_ADDED = re.compile("[\u200d\u20e3\ufe0f\U0001f3fb-\U0001f3ff\u2640\u2642]")
_EMOJI_NAMES = {
    "❤": "red heart", "♥": "heart", "👍": "thumbs up", "👎": "thumbs down", "🙏": "folded hands", "😂": "tears of joy",
    "🎉": "party popper", "✅": "check mark", "✔": "check mark", "⭐": "star", "🔥": "fire", "😀": "grinning face",
    "☀": "sun", "☺": "smiling face",
}  # fmt: skip
_FLAG_LETTER = 0x1F1E6


def say_emoji(text: str) -> str:
    """`text` with the name of each emoji in its place, as Unicode names it, the most used as people do."""
    return _PICTURES.sub(lambda match: "".join(f", {name}" for name in _names(match.group())) + ", ", text)


def _names(pictures: str) -> list[str]:
    names: list[str] = []
    flag = ""
    for picture in _ADDED.sub("", pictures):
        if "\U0001f1e6" <= picture <= "\U0001f1ff":
            flag += chr(ord(picture) - _FLAG_LETTER + ord("A"))
            if len(flag) > 1:
                names.append(f"flag {'.'.join(flag)}.")
                flag = ""
            continue
        name = _EMOJI_NAMES.get(picture) or unicodedata.name(picture, "").lower().replace("-", " ")
        if name:
            names.append(name)
    return names


SYMBOLS = (
    Rule(
        "emoji",
        _PICTURES,
        lambda _: " ",
        "Skipped, unless they were asked for: then they have become words.",
        (("Hello 😀 friend", "hello friend"), ("I ❤️ you 👍🏽", "i you"), ("👨‍👩‍👧 family", "family")),
    ),
    Rule(
        "rock and roll",
        re.compile(r" (?:'[nN]'?|[nN]') (?=\w)"),
        lambda _: " 'n ",
        "'n' between words is 'and', swallowed; the dictionary knows it by its first apostrophe.",
        (("Guns N' Roses", "guns 'n roses"),),
    ),
    Rule(
        "smiley",
        re.compile(r"(?<![\w:;])[:;]['-]?[()DPpOo/\\|*](?!\w)|<3(?!\w)"),
        lambda _: " ",
        "As emoji; otherwise its bracket would be a pause.",
        (("Nice :-) really ;)", "nice really"),),
    ),
    Rule(
        "Greek letter",
        re.compile(r"(?<![\u0370-\u03ff])" + _GREEK),
        lambda match: f" {_WORDS[match.group()]} ",
        "One alone is a sign; several are a word, which is transliterated.",
        (("2πr", "two pi R"), ("α-rays", "alpha rays")),
    ),
    Rule(
        "sign",
        re.compile("[&@+=§¶©°×÷±≈≠≤≥∞√∑∫→←№∅∈]|%(?![A-Za-z{(])"),
        lambda match: f" {_WORDS[match.group()]} ",
        "What is left of them by the rules for numbers.",
        (
            ("salt & pepper", "salt and pepper"),
            ("50% or 3.5 %", "fifty percent or three point five percent"),
            ("§ 5 © 2020", "section five copyright twenty twenty"),
        ),
    ),
)
