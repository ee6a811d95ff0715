"""Loan words and brands, written so that a reader of Spanish says them as people in Spain do.

The accents are there for the stress of words that no lexicon has; qu and c for k, which their guesser reads as j. Words
that the lexicon knows well (software, jazz, show) are left alone.
"""

from __future__ import annotations

import re

from edge.text.rules import Rule


def _table(text: str) -> dict[str, str]:
    entries = (entry.partition(": ") for entry in " ".join(text.split()).split("; "))
    return {word: said for words, _, said in entries for word in words.split("/")}


# Of networks and machines.
_WORDS = _table(
    "wifi: huífi; bluetooth: blútuz; online: onláin; offline: ofláin; email/mail: ímeil; gmail: yiméil; "
    "link: linc; smartphone: esmárfon; smartwatch: esmarhuóch; streaming: estrímin; streamer: estrímer; "
    "podcast: pódcast; router: rúter; backup: bácap; password: pásguor; server: sérver; cloud: claud; app: "
    "ap; apps: aps; webs: huébs; website: huébsait; click: clic; hashtag: jástag; selfie: sélfi; spoiler: "
    "espóiler; laptop: láptop; tablet: táblet; feedback: fídbac; smart: esmárt; gaming: guéimin; gamer: "
    "guéimer; hacker: jáquer; firewall: fáiergual; driver: dráiver; spam: espám; scanner: escáner; touch: "
    "tach; update: apdéit; download: dáunloud; login: lóguin; tweet: tuit; tweets: tuits; bug: bag; byte: "
    "báit; bytes: báits; kilobyte: quilobáit; megabyte: megabáit; gigabyte: gigabáit; bitcoin: bitcóin; "
    "blockchain: blocchéin; chatbot: chátbot; newsletter: niusléter; deepfake: difféic; keyboard: quíbord; "
    # Brands.
    "facebook: féisbuc; whatsapp/wasap/whats: guásap; google: gúguel; youtube: yutúb; youtuber: yutúber; "
    "windows: huíndous; android: andróid; iphone: áifon; ipad: áipad; apple: ápel; twitter: tuíter; "
    "instagram: ínstagram; spotify: espotifái; microsoft: máicrosoft; amazon: ámason; tiktok: tictóc; uber: "
    "úber; airbnb: erbienbí; zoom: zum; linkedin: línquedin; ebay: íbei; skype: escáip; playstation: "
    "pleiestéishon; xbox: équisbox; nintendo: ninténdo; disney: dísnei; ikea: iquéa; mcdonald/mcdonalds: "
    "macdónals; starbucks: estárbacs; walmart: gualmárt; wikipedia: huiquipédia; samsung: sámsun; huawei: "
    "juáguei; xiaomi: chaómi; chrome: croum; firefox: fáirfox; outlook: áutluc; teams: tims; alexa: aléxa; "
    "siri: síri; netflix: nétflix; hollywood: jóligud; reuters: róiters; messenger: mésenyer; "
    # Measures.
    "kilobáit: quilobáit; kilobáits: quilobáits; kilobit: quilobít; kilobits: quilobíts; kilocaloría: quilocaloría; "
    "kilohercio: quilohércio; kilojulio: quilojúlio; kiloohmio: quiloóhmio; kilopascal: quilopascál; kilopascales: "
    "quilopascáles; kilovoltio: quilovóltio; kelvin: quélvin; won: guon; wones: guónes; pyme: pime; "
    # Of every day.
    "marketing: márquetin; meeting: mítin; manager: mánayer; hobby: jóbi; hobbies: jóbis; cool: cul; "
    "influencer: influénser; startup: estartáp; coach: cóuch; coaching: cóuchin; fitness: fítnes; running: "
    "ránin; parking: párquin; camping: cámpin; ranking: ránquin; casting: cástin; shopping: chópin; outlet: "
    "áutlet; ticket: tíquet; look: luc; leggings: léguins; crack: crac; boom: bum; brunch: branch; lunch: "
    "lanch; freelance: frílans; copyright: copirráit; burger: búrguer; stand: están; standup: estandáp; "
    "sport: espórt; sports: espórts; staff: estáf; stock: estóc; stop: estóp; stress: estrés; snack: esnác; "
    "slogan: eslógan; spa: espá; spray: esprái; sprint: esprín; squash: escuás; skate: esquéit; ski: esquí; "
    "spot: espót; sponsor: espónsor; star: estár; style: estáil; speed: espíd; business: bísnes; weekend: "
    "huíquen; happy: jápi; hour: áuer; party: párti; baby: béibi; light: lait; crazy: créisi; delivery: "
    "delíveri; handicap: jándicap; hall: jol; hockey: jóquei; hobbit: jóbit; hot: jot; dog: dog; hip: jip; "
    "hop: jop; ketchup: quétchup; kebab: quebáb; kiwi: quíhui; kiwis: quíhuis; karate: caráte; karaoke: "
    "caraóque; koala: coála; bikini: biquíni; kimono: quimóno; folklore: folclór; anorak: anorác; vodka: "
    "vódca; kayak: cayác; kit: quit; euskera: eusquéra; euskadi: eusquádi; kyiv: quíiv; kiev: quíef; kuwait: "
    "cuguáit; kurdo: cúrdo; kurdos: cúrdos; yoghourt: yogúr; yoga: yóga; playlist: pléilist; remix: rímix; "
    "single: sínguel; best: bést; seller: séler; thriller: zríler; western: huéstern; reality: riáliti; "
    "late: léit; night: náit; prime: práim; time: táim; catering: quéiterin; delicatessen: delicatésen; "
    "gourmet: gurmé; buffet: bufé; ballet: balé; chalet: chalé; croissant: cruasán; souvenir: suvenír; tour: "
    "tur; tours: turs; boutique: butíc; beige: beis; foie: fuá; champagne: champán; beethoven: betóven; "
    "shakespeare: chéspir; mozart: mótsart; wagner: vágner; bach: baj; freud: froid; einstein: áinstain; "
    "hitchcock: jíchcoc; hawking: jóquin; wilde: guaild; joyce: yois; york: yórc; jersey: yérsei; new: niú; "
    "texas: téjas; okey: oquéi; bye: bai; hello: jeló; sorry: sórri; yes: yes; please: plís; thanks: zancs; "
    "ok: oquéi; fahrenheit: fárenjait; byebye: baibái; cederrom: cederróm; newton: niúton; walter: guálter; kevin: "
    "quévin; jennifer: yénifer; michael: máiquel; john: yon; james: yeims; george: yorch; william: guíliam; "
    "harry: járri; jackson: yácson; johnson: yónson"
)

