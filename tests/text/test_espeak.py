"""The espeak-ng frontend, with the real library, and beside Piper's own phonemizer where that is installed.

Accepted differences from Piper's: those of the library's version (`VERSIONS`), and those named in
`test_words_without_a_mark_between_them_stay_apart` and `test_a_blank_line_does_not_swallow_the_mark`.
"""

import atexit
import contextlib
import ctypes.util
import functools
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import MissingFrontendError, TextError
from edge.text import espeak, frontend

SENTENCES = {
    "en-us": [
        "The quick brown fox jumps over the lazy dog.",
        "Good morning, Dr. Smith; how are you today?",
        "It is 10:30, and the train leaves at 11!",
        "Please note: the store is closed on Sundays.",
        "She sells sea shells by the sea shore.",
        "I paid $3.50 for 2 coffees.",
        "Wait - what? No, really!",
        "In 1984, more than 1,000 people came.",
        "My e-mail is a.b@c.de, ok?",
        'He said "yes" (twice).',
        "What?! No, yes: a; b – c. Wow! A",
        "日本, yes",
    ],
    "es": [
        "Hola, ¿qué tal estás?",
        "El tren sale a las 10:30; no llegues tarde.",
        "Me gusta el café con leche, pero sin azúcar.",
        "¡Feliz cumpleaños, abuela!",
        "La cigüeña vuela sobre el río Guadalquivir.",
        "Cuesta 3,50 euros: es muy barato.",
        "Los niños juegan en el jardín.",
        "¿Dónde está la biblioteca?",
        "Hola. ¿Qué tal? ¡Bien! El Sr. Pérez; 3,5 kg: WiFi y marketing.",
    ],
    "de": ["Guten Tag, wie geht es Ihnen?", "Die Straße ist gesperrt; bitte warten.", "Äpfel, Birnen und Nüsse."],
    "fr": ["Bonjour, comment allez-vous ?", "L'air est frais ce matin.", "Il dit : « Bonjour. » Puis, il part !"],
    "it": ["Buongiorno, come sta?", "Il treno parte alle dieci e mezza.", "Ho comprato tre mele, due pere e del pane."],
    "nl": ["Goedemorgen, hoe gaat het?", "De trein vertrekt om half elf."],
    "pl": ["Dzień dobry, jak się masz?", "Pociąg odjeżdża o dziesiątej."],
    "ru": ["Привет, как дела?", "Поезд отправляется в десять часов."],
    "ar": ["مرحبا، كيف حالك؟"],
    "tr": ["Günaydın, nasılsın?"],
}

# What espeak-ng 1.51 and the development version in Piper's wheel write differently: (1.51, Piper's).
VERSIONS = {
    "the vowel of NORTH and FORCE is merged": ("en-us", "oːɹ", "ɔːɹ"),
    "a glide between vowels is written": ("es", "", "ʲ"),
    "German r is tapped after a stop": ("de", "ɾ", "r"),
    "German short ü is open": ("de", "y", "ʏ"),
    "Italian r is tapped": ("it", "r", "ɾ"),
}

PIECES = ["hello", "3.5", "World", "a", "3", "1,000", "Dr", "étoile", "日本", "e.g", "U.S.A", "it's", "-5", "😀"]
JOINTS = [
    *[" ", "\n", ", ", ". ", "! ", "? ", "; ", ": ", "... ", "… ", " – ", " — ", " (", ") ", '" ', ' "', "?! ", "!!! "],
    *[",", "。", " ¿", "? ¡", ".) ", '." ', "'s ", ".", "?", ".. ", ",. ", "— "],
]
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(JOINTS)), min_size=1, max_size=12).map(
    lambda pairs: "".join(piece + joint for piece, joint in pairs)
)


def speak(text: str, voice: str = "en-us") -> str:
    return "".join(frontend(f"espeak:{voice}")(text).symbols)


# Piper brings an espeak-ng of its own. In one process with another it now and then spoke from the other's data.
PIPER = """
import json, sys
from piper.phonemize_espeak import EspeakPhonemizer
phonemizer = EspeakPhonemizer()
for line in sys.stdin:
    voice, text = json.loads(line)
    sentences = phonemizer.phonemize(voice, text)
    print(json.dumps("".join(symbol for sentence in sentences for symbol in sentence)), flush=True)
"""


