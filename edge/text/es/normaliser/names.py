"""Abbreviations, titles and roman numerals."""

from __future__ import annotations

import re

from edge.text.es.normaliser.letters import spell
from edge.text.es.normaliser.nouns import is_feminine, is_noun
from edge.text.es.normaliser.numbers import cardinal, ordinal
from edge.text.es.normaliser.stops import stop_after
from edge.text.rules import Rule


def _table(text: str) -> dict[str, str]:
    """Read entries of `abbreviation: words`, parted by semicolons."""
    pairs = (entry.rpartition(": ") for entry in " ".join(text.split()).split("; "))
    return {short.strip().casefold(): words for shorts, _, words in pairs for short in shorts.split("/")}


# With a full stop each, which is not written here.
_DOTTED = _table(
    "sr: señor; sra: señora; srta: señorita; sres/srs: señores; sras: señoras; srtas: señoritas; dr: doctor; "
    "dra: doctora; dres: doctores; dras: doctoras; dña/d.ª: doña; prof: profesor; profa/prof.ª: profesora; "
    "lic: licenciado; licda: licenciada; ing: ingeniero; arq: arquitecto; gral: general; cnel: coronel; tte: "
    "teniente; sgto: sargento; cmdte: comandante; mons: monseñor; excmo: excelentísimo; excma: "
    "excelentísima; ilmo: ilustrísimo; ilma: ilustrísima; rvdo: reverendo; sto: santo; sta: santa; hnos: "
    "hermanos; hna: hermana; hno: hermano; fco: francisco; mª/m.ª: maría; vda: viuda; ud/vd: usted; uds/vds: "
    "ustedes; av/avda/avd: avenida; pza/plza/pl: plaza; ctra: carretera; urb: urbanización; pº: paseo; apdo: "
    "apartado; apto: apartamento; dpto/depto: departamento; prov: provincia; edif: edificio; izda/izq: "
    "izquierda; izdo: izquierdo; dcha: derecha; dcho: derecho; ppal: principal; entlo: entresuelo; pág: "
    "página; págs: páginas; pag: página; pags: páginas; vol: volumen; vols: volúmenes; art: artículo; arts: "
    "artículos; fig: figura; figs: figuras; ej: ejemplo; p. ej/p.ej: por ejemplo; etc: etcétera; "
    "tel/tfno/teléf/tlf: teléfono; aprox: aproximadamente; máx: máximo; mín: mínimo; núm: número; núms: "
    "números; admón: administración; admr: administrador; gob: gobierno; cía: compañía; cta: cuenta; dto: "
    "descuento; fra: factura; ref: referencia; telef: teléfono; vs: versus; ss: siguientes; cf/cfr: "
    "compárese; íd: ídem; ibíd: ibídem; et al: et álii; q. e. p. d/q.e.p.d/d. e. p/d.e.p: descanse en paz; "
    "p. d/p.d: posdata; n. del t: nota del traductor; i. e/i.e: es decir; s. f: sin fecha;  c. p/c.p: código "
    "postal; s. s/s.s: su santidad; s. m/s.m: su majestad; ss. mm/ss.mm: sus majestades; s. a. r/s.a.r: su "
    "alteza real; s. a/s.a: ese a; s. l/s.l: ese ele; s. a. u/s.a.u: ese a u; s. coop: sociedad cooperativa; "
    "a. c/a.c: antes de cristo; d. c/d.c: después de cristo; a. de c: antes de cristo; d. de c: después de "
    "cristo; ee. uu/ee.uu: estados unidos; ee. uu. a/ee.uu.a: estados unidos; rr. hh/rr.hh: recursos "
    "humanos; cc. aa/cc.aa: comunidades autónomas; ff. aa/ff.aa: fuerzas armadas; jj. oo/jj.oo: juegos "
    "olímpicos; dd. hh/dd.hh: derechos humanos; aa. vv/aa.vv: autores varios; cc. oo/cc.oo: comisiones "
    "obreras; rr. pp/rr.pp: relaciones públicas; ff. cc/ff.cc: ferrocarriles; rr. mm/rr.mm: reyes magos; "
    "n.º/nº: número; incl: incluido; fdo: firmado; atte: atentamente; bco: banco; gta: glorieta; ph.d/ph. d: "
    "doctor; vto: visto; a. m: a eme; p. m: pe eme; gr: gramos; hab: habitantes; min: minutos; seg: "
    "segundos; kg: kilos; km: kilómetros; cda: cucharada; cdas: cucharadas; cdta/cdita: cucharadita; cdtas/cditas: "
    "cucharaditas; pers: personas; pts: puntos; bs. as/bs.as: buenos aires"
)
# Titles and kinds of street: behind them a capital letter begins a name, and no sentence.
_BEFORE_NAMES = frozenset(
    "sr sra srta sres srs sras srtas dr dra dres dras dña d.ª prof profa prof.ª lic licda ing arq gral cnel "
    "tte sgto cmdte mons excmo excma ilmo ilma rvdo sto sta hnos hna hno fco mª m.ª vda av avda avd pza plza "
    "pl ctra urb pº prov edif dpto depto vs ej p.ej tel tfno ref bco".split()
) | {"p. ej"}
# Written with a small letter first, "44 a. C.".
_ERAS = frozenset({"a. c", "a.c", "d. c", "d.c"})
# As common without their full stop: texts on telephones have none.
_UNDOTTED = _table(
    "sr: señor; sra: señora; srta: señorita; sres: señores; dr: doctor; dra: doctora; dña/dª/d.ª: doña; "
    "mª/m.ª: maría; gª: garcía; ud/vd: usted; uds/vds: ustedes; avda: avenida; pza: plaza; dpto: departamento; "
    "tel/tfno/tlf: teléfono; aprox: aproximadamente; máx: máximo; mín: mínimo; etc: etcétera; pág: página; págs: "
    "páginas; ctra: carretera; núm: número; vs: versus; izda: izquierda; dcha: derecha; eeuu/ee uu: estados unidos; "
    "rrhh/rr hh: recursos humanos; ccoo: comisiones obreras; ccaa: comunidades autónomas; jjoo: juegos "
    "olímpicos; rrss: redes sociales; nº: número; admón: administración; pº: paseo; kms: kilómetros; xq: "
    "porque; tb: también; finde: fin de semana; pq: porque; tmb: también; xfa: porfa; tqm: te quiero mucho; bss: "
    "besos; msj: mensaje; cdas: cucharadas; cdta: cucharadita; cdtas: cucharaditas; ctrl: control"
)
_SLASHED = {
    "c/": "calle", "av/": "avenida", "pl/": "plaza", "pza/": "plaza", "ctra/": "carretera", "s/n": "sin número",
    "y/o": "y o", "a/a": "a la atención de", "c/c": "cuenta corriente", "c/u": "cada uno",
}  # fmt: skip


