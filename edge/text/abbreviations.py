"""Abbreviations whose full stop does not end a sentence: English, Spanish, French, German, Italian, Portuguese.

Only those that a capital letter or a number may follow are listed: before a lower-case letter ("etc. and", "usw.
und") no full stop ends a sentence. Single letters ("J. R. R.", "z. B.") and dotted ones ("e.g.", "U.S.") are
rules in `edge.text.sentences`. All languages are in one table, because texts quote names from one another; a
word that is also an ordinary last word of a sentence in one of the six (French "Me.", Italian "On.",
German "Hr.") is left out of the first table.
"""

from __future__ import annotations

BEFORE_NAMES = frozenset(
    # English
    "mr mrs ms mx dr prof st ste mt rev hon gen col capt cpt lt sgt cmdr gov sen rep pres supt messrs jr inc ltd "
    "co corp bros vs viz approx dept univ assn "
    # Spanish
    "sr sra srta sres sras d dª dña dra dras profa lic ing arq ud uds vd vds fr gral cnel av avda pl plza "
    "ej ee uu ff aa rr hh jj oo excmo excma ilmo ilma "
    # French
    "mme mmes mlle mlles mgr pr boul c.-à-d "
    # German
    "fr frl hrn dipl med jur str bzw ca vgl bsp zb sog evtl ggf inkl exkl geb gest "
    # Italian
    "sig sigg dott dott.ssa prof.ssa avv geom egr spett ecc.mo "
    # Portuguese
    "exmo exma enga drª srª v.ex "
    # Latin, everywhere
    "cf ibid al".split()
)
"""Case-folded; the next word belongs to the abbreviation, whatever its case."""

BEFORE_NUMBERS = frozenset(
    # "No. 5", "pp. 3", "Fig. 2", "art. 7", "vol. 1", "Nr. 9", "Jan. 5"
    "no nos nr nrs num núm núms nums n.º nº pp pg pág págs pag pagg pags fig figs figg abb art arts vol vols ch chap "
    "sec sect eq tab cap caps capp ed op bd abs kap ziff lib tel ext apdo km aprox máx mín max min "
    "jan feb mar apr jun jul aug sep sept oct nov dec ene abr ago dic janv févr avr juil déc gen mag giu lug set "
    "ott fev mai out dez okt".split()
)
"""Case-folded; the stop ends a sentence unless a number follows: "No. 5" but "He said no. Then"."""

ENDING = frozenset(["a.m", "p.m", "a.d", "b.c", "d.c", "a.c", "c.v", "ph.d", "s.a", "s.l"])
"""Case-folded dotted abbreviations that do end a sentence before a capital letter: "at 10 a.m. Then"."""

ORDINAL_DOT_LANGUAGES = frozenset(["de"])
"""Languages that write an ordinal number with a full stop: "am 3. Oktober"."""
