"""Signs and emoji: said where they stand for a word, else dropped."""

from __future__ import annotations

import re

from edge.text.emoji import PICTURES
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

SYMBOLS = (
    Rule(
        "emoji",
        PICTURES,
        lambda _: " ",
        "Skipped: where they are asked for, they have become words before.",
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
