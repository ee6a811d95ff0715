"""Text to the phonemes that Piper voices were trained on, by espeak-ng.

Piper reads a text clause by clause: the clause's IPA phonemes, then the punctuation mark that ended it (with a
space after `,` `:` `;`), decomposed to code points. The same is done here with the espeak-ng library that the
system has, which may not have `espeak_TextToPhonemesWithTerminator`: the mark is read off the text that the
library consumed. Where Piper gives no mark (an ellipsis, a blank line, a clause too long for espeak) it joins the
two words on either side into one; here a space stays between them.

The library is called in this process: 0.10 ms for a sentence of 20 words, where a subprocess takes 8.7 ms
(medians, x86-64 at 2 cores, espeak-ng 1.51). It keeps its state in globals, so one lock guards every call.

espeak-ng is GPL-3 and a separate work, loaded when it is there; nothing of it is part of melo-edge. Inside a
clause it reads 300 words at most and drops the rest: give it sentences, as `edge.text.sentences` cuts them.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib
import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from edge.errors import MissingFrontendError, TextError
from edge.text.cleaning import clean
from edge.text.phonemes import Phonemes

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOW_TO_INSTALL = "Install it with `apt install libespeak-ng1 espeak-ng-data` or `pip install 'melo-edge[espeak]'`."

# From espeak-ng's speak_lib.h.
_CHARS_UTF8 = 1
_PHONEMES_IPA = 2
_OK = 0

# The mark that Piper writes for each character that ends a clause in espeak-ng (its ucd_properties, as measured
# over all of Unicode; tests/text/test_espeak.py measures again).
_MARKS = {
    character: mark
    for mark, characters in {
        ".": ".۔܁܄።᙮᠃᠉⳹⳾⸳⸼꓿꘎꛳︒﹒｡𖫵𛲟𝪈",
        "?": "?;؟܉፧᥅⁇❓❔⳺⳻꘏꛷︖﹖𑅃𞥟",
        "!": "!܃߹᥄‼❕❗❢❣︕﹗𞥞",
        ",": ",՝،܂߸༔፣᠂᠈⸲⸴⹁꓾꘍꛵︐︑﹐﹑､𑑍𝪇",
        ":": ":܆܇፥፦᠄⦂꛴︓﹕𒑱𒑲𝪊",
        ";": ";·؛܈፤–—⁏⸵⸺⸻꛶︔︱︲﹔𝪉",
    }.items()
    for character in characters
}
# These end a clause too, and Piper writes nothing for them.
_SILENT_MARKS = frozenset("¡¿։܀।॥෴།༎჻፨᠁…⋮⋯⋰⋱、。︙！，．：；？")
_WITHIN_SENTENCE = frozenset(",:;")

# espeak-ng encloses words that it reads in another language in flags, "(en)wˈaɪfaɪ(es)"; they are not phonemes.
# No parenthesis of the text reaches its output, so that nothing else can match.
_LANGUAGE_FLAG = re.compile(r"\([^)]+\)")

# A voice is a language tag with an optional variant, "es-419" or "en-us+f3". The library also takes paths,
# "../../home/me/voice", and a bundle's manifest must not be able to name one.
_VOICE_NAME = re.compile(r"[A-Za-z0-9]+([-_+][A-Za-z0-9]+)*")


class EspeakFrontend:
    """A Piper voice's text frontend: espeak-ng reading with one of its voices."""

    def __init__(self, voice: str) -> None:
        """Load the library and choose `voice`, such as `en-us`.

        Raises `MissingFrontendError` without the library, its data or that voice.
        """
        self._voice = voice
        with _LOCK:
            _library().select(voice)

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: ARG002, FBT001, FBT002
        """Read `text`, of any length and content; tones are 0, `word2ph` is empty, the language is the voice.

        `strict` has no meaning: this frontend has no other original than the library itself.
        Raises `TextError` when nothing in the text has a sound; emoji alone have none.
        """
        readable = clean(text)
        _require(any(map(_has_sound, readable)))
        with _LOCK:
            library = _library()
            library.select(self._voice)
            clauses = list(library.clauses(readable))
        _require(any(phonemes for phonemes, _ in clauses))
        symbols = tuple(unicodedata.normalize("NFD", _join(clauses)))
        return Phonemes(symbols, (0,) * len(symbols), (self._voice,) * len(symbols), (), readable)


