"""Pictures in a text: said by their names, or skipped.

What is done to them is done before anything reads the text, so that it is the same for every voice, and so that what
is kept of spoken phrases is kept of what was said.
"""

from __future__ import annotations

import re
import unicodedata

from edge.text.inline import outside

# Symbols that are drawn as pictures, with what joins and colours them: skin, sex, tags, keycaps.
_PICTURE = "\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\u25a0-\u25ff\u3030\u303d\u3297\u3299"
_ADDED = "\u200d\u20e3\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\u2640\u2642\U000e0020-\U000e007f"
_RUN = rf"(?:[{_PICTURE}][{_ADDED}]*|\ufe0f?\u20e3)+"
PICTURES = re.compile(_RUN)
"""One picture after the other. Of a keycap, the digit is none of it."""

# But not the end of a line, which may be a pause.
_PICTURES_AND_SPACE = re.compile(rf"[^\S\n]*{_RUN}(?:[^\S\n]*{_RUN})*[^\S\n]*")
_NO_PART = re.compile(rf"[{_ADDED}\s]")
# Where there is a pause, or the beginning of one, anyway.
_PAUSES_BEFORE = frozenset(".,;:!?…—–")
_OPENING = frozenset("¡¿([{«“")
_PAUSES_AFTER = frozenset('.,;:!?…)]}"»”—–')

_FIRST_FLAG_LETTER, _LAST_FLAG_LETTER = 0x1F1E6, 0x1F1FF

# As people name them, where Unicode's name is another.
_ENGLISH = {
    "❤": "red heart", "♥": "heart", "👍": "thumbs up", "👎": "thumbs down", "🙏": "folded hands", "😂": "tears of joy",
    "🎉": "party popper", "✅": "check mark", "✔": "check mark", "⭐": "star", "🔥": "fire", "😀": "grinning face",
    "☀": "sun", "☺": "smiling face",
}  # fmt: skip
# What people send most.
_SPANISH = {
    "😀": "cara sonriente", "😃": "cara sonriente", "😄": "cara sonriente", "😁": "cara sonriente",
    "😊": "cara sonriente", "🙂": "cara sonriente", "😂": "cara llorando de risa", "🤣": "cara muerta de risa",
    "😅": "sonrisa con sudor", "😉": "guiño", "😍": "cara enamorada", "🥰": "cara enamorada", "😘": "beso",
    "😎": "cara con gafas de sol", "😢": "cara triste", "😭": "cara llorando", "😞": "cara triste",
    "🙁": "cara triste", "☹": "cara triste", "☺": "cara sonriente", "😡": "cara enfadada", "😠": "cara enfadada",
    "😱": "cara de miedo", "😮": "cara de sorpresa", "😳": "cara de vergüenza", "🤔": "cara pensativa",
    "😴": "cara dormida", "😜": "cara burlona", "😇": "cara de ángel", "🤗": "abrazo", "🙄": "ojos en blanco",
    "😷": "cara con mascarilla", "🤮": "cara vomitando", "🥳": "cara de fiesta", "🤯": "cabeza que explota",
    "🥺": "cara suplicante", "👍": "pulgar arriba", "👎": "pulgar abajo", "👏": "aplauso", "🙏": "manos juntas",
    "👌": "perfecto", "💪": "brazo fuerte", "👋": "saludo", "🤝": "apretón de manos", "✌": "victoria",
    "🤞": "dedos cruzados", "👀": "ojos", "🙌": "manos arriba", "❤": "corazón", "♥": "corazón", "💙": "corazón azul",
    "💚": "corazón verde", "💛": "corazón amarillo", "💜": "corazón morado", "🖤": "corazón negro",
    "💔": "corazón roto", "💕": "corazones", "💋": "beso", "🔥": "fuego", "⭐": "estrella", "✨": "destellos",
    "💯": "cien puntos", "🎉": "fiesta", "🎂": "tarta", "🎁": "regalo", "🎄": "árbol de navidad", "🎵": "música",
    "🎶": "música", "⚽": "fútbol", "🏆": "trofeo", "☀": "sol", "🌞": "sol", "🌙": "luna", "🌧": "lluvia",
    "☔": "paraguas", "❄": "nieve", "🌈": "arcoíris", "🌹": "rosa", "🌸": "flor", "🌍": "mundo", "🐶": "perro",
    "🐱": "gato", "☕": "café", "🍺": "cerveza", "🍷": "vino", "🍕": "pizza", "🚗": "coche", "✈": "avión",
    "🏠": "casa", "📞": "teléfono", "📱": "móvil", "💻": "ordenador", "📧": "correo", "📅": "calendario",
    "⏰": "despertador", "✅": "hecho", "✔": "hecho", "❌": "no", "⚠": "atención", "❓": "pregunta",
    "❗": "exclamación", "💀": "calavera", "👻": "fantasma", "🤖": "robot", "💩": "caca", "🎈": "globo",
    "💰": "dinero", "💡": "idea", "🚀": "cohete", "🇪🇸": "bandera de españa",
}  # fmt: skip


def skip_emoji(text: str) -> str:
    """`text` without its pictures; phones in it stay."""
    return outside(lambda part: _PICTURES_AND_SPACE.sub(_gap, part), text)


def name_emoji(text: str, language: str) -> str:
    """`text` with the names of its pictures, and pauses around them; phones in it stay.

    In English (`EN`, `en-us`, `en_GB`) each has a name, which is Unicode's unless people have another; in Spanish those
    that people send most. Others stay as they are, for whatever reads the text: espeak-ng names them in the languages
    that it has names in, MeloTTS's frontends skip them.
    """
    return outside(lambda part: _PICTURES_AND_SPACE.sub(lambda match: _said(match, language), part), text)


def _gap(match: re.Match[str]) -> str:
    return "" if _after(match) in _PAUSES_AFTER else " "


def _after(match: re.Match[str]) -> str:
    """The character behind, or none."""
    return match.string[match.end() :][:1]


def _said(match: re.Match[str], language: str) -> str:
    names = list(_names(_pictures(match[0]), language))
    if not names:
        return match[0]
    before, after = match.string[: match.start()][-1:], _after(match)
    tail = "" if not after or after in _PAUSES_AFTER else ", "
    return f"{_lead(before, match[0][0])}{', '.join(names)}{tail}"


def _lead(before: str, first: str) -> str:
    """What goes between the character `before` the pictures, if there is one, and their names."""
    if before in _OPENING:
        return ""
    if before and before not in _PAUSES_BEFORE:
        return ", "
    return " " if before or first.isspace() else ""


def _pictures(run: str) -> list[str]:
    """One by one, two letters of a flag together, without what is added to them."""
    return re.findall("[\U0001f1e6-\U0001f1ff]{2}|.", _NO_PART.sub("", run))


def _names(pictures: list[str], language: str) -> list[str]:
    family = re.split("[-_]", language.lower())[0]
    if family == "es":
        return [_SPANISH.get(picture, picture) for picture in pictures] if _SPANISH.keys() & set(pictures) else []
    return list(filter(None, map(_english, pictures))) if family == "en" else []


def _english(picture: str) -> str:
    if len(picture) == len("🇺🇸"):
        first, second = (chr(ord(letter) - _FIRST_FLAG_LETTER + ord("A")) for letter in picture)
        return f"flag {first}.{second}."
    return _ENGLISH.get(picture) or unicodedata.name(picture, "").lower().replace("-", " ")
