"""Words that are written alike and spoken by what they are in the sentence: "the record", "to record".

MeloTTS takes what its dictionary has first and says "the wynd", "I yoos it", "that's perfEct". g2p_en would ask
NLTK's tagger, but in MeloTTS it sees one word at a time. The tagger's weights are 6 MB and to be downloaded; the
words around decide nearly always, so the rules here look at them: at the word before (past adverbs) and the one
after. Neither knows what "I read" means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.text.en.phones import Pronunciation


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A verb without an ending follows: "to record", "can record", "please record".
_CALLS_FOR_VERB = _words("to will would can could may might must shall should do does did cannot let's please gonna")
_PLURAL_SUBJECT = _words("i you we they")
_SINGULAR_SUBJECT = _words("he she it who which this that")
_BE = _words("am is are was were be been being isn't aren't wasn't weren't i'm you're we're they're it's that's")
_DETERMINER = _words("the a an this these those my your his her its our their any some no each every another")
_BEFORE_NOUN = _DETERMINER | _words(
    "of in with for by from at on into onto about under over after before between during without "
    "one two three many several more most much new old last first next other same whose what good bad great"
)
# What a verb may have behind it: "Record the song", "Close it".
_OBJECT = _DETERMINER | _words("that it them me us him all both")
# Where a sentence, or the next verb in it, begins.
_BEGINNING = _words("and or then but . , ! ? -") | {""}
# Between "to" or "you" and its verb: "you can also use".
_ADVERBS = _words("always never also just only still often not really usually simply easily automatically ever now")


@dataclass(frozen=True)
class Homograph:
    """A word that is one thing as a verb and another as a noun or adjective."""

    verb: Pronunciation
    other: Pronunciation
    usually_verb: bool
    """What it is where the words around do not tell."""
    verb_before: frozenset[str] = frozenset()
    """Further words behind a verb of this kind: "live in"."""

    def spoken(self, word: str, before: str, after: str) -> Pronunciation:
        """Return how `word` is spoken between two others; "" where there is none."""
        return self.verb if self._is_verb(word, before, after) else self.other

    def _is_verb(self, word: str, before: str, after: str) -> bool:
        third_person = word.endswith("s") and not word.endswith("ss")
        subject = _SINGULAR_SUBJECT if third_person else _PLURAL_SUBJECT | _CALLS_FOR_VERB
        if before in subject or (before.endswith(("n't", "'ll", "'d")) and before not in _BE):
            return True
        if before in _BEFORE_NOUN or before in _BE or before.endswith("'s") or after == "of":
            return False
        if after in self.verb_before or (before in _BEGINNING and after in _OBJECT):
            return True
        return self.usually_verb


# word / as a verb / otherwise / which of the two it usually is
_TABLE = """
abuse / AH0 B Y UW1 Z / AH0 B Y UW1 S / other
address / AH0 D R EH1 S / AE1 D R EH2 S / other
advocate / AE1 D V AH0 K EY2 T / AE1 D V AH0 K AH0 T / other
alternate / AO1 L T ER0 N EY2 T / AO1 L T ER0 N AH0 T / other
approximate / AH0 P R AA1 K S AH0 M EY2 T / AH0 P R AA1 K S AH0 M AH0 T / other
associate / AH0 S OW1 S IY0 EY2 T / AH0 S OW1 S IY0 AH0 T / other
attribute / AH0 T R IH1 B Y UW2 T / AE1 T R AH0 B Y UW2 T / other
close / K L OW1 Z / K L OW1 S / other
conduct / K AH0 N D AH1 K T / K AA1 N D AH0 K T / verb
conflict / K AH0 N F L IH1 K T / K AA1 N F L IH0 K T / other
conflicts / K AH0 N F L IH1 K T S / K AA1 N F L IH0 K T S / other
contest / K AH0 N T EH1 S T / K AA1 N T EH0 S T / other
contract / K AH0 N T R AE1 K T / K AA1 N T R AE2 K T / other
contrast / K AH0 N T R AE1 S T / K AA1 N T R AE0 S T / other
convict / K AH0 N V IH1 K T / K AA1 N V IH0 K T / other
coordinate / K OW0 AO1 R D AH0 N EY2 T / K OW0 AO1 R D AH0 N AH0 T / other
decrease / D IH0 K R IY1 S / D IY1 K R IY2 S / verb
deliberate / D IH0 L IH1 B ER0 EY2 T / D IH0 L IH1 B ER0 AH0 T / other
desert / D IH0 Z ER1 T / D EH1 Z ER0 T / other
discount / D IH0 S K AW1 N T / D IH1 S K AW0 N T / other
duplicate / D UW1 P L AH0 K EY2 T / D UW1 P L AH0 K AH0 T / other
elaborate / IH0 L AE1 B ER0 EY2 T / IH0 L AE1 B R AH0 T / other
estimate / EH1 S T AH0 M EY2 T / EH1 S T AH0 M AH0 T / other
excuse / IH0 K S K Y UW1 Z / IH0 K S K Y UW1 S / other
extract / IH0 K S T R AE1 K T / EH1 K S T R AE2 K T / verb
graduate / G R AE1 JH AH0 W EY2 T / G R AE1 JH AH0 W AH0 T / other
increase / IH0 N K R IY1 S / IH1 N K R IY2 S / verb
insult / IH0 N S AH1 L T / IH1 N S AH2 L T / other
moderate / M AA1 D ER0 EY2 T / M AA1 D ER0 AH0 T / other
object / AH0 B JH EH1 K T / AA1 B JH EH0 K T / other
objects / AH0 B JH EH1 K T S / AA1 B JH EH0 K T S / other
perfect / P ER0 F EH1 K T / P ER1 F IH2 K T / other
permit / P ER0 M IH1 T / P ER1 M IH2 T / verb
present / P R IY0 Z EH1 N T / P R EH1 Z AH0 N T / other
presents / P R IY0 Z EH1 N T S / P R EH1 Z AH0 N T S / other
produce / P R AH0 D UW1 S / P R OW1 D UW0 S / verb
progress / P R AH0 G R EH1 S / P R AA1 G R EH2 S / other
project / P R AH0 JH EH1 K T / P R AA1 JH EH0 K T / other
projects / P R AH0 JH EH1 K T S / P R AA1 JH EH0 K T S / other
protest / P R AH0 T EH1 S T / P R OW1 T EH2 S T / other
rebel / R IH0 B EH1 L / R EH1 B AH0 L / other
record / R AH0 K AO1 R D / R EH1 K ER0 D / other
records / R AH0 K AO1 R D Z / R EH1 K ER0 D Z / other
refund / R IH0 F AH1 N D / R IY1 F AH2 N D / other
refuse / R AH0 F Y UW1 Z / R EH1 F Y UW2 Z / verb
resume / R IH0 Z UW1 M / R EH1 Z AH0 M EY2 / verb
separate / S EH1 P ER0 EY2 T / S EH1 P R AH0 T / other
subject / S AH0 B JH EH1 K T / S AH1 B JH IH0 K T / other
survey / S ER0 V EY1 / S ER1 V EY2 / other
suspect / S AH0 S P EH1 K T / S AH1 S P EH2 K T / verb
tear / T EH1 R / T IH1 R / verb
tears / T EH1 R Z / T IH1 R Z / other
transport / T R AE0 N S P AO1 R T / T R AE1 N S P AO0 R T / other
update / AH0 P D EY1 T / AH1 P D EY2 T / other
upgrade / AH0 P G R EY1 D / AH1 P G R EY1 D / other
use / Y UW1 Z / Y UW1 S / verb
uses / Y UW1 Z IH0 Z / Y UW1 S IH0 Z / verb
wind / W AY1 N D / W IH1 N D / other
"""

_LIVE_WHERE = _words("in with here there near together alone longer forever at by under without among inside off")


def _table() -> dict[str, Homograph]:
    rows = (row.split(" / ") for row in _TABLE.strip().splitlines())
    table = {
        word: Homograph(tuple(verb.split()), tuple(other.split()), usually == "verb")
        for word, verb, other, usually in rows
    }
    table["live"] = Homograph(("L", "IH1", "V"), ("L", "AY1", "V"), usually_verb=False, verb_before=_LIVE_WHERE)
    table["lives"] = Homograph(
        ("L", "IH1", "V", "Z"), ("L", "AY1", "V", "Z"), usually_verb=False, verb_before=_LIVE_WHERE
    )
    return table


_HOMOGRAPHS = _table()

_MADE_OF_LEAD = _words("pipe pipes paint poisoning acid battery batteries crystal shot weights solder exposure free")
_READ_WHAT = _OBJECT | _words("more aloud out on about")


def pronunciation(words: Sequence[str], place: int) -> Pronunciation | None:
    """Return how `words[place]` is spoken among its neighbours, words or marks; None: as the dictionary says."""
    word = words[place]
    after = words[place + 1] if place + 1 < len(words) else ""
    special = _SPECIAL.get(word)
    if special is not None:
        return special(_before(words, place), after)
    homograph = _HOMOGRAPHS.get(word)
    return homograph.spoken(word, _before(words, place), after) if homograph is not None else None


def _before(words: Sequence[str], place: int) -> str:
    place -= 1
    while place >= 0 and words[place] in _ADVERBS:
        place -= 1
    return words[place] if place >= 0 else ""


def _lead(before: str, after: str) -> Pronunciation:
    """Metal or not; as verb and as noun it is the same."""
    return ("L", "EH1", "D") if after in _MADE_OF_LEAD or before == "of" else ("L", "IY1", "D")


def _read(before: str, after: str) -> Pronunciation:
    """Present only where nothing else can be: after "I" or "you" the dictionary's past stays."""
    calls = before in _CALLS_FOR_VERB or (before.endswith(("n't", "'ll")) and before not in _BE)
    present = calls or (before in _BEGINNING and after in _READ_WHAT)
    return ("R", "IY1", "D") if present else ("R", "EH1", "D")


def _used(before: str, after: str) -> Pronunciation:
    """"I used to", but "it is used to"."""
    return ("Y", "UW1", "S", "T") if after == "to" and before not in _BE else ("Y", "UW1", "Z", "D")


def _wound(_: str, after: str) -> Pronunciation:
    return ("W", "AW1", "N", "D") if after in {"up", "down", "around"} else ("W", "UW1", "N", "D")


_SPECIAL = {"lead": _lead, "read": _read, "used": _used, "wound": _wound}
