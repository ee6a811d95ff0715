"""Words in capitals: spelled by their letters, or read."""

from __future__ import annotations

import re

from edge.text.es.normaliser.letters import VOWELS, is_readable, spell
from edge.text.rules import Rule

# Spelled, although a Spaniard could read them, and although others of the kind are read. Of ONG both are heard;
# spelled is the Academy's example.
_SPELLED = frozenset(
    "UE ONG OMS OMC OIT OEA CEE OCDE IES AVI IP IA TI UCM UAM UPV UB UAB OPA ADSL IRA IOS AI UK UI API "
    "APP URI URL UVA PC PIN UTC ISBN IBAN ID OK EGB UPC USA AMPA ECG EEG UIT AP AC DC CD DVD MP TV CV USB".split()
) - {"IBAN", "AVI", "UVA", "APP", "IRA", "PIN", "OK", "AMPA", "USA", "OPA"}
_SAID = {
    "PSOE": "pesoe", "CEOE": "ceoe", "OK": "okey", "USA": "usa", "JPEG": "jota peg", "IOS": "i o ese",
    "CSIC": "cesic", "CNMV": "ce ene eme uve", "RTVE": "erre te uve e", "UEFA": "uefa", "LGTBI": "ele ge te be i",
    "WIFI": "wifi", "CDROM": "cederrom", "PYMES": "pymes", "YOUTUBE": "youtube", "MSDOS": "eme ese dos",
    "UCLA": "ucla", "ITV": "i te uve", "HDMI": "hache de eme i", "IKEA": "ikea", "BBVA": "be be uve a",
    "NBA": "ene be a", "MBA": "eme be a", "SQL": "ese cu ele", "BMW": "be eme uve doble", "IMAX": "imax",
    "RAM": "ram", "ROM": "rom", "GIF": "gif", "ZIP": "zip", "CEO": "ceo", "COPE": "cope", "SER": "ser",
    "ABC": "a be ce", "ETS": "e te ese", "ITS": "i te ese", "KGB": "ka ge be", "NTFS": "ene te efe ese",
}  # fmt: skip
# Read as words.
_READ = frozenset(
    "OTAN TIC ISO COP AVE RENFE ONU OVNI UNESCO UNICEF FIFA UEFA NASA SIDA COVID PYME LED RAE IVA PIB ERE "
    "ERTE IBEX INE ETA EPA BOE UCI UVI ESO COU BUP MIR CIA VIP ONCE TALGO MUFACE ASEPEYO ICEX ICO IMSERSO "
    "INSERSO FNAC ADENA OPEP MERCOSUR FAO CONCACAF SEPRONA GEO GRAPO UME INEM SEPE CAP DIM DOS BIOS RAM ROM "
    "PIN SIM GIF ZIP WIFI LAN WAN MODEM OLED QUED TAC NIE NIF CIF IBAN BIC SEAT CEPSA BIT CERN ESA JASP MOMA "
    "PADI AENA EFE COPE SER RUIDO LASER RADAR SONAR TOEFL ERASMUS EBAU PAU SELECTIVIDAD OPA UVA AMPA APA "
    "AEMET INCIBE ASNEF FOGASA MAPFRE ADIF DAFO PET ETS BASIC COBOL ASCII JAVA UNIX LINUX RIP ALCA BRIC FAES "
    "FERE ANPE USO SATSE OCU CECU IPC IPOD IKEA".split()
) - {"NIE", "IPC", "ETS", "QUED", "JASP", "RUIDO", "FERE"}
# Short words of every day, which are no acronyms when a text shouts.
_WORDS = frozenset(
    "A AL ALTO ANTE AÑO AÑOS APTO AQUÍ ASÍ AÚN AHÍ AGUA ALGO BAJO BAR BIEN BUS CADA CAE CAJA CAMA CARA CASA "
    "CASI CINE COMO CON COSA CUAL CUYO DA DAN DAR DE DEL DESDE DÍA DÍAS DI DICE DIO DIOS DON DOS DOÑA E EL "
    "ÉL ELLA EN ERA ERES ES ESA ESE ESO ESTA ESTE ESTO ESTÁ FE FIN FUE FUI GAS GOL GRAN HA HAN HAS HAY HE "
    "HOY HIJO HIJA HORA HOLA IR IDA LA LAS LE LES LEY LO LOS LUZ MAL MAR MÁS ME MES MI MIS MIL MÍ MIO MÍO "
    "MUY NADA NI NO NOS NUEVO O OJO OS OTRA OTRO OYE PAN PARA PAZ PERO PIE PISO POCO POR PUES QUE QUÉ REY "
    "RED RÍO ROJO SAL SALA SAN SE SÉ SEA SER SEIS SI SÍ SIN SIDO SOL SOLO SON SOY SU SUS SUR TAL TAN TE TÉ "
    "TEN TENGO TODO TRAS TREN TRES TU TÚ TUS UN UNA UNO UNAS UNOS USO VA VAN VAS VE VEN VER VEZ VI VIA VÍA "
    "VIDA VIO VOY VOZ Y YA YO ZONA CARO CERO DIEZ ONCE DOCE UNAS NORTE ESTE".split()
)
_LETTERS_ALONE = "bcdfghjklmnñpqrstvwxz"