def _has_sound(character: str) -> bool:
    """Tell letters, digits, currency and mathematical signs from punctuation and pictures."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category in {"Sc", "Sm"}


def _require(speakable: bool) -> None:  # noqa: FBT001
    if not speakable:
        message = "The text has nothing to speak: it needs at least one letter or digit that the voice can read."
        raise TextError(message)


def _join(clauses: list[tuple[str, str]]) -> str:
    """Write clauses of (phonemes, mark) one after the other as Piper does."""
    written = "".join(_LANGUAGE_FLAG.sub("", phonemes) + _ending(mark) for phonemes, mark in clauses)
    # A clause without a mark got a space to keep it from the next one; behind the last there is no next one.
    return written if clauses[-1][1] else written.rstrip(" ")


def _ending(mark: str) -> str:
    if not mark or mark in _WITHIN_SENTENCE:
        return mark + " "
    return mark


def _mark(clause: str) -> str:
    """Return Piper's mark for a clause, "" for none.

    Of several marks, "What?!", espeak-ng goes by the first; a clause without letter or digit, the `)!` of
    "(Stop.)!", has none.
    """
    if not any(map(str.isalnum, clause)):
        return ""
    clause = clause.rstrip()
    words = len(clause)
    while words and (clause[words - 1] in _MARKS or clause[words - 1] in _SILENT_MARKS):
        words -= 1
    run = clause[words:]
    return "" if run.startswith("...") else _MARKS.get(run[:1], "")


class _Library:
    """The espeak-ng library, opened. Not for two threads at once: see `_LOCK`."""

    def __init__(self, path: str, data: str | None) -> None:
        """Open the library at `path` with its data folder (None: where it was installed); raises `OSError`."""
        self._library = ctypes.CDLL(path)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        # Not espeak_Initialize, which prepares to play whatever it is told: it looks for PulseAudio, makes that one's
        # folder in the user's home, and may say on standard error that there is none. What is missing, the voice tells.
        self._library.espeak_ng_InitializePath(None if data is None else data.encode())
        self._library.espeak_ng_Initialize(None)
        # Without its data, 1.51 initialises none the less and has no voices. English is always in the data.
        if self._library.espeak_SetVoiceByName(b"en") != _OK:
            message = f"{path} does not find its data in {data or 'the system folders'}"
            raise OSError(message)

    def select(self, voice: str) -> None:
        """Choose the voice for the next text; raises `MissingFrontendError` when there is none of that name.

        Anew for each text: one with words of another language can leave the library in another voice.
        """
        name = voice.encode() if _VOICE_NAME.fullmatch(voice) else b""
        if not name or self._library.espeak_SetVoiceByName(name) != _OK:
            message = f"espeak-ng has no voice {voice!r}. `espeak-ng --voices` lists those it has."
            raise MissingFrontendError(message)

    def clauses(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield each clause's phonemes and the mark that ended it."""
        raw = text.encode()
        buffer = ctypes.create_string_buffer(raw)
        start = ctypes.addressof(buffer)
        position = ctypes.c_void_p(start)
        begin, carried = 0, b""
        while position.value is not None:
            phonemes = self._library.espeak_TextToPhonemes(ctypes.byref(position), _CHARS_UTF8, _PHONEMES_IPA)
            end = len(raw) if position.value is None else position.value - start
            consumed = (carried + raw[begin:end]).decode()
            # To know that a clause has ended, espeak-ng reads one character of the next and keeps it for later.
            ahead = consumed[-1:] if position.value is not None else ""
            yield phonemes.decode(), _mark(consumed.removesuffix(ahead))
            begin, carried = end, ahead.encode()


@dataclass(frozen=True, slots=True)
class _Place:
    library: str
    data: str | None


def _places() -> Iterator[_Place]:
    """Yield where an espeak-ng library may be: the system's, then the optional package's."""
    yield _Place(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1", None)
    yield from _packaged()


def _packaged() -> Iterator[_Place]:
    try:
        package = importlib.import_module("espeakng_loader")
    except ImportError:
        return
    yield _Place(package.get_library_path(), package.get_data_path())


def _open(places: Iterator[_Place]) -> _Library:
    """Open the first library that works; raises `MissingFrontendError` when none does."""
    reasons = []
    for place in places:
        try:
            return _Library(place.library, place.data)
        except OSError as error:  # noqa: PERF203 - two places at most
            reasons.append(str(error))
    message = f"The voice's text frontend needs espeak-ng ({'; '.join(reasons)}). {_HOW_TO_INSTALL}"
    raise MissingFrontendError(message)


@cache
def _library() -> _Library:
    return _open(_places())


_LOCK = threading.Lock()
