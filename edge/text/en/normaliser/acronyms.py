"""Capital letters: what is spelled, what is read, and words with capitals or digits inside.

A word in capitals is spelled if it is in `SPELLED` or cannot be said ("XJKT"), read if it is an ordinary word of
two or three letters or a longer one that can be said. A text in capitals throughout is shouted, not abbreviated:
there "US" is "us" and only what is no word in any case is spelled.
"""

from __future__ import annotations

import re
from functools import lru_cache

from edge.text.en.normaliser.words import LETTERS, cardinal, digits, pairs, spell
from edge.text.rules import Rule

READ = {
    word: word
    for word in (
        "NASA NATO UNESCO UNICEF OPEC AIDS SARS SCUBA RADAR LASER IKEA FIFA UEFA NASCAR WYSIWYG PIN RAM ROM SIM GIF "
        "COVID NAFTA ASEAN FEMA OSHA HIPAA SWAT POTUS SCOTUS FLOTUS NORAD DARPA CERN NIMBY YOLO FOMO TED MIDI HEPA "
        "CAPTCHA UNIX LINUX COBOL BASIC LAN WAN NOAA AMBER INTERPOL EUROPOL MERCOSUR SAP LIDAR SONAR TIFF NAND SaaS "
        "PaaS BIOS ASCII JPEG JSON LaTeX VoIP WiFi DOS NumPy SciPy PyPI GUI ICANN MoMA DORA MoCA SIDS EBITDA WASP "
        "PETA MASH TASER BAFTA AWOL SNAFU TOEFL FAFSA ALSA QWERTY TOML YAML".lower().split()
    )
}
READ |= {
    "jpeg": "jay peg", "json": "jason", "latex": "lay tek", "voip": "voyp", "wifi": "wifi", "bios": "bye oss",
    "ascii": "askey", "saas": "sass", "paas": "pass", "gui": "gooey", "cern": "sern", "gif": "giff", "awol": "ay wall",
    "wysiwyg": "whiz " + spell("E") + " wig", "fomo": "foe moe", "yolo": "yo low", "toml": "tom " + spell("L"),
    "yaml": "yammel", "noaa": "noah", "numpy": "num pie", "scipy": "sigh pie", "pypi": "pie " + spell("PI"),
    "moma": "moe mah", "ebitda": "ee bit dah", "icann": "eye can", "dos": "doss", "vram": spell("V") + " ram",
    "hipaa": "hippa", "osha": "oh sha", "toefl": "toe full", "midi": "middy", "crispr": "crisper", "wav": "wave",
    "uefa": "you ay fa",
}  # fmt: skip
"""Acronyms that are words, by their small letters, and how to write them for those whose letters mislead."""