# Behind the que and the por of a message.
_ASKED = "tal|haces?|hacéis|pasa|hay|te|me|se|no|lo|si|ya|os|va|vas|eres|quieres|dices|hora|guay|bien|bueno|risa|pena"
_FOR = (
    "que|qué|favor|fa|eso|esto|aquí|ahí|allí|hoy|ahora|fin|mí|ti|mi|tu|su|la|el|los|las|lo|un|una|ejemplo|supuesto|"
    "cierto|tanto|cada|todo|todos|todas"
)

_WINDS = {
    "N": "norte", "S": "sur", "E": "este", "O": "oeste", "NO": "noroeste", "NE": "noreste", "SO": "suroeste",
    "SE": "sureste",
}  # fmt: skip


def _any_of(shorts: dict[str, str]) -> str:
    return "|".join(re.escape(short) for short in sorted(shorts, key=len, reverse=True))


def _dotted(match: re.Match[str]) -> str:
    short = match[1].casefold()
    if short in _ERAS and match[1].isupper():
        # "Washington D. C.".
        return spell(match[1]) + stop_after(match) + " "
    return _DOTTED[short] + ("" if short in _BEFORE_NAMES else stop_after(match)) + " "


_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN = r"(?=[IVXLCDM])(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?!\w)"
# Without the letters of CD, DL, MC, which are mostly no numbers.
_SMALL_ROMAN = r"(?=[IVX]{2}|[IVXL]{3})((?:XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?!\w)"

