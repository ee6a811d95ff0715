"""Signs that are words, and pictures that are none."""

from __future__ import annotations

import re

from edge.text.rules import Rule

_WORDS = {
    "&": "y", "+": "más", "=": "igual a", "@": "arroba", "#": "almohadilla", "§": "sección", "¶": "párrafo",
    "∞": "infinito", "√": "raíz de", "∑": "suma de", "∆": "delta", "π": "pi", "×": "por", "÷": "entre",
    "±": "más menos", "≈": "aproximadamente", "≠": "distinto de", "≤": "menor o igual que", "≥": "mayor o igual que",
    "¢": "centavos", "‰": "por mil", "†": "cruz", "Ø": "diámetro", "¥": "yenes", "₽": "rublos",
    "₹": "rupias", "₿": "bitcoins", "€": "euros", "£": "libras", "$": "dólares", "%": "por ciento",
}  # fmt: skip

_FEMININE = {"el": "la", "los": "las", "un": "una", "unos": "unas"}
_BARE = str.maketrans("áéíóú", "aeiou")


def _without_accent(word: str) -> str:
    """Its last syllable's accent goes with the feminine's ending: bailarín, bailarina."""
    return word[:-2] + word[-2:].translate(_BARE)


FACES = (
    Rule(
        "tag",
        re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,10}(?: [^<>\n]{0,200})?/?>"),
        lambda _: " ",
        "Marks of HTML are for machines; before comparisons, which have its signs.",
        (("<b>hola</b>", "hola"),),
    ),
    Rule(
        "face of marks",
        re.compile(r"(?:(?<=\s)|(?<=\A))(?:[:;=]['’]?-?[)(DPpO3|/\\*]+|<3|\^_?\^|[xX]D+|:v)(?=\s|\Z|[.,!?])"),
        lambda _: " ",
        "Skipped as emoji are; before comparisons, as <3 is one.",
        (("vale :-)", "vale"), ("qué bien xD", "qué bien"), ("te quiero <3", "te quiero")),
    ),
)

RULES = (
    Rule(
        "both genders by a slash",
        re.compile(r"(?<!\w)([^\W\d_]{2,30})(o|os)/(a|as)(?!\w)"),
        lambda match: f"{match[1]}{match[2]} {'y' if match[2] == 'os' else 'o'} {match[1]}a{match[2][1:]}",
        "Said as the two words that it stands for.",
        (("los niños/as", "los niños y niñas"), ("el alumno/a", "el alumno o alumna")),
    ),
    Rule(
        "both genders of an article",
        re.compile(r"(?<!\w)([eE]l|[lL]os|[uU]n(?:os)?)/(?:l?as?|unas?)(?!\w)"),
        lambda match: f"{match[1]} {'y' if match[1].endswith('s') else 'o'} {_FEMININE[match[1].lower()]}",
        "The same, of short words.",
        (("El/la alumno/a", "el o la alumno o alumna"), ("los/as", "los y las")),
    ),
    Rule(
        "both genders by a slash, behind a consonant",
        re.compile(r"(?<!\w)([^\W\d_]{2,29}?[dlnrsz])(es)?/(as?)(?!\w)"),
        lambda match: f"{match[1]}{match[2] or ''} {'y' if match[2] else 'o'} {_without_accent(match[1])}{match[3]}",
        "The feminine's ending is behind the consonant.",
        (
            ("trabajadores/as", "trabajadores y trabajadoras"),
            ("el bailarín/a", "el bailarín o bailarina"),
        ),
    ),
    Rule(
        "times between letters",
        re.compile(r"(?<=\w)\*(?=\w)"),
        lambda _: " por ",
        "An asterisk with letters on both sides multiplies; others are emphasis, and silent.",
        (("x*y", "equis por y"), ("una *gran* idea", "una gran idea")),
    ),
    Rule(
        "slash between words",
        re.compile(r"(?<=\w) ?/ ?(?=\w)"),
        lambda _: ", ",
        "A choice between words: a pause says it best.",
        (("Madrid/Barcelona", "madrid, barcelona"),),
    ),
    Rule(
        "dash between words",
        re.compile(r"(?<=[\w.!?…»\")]) +-{1,3} *(?=\S)|(?<=[\w.!?…»\")])-{2,3}(?=\w)"),
        lambda _: ", ",
        "A hyphen that stands for a dash is a pause.",
        (("Espera - dijo - que ya voy.", "espera, dijo, que ya voy."),),
    ),
    Rule(
        "sign with a name",
        re.compile(f"[{re.escape(''.join(_WORDS))}]"),
        lambda match: f" {_WORDS[match[0]]} ",
        "What is left of the signs that people name; others are silent.",
        (
            ("Pago en €.", "pago en euros."),
            ("el % de agua", "el por ciento de agua"),
            ("C++", "ce más más"),
            ("Pérez & Hijos", "pérez y hijos"),
            ("una @ y un §", "una arroba y un sección"),
        ),
    ),
)
