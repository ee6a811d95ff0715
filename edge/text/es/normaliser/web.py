"""Addresses, file names, hashtags: read with the names of their signs, as they are dictated."""

from __future__ import annotations

import re

from edge.text.es.normaliser import acronyms
from edge.text.es.normaliser.letters import VOWELS, spell
from edge.text.es.normaliser.numbers import figures
from edge.text.rules import Rule

_SIGNS = {
    ".": "punto", "/": "barra", "\\": "barra invertida", "-": "guion", "_": "guion bajo", ":": "dos puntos",
    "?": "interrogación", "=": "igual a", "&": "y", "#": "almohadilla", "%": "por ciento", "@": "arroba", "+": "más",
    "~": "virgulilla", "$": "dólar", "*": "asterisco", "!": "exclamación", ",": "coma", ";": "punto y coma",
}  # fmt: skip
# Parts of addresses that are said otherwise than they are written.
_PARTS = {
    "www": "tres uves dobles", "gmail": "yimeil", "io": "i o", "ai": "a i", "eu": "e u", "uk": "u ka",
    "docx": "doc equis", "xlsx": "equis ele ese equis", "pptx": "pe pe te equis", "apk": "a pe ka", "odt": "o de te",
    "ods": "o de ese", "iso": "iso", "py": "pi", "deb": "deb", "js": "jota ese", "yml": "i eme ele", "gz": "ge zeta",
    "tar": "tar", "rar": "rar", "exe": "exe", "ini": "ini", "hotmail": "jotmeil", "me": "me", "co": "co",
    "ogg": "o ge ge", "epub": "epub", "jpeg": "jota peg", "mpeg": "eme peg", "avi": "avi", "api": "api", "log": "log",
}  # fmt: skip
_TOP_LEVEL = (
    "com es org net edu gov gob eu info io co mx ar cl pe uy cat gal eus tv app dev ai uk fr pt ve ec bo cu biz"
).split()
_EXTENSIONS = (
    "pdf docx doc txt odt ods xlsx xls csv pptx ppt jpeg jpg png gif svg mp3 mp4 wav ogg flac avi mkv mov "
    "zip rar gz tar exe apk iso html htm xml json yaml yml toml md py js ts java cpp css sql log conf cfg "
    "ini deb rpm epub service sh"
).split()
_PIECE = re.compile(r"([a-záéíóúüñç]+)|(\d+)|(.)", re.IGNORECASE | re.DOTALL)
_TRAILING = re.compile(r"[.,;:!?)\]'»]{1,8}\Z")
_HUMP = re.compile(r"(?<=[a-záéíóúñ])(?=[A-ZÁÉÍÓÚÑ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|_")


def read(address: str) -> str:
    """Dictate an address: words as words, signs by name."""
    return " ".join(_say(match) for match in _PIECE.finditer(address)).strip()


def _say(piece: re.Match[str]) -> str:
    word, number, sign = piece.groups()
    if number:
        return figures(number)
    if sign:
        return _SIGNS.get(sign, " ")
    word = word.lower()
    return _PARTS.get(word) or acronyms.spoken(word.upper()) or (word if VOWELS & set(word) else spell(word))


def _address(match: re.Match[str]) -> str:
    address = match[0]
    end = _TRAILING.search(address)
    trailing = end[0] if end else ""
    address = address.removesuffix(trailing).rstrip("/") if trailing else address.rstrip("/")
    address = re.sub(r"\A[A-Za-z]+://", "", address)
    return f" {read(address)}{trailing} "


def _hashtag(match: re.Match[str]) -> str:
    return f"almohadilla {_HUMP.sub(' ', match[1])}"


RULES = (
    Rule(
        "web address",
        re.compile(r"(?<![\w@.])(?:(?:https?|ftp)://|www\.)[^\s<>\"«»]+", re.IGNORECASE),
        _address,
        "First of all, as any sign may be part of one. The scheme is not said: nobody dictates it.",
        (
            ("www.example.com", "tres uves dobles punto example punto com"),
            ("Visita https://www.ine.es/datos.", "visita tres uves dobles punto ine punto es barra datos."),
        ),
    ),
    Rule(
        "e-mail",
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}(?![\w-])"),
        lambda match: read(match[0]),
        "Before bare domains, which are the end of one.",
        (("Escribe a ana.lopez@correo.es.", "escribe a ana punto lopez arroba correo punto es."),),
    ),
    Rule(
        "domain",
        re.compile(
            rf"(?<![\w@./-])(?:[A-Za-z0-9-]{{1,63}}\.){{1,4}}(?:{'|'.join(_TOP_LEVEL)})(?![\w-])(?:/[^\s<>\"«»]*)?"
        ),
        _address,
        "Only known endings in lower case: of others, a full stop without its space is likelier.",
        (("Entra en elpais.com y lee.", "entra en elpais punto com y lee."),),
    ),
    Rule(
        "file name",
        re.compile(
            rf"(?<![\w./-])[\w-]{{1,80}}(?:\.[\w-]{{1,40}}){{0,3}}\.(?:{'|'.join(_EXTENSIONS)})(?!\w)", re.IGNORECASE
        ),
        lambda match: read(match[0]),
        "The full stop is said, and an ending such as pdf spelled.",
        (
            ("Abre informe.pdf", "abre informe punto pe de efe"),
            ("foto_01.jpg", "foto guion bajo cero uno punto jota pe ge"),
        ),
    ),
    Rule(
        "path",
        re.compile(r"(?<!\S)(?:~?/(?:[\w.-]{1,80}/)*[\w.-]*(?<![.\d/])|[A-Z]:\\[^\s<>\"«»]*)"),
        lambda match: read(match[0]),
        "Begins with a slash, so that y/o is none; dictated as an address.",
        (
            ("Mira en /etc/hosts.", "mira en barra etcétera barra hosts."),
            ("C:\\Temp", "ce dos puntos barra invertida temp"),
        ),
    ),
    Rule(
        "number sign",
        re.compile(r"(?<![\w&])#(?=\d{1,9}(?!\w))"),
        lambda _: "número ",
        "Before a number # is not a hashtag.",
        (("el #1", "el número uno"), ("Pedido #12345", "pedido número doce mil trescientos cuarenta y cinco")),
    ),
    Rule(
        "hashtag",
        re.compile(r"(?<![\w&])#(\w+)"),
        _hashtag,
        "The sign by its Spanish name, and the words apart where capitals show them.",
        (
            ("Me gusta #Madrid mucho.", "me gusta almohadilla madrid mucho."),
            ("#MeGustaLeer", "almohadilla me gusta leer"),
        ),
    ),
    Rule(
        "both genders by @",
        re.compile(r"(?<!\w)([^\W\d_]{2,30}|[lL])@(s?)(?!\w)"),
        lambda match: f"{match[1]}o{match[2]} {'y' if match[2] else 'o'} {match[1]}a{match[2]}",
        "Before mentions, whose sign it shares; said as the two words that it stands for.",
        (("Hola, amig@s", "hola, amigos y amigas"), ("l@s niñ@s", "los y las niños y niñas")),
    ),
    Rule(
        "mention",
        re.compile(r"(?<![\w.])@(\w[\w.]*\w|\w)"),
        lambda match: f"arroba {read(match[1])}",
        "A user's name is dictated too.",
        (("Sigue a @ana_ruiz", "sigue a arroba ana guion bajo ruiz"),),
    ),
)