_ROYAL = frozenset(
    "Leonor Sofía Victoria Guillermina Alejandro Alfonso Amadeo Ana Balduino Benedicto Bonifacio Carlos "
    "Catalina Clemente Constantino Cristina Eduardo Enrique Felipe Fernando Francisco Federico Fadrique "
    "Guillermo Gregorio Gustavo Haakon Humberto Inocencio Isabel Jacobo Jaime Jorge José Juan Juana Julio "
    "León Leopoldo Luis Manuel María Maximiliano Mohamed Napoleón Nicolás Pablo Pedro Pío Ramiro Ramón "
    "Ricardo Sancho Sixto Urbano Víctor Margarita Beatriz Urraca Abderramán Otón Recaredo Ramsés Tutmosis "
    "Ptolomeo Cleopatra Darío Jerjes Ciro Filipo Berenguer Teobaldo Segismundo Wenceslao Iván Pipino Rodolfo "
    "Alberto Rainiero Olaf Harald Cristián Emanuel Hassan Abdalá Manuela Elizabeth Charles Alejo Basilio "
    "Esteban Andrés Bela Celestino Eugenio Honorio Martín Adriano Paulo".split()
)
_QUEENS = frozenset(
    "Ana Beatriz Catalina Cleopatra Cristina Elizabeth Guillermina Isabel Juana Leonor Margarita María Sofía Urraca "
    "Victoria".split()
)
# What a roman numeral behind it numbers, said as a cardinal.
_NUMBERED = (
    "cap[ií]tulos?|tomos?|vol[uú]men(?:es)?|actos?|escenas?|t[ií]tulos?|art[ií]culos?|partes?|libros?|fases?|anexos?|"
    "ap[eé]ndices?|secci[oó]n(?:es)?|grupos?|tipos?|grados?|niveles|nivel|temas?|cantos?|salmos?|cuadros?|figuras?|"
    "tablas?|unidad(?:es)?|m[oó]dulos?|versi[oó]n|plan|clase|etapas?|temporada|episodio|año|factor|legi[oó]n|dinast[ií]a"
)
# Roman numerals that are more often something else.
_NO_NUMBERS = frozenset("MI DI MIX DIX LI CD DC MC CM MM MD DL LC CC CV XL XXX".split())


def _value(roman: str) -> int:
    total = 0
    for digit, following in zip(roman, roman[1:] + " ", strict=True):
        value = _ROMAN_DIGITS[digit]
        total += -value if value < _ROMAN_DIGITS.get(following, 0) else value
    return total


def _monarch(match: re.Match[str]) -> str:
    value = _value(match[3])
    said = ordinal(value, "a" if match[1] in _QUEENS else "o") if value <= 10 else cardinal(value)  # noqa: PLR2004
    return f"{match[1]}{match[2] or ''} {said}"


def _century(match: re.Match[str]) -> str:
    """Say one century or more; the first ten by ordinals."""
    word = "siglo" if match[1].lower() in {"s.", "siglo"} else "siglos"
    return f"{word} {_century_number(match[2])}"


def _century_number(roman: str) -> str:
    value = _value(roman)
    return ordinal(value) if value <= 10 else cardinal(value)  # noqa: PLR2004


def _between_centuries(written: str) -> str:
    return next((joint for joint in ("y", "al") if f" {joint} " in written), "a")


def _before_noun(match: re.Match[str]) -> str:
    noun = match[2].lower()
    if not is_noun(noun):
        # "el IV a. C." is a century.
        if noun in {"antes", "después"}:
            return f"{_century_number(match[1])} {match[2]}"
        # "La línea L tres": a letter.
        return match[0] if len(match[1]) == 1 else f"{cardinal(_value(match[1]))} {match[2]}"
    said = ordinal(_value(match[1]), "a" if is_feminine(noun) else "o")
    if said.endswith(("primero", "tercero")):
        said = said[:-1]
    return f"{said} {match[2]}"


def _numbered(match: re.Match[str]) -> str:
    is_letter = not match[2].isupper() or match[2] in {"C", "D", "L", "M"}
    return match[0] if is_letter else f"{match[1]} {cardinal(_value(match[2]))}"


def _alone(match: re.Match[str]) -> str:
    # "LO VI AYER": between capitals VI is a word.
    is_word = match[1] == "VI" and match.string[max(0, match.start() - 2) : match.start()].strip().isupper()
    return match[1] if is_word or match[1] in _NO_NUMBERS else cardinal(_value(match[1]))