SPELLED = frozenset(
    "AA ABC ABS AC AD ADHD AEST AFAIK AFC AGI AI AK AKA AKC ALS AM AMA AMC AMD AOL AP API ARPA ASAP ASL ATM ATV AWS "
    "BA BAC BBC BBQ BC BCE BFF BLT BMI BMW BP BRB BS BSA BSD BST BYOB CA CAD CB CBD CBS CC CCTV CD CDC CDT CE CEO CET "
    "CFO CGI CIA CIO CMS CNN COD COO CPA CPR CPU CRM CSS CST CSV CT CTO CV CVS DA DB DC DDR DEA DHL DHS DIY DJ DLC "
    "DMV DNA DNC DNS DOA DOB DOD DOE DOJ DOT DPI DSL DUI DVD DVR EA EBT ECB ECG EDT EEG EKG EMT EOF EPA EQ ER ERA ESL "
    "ESP ESPN EST ET ETA EU EV EVS FAA FAQ FBI FCC FDA FDIC FDR FIR FM FPS FTC FTP FTSE FYI GAO GB GDP GE GED GI GIS "
    "GM GMAT GMC GMO GMT GNP GNU GOP GPA GPL GPS GPT GPU HBO HD HDMI HGTV HIV HOA HP HQ HR HRT HTML HTTP HTTPS HVAC "
    "IBM IBS ICE ICU ICYMI ID IDE IED IEEE IIRC IKE ILO IM IMAX IMDB IMF IMO INS IO IOS IOU IP IPA IPO IQ IRA IRC IRS "
    "ISBN ISO ISP ISS IT ITV IUD IV IVF JD JFK JR JVM KFC KGB KKK LA LAPD LBJ LCD LED LGBT LGBTQ LLC LLM LLP LMAO LOL "
    "LPG LSAT LSD LTE MA MBA MC MCAT MD MDT ME MGM MIA MIT MLA MLB MLK MLS MMA MMO MP MRI MRSA MS MSG MSRP MST MTA "
    "MTV MVP NAACP NBA NBC NCAA NDA NFC NFL NFT NGO NHL NHS NIH NLP NPC NPR NRA NSA NSFW NWA NY NYC NYPD NYSE NYT NYU "
    "OAS OB OCD OCR OECD OJ OK OMG OS OST OTC PA PBS PC PCI PCR PDA PDF PDT PE PFC PGA PHP PI PM PMS PNG POV POW PPE "
    "PPI PPM PR PS PSA PSI PST PT PTA PTO PTSD PVC QA QED QR RAF RBI RCA RFID RGB RIP RN RNA RNC ROTC RPG RPM RSVP RV "
    "SAT SATA SEC SEO SF SMS SNL SOB SOS SPF SQL SSD SSH SSL SSN STD STDS SUV SVG SWF TA TB TBA TBD TBH TCP TD TGIF "
    "TLC TMI TMZ TNT TSA TTS TTYL TV UAE UBS UCLA UDP UFC UFO UHF UI UK UL UN UPC UPS URI URL US USA USAF USB USC "
    "USDA USMC USO USPS USSR UTC UTF UV UX VA VAT VC VCR VHF VIN VIP VM VP VPN VR WC WHO WTF WTO WWE WWF WWI WWII WWW "
    "XHTML XL XML XXL YMCA YTD YWCA".split()
)
"""Abbreviations that are said letter by letter although they could be said, or are also words."""

_WORDS = frozenset(
    # Two letters, three, and what in capitals is more often a word that is stressed than an abbreviation.
    "AM AN AS AT BE BY DO GO HA HE HI IF IN IS IT ME MY NO OF OH ON OR OX PA SO TO UP US WE YO AH HM UH UM EX AX AW "
    "EH ACE ACT ADD ADO AGE AGO AID AIM AIR ALL AND ANT ANY APE APP ARC ARE ARM ART ASK ATE AUG AWE AXE BAD BAG BAN "
    "BAR BAT BAY BED BEE BEG BET BIG BIN BIT BOW BOX BOY BUD BUG BUN BUS BUT BUY BYE CAB CAN CAP CAR CAT COP COT COW "
    "CRY CUP CUT DAD DAM DAY DEC DEN DEW DID DIE DIG DIM DIP DOG DOT DRY DUE DUG DYE EAR EAT EEL EGG EGO ELF END ERA "
    "EVE EYE FAN FAR FAT FAX FED FEE FEW FIG FIN FIT FIX FLU FLY FOG FOR FOX FRY FUN FUR GAP GAS GEL GET GOD GOT GUM "
    "GUN GUT GUY GYM HAD HAM HAS HAT HAY HEN HER HEY HID HIM HIP HIS HIT HOT HOW HUG HUT ICE ICY ILL INK INN ION ITS "
    "JAM JAN JAR JAW JET JOB JOG JOY JUG KEY KID KIT LAB LAP LAW LAY LEG LET LID LIE LIP LOG LOT LOW MAD MAN MAP MAR "
    "MAT MAX MAY MEN MET MIX MOM MUD MUG NAP NET NEW NIL NOD NOR NOT NOV NOW NUT OAK ODD OFF OFT OIL OLD ONE ORB OUR "
    "OUT OWE OWL OWN PAD PAN PAY PEA PEN PET PIE PIG PIN PIT POP POT PRO PUB PUT RAG RAM RAN RAT RAW RAY RED REF RIB "
    "RID RIM ROD ROT ROW RUB RUG RUN SAD SAW SAY SEA SEE SET SEX SHE SHY SIN SIP SIR SIT SIX SKI SKY SLY SON SOY SPA "
    "SPY SUM SUN TAB TAG TAN TAP TAX TEA TEN THE TIE TIN TIP TOE TON TOO TOP TOY TRY TUB TWO USE VAN VET VIA WAR WAS "
    "WAX WAY WEB WET WHO WHY WIG WIN WIT WON WOW YES YET YOU ZAP ZIP ZOO SAT SUN MON TUE WED THU FRI AHA BOO DUH HMM "
    "HUH SHH UGH UHH UMM YAY YEP NAH NOPE".split()
)
# Words that are spelled unless the whole text is in capitals: the "US" and "IT" of a sentence in small letters.
_BOTH = SPELLED & _WORDS - {"AM", "ME", "PA", "ERA", "ICE"}