_SOUNDS = "pff?|pss?t|hm|hmm|mm|tss?|tsk|brr|grr|zz|ss|rr|ll|ch"
_NEIGHBOURS = 24


def spoken(acronym: str) -> str:
    """Say what is known as an acronym, in capitals; "" for what is not in the tables."""
    if acronym in _SAID:
        return _SAID[acronym]
    if acronym in _READ or acronym in _WORDS:
        return acronym.lower()
    return spell(acronym) if acronym in _SPELLED else ""


def _capitals(match: re.Match[str]) -> str:
    word, plural = match[1], match[2]
    return f" {_spoken_or_guessed(word, match)}{plural} "


def _spoken_or_guessed(word: str, match: re.Match[str]) -> str:
    """Read four letters or more that can be read; of two and three only in a text that shouts."""
    if known := spoken(word):
        return known
    if not is_readable(word):
        return spell(word) if len(word) <= 6 or not VOWELS & set(word.lower()) else word.lower()  # noqa: PLR2004
    return word.lower() if len(word) > 3 or _shouts(match) else spell(word)  # noqa: PLR2004


def _shouts(match: re.Match[str]) -> bool:
    """Tell whether the words on both sides are in capitals as well, or one is and there is no other."""
    text = match.string
    before = re.findall(r"[^\W\d_]+", text[max(0, match.start() - _NEIGHBOURS) : match.start()])[-1:]
    after = re.findall(r"[^\W\d_]+", text[match.end() : match.end() + _NEIGHBOURS])[:1]
    around = before + after
    return bool(around) and all(map(str.isupper, around)) and any(len(word) > 3 for word in around)  # noqa: PLR2004


RULES = (
    Rule(
        "capitals",
        re.compile(r"(?<![^\W\d_])([A-ZÁÉÍÓÚÜÑ]{2,})(s?)(?![^\W\d_])"),
        _capitals,
        "A table says what is read; else short ones and those that nobody could read are spelled.",
        (
            ("el DNI en PDF", "el de ene i en pe de efe"),
            ("La OTAN y la UE", "la otan y la u e"),
            ("NO CORRAS", "no corras"),
            ("una ONG", "una o ene ge"),
            ("los PDFs", "los pe de efes"),
            ("CALLE DEL SOL", "calle del sol"),
        ),
    ),
)

LETTERS = (
    Rule(
        "letter alone",
        re.compile(rf"(?<![\w'])([{_LETTERS_ALONE}])(?![\w'])", re.IGNORECASE),
        lambda match: spell(match[1]),
        "A consonant alone is a letter's name; y is a conjunction and other vowels are their own names.",
        (("el plan B", "el plan be"), ("la x", "la equis"), ("Y tú", "y tú")),
    ),
    Rule(
        "hush",
        re.compile(r"(?<!\w)sh{2,}(?!\w)", re.IGNORECASE),
        lambda _: "chis",
        "As a Spaniard says it; before words without a vowel.",
        (("Shhh, duerme", "chis, duerme"),),
    ),
    Rule(
        "word without a vowel",
        re.compile(
            rf"(?<![\w'])(?!\w{{0,6}}?(\w)\1\1)(?!(?:{_SOUNDS})(?!\w))([bcdfghjklmnñpqrstvwxyz]{{2,6}})(?![\w'])",
            re.IGNORECASE,
        ),
        lambda match: spell(match[2]),
        "Acronyms in lower case; but mmm and zzz are sounds.",
        (("un pdf", "un pe de efe"), ("zzz", "zzz"), ("brrr", "brrr")),
    ),
)