ABBREVIATIONS = (
    Rule(
        "door behind its floor",
        re.compile(r"(?<=\d[ºª])(?=(?:[A-J]|[A-Z]{2,}|izq|izda|dcha)(?!\w))"),
        lambda _: " ",
        "Before ordinals, which would join them, and abbreviations, which begin a word.",
        (("C/ Mayor, 14, 2ºB", "calle mayor, catorce, segundo be"), ("4ºdcha", "cuarto derecha")),
    ),
    Rule(
        "with a slash",
        re.compile(rf"(?<![\w/°])({_any_of(_SLASHED)})(?:(?<=/)\s?(?=\w)|(?<!/)(?![\w/]))", re.IGNORECASE),
        lambda match: _SLASHED[match[1].casefold()] + " ",
        "A slash belongs to a few abbreviations.",
        (("c/ Mayor, s/n", "calle mayor, sin número"), ("ven y/o llama", "ven y o llama")),
    ),
    Rule(
        "number, as a word",
        re.compile(r"(?<!\w)n(?:\.? ?[º°ª]s?|\.os|úms?\.|ros?\.)(?![^\W\d])", re.IGNORECASE),
        lambda match: ("números" if match[0].rstrip(".").endswith("s") else "número") + " ",
        "Before ordinals, whose sign it shares.",
        (("n.º 5", "número cinco"), ("Nº 12", "número doce"), ("núms. 3 y 4", "números tres y cuatro")),
    ),
    Rule(
        "rooms",
        re.compile(r"(?<=\b[1-9] )hab\.(?=,| [a-z]|\Z)"),
        lambda match: "habitación" if match.string[match.start() - 2] == "1" else "habitaciones",
        "Of a flat; behind other numbers they are inhabitants.",
        (("piso de 3 hab., 2 baños", "piso de tres habitaciones, dos baños"),),
    ),
    Rule(
        "wind",
        re.compile(
            r"(?<!\w)([Vv]ientos?(?: [^\W\d]{3,12})? (?:del|de componente)|[Cc]omponente|[Rr]umbo) "
            r"(NO|NE|SO|SE|N|S|E|O)(?![\w.])"
        ),
        lambda match: f"{match[1]} {_WINDS[match[2]]}",
        "NO is a word where nothing blows.",
        (
            ("viento del NO", "viento del noroeste"),
            ("vientos fuertes de componente S", "vientos fuertes de componente sur"),
        ),
    ),
    Rule(
        "that, in a message",
        re.compile(
            r"(?<![\w'.@/-])(?<!letra )(?<!la )(?<!vitamina )(?:q(?= (?!de\b)[a-záéíóúñ]| ?[?])|"
            rf"k(?= (?:{_ASKED})\b| ?[?])|(?:(?<=\A)|(?<=[.!?] ))[QK](?= (?:{_ASKED})\b))"
        ),
        lambda match: "qué" if match.string[match.end() : match.end() + 4].strip() in {"tal", "?"} else "que",
        "As it is typed on telephones, in small letters.",
        (("Q tal", "qué tal"), ("creo q sí", "creo que sí"), ("la q de queso", "la cu de queso")),
    ),
    Rule(
        "for, in a message",
        re.compile(rf"(?<=[^\W\d_] )(?<!\bla )(?<!\bde )(?<!\bsi )(?<!rayos )x(?= (?:{_FOR})\b)"),
        lambda _: "por",
        "As a sign of multiplication it is called so; before words that often follow, as elsewhere it is a letter.",
        (
            ("gracias x todo", "gracias por todo"),
            ("si x es par", "si equis es par"),
            ("de x la raíz", "de equis la raíz"),
        ),
    ),
    Rule(
        "next point",
        re.compile(r"(?<=[^\W\d_]) (?=[b-h]\) ?[A-ZÁÉÍÓÚÑ¿¡])"),
        lambda match: ". " if "a)" in match.string[: match.start()].lower() else " ",
        "In a row of points, each is a sentence of its own.",
        (("a) Sí b) No", "a, sí. be, no"), ("Sección b) Normas", "sección be, normas")),
    ),
    Rule(
        "don",
        re.compile(r"(?<![\w.])D\. ?(?=[A-ZÁÉÍÓÚÑ][a-záéíóúñü])"),
        lambda _: "don ",
        "Before a name only: elsewhere D. is an initial.",
        (("D. Quijote", "don quijote"),),
    ),
    Rule(
        "captain or chapter",
        re.compile(r"(?<![\w.])cap\. ?(?=(\w?))", re.IGNORECASE),
        lambda match: "capitán " if match[1].isupper() and match[1] not in "IVXLC" else "capítulo ",
        "One abbreviation, two words: a name is behind the captain's.",
        (("cap. 3", "capítulo tres"), ("el Cap. Pérez", "el capitán pérez")),
    ),
    Rule(
        "century",
        re.compile(rf"(?<!\w)([sS]iglos?|SIGLOS?|ss?\.(?= ?[IVX])|S\.(?= ?[IVX]{{2}})) ?{_ROMAN}"),
        _century,
        "Before roman numerals of other things: here the first ten are ordinals, and s. is no other abbreviation.",
        (
            ("el siglo XXI", "el siglo veintiuno"),
            ("s. V", "siglo quinto"),
            ("siglos XV y XVI", "siglos quince y dieciséis"),
        ),
    ),
    Rule(
        "abbreviation",
        re.compile(rf"(?<![\w.])({_any_of(_DOTTED)})\.(?!\w{{1,2}}\.)", re.IGNORECASE),
        _dotted,
        "Where it ends a sentence too, the full stop stays.",
        (
            ("El Sr. López y la Dra. Ruiz", "el señor lópez y la doctora ruiz"),
            ("EE. UU.", "estados unidos."),
            ("p. ej., este", "por ejemplo, este"),
            ("pág. 15", "página quince"),
            ("Av. de América", "avenida de américa"),
            ("peras, etc.", "peras, etcétera."),
            ("en el 44 a. C.", "en el cuarenta y cuatro antes de cristo."),
        ),
    ),
    Rule(
        "abbreviation without its full stop",
        re.compile(rf"(?<![\w.@])({_any_of(_UNDOTTED)})(?!\w|\.\w|'\w)", re.IGNORECASE),
        lambda match: _UNDOTTED[match[1].casefold()],
        "Those that are often written without one, and are no words.",
        (("la Sra Gómez", "la señora gómez"), ("EEUU", "estados unidos"), ("Mª José", "maría josé")),
    ),
    Rule(
        "initials",
        re.compile(r"(?<![\w.])((?:[A-ZÑ]\. ?){1,4})(?=[A-ZÁÉÍÓÚÑ][a-záéíóúñü])"),
        lambda match: spell(match[1]) + " ",
        "Before a name, full stops end no sentence.",
        (("J. R. R. Tolkien", "jota erre erre tolkien"),),
    ),
    Rule(
        "dotted initialism",
        re.compile(r"(?<![\w.])((?:[A-ZÑa-zñ]\.){2,8})(?!\w)"),
        lambda match: match[1].replace(".", "").upper() + stop_after(match),
        "O.N.U. is ONU.",
        (("la O.N.U. dice", "la onu dice"),),
    ),
)

