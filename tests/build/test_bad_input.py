"""What a build cannot use: told in one sentence, what is wrong and what to do, and nothing is left behind."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import edge.build.bundle
from edge.build import quality
from edge.build.cli import main
from tests.berts import random_bert, write_bert
from tests.build.quick import few_sentences
from tests.voices import Checkpoint

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_torchscript.py"

A_BERT = "A BERT is a folder as `transformers` saves it."
MISFIT = (
    "The tokenizer knows 344 pieces, but BERT has embeddings for 343: they belong to different models. "
    "Use the tokenizer that came with this BERT."
)


@pytest.fixture
def refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """What the build says as its last words, having failed."""
    monkeypatch.setattr(edge.build.bundle, "material", few_sentences)
    monkeypatch.setattr(quality, "installed", list)

    def build(*options: str | Path) -> str:
        out = tmp_path / "out"
        assert main([*map(str, options), "--out", str(out / "voice")]) == 1
        assert not out.exists() or list(out.iterdir()) == []
        return capsys.readouterr().err.splitlines()[-1]

    return build


@pytest.fixture
def with_bert(small_checkpoint: Checkpoint, tmp_path: Path) -> Checkpoint:
    return small_checkpoint.changed(tmp_path, disable_bert=None)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("berts") / "narrow", random_bert())


def with_config(checkpoint: Checkpoint, folder: Path, change: Callable[[dict[str, Any]], object]) -> Checkpoint:
    config = json.loads(checkpoint.config.read_text(encoding="utf-8"))
    change(config)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return Checkpoint(checkpoint.weights, folder / "config.json", checkpoint.language)


# --- The checkpoint ----------------------------------------------------------------------------------


def test_a_voice_for_another_language_is_told_by_its_speakers(
    small_checkpoint: Checkpoint, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    english = small_checkpoint.changed(tmp_path, spk2id={"EN-US": 0, "EN-BR": 1, "EN_INDIA": 2})
    assert refusal(*english.options) == (
        "The configuration's speakers are EN-US, EN-BR, EN_INDIA: a voice for EN, not for ES. "
        "Give --language EN, or other names to the speakers in spk2id."
    )
    chinese = small_checkpoint.changed(tmp_path, "JP", spk2id={"ZH": 1})
    assert "a voice for ZH_MIX_EN, not for JP. Give --language ZH_MIX_EN" in refusal(*chinese.options)


@pytest.mark.parametrize("speakers", [{}, {"A": 0}, {"EN-US": 0, "ES": 1}, {"Jean": 0}, {"ES-default": 0}])
def test_speakers_with_other_names_tell_nothing(
    small_checkpoint: Checkpoint, tmp_path: Path, refusal: Callable[..., str], speakers: dict[str, int]
) -> None:
    voice = small_checkpoint.changed(tmp_path, spk2id=speakers)
    assert refusal(*voice.options, "--bert", "bert").startswith("checkpoint.pth takes no BERT features")


def test_a_voice_for_another_language_is_told_by_its_symbols(
    small_checkpoint: Checkpoint, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    def rename(config: dict[str, Any]) -> None:
        config["symbols"] = [f"{symbol}²" if symbol in "aeioulɾθ" else symbol for symbol in config["symbols"]]

    assert re.fullmatch(
        r"The configuration lacks 8 of the \d+ symbols of ES, such as ('.', ){4}'.'\. "
        r"Give the --language that the checkpoint was trained for\.",
        refusal(*with_config(small_checkpoint, tmp_path, rename).options),
    )


@pytest.mark.parametrize(("language", "got"), [("", "none"), ("DE", "DE"), ("en-us", "EN-US")])
def test_a_language_that_there_is_not(
    small_checkpoint: Checkpoint, refusal: Callable[..., str], language: str, got: str
) -> None:
    assert refusal(*small_checkpoint.options, "--language", language) == (
        f"A MeloTTS checkpoint needs --language, one of JP, EN, ZH_MIX_EN, KR, ES, FR; got {got}."
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda config: config.pop("symbols"), "Object missing required field `symbols`"),
        (lambda config: config["data"].pop("hop_length"), "Object missing required field `hop_length` - at `$.data`"),
        (lambda config: config.update(num_tones="many"), "Expected `int`, got `str` - at `$.num_tones`"),
    ],
    ids=["no symbols", "no hop_length", "no number"],
)
def test_a_configuration_without_a_key_that_is_needed(
    small_checkpoint: Checkpoint,
    tmp_path: Path,
    refusal: Callable[..., str],
    change: Callable[[dict[str, Any]], object],
    complaint: str,
) -> None:
    broken = with_config(small_checkpoint, tmp_path, change)
    assert refusal(*broken.options) == (
        f"The configuration {broken.config} is not what its format promises: {complaint}. Use the one of these weights."
    )


def test_a_language_whose_packages_are_not_installed(
    small_checkpoint: Checkpoint, refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gruut_lang_es", None)
    assert refusal(*small_checkpoint.options) == (
        "The text frontend ES needs gruut-lang-es, or a voice bundle that was built with it. "
        'Install it with `pip install "melo-edge[es]"`.'
    )


@pytest.mark.parametrize("package", ["platformdirs", "matplotlib", "tokenizers"])
def test_a_machine_that_was_not_set_up_to_build(package: str) -> None:
    without = f"import runpy, sys; sys.modules[{package!r}] = None; "
    program = f"{without} runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        f'Building a voice needs {package}. Install it with `pip install "melo-edge[build]"`.\n',
    )


# --- BERT --------------------------------------------------------------------------------------------


def test_a_voice_that_wants_bert_and_is_given_none(with_bert: Checkpoint, refusal: Callable[..., str]) -> None:
    assert refusal(*with_bert.options) == (
        "checkpoint.pth was trained with features of BERT. Give --bert dccuchile/bert-base-spanish-wwm-uncased, or the "
        "folder that holds it, or --no-bert to build a smaller voice that speaks from the symbols alone."
    )


def test_bert_for_a_voice_that_takes_none(small_checkpoint: Checkpoint, refusal: Callable[..., str]) -> None:
    assert refusal(*small_checkpoint.options, "--bert", "bert") == (
        "checkpoint.pth takes no BERT features: it has disable_bert in its configuration. Leave out --bert."
    )


@pytest.mark.parametrize("name", ["./bert", "/no/such/folder", "a/b/c", "bert/"])
def test_a_folder_of_bert_that_there_is_not(with_bert: Checkpoint, refusal: Callable[..., str], name: str) -> None:
    assert refusal(*with_bert.options, "--bert", name) == (
        f"There is no folder {name}, and the model hub has no such names. Give a folder with config.json, "
        "model.safetensors or pytorch_model.bin, and tokenizer.json or vocab.txt."
    )


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("config.json", "The configuration {folder}/config.json cannot be read: No such file or directory."),
        ("model.safetensors", f"{{folder}} has no model.safetensors and no pytorch_model.bin. {A_BERT}"),
    ],
)
def test_a_folder_of_bert_that_lacks_a_file(
    with_bert: Checkpoint, narrow: Path, tmp_path: Path, refusal: Callable[..., str], file: str, complaint: str
) -> None:
    folder = Path(shutil.copytree(narrow, tmp_path / "bert"))
    (folder / file).unlink()
    assert refusal(*with_bert.options, "--bert", folder) == complaint.format(folder=folder)


def test_weights_of_bert_that_were_cut_short(
    with_bert: Checkpoint, narrow: Path, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    weights = Path(shutil.copytree(narrow, tmp_path / "bert")) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert refusal(*with_bert.options, "--bert", weights.parent).startswith(
        f"{weights} is not a whole file of tensors: "
    )


def test_a_bert_of_another_width(with_bert: Checkpoint, narrow: Path, refusal: Callable[..., str]) -> None:
    assert refusal(*with_bert.options, "--bert", narrow) == (
        f"The BERT {narrow} gives 96 features, but a MeloTTS voice for ES takes 768. "
        "It was trained with dccuchile/bert-base-spanish-wwm-uncased."
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda pieces: [*pieces, "surplus"], MISFIT),
        (
            lambda pieces: [piece for piece in pieces if piece != "[SEP]"],
            "The tokenizer {folder}/tokenizer.json has no [SEP]: it is not BERT's.",
        ),
    ],
    ids=["another's", "no BERT's"],
)
def test_a_tokenizer_that_does_not_fit(
    with_bert: Checkpoint,
    melo_bert: Callable[[str], Path],
    tmp_path: Path,
    refusal: Callable[..., str],
    change: Callable[[list[str]], list[str]],
    complaint: str,
) -> None:
    folder = Path(shutil.copytree(melo_bert("EN"), tmp_path / "bert"))
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(change(vocabulary.read_text(encoding="utf-8").splitlines())), encoding="utf-8")
    said = refusal(*with_bert.options, "--bert", folder)
    assert re.fullmatch(re.escape(complaint).replace(re.escape("{folder}"), ".*"), said)
