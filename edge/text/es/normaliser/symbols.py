"""Signs that are words, and pictures that are none."""

from __future__ import annotations

import re

from edge.text.rules import Rule

_WORDS = {
    "&": "y", "+": "más", "=": "igual a", "@": "arroba", "#": "almohadilla", "§": "sección", "¶": "párrafo",
    "∞": "infinito", "√": "raíz de", "∑": "suma de", "∆": "delta", "π": "pi", "×": "por", "÷": "entre",
    "±": "más menos", "≈": "aproximadamente", "≠": "distinto de", "≤": "menor o igual que", "≥": "mayor o igual que",
    "¢": "centavos", "‰": "por mil", "†": "cruz", "♀": "femenino", "♂": "masculino", "¥": "yenes", "₽": "rublos",
    "₹": "rupias", "₿": "bitcoins", "€": "euros", "£": "libras", "$": "dólares", "%": "por ciento",
}  # fmt: skip

# What people send most; by their short names, as a person would describe them.
_EMOJI = {
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
    "🤞": "dedos cruzados", "👀": "ojos", "🙌": "manos arriba", "❤": "corazón", "💙": "corazón azul",
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
_ONE_OF_EMOJI = "|".join(map(re.escape, sorted(_EMOJI, key=len, reverse=True)))

EMOJI = (
    Rule(
        "emoji in words",
        re.compile(rf"(?:{_ONE_OF_EMOJI})[\ufe0f\U0001f3fb-\U0001f3ff]*"),
        lambda match: f" {_EMOJI[match[0].rstrip(chr(0xFE0F) + ''.join(map(chr, range(0x1F3FB, 0x1F400))))]} ",
        "Only where it is asked for: read aloud, pictures stand in the way. Skin and style are not said.",
        (),
    ),
)

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
