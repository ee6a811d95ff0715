"""The build as a real process: what it leaves when it succeeds, fails, or is killed."""

from __future__ import annotations

import dataclasses
import json
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

import edge.build.bundle
from edge.build import quality
from edge.build.bundle import build
from edge.build.judges import Judge, Sample
from edge.build.progress import Progress
from edge.build.sensitivity import Sensitivity, choose_finely
from edge.build.sources import Source, local
from edge.checkpoints import load_melo
from edge.errors import BundleError, CheckpointError
from edge.int8.calibrate import CONVOLUTIONS, Calibration
from edge.int8.convert import Converter
from edge.speech import Voice
from edge.voice import open_bundle
from edge.voice.bundle import MODEL, pack
from edge.voice.fingerprint import distance_db, fingerprint
from edge.voice.manifest import read_manifest
from edge.voice.signature import check_signature
from tests.build.quick import few_sentences
from tests.checkpoints.full_size import write_full_size
from tests.update.bundles import make_keys
from tests.voices import Checkpoint, build_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

pytestmark = pytest.mark.slow

WAITED_FOR = 60  # seconds after which a test gives up; nothing is measured by it


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def source(small_checkpoint: Checkpoint) -> Source:
    return local(small_checkpoint.weights, small_checkpoint.config, "ES", "small")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Few sentences and no judges, and one thread for layers so small."""
    monkeypatch.setattr(edge.build.bundle, "material", few_sentences)
    monkeypatch.setattr(quality, "installed", list)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


QUIET = Progress()


@pytest.fixture
def old(melo_bundle: Path, tmp_path: Path) -> Path:
    """A bundle that is in place already, told apart from a new one by a file that no build writes."""
    out = tmp_path / "place" / "voice"
    shutil.copytree(melo_bundle, out)
    (out / "old").write_text("this is the old one")
    return out


@pytest.fixture(scope="module")
def full_size(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_full_size(tmp_path_factory.mktemp("full"))


def test_a_bundle_is_complete_and_says_where_it_comes_from(melo_bundle: Path) -> None:
    with open_bundle(melo_bundle) as bundle:
        manifest = bundle.manifest
    assert set(manifest.files) | {"manifest.json"} == set(contents(melo_bundle))
    assert {MODEL, "LICENSES/voice.txt", "report/quality.md", "report/quality.png"} <= set(manifest.files)
    assert (manifest.language, manifest.sample_rate, manifest.hop_length) == ("ES", 8000, 8)
    assert manifest.speakers == {"A": 0, "B": 1, "C": 2}
    assert manifest.quantisation["weights"].startswith("int8")
    assert manifest.quantisation["layers"] > 50
    assert manifest.quantisation["z_snr_db"] >= 15
    assert manifest.built_with["torch"] == torch.__version__
    assert all((melo_bundle / licence.file).is_file() for licence in manifest.licences)
    assert manifest.utterance is not None
    voice = Voice.load(melo_bundle)
    again = voice.say_phonemes(manifest.utterance.phonemes, manifest.utterance.seed)
    assert distance_db(fingerprint(again, manifest.sample_rate), manifest.utterance.fingerprint) < 0.5


def test_a_manifest_names_no_place_of_its_build_machine(melo_bundle: Path, small_checkpoint: Checkpoint) -> None:
    text = (melo_bundle / "manifest.json").read_text()
    assert str(small_checkpoint.weights.parent) not in text
    assert str(melo_bundle.parent) not in text


@pytest.mark.parametrize("in_int8", [("flow.", "vocoder."), ()], ids=["flow and vocoder in INT8", "nothing in INT8"])
def test_a_full_size_voice_is_at_most_30_percent_of_its_fp32_checkpoint(
    full_size: tuple[Path, Path], tmp_path: Path, in_int8: tuple[str, ...]
) -> None:
    model = load_melo(*full_size)
    fp32 = sum(parameter.numel() for parameter in model.parameters()) * 4
    peaks = {name: torch.ones(m.in_channels) for name, m in model.named_modules() if isinstance(m, CONVOLUTIONS)}
    converter = Converter(model, Calibration(peaks))
    names = converter.candidates()
    chosen = [name for name in names if name.startswith(in_int8)]
    sensitive = Sensitivity(dict.fromkeys(names, 0.0), {})
    weights = {name: converter.weights(name) for name in names}
    finely = choose_finely(sensitive, chosen, weights, fp32 // 4)
    converter.convert(chosen, finely)
    torch.jit.save(torch.jit.script(model), str(tmp_path / MODEL))
    ratio = (tmp_path / MODEL).stat().st_size / fp32
    print(f"voice.ts is {ratio:.1%} of {fp32 / 1e6:.1f} MB; {len(chosen)} in INT8, {len(finely)} in 10 or 12 bits")  # noqa: T201
    assert finely
    assert 0.25 < ratio <= 0.30


# The first words of a step, and what the process is sent when it has told that step.
@pytest.mark.parametrize(
    ("step", "number"),
    [
        ("Loading", signal.SIGINT),
        ("Converting", signal.SIGKILL),
        ("Comparing", signal.SIGINT),
        ("Comparing", signal.SIGKILL),
        ("Moving", signal.SIGKILL),
    ],
)
def test_an_interrupted_build_leaves_the_old_bundle(
    old: Path, small_checkpoint: Checkpoint, step: str, number: signal.Signals
) -> None:
    before = contents(old)
    process = subprocess.Popen(build_command(*small_checkpoint.options, out=old), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    told = ""
    for line in process.stderr:
        told += line
        if line.startswith(step):
            process.send_signal(number)
            break
    told += process.communicate(timeout=WAITED_FOR)[1]
    assert process.returncode == (130 if number is signal.SIGINT else -number), told
    assert "Traceback" not in told
    if step == "Moving":
        with open_bundle(old):
            pass  # the old one or the new one, but a whole one
    else:
        assert contents(old) == before
    if number is signal.SIGINT:
        assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_a_build_after_a_killed_one_replaces_the_bundle(source: Source, old: Path) -> None:
    (old.parent / f".{old.name}.abc" / "bundle").mkdir(parents=True)  # what a killed one leaves
    build(source, old, QUIET, "")
    assert "old" not in contents(old)
    with open_bundle(old):
        pass


@pytest.mark.parametrize(
    "fault",
    [
        lambda model: model.vocoder.conv_pre.weight.zero_(),
        lambda model: model.vocoder.conv_post.weight.mul_(-1),
        lambda model: model.flow.couplings[0].post.weight.mul_(4),
        lambda model: model.text_encoder.proj.bias.fill_(float("nan")),
        lambda model: model.vocoder.conv_post.weight.fill_(float("nan")),
    ],
    ids=["zeroed", "negated", "scaled", "nan in the latent", "nan in the sound"],
)
def test_a_model_that_deviates_from_fp32_is_not_put_in_place(
    source: Source, old: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[nn.Module], object]
) -> None:
    before = contents(old)
    monkeypatch.setattr(Converter, "convert", lambda converter, *chosen: fault(converter._synthesizer))
    with pytest.raises(BundleError, match="too far from FP32"):
        build(source, old, QUIET, "")
    assert contents(old) == before
    assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_a_file_that_does_not_load_is_not_put_in_place(
    source: Source, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(old)
    monkeypatch.setattr(torch.jit, "save", lambda module, path: Path(path).write_bytes(b"PK\3\4 cut short"))
    with pytest.raises(BundleError, match="does not run in a fresh process"):
        build(source, old, QUIET, "")
    assert contents(old) == before
    assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_a_model_that_is_its_reference_to_the_bit_passes(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Converter, "convert", lambda *arguments: None)
    fidelity = build(source, tmp_path / "voice", QUIET, "").fidelity
    assert fidelity.z_snr_db > 80
    assert fidelity.audio_snr_db > 80


@pytest.mark.parametrize("kind", ["folder", "file", "tar", "empty tar"])
def test_what_is_no_bundle_is_not_replaced(source: Source, tmp_path: Path, kind: str) -> None:
    out = tmp_path / {"folder": "photos", "file": "letter"}.get(kind, "backup.tar")
    if kind == "folder":
        out.mkdir()
        (out / "holiday.jpg").write_bytes(b"beach")
    else:
        out.write_bytes(b"" if kind == "empty tar" else b"dear")
    with pytest.raises(BundleError, match="not a voice bundle"):
        build(source, out, QUIET, "")
    assert (out / "holiday.jpg").is_file() if kind == "folder" else out.is_file()
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_a_tar_and_a_linked_folder_are_replaced(source: Source, tmp_path: Path, melo_bundle: Path) -> None:
    archive = tmp_path / "voice.tar"
    pack(melo_bundle, archive)
    keys = make_keys(tmp_path / "keys")
    build(source, archive, QUIET, "another one", key=keys.private)
    with open_bundle(archive) as bundle:
        check_signature(bundle.folder, keys.public)
        assert bundle.manifest.files.keys() == read_manifest(melo_bundle).files.keys()
        assert bundle.manifest.built_with["command"] == "another one"
    link, real = tmp_path / "link", tmp_path / "real"
    real.mkdir()
    link.symlink_to(real)
    build(source, link, QUIET, "")
    assert link.is_symlink()
    with open_bundle(real):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"voice.tar", "link", "real", "keys"}


def test_a_key_that_cannot_sign_stops_the_build_before_it_begins(source: Source, old: Path, tmp_path: Path) -> None:
    before = contents(old)
    with pytest.raises(BundleError, match="no private ed25519 key"):
        build(source, old, QUIET, "", key=make_keys(tmp_path / "keys").public)
    assert contents(old) == before


@pytest.mark.parametrize("speaker", [5, -1])
def test_a_speaker_that_the_checkpoint_does_not_know_is_refused(source: Source, tmp_path: Path, speaker: int) -> None:
    content = json.loads(source.config.read_text())
    content["data"]["spk2id"]["D"] = speaker
    config = tmp_path / "config.json"
    config.write_text(json.dumps(content))
    with pytest.raises(CheckpointError, match=f"speaker the id {speaker}"):
        build(dataclasses.replace(source, config=config), tmp_path / "voice", QUIET, "")
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


@pytest.mark.parametrize("options", [("--checkpoint", "nowhere.pth", "--language", "ES"), ("--voice", "nobody")])
def test_a_source_that_cannot_be_built_is_one_sentence(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = subprocess.run(build_command(*options, out=tmp_path / "out"), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert any(word in done.stderr for word in ("nowhere.pth", "config.json", "nobody"))
    assert list(tmp_path.iterdir()) == []


def strict(score: Callable[[Sample], float]) -> Callable[[], list[Judge]]:
    return lambda: [Judge("PESQ-wb", compares=True, score=score)]


def test_a_build_that_would_be_heard_is_not_put_in_place_unless_it_may(
    source: Source, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(old)
    monkeypatch.setattr(quality, "installed", strict(lambda sample: float("nan")))
    with pytest.raises(BundleError, match=r"INT8 would be heard: PESQ-wb is .* --allow-quality-loss"):
        build(source, old, QUIET, "")
    assert contents(old) == before
    assert [path.name for path in old.parent.iterdir()] == [old.name]
    build(source, old, QUIET, "", allow_quality_loss=True)
    with open_bundle(old) as bundle:
        assert bundle.manifest.quality["PESQ-wb"].mean < 4.5
    assert "Missed: PESQ-wb" in (old / "report" / "quality.md").read_text()


def test_a_build_that_is_heard_is_rounded_once_more(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Sample] = []

    def complains_at_first(sample: Sample) -> float:
        heard.append(sample)
        return 4.0 if len(heard) == 1 else 4.6

    monkeypatch.setattr(quality, "installed", strict(complains_at_first))
    _, _, scores = build(source, tmp_path / "voice", QUIET, "")
    assert scores["PESQ-wb"].worst == 4.6
    first, second = heard[: len(heard) // 2], heard[len(heard) // 2 :]
    assert all((a.reference == b.reference).all() for a, b in zip(first, second, strict=True))
    assert any((a.sound != b.sound).any() for a, b in zip(first, second, strict=True))


def test_a_build_that_no_judge_complains_of_needs_no_permission(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Sample] = []
    monkeypatch.setattr(quality, "installed", strict(lambda sample: heard.append(sample) or 4.6))
    manifest, _, scores = build(source, tmp_path / "voice", QUIET, "how")
    assert read_manifest(tmp_path / "voice") == manifest
    assert manifest.built_with["command"] == "how"
    assert manifest.quality == scores
    assert (scores["PESQ-wb"].mean, scores["PESQ-wb"].worst) == (4.6, 4.6)
    # Every held-out sentence in INT8, and both controls.
    assert [len(sample.text) > 0 for sample in heard] == [True] * 4 * 3
    assert len({sample.text for sample in heard}) == 4
    assert all((sample.sound != sample.reference).any() for sample in heard)