ROMAN = (
    Rule(
        "span of centuries",
        re.compile(rf"(?:(?<=siglos )|(?<=siglo ))([a-zé]+)[-–—/ ]{{1,3}}(?:y |al |a )?{_ROMAN}"),
        lambda match: f"{match[1]} {_between_centuries(match[0])} {_century_number(match[2])}",
        "The second century of two.",
        (
            ("siglos XV-XVI", "siglos quince a dieciséis"),
            ("del s. XVIII al XXI", "del siglo dieciocho al veintiuno"),
            ("siglos IV y V", "siglos cuarto y quinto"),
        ),
    ),
    Rule(
        "monarch",
        re.compile(rf"(?<!\w)({'|'.join(sorted(_ROYAL))})( (?:Pablo|Manuel|José|Adolfo))? {_ROMAN}"),
        _monarch,
        "Ordinals to the tenth, in the name's gender, cardinals from there.",
        (
            ("Luis XIV", "luis catorce"),
            ("Felipe VI", "felipe sexto"),
            ("Isabel II", "isabel segunda"),
            ("Juan Pablo II", "juan pablo segundo"),
            ("Alfonso X", "alfonso décimo"),
        ),
    ),
    Rule(
        "numbered with roman numerals",
        re.compile(rf"(?<!\w)({_NUMBERED}) {_ROMAN}", re.IGNORECASE),
        _numbered,
        "Chapters, volumes and the like, where a single I, V or X is a number.",
        (("capítulo IV", "capítulo cuatro"), ("Tomo I", "tomo uno"), ("el plan C", "el plan ce")),
    ),
    Rule(
        "roman numeral before its noun",
        re.compile(r"(?<!\w)(?=[IVXL])((?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})) ([^\W\d_][a-záéíóúñ]{3,24})(?!\w)"),
        _before_noun,
        "Congresses, wars and anniversaries: an ordinal of the noun's gender.",
        (
            ("la II Guerra Mundial", "la segunda guerra mundial"),
            ("el III Congreso", "el tercer congreso"),
            ("XXV aniversario", "vigésimo quinto aniversario"),
            ("en el IV a. C.", "en el cuarto antes de cristo."),
            ("Rocky III contra Drago", "rocky tres contra drago"),
        ),
    ),
    Rule(
        "roman numeral behind a name",
        re.compile(rf"(?<!\w){_SMALL_ROMAN}"),
        _alone,
        "Two letters or more of I, V and X are a number, but for a few words.",
        (("Rocky IV", "rocky cuatro"), ("Parque XXI", "parque veintiuno")),
    ),
    Rule(
        "year in roman numerals",
        re.compile(rf"(?<!\w)(?=[MDC]\w{{3}}){_ROMAN}"),
        _alone,
        "Four letters or more that are a roman numeral are hardly a word.",
        (("MCMXCII", "mil novecientos noventa y dos"), ("GUERRA CIVIL", "guerra civil")),
    ),
)