@functools.cache
def phonemizer() -> subprocess.Popen[str]:
    pytest.importorskip("piper")
    process = subprocess.Popen(
        [sys.executable, "-c", PIPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    atexit.register(process.kill)
    return process


def piper(text: str, voice: str) -> str:
    process = phonemizer()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([voice, text]) + "\n")
    process.stdin.flush()
    said: str = json.loads(process.stdout.readline())
    return said


def same_version(phonemes: str, voice: str) -> str:
    for language, old, new in VERSIONS.values():
        if language == voice:
            phonemes = phonemes.replace(new, old)
    return phonemes


def marks(phonemes: str) -> str:
    """Return the punctuation, with "w" for what is between."""
    between = "".join(c if c in ".?!,:;" else "w" for c in phonemes if c != " ")
    while "ww" in between:
        between = between.replace("ww", "w")
    return between


@pytest.mark.parametrize(("voice", "text"), [(voice, text) for voice, texts in SENTENCES.items() for text in texts])
def test_symbols_are_pipers_but_for_the_version(voice: str, text: str) -> None:
    assert same_version(speak(text, voice), voice) == same_version(piper(text, voice), voice)


@given(TEXTS, st.sampled_from(["en-us", "es", "de", "fr", "pt-br"]))
@settings(max_examples=300, deadline=None)
def test_punctuation_is_pipers_whatever_the_version(text: str, voice: str) -> None:
    theirs = piper(text, voice)
    try:
        ours = speak(text, voice)
    except TextError:
        return
    assert marks(ours) == marks(theirs)


def test_the_table_of_marks_is_the_librarys() -> None:
    for character in [*espeak._MARKS, *espeak._SILENT_MARKS]:
        text = f"Hello{character} World"
        assert marks(speak(text)) == marks(piper(text, "en-us")), hex(ord(character))


def test_words_without_a_mark_between_them_stay_apart() -> None:
    assert piper("Wait... Really", "en-us").find(" ") == -1
    assert speak("Wait... Really") == "wˈeɪt ɹˈiəli"


def test_a_blank_line_does_not_swallow_the_mark() -> None:
    assert "?" not in piper("Really?\n\nYes.", "en-us")
    assert speak("Really?\n\nYes.") == "ɹˈiəli?jˈɛs."


def test_every_symbol_has_a_tone_and_a_language_and_is_one_code_point() -> None:
    phonemes = frontend("espeak:es")("¿Qué tal, señor?")
    assert len(phonemes.symbols) == len(phonemes.tones) == len(phonemes.languages)
    assert set(phonemes.tones) == {0}
    assert set(phonemes.languages) == {"es"}
    assert all(len(symbol) == 1 for symbol in phonemes.symbols)
    assert phonemes.word2ph == ()
    assert phonemes.normalized == "¿Qué tal, señor?"


def test_accents_are_symbols_of_their_own() -> None:
    assert "\N{COMBINING TILDE}" in frontend("espeak:fr")("Un bon vin blanc.").symbols
    # espeak-ng writes this one as one code point.
    assert "\N{COMBINING CEDILLA}" in frontend("espeak:de")("München").symbols


def test_flags_of_other_languages_are_no_phonemes() -> None:
    raw = subprocess.run(
        ["espeak-ng", "-q", "--ipa", "-v", "fr", "le weekend"], capture_output=True, text=True, check=True
    ).stdout
    assert "(en)" in raw
    assert "(" not in speak("le weekend", "fr")


def test_a_text_sounds_the_same_after_any_other() -> None:
    alone = speak("Hello, world.")
    for other in ["Wow! A", "x (a", 'end."', "No", "1. One\n2. Two", "<b>", "[["]:
        for voice in ["es", "en-us"]:
            with contextlib.suppress(TextError):
                speak(other, voice)
        assert speak("Hello, world.") == alone


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_spoken_or_refused(text: str) -> None:
    with contextlib.suppress(TextError):
        assert speak(text).strip()


@pytest.mark.parametrize(
    "text", ["", " \n\t", "...", "¿?", "😀", "🇪🇸 👩‍👩‍👧", "\0", "\ud800", "\x01", "\ue000", "[[", "—", "⣿"]
)
def test_a_text_without_a_sound_is_refused(text: str) -> None:
    with pytest.raises(TextError, match="nothing to speak"):
        speak(text)


@pytest.mark.parametrize(
    ("text", "as_if"),
    [
        ("one\0two", "one two"),
        ("one\ud800two", "one two"),
        ("one \x01Ves two", "one Ves two"),
        ("one \ue03c two", "one two"),
        ("one⣿two", "one two"),
        ("oneдва", "one два"),
    ],
)
def test_what_is_no_text_is_a_space(text: str, as_if: str) -> None:
    assert speak(text) == speak(as_if)


@pytest.mark.parametrize(("voice", "text"), [("ar", "a⣿"), ("ar", "⣿ؿ"), ("hi", "Ꮝl\u1145"), ("hi", "ᱨ\u034c-Ẅč")])
def test_what_ends_the_librarys_process_does_not_reach_it(voice: str, text: str) -> None:
    program = f"from edge.text import frontend; frontend('espeak:{voice}')({text!r})"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_phoneme_codes_and_tags_are_read_as_text() -> None:
    assert speak("[[h@l'oU]]") == speak("h@l'oU")
    assert speak("[[h@l'oU]]") != speak("hello")
    assert "bˈoʊld" in speak("<b>bold</b>")
    assert len(speak('<voice name="es">yes</voice>')) > len(speak("yes"))


@pytest.mark.parametrize("text", ["x" * 100_000, "a " * 50_000, "Hello. " * 14_000, "שלום " * 20_000, "é" * 50_000])
def test_a_huge_text_is_read(text: str) -> None:
    assert speak(text)


def test_no_word_of_a_longest_piece_is_lost() -> None:
    assert len(speak("go " * 133).split()) == 133


@pytest.mark.parametrize("voice", ["", "nope", "../en", "/etc/passwd", "en us", "en\0us", "é"])
def test_a_voice_that_is_not_there_is_named(voice: str) -> None:
    with pytest.raises(MissingFrontendError) as caught:
        frontend(f"espeak:{voice}")
    assert repr(voice) in str(caught.value)
    assert speak("Hello.") == "həlˈoʊ."


def test_threads_with_different_voices_do_not_disturb_each_other() -> None:
    texts = {"en-us": "Hello, world. How are you?", "es": "Hola, mundo. ¿Qué tal?", "de": "Hallo, Welt! Wie geht es?"}
    alone = {voice: speak(text, voice) for voice, text in texts.items()}
    wrong: list[str] = []

    def read(voice: str) -> None:
        wrong.extend(got for _ in range(200) if (got := speak(texts[voice], voice)) != alone[voice])

    threads = [threading.Thread(target=read, args=(voice,)) for voice in [*texts, *texts]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_a_library_both_ways_to_install_it_are_told() -> None:
    missing = iter([espeak._Place("libespeak-ng-not-there.so", None)])
    with pytest.raises(MissingFrontendError) as caught:
        espeak._open(missing)
    assert "apt install libespeak-ng1 espeak-ng-data" in str(caught.value)
    assert "pip install 'melo-edge[espeak]'" in str(caught.value)


def system_data() -> Path:
    """Return the data folder that the system's espeak-ng prints: "... Data at: /usr/lib/.../espeak-ng-data"."""
    version = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    return Path(version.partition("Data at: ")[2].strip())


def test_the_optional_packages_library_and_data_are_found(tmp_path: Path) -> None:
    # The package has these two functions. Here it holds the system's library and a data folder elsewhere, and a
    # process of its own opens them, because espeak-ng has one state for each process.
    data = tmp_path / "espeak-ng-data"
    data.symlink_to(system_data())
    (tmp_path / "espeakng_loader.py").write_text(
        f"def get_library_path():\n    return {ctypes.util.find_library('espeak-ng')!r}\n"
        f"def get_data_path():\n    return {str(data)!r}\n"
    )
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from edge.text import espeak\n"
        "library = espeak._open(espeak._packaged())\n"
        "library.select('en-us')\n"
        "print(list(library.clauses('Hello.')))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[('həlˈoʊ', '.')]"


def test_a_library_without_its_data_is_passed_over(tmp_path: Path) -> None:
    program = (
        "from edge.text import espeak\n"
        f"places = [espeak._Place('libespeak-ng.so.1', {str(tmp_path)!r}), espeak._Place('libespeak-ng.so.1', None)]\n"
        "espeak._open(iter(places)).select('en-us')\n"
        "print('opened')"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "opened", run.stderr


def test_nothing_is_prepared_to_be_played(tmp_path: Path) -> None:
    """The library knows PulseAudio, which would make a folder in the home of whoever has a text read."""
    program = "from edge.text import frontend; frontend('espeak:en-us')('Hello.')"
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", program], env=home, check=True)
    assert list(tmp_path.iterdir()) == []