_LONG_ENOUGH = 3
_LONGEST_SPELLED = 8
_VOWELS = "aeiouy"
_ONSETS = frozenset(
    "b bh bl br c ch chl chr cl cr cz d dr dw f fl fr g gh gl gn gr gw h j k kh kl kn kr kw l ll m mc mn n p pf ph "
    "phl phr pl pn pr ps q qu r rh s sc sch schl schm schn schr schw scr sh shr sk sl sm sn sp sph spl spr sq squ st "
    "str sv sw t th thr tr ts tw v vl w wh wr x y z zh".split()
) | {""}
_CODAS = frozenset(
    "b bb bt c ch cht ck ct d dd dth f ff ft g gg gh ght gm gn h hn k l lb lch ld lf lfth lk ll lm ln lp lph ls lsh "
    "lt lth ltz lv m mb mm mn mp mph mpt n nc nch nct nd ng ngst ngth nk nn nt nth ntz nx nz p ph pp pt pth q r rb rc "
    "rch rd rf rg rk rl rld rm rmth rn rp rr rs rsh rst rt rth rtz rv s sc sh sk sm sp ss st t tch th thm tt tz v w "
    "wk wl wn x xt xth z zz".split()
) | {""}
_EDGES = re.compile(rf"([^{_VOWELS}]*)[a-z]*?([^{_VOWELS}]*)")


def is_sayable(word: str) -> bool:
    """Tell whether `word`, in small letters, could be English: a vowel, and consonants at its ends as in words.

    What is longer than any abbreviation is not spelled, whatever it is.
    """
    if len(word) > _LONGEST_SPELLED:
        return True
    edges = _EDGES.fullmatch(word)
    if edges is None or not any(vowel in word for vowel in _VOWELS):
        return False
    first, last = edges.groups()
    return first in _ONSETS and (last in _CODAS or last.removesuffix("s") in _CODAS)


def capitals(word: str, *, shouted: bool = False) -> str:
    """How a word in capitals is said, in a text that is `shouted` or not."""
    lower = word.lower()
    if lower in READ and len(word) >= _LONG_ENOUGH:
        return READ[lower]
    if word in _WORDS and (shouted or word not in _BOTH):
        return lower
    if word in SPELLED:
        return spell(word)
    # An unknown word of three letters is more likely an abbreviation.
    if len(word) > _LONG_ENOUGH and is_sayable(lower):
        return lower
    return spell(word)


_CAPITALS = re.compile(r"(?<![\w'])[A-Z]{2,}(?!\w)")
_SMALL = re.compile(r"(?<![\w'])[a-z]{2,}|[A-Z][a-z]")


@lru_cache(maxsize=1)
def _is_shouted(text: str) -> bool:
    """Tell whether a text of some words has no small letters; asked for each match, found once a text."""
    if _SMALL.search(text):
        return False
    words = _CAPITALS.findall(text)
    return len(words) > 1 and any(word in _WORDS or len(word) > _LONG_ENOUGH for word in words)


def _capitals(match: re.Match[str]) -> str:
    words = capitals(match[1], shouted=_is_shouted(match.string))
    if not match[2]:
        return words
    spelled = ord(words[-1]) in LETTERS
    return words + ("'s" if spelled or match[2] != "s" else "s")


def _joined(match: re.Match[str]) -> str:
    """A word with capitals inside, in its parts; one letter of its own is a letter: "iPhone"."""
    word = match.group()
    lower = word.lower()
    if lower in READ or _ONE_NAME.fullmatch(word):
        return READ.get(lower, lower)
    return " ".join(spell(part) if len(part) == 1 else part for part in _HUMPS.split(word))