_HYPHENATED = (
    ("wi-fi", "wifi"), ("c#", "ce charp"), ("e-mail", "email"),
    ("on-line", "online"), ("off-line", "offline"), ("check-in", "chequín"),
    ("check-out", "checáut"), ("stand-up", "standup"), ("start-up", "startup"),
    ("hip-hop", "jipjóp"), ("k-pop", "quei pop"),
    ("best-seller", "best seller"), ("play-off", "pleióf"), ("blu-ray", "blurréi"),
    ("e-book", "íbuc"), ("t-shirt", "tíchert"),
    ("spider-man", "espáiderman"), ("ping-pong", "pimpón"), ("new york times", "niú yorc taims"),
    ("play station", "playstation"),
    ("smart tv", "esmárt te uve"), ("big data", "big déita"), ("happy hour", "jápi áuer"),
)  # fmt: skip
_JOINED = dict(_HYPHENATED)

_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,24}(?![^\W\d_])")


def _respelled(match: re.Match[str]) -> str:
    word = match[0].lower()
    said = _WORDS.get(word)
    if said is None and word.endswith("s") and word[:-1] in _WORDS:
        said = _WORDS[word[:-1]] + "s"
    return match[0] if said is None else said


COMPOUNDS = (
    Rule(
        "loan of two words",
        re.compile(rf"(?<!\w)({'|'.join(map(re.escape, _JOINED))})(?!\w)", re.IGNORECASE),
        lambda match: _JOINED[match[1].lower()],
        "Before acronyms and hyphens, which would take them apart.",
        (("Wi-Fi", "huífi"), ("un check-in online", "un chequín onláin")),
    ),
    Rule(
        "hyphen within a word",
        re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])"),
        lambda _: " ",
        "Behind loans; before spaces come around what is in capitals, where it would be a dash.",
        (("la UNE-EN", "la u ene e en"), ("un ex-alumno", "un ex alumno")),
    ),
)

RULES = (
    Rule(
        "loan word",
        _WORD,
        _respelled,
        "Last of the words: what all other rules have left. A plural is its singular and s.",
        (
            ("marketing online", "márquetin onláin"),
            ("Facebook, Google y YouTube", "féisbuc, gúguel y yutúb"),
            ("dos emails", "dos ímeils"),
            ("el WiFi", "el huífi"),
        ),
    ),
)
