import pytest

from edge.text.en import homographs
from edge.text.en.phones import PHONES

SAID = """
the record                                   R EH1 K ER0 D
he set a new record                          R EH1 K ER0 D
i want to record it                          R AH0 K AO1 R D
record the song                              R AH0 K AO1 R D
can you record this                          R AH0 K AO1 R D
he records it                                R AH0 K AO1 R D Z
the records                                  R EH1 K ER0 D Z
use it                                       Y UW1 Z
do not use the door                          Y UW1 Z
it is of no use                              Y UW1 S
many people use it                           Y UW1 Z
the use of force                             Y UW1 S
she uses it                                  Y UW1 Z IH0 Z
its uses                                     Y UW1 S IH0 Z
i used to run                                Y UW1 S T
it is used to run                            Y UW1 Z D
i used it                                    Y UW1 Z D
close the door                               K L OW1 Z
please close it                              K L OW1 Z
it is close                                  K L OW1 S
a close friend                               K L OW1 S
i live in town                               L IH1 V
people who live here                         L IH1 V
a live show                                  L AY1 V
live music                                   L AY1 V
he lives in town                             L IH1 V Z
our lives                                    L AY1 V Z
he will lead the way                         L IY1 D
she took the lead                            L IY1 D
lead pipes                                   L EH1 D
made of lead                                 L EH1 D
read the book                                R IY1 D
i can read                                   R IY1 D
don't read it                                R IY1 D
i have read it                               R EH1 D
he read it                                   R EH1 D
the wind is strong                           W IH1 N D
wind the clock                               W AY1 N D
strong wind from the west                    W IH1 N D
the wound hurts                              W UW1 N D
he wound up there                            W AW1 N D
that's perfect                               P ER1 F IH2 K T
perfect                                      P ER1 F IH2 K T
i isn't perfect                              P ER1 F IH2 K T
a separate room                              S EH1 P R AH0 T
to separate them                             S EH1 P ER0 EY2 T
in the present                               P R EH1 Z AH0 N T
i will now present                           P R IY0 Z EH1 N T
he presents it                               P R IY0 Z EH1 N T S
birthday presents                            P R EH1 Z AH0 N T S
excuse me                                    IH0 K S K Y UW1 Z
no excuse                                    IH0 K S K Y UW1 S
i refuse to go                               R AH0 F Y UW1 Z
the refuse                                   R EH1 F Y UW2 Z
you'll object                                AH0 B JH EH1 K T
an object                                    AA1 B JH EH0 K T
tear it up                                   T EH1 R
a tear                                       T IH1 R
the subject                                  S AH1 B JH IH0 K T
update the software                          AH0 P D EY1 T
a software update                            AH1 P D EY2 T
to address it                                AH0 D R EH1 S
my address                                   AE1 D R EH2 S
this uses it                                 Y UW1 Z IH0 Z
free use of it                               Y UW1 S
and then use it                              Y UW1 Z
he's perfect                                 P ER1 F IH2 K T
"""
CASES = [line.rsplit("   ", 1) for line in SAID.strip().splitlines()]


@pytest.mark.parametrize(("text", "phones"), CASES, ids=[text.strip() for text, _ in CASES])
def test_the_words_around_decide(text: str, phones: str) -> None:
    words = text.split()
    spoken = [homographs.pronunciation(words, place) for place in range(len(words))]
    assert [" ".join(phones) for phones in spoken if phones is not None] == [phones.strip()]


def test_phones_are_known() -> None:
    assert {phone for row in homographs._HOMOGRAPHS.values() for phone in row.verb + row.other} <= set(PHONES)


def test_a_word_that_is_no_homograph_is_the_dictionarys() -> None:
    assert homographs.pronunciation(["hello", "world"], 1) is None
