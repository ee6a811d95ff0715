"""Which form of a number goes with the word that follows: un año, una casa, uno de ellos.

No dictionary: endings, and lists of the common words that are not as their ending says.
"""

from __future__ import annotations

import re

from edge.text.es.normaliser.numbers import Form

# After a number these are no noun that it counts: "uno de mayo", "veintiuno es mucho".
_NO_NOUNS = frozenset(
    "al ante antes aquí así aún bajo cada casi como con contra cual cuando cuyo dan del desde después dice "
    "donde durante ella ellas ellos entonces entre era eran esa esas ese eso esos esta está están estas este "
    "esto estos fue fueron hacia han hasta hay igual las les los luego más me mediante menos mientras mis "
    "muy nada nos nosotros nuestras nuestros otra otras otro otros para pero por porque pues que qué quien "
    "quién según ser será siempre sido sin sino sobre solo sólo son sus también tampoco tan tiene tienen "
    "todas todo todos toda tras tus una unas uno unos vamos van mil millón millones coma por cero dos tres "
    "seis quedan quedas gana ganan llega llegan sale entra abre cierra empieza termina trata habla explica "
    "cuenta dijo dio aproximadamente además entonces".split()
)
# These stand between a number and its noun, and do not say its gender: "quinientas grandes empresas".
_NEUTRAL = frozenset(
    "grandes mejores peores mayores menores jóvenes posibles principales importantes diferentes nuevos nacionales "
    "internacionales locales gran buen".split()
)
_FEMININE = frozenset(
    "vez mano foto moto radio noche tarde clase parte gente llave nave nube calle base fase frase torre "
    "serie leche carne fiebre sangre mente suerte muerte fuente corriente serpiente luz cruz voz paz raíz "
    "nariz cicatriz imagen orden mujer flor ley red pared sal señal catedral cárcel piel ciudad sed tos "
    "labor sartén razón región religión legión unión opinión reunión superficie especie crisis tesis dosis "
    "hipótesis síntesis hoz niñez actriz directriz perdiz codorniz lombriz web app sede clave libélula "
    "liebre cumbre pirámide variable imágenes".split()
)
_FEMININE_ENDINGS = ("a", "ción", "sión", "xión", "dad", "tad", "tud", "umbre", "itis")
_MASCULINE = frozenset(
    "día mapa planeta sofá tranvía problema tema sistema programa idioma clima poema drama dilema diploma "
    "esquema síntoma panorama fantasma teorema carisma aroma enigma estigma trauma cometa poeta pijama lema "
    "emblema fonema plasma prisma reuma asma dogma coma magma axioma dálmata idiota gorila vodka yoga papá "
    "mediodía yogur futbolista guardia policía atleta colega nobel karma puma koala panda yudoca".split()
)
_MASCULINE_ENDINGS = ("ista", "grama", "nauta", "cida", "iatra", "goma", "crata")
# Feminine, whatever the ending before would say.
_FEMININE_AFTER_ALL = frozenset(
    "pista vista lista revista entrevista goma autopista conquista arista".split()
)

# Words that a number names and does not count: "la página 1", "el capítulo 21 dice".
_LABELS = frozenset(
    "página capítulo habitación piso puerta número artículo línea canal grupo paso nivel fase versión planta "
    "opción unidad lección ejercicio sala aula vía andén terminal fórmula kilómetro autobús bus vuelo tren "
    "nota tomo volumen figura tabla anexo mesa asiento fila zona distrito plan tipo clase calle código "
    "huíndous windows iphone temporada episodio pista prioridad etapa jornada ronda sección ley apartado "
    "punto pregunta día".split()
)

# Articles and the like that say the gender of a number that stands for its noun: "a las 21", "unas 200".
_FEMININE_BEFORE = frozenset("las unas otras estas esas aquellas muchas pocas".split())

# "a la 1", "hasta la 1".
_BEFORE_HOURS = frozenset("a de desde hasta sobre hacia para".split())
# Counted, although "mil" and the like are no nouns: "veintiún millones".
_PLAIN_MASCULINE = frozenset("millón millones billones trillones".split())
_SHORTEST_NOUN = 3

_BEFORE = re.compile(r"(?:(\w+)\s+)?(\w+)\s+\Z")
_AFTER = re.compile(r"\s+([^\W\d_]+)(?:\s+([^\W\d_]+))?")
_WINDOW = 48


def form_between(before: str, number: str, after: str) -> Form:
    """Return the form of `number` (digits) in a text, by the words that stand before and after it."""
    earlier, previous = _words_before(before)
    noun, further = _words_after(after)
    skips = noun == "mil" or noun in _NEUTRAL
    if _is_counted(previous, number, further if skips else noun):
        return "una" if is_feminine(further if skips else noun) else "un"
    if skips or noun in _PLAIN_MASCULINE:
        return "un"
    is_hour = previous == "la" and earlier in _BEFORE_HOURS
    return "una" if is_hour or previous in _FEMININE_BEFORE else "uno"


def _is_counted(previous: str, number: str, noun: str) -> bool:
    if len(noun) < _SHORTEST_NOUN or noun in _NO_NOUNS or previous in _LABELS:
        return False
    if number == "1":
        # "el 1 gana": one thing with an article is no count.
        return previous not in {"el", "la", "del", "al"}
    return noun.endswith("s") and not noun.endswith("mos")


def _words_before(text: str) -> tuple[str, str]:
    match = _BEFORE.search(text[-_WINDOW:])
    return ((match[1] or "").lower(), match[2].lower()) if match else ("", "")


def _words_after(text: str) -> tuple[str, str]:
    match = _AFTER.match(text[:_WINDOW])
    return (match[1].lower(), (match[2] or "").lower()) if match else ("", "")


def is_feminine(noun: str) -> bool:
    """Tell the gender of a noun, singular or plural, lower case."""
    forms = {noun, noun.removesuffix("s"), noun.removesuffix("es")}
    if noun.endswith("ces"):
        forms.add(noun[:-3] + "z")
    if noun.endswith("iones"):
        forms.add(noun[:-5] + "ión")
    if forms & _FEMININE or forms & _FEMININE_AFTER_ALL:
        return True
    if forms & _MASCULINE or any(form.endswith(_MASCULINE_ENDINGS) for form in forms):
        return False
    return any(form.endswith(_FEMININE_ENDINGS) for form in forms)


def is_noun(word: str) -> bool:
    """Tell whether a word behind a number can be what it counts: not "de", not a name."""
    return len(word) >= _SHORTEST_NOUN and word.islower() and word not in _NO_NOUNS