# Names whose capitals are no joints.
_ONE_NAME = re.compile(r"(?:Mc|Mac|O'|De|Di|La|Le|Fitz|Van|Du)[A-Z][a-z]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _mixed(match: re.Match[str]) -> str:
    """Letters and digits without a space between, each run as what it is."""
    return f" {' '.join(map(_run, _RUN.findall(match.group())))} "


def _run(part: str) -> str:
    if part.isdigit():
        return model_number(part)
    lower = part.lower()
    if part == lower and len(part) > 1 and part.upper() in _WORDS:
        return part
    if len(part) <= _LONG_ENOUGH or part.isupper():
        return capitals(part) if part.isupper() and len(part) >= _LONG_ENOUGH else spell(part)
    return lower if is_sayable(lower) else spell(part)


def model_number(text: str) -> str:
    """A number in a name, as flights and models are said: 320 is "three twenty", 1080 "ten eighty"."""
    if text[0] == "0" or len(text) > len("1080"):
        return digits(text)
    value = int(text)
    if len(text) < len("320") or value % 1000 == 0:
        return cardinal(value)
    return pairs(value)


_RUN = re.compile(r"[A-Za-z]+|[0-9]+")

_NAMES = {
    "WiFi": "wifi", "Wi-Fi": "wifi", "wifi": "wifi", "WIFI": "wifi", "PhD": spell("PHD"), "PhDs": spell("PHD") + "'s",
    "GitHub": "git hub", "iOS": "i " + spell("OS"), "macOS": "mac " + spell("OS"),
    "B2B": spell("B") + " to " + spell("B"), "YoY": "year over year", "QoQ": "quarter over quarter",
    "DoD": spell("DOD"), "M&Ms": spell("M") + " and " + spell("M") + "'s", "w/out": "without",
    "B2C": spell("B") + " to " + spell("C"), "P2P": spell("P") + " to " + spell("P"),
    "PostgreSQL": "post gress " + spell("QL"), "MySQL": "my " + spell("SQL"), "SQLite": spell("SQL") + " light",
    "mRNA": spell("MRNA"), "eBay": "ebay", "MPEG": "em peg", "Xbox": "ex box", "OK": "okay", "Ok": "okay", "ok": "okay",
    "C#": spell("C") + " sharp", "F#": spell("F") + " sharp", "C++": spell("C") + " plus plus", ".NET": "dot net",
    "Q&A": spell("Q") + " and " + spell("A"), "R&D": spell("R") + " and " + spell("D"),
    "R&B": spell("R") + " and " + spell("B"), "AT&T": spell("AT") + " and " + spell("T"), "TikTok": "tick tock",
    "WhatsApp": "whats app", "Kubernetes": "coo burr net ease", "kubernetes": "coo burr net ease", "A-OK": "A okay",
    "nginx": "engine " + spell("X"), "w/o": "without", "w/": "with", "b/c": "because", "b/w": "between",
    "n/a": spell("NA"), "N/A": spell("NA"),
}  # fmt: skip

# Words with marks that change how they are said; without marks they would be other words, or none.
_LOANS = {
    "résumé": "reza may", "resumé": "reza may", "résumés": "reza mays", "exposé": "expo zay", "rosé": "ro zay",
    "pâté": "pah tay", "piñata": "peen yatta", "naïveté": "naivete", "olé": "o lay", "über": "oober",
    "doppelgänger": "doppel ganger", "açaí": "ah sigh ee", "purée": "puray", "saké": "sah key", "maté": "mah tay",
    "étude": "ay tude", "résidence": "residence", "à": "ah", "élan": "ay lahn", "éclair": "ay clair", "lamé": "la may",
}  # fmt: skip

# What a letter names, in front of it.
_NAMED_BY_LETTERS = (
    "vitamin plan grade type team group class section option point letter part side hepatitis appendix exhibit".split()
)

LOANS = (
    Rule(
        "loan word with marks",
        re.compile(r"\b(?:" + "|".join(_LOANS) + r")\b", re.IGNORECASE),
        lambda match: _LOANS.get(match.group().lower(), match.group()),
        "Most may lose their marks (café, façade); these would be read as another word.",
        (("Send your résumé to the café.", "send your reza may to the cafe."),),
    ),
)

ACRONYMS = (
    Rule(
        "name",
        re.compile(
            r"(?<![\w'/.-])(?:" + "|".join(map(re.escape, sorted(_NAMES, key=len, reverse=True))) + r")(?![\w#-]|/\w)"
        ),
        lambda match: _NAMES[match.group()],
        "Names and short forms that no rule gets right; first, as the rules below would take them apart.",
        (
            ("Turn the WiFi on, OK?", "turn the wifi on, okay?"),
            ("She has a PhD in C++", "she has a P H D in C plus plus"),
            ("Coffee w/ milk, w/o sugar", "coffee with milk, without sugar"),
            ("AT&T's Q&A", "A T and T's Q and A"),
        ),
    ),
    Rule(
        "letters and digits",
        re.compile(r"(?<![\w'])(?<!\d\.)(?=[A-Za-z]+[0-9]|[0-9]+[A-Za-z])[A-Za-z0-9]+(?![\w'])"),
        _mixed,
        "Before plain numbers and capitals, which are parts of it. Units (5km) and ordinals (1st) came earlier.",
        (
            ("5G and HTML5 on x86", "five G and H T M L five on X eighty-six"),
            ("Flight BA2490", "flight B A twenty-four ninety"),
            ("Room 101B", "room one oh one B"),
            ("H2O and 7up", "H two O and seven up"),
            ("Catch22 and MP3", "catch twenty-two and M P three"),
        ),
    ),
    Rule(
        "letters, hyphen, number",
        re.compile(r"(?<![\w-])([A-Z]{1,6})-(\d{1,4})(?![\w,]|[.-]\d)"),
        lambda match: f"{capitals(match[1]) if len(match[1]) > 1 else spell(match[1])} {model_number(match[2])}",
        "A hyphen here is neither minus nor 'to'.",
        (
            ("COVID-19 on the I-95", "covid nineteen on the I ninety-five"),
            ("An F-16 and a B-52", "an F sixteen and a B fifty-two"),
        ),
    ),
    Rule(
        "word with capitals inside",
        re.compile(r"(?<![A-Za-z])[A-Za-z]*[a-z][A-Z][A-Za-z]*"),
        _joined,
        "Before capitals, which may be one of its parts. Names such as McDonald are one word.",
        (
            ("ChatGPT on YouTube", "chat G P T on you tube"),
            ("An iPhone for McDonald", "an I phone for mcdonald"),
            ("mRNA", "M R N A"),
        ),
    ),
    Rule(
        "contraction in capitals",
        re.compile(
            r"(?<![A-Za-z'])(?:(?:I|[A-Z]{2,20})'(?:T|RE|LL|VE|D|M)|(?:IT|LET|THAT|WHAT|HE|SHE|WHO|THERE|HERE"
            r"|WHERE|HOW)'S)(?![\w'])"
        ),
        lambda match: match.group().lower(),
        "Its parts are no words.",
        (("DON'T! IT'S HOT!", "don't! it's hot!"),),
    ),
    Rule(
        "capitals",
        re.compile(r"(?<![A-Za-z])([A-Z]{2,})('?s(?![A-Za-z])|'S(?![A-Za-z]))?(?![a-z])"),
        _capitals,
        "Spelled by table and by shape, else read. Roman numerals came earlier.",
        (
            ("The FBI and NASA", "the F B I and nasa"),
            ("Two PDFs from the CIA's USB", "two P D F's from the C I A's U S B"),
            ("PLEASE STOP NOW!", "please stop now!"),
            ("GIVE IT TO US", "give it to us"),
            ("Our IT in the US", "our I T in the U S"),
            ("This is VERY important", "this is very important"),
            ("The XJKT file", "the X J K T file"),
            ("CEOs and NGO's", "C E O's and N G O's"),
        ),
    ),
    Rule(
        "letter A",
        re.compile(
            r"(?<![\w'.])(?:" + "".join(rf"(?<=\b(?i:{noun}) )A|" for noun in _NAMED_BY_LETTERS) +
            r"A(?='s\b|/[A-Z]\b|[+&]| & | (?:to|and|or) [B-Z]\b|[.,;:?!)\"-]|\Z))(?![\w'])"
        ),
        lambda _: spell("A"),
        "An article is followed by its noun; this is not, or has a noun that it names in front.",
        (
            ("Vitamin A is good", "vitamin A is good"),
            ("From A to Z", "from A to Z"),
            ("A cat got an A.", "a cat got an A."),
            ("A & B", "A and B"),
        ),
    ),
    Rule(
        "single letter",
        re.compile(r"(?<![A-Za-z'])(?<!\d')([B-HJ-NP-Zb-hj-np-z])(?![A-Za-z'])('s(?![A-Za-z]))?"),
        lambda match: spell(match[1]) + (match[2] or ""),
        "By its name. 'I', 'a' and 'O' are words as well and stay so.",
        (("Plan B for X-rays", "plan B for X-rays"), ("Solve for y, o king", "solve for Y, o king")),
    ),
)
