"""BERT's way into a bundle: asked for, found, converted, and used by the voice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from torch.nn import functional as F

from edge.build.bert import OFFICIAL, add_bert, choose, find, refuse_loss
from edge.build.describe import MELO_LANGUAGES, describe
from edge.build.progress import Progress
from edge.build.sources import Source, local
from edge.doctor import Finding, examine
from edge.errors import BundleError, CheckpointError
from edge.speech import Voice
from edge.text.bert import Wordpieces, aligned
from edge.text.en import EnglishFrontend
from edge.voice import open_bundle
from edge.voice.bundle import Bundle
from edge.voice.manifest import read_manifest
from tests.berts import random_bert, wanted, write_bert
from tests.voices import SMALL_BERT, Checkpoint, build_command

pytestmark = pytest.mark.slow

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "somebody/bert"


@pytest.fixture(scope="module")
def model() -> Any:
    return random_bert(**SMALL_BERT)


@pytest.fixture(scope="module")
def bert(melo_bert: Callable[[str], Path]) -> Path:
    """`model` on disk."""
    return melo_bert("EN")


def with_config(checkpoint: Checkpoint, folder: Path, **data: Any) -> Checkpoint:
    """The small checkpoint as an English voice that wants BERT, if `data` does not say otherwise."""
    config = json.loads(checkpoint.config.read_text())
    del config["data"]["disable_bert"]
    config["data"] |= data
    (folder / "config.json").write_text(json.dumps(config))
    return Checkpoint(checkpoint.weights, folder / "config.json")


@pytest.fixture(scope="module")
def english(small_checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return with_config(small_checkpoint, tmp_path_factory.mktemp("english"))


def options(checkpoint: Checkpoint) -> tuple[str, ...]:
    return ("--checkpoint", str(checkpoint.weights), "--config", str(checkpoint.config), "--language", "EN")


def source(checkpoint: Checkpoint) -> Source:
    return local(checkpoint.weights, checkpoint.config, "EN", "small")


def build(*arguments: str, out: Path) -> subprocess.CompletedProcess[str]:
    command = build_command(*arguments, out=out)
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)


@pytest.fixture(scope="module")
def bundle(english_bundle: Path) -> Path:
    """A voice with `model`. Not to be changed: copy it."""
    return english_bundle


def test_every_language_has_its_bert() -> None:
    assert OFFICIAL.keys() == MELO_LANGUAGES.keys()


@pytest.mark.parametrize("data", [{}, {"disable_bert": False}])
def test_a_voice_that_wants_bert_and_gets_none_is_refused_with_what_to_do(
    small_checkpoint: Checkpoint, tmp_path: Path, data: dict[str, Any]
) -> None:
    checkpoint = with_config(small_checkpoint, tmp_path, **data)
    with pytest.raises(CheckpointError, match=r"--bert bert-base-uncased.*--no-bert"):
        choose(source(checkpoint), "EN", "", without=False)
    assert choose(source(checkpoint), "EN", "", without=True) == ""
    assert choose(source(checkpoint), "EN", NAME, without=False) == NAME


def test_a_voice_that_takes_no_bert_needs_no_option_and_takes_none(
    small_checkpoint: Checkpoint, tmp_path: Path
) -> None:
    disabled = source(with_config(small_checkpoint, tmp_path, disable_bert=True))
    piper = local(Path("voice.onnx"), Path("voice.onnx.json"), "", "voice")
    for voice, reason in ((disabled, "disable_bert"), (piper, "Piper")):
        assert choose(voice, "EN", "", without=False) == ""
        assert choose(voice, "EN", "", without=True) == ""
        with pytest.raises(CheckpointError, match=f"{reason}.*Leave out --bert"):
            choose(voice, "EN", NAME, without=False)


def test_the_command_line_stops_at_a_missing_bert(english: Checkpoint, tmp_path: Path) -> None:
    done = build(*options(english), out=tmp_path / "out")
    assert done.returncode == 1
    assert "--no-bert" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_bert_a_voice_says_so_and_takes_zeros(english: Checkpoint, tmp_path: Path) -> None:
    done = build(*options(english), "--no-bert", out=tmp_path / "en")
    assert done.returncode == 0, done.stderr
    manifest = read_manifest(tmp_path / "en")
    assert manifest.bert is None
    assert "--no-bert" in manifest.built_with["command"]
    assert not {"bert.ts", "tokenizer.json"} & set(manifest.files)
    inputs = Voice.load(tmp_path / "en").prepare("Nine thirty.")
    assert not inputs[3].any()
    assert not inputs[4].any()


def test_the_manifest_says_which_bert_and_how_near(bundle: Path, bert: Path) -> None:
    manifest = read_manifest(bundle)
    assert manifest.bert is not None
    assert manifest.bert.origin == "local files"
    assert manifest.bert.weights_sha256 == sha256((bert / "model.safetensors").read_bytes()).hexdigest()
    assert (manifest.bert.channels, manifest.bert.layers) == (768, 2)
    assert manifest.bert.products_int8 + manifest.bert.products_float == 8
    assert 0.999 <= manifest.bert.cosine_worst <= manifest.bert.cosine_mean < 1
    assert {"bert.ts", "tokenizer.json", "LICENSES/bert.txt"} <= set(manifest.files)
    assert manifest.built_with["command"].endswith("--bert bert-en --out melo-en")
    assert str(bert.parent) not in (bundle / "manifest.json").read_text()
    assert "BERT" in {licence.part for licence in manifest.licences}
    stored = (bundle / "bert.ts").stat().st_size + (bundle / "tokenizer.json").stat().st_size
    assert f"| on disk | {stored / 1e6:.1f} MB |" in (bundle / "report" / "quality.md").read_text()


def test_a_voice_takes_the_features_that_upstream_would_give_it(bundle: Path, model: Any) -> None:
    text = "The battery is at fifteen percent, and it's late."
    voice = Voice.load(bundle)
    ja_bert = voice.prepare(text)[4][0]
    phonemes = EnglishFrontend()(text)
    wordpieces = Wordpieces(bundle / "tokenizer.json")
    pieces, counts = aligned(phonemes, wordpieces)
    rows = wanted(model, torch.tensor([[wordpieces.first, *pieces, wordpieces.last]]))
    by_symbol = [row for row, count in zip(rows, counts, strict=True) for _ in range(count)]
    assert len(by_symbol) == len(phonemes.symbols)
    expected = torch.stack([by_symbol[0], *(row for row in by_symbol for _ in range(2))], 1)
    assert ja_bert.shape == expected.shape
    assert F.cosine_similarity(ja_bert, expected, dim=0).min() >= 0.999
    assert not voice.prepare(text)[3].any()
    assert voice.synthesize(text, seed=0).any()


def test_features_change_the_sound(bundle: Path) -> None:
    with open_bundle(bundle) as opened:
        model = opened.model().eval()
    with_bert = Voice.load(bundle)
    without = Voice(with_bert.manifest, model, with_bert._text)
    heard = [voice.synthesize("Nine thirty.", seed=0) for voice in (with_bert, without)]
    assert heard[0].size != heard[1].size or (heard[0] != heard[1]).any()


def test_a_bundle_that_lost_its_bert_is_refused(bundle: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "en"))
    manifest = read_manifest(copy)
    for name in ("bert.ts", "tokenizer.json"):
        rest = {other: entry for other, entry in manifest.files.items() if other != name}
        msgspec.structs.replace(manifest, files=rest).write(copy)
        with pytest.raises(BundleError, match=name), open_bundle(copy):
            pass


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [("bert.ts", "PK", "cannot load"), ("tokenizer.json", "{}", "cannot be read")],
)
def test_damaged_files_of_bert_are_named(
    bundle: Path, tmp_path: Path, name: str, content: str, complaint: str
) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "en"))
    (copy / name).write_text(content)
    with pytest.raises(BundleError, match=f"{name}.*{complaint}|{complaint}.*{name}"):
        Bundle(copy, read_manifest(copy)).bert()


def test_a_tokenizer_that_does_not_fit_is_refused(english: Checkpoint, bert: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bert, tmp_path / "bert"))
    with (folder / "vocab.txt").open("a") as file:
        file.write("surplus\n")
    (tmp_path / "bundle").mkdir()
    with pytest.raises(BundleError, match=r"344 pieces.*343"):
        add_bert(tmp_path / "bundle", find(str(folder)), describe(source(english)), Progress())


def test_a_bert_of_another_width_is_refused_with_the_right_one(english: Checkpoint, tmp_path: Path) -> None:
    folder = write_bert(tmp_path / "narrow", random_bert())
    with pytest.raises(CheckpointError, match=r"96 features.*768.*bert-base-uncased"):
        add_bert(tmp_path, find(str(folder)), describe(source(english)), Progress())


def test_doctor_tells_what_bert_lacks(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> Finding:
        return next(finding for finding in examine(bundle, tmp_path / "socket") if finding.what == "voice")

    assert told().ok
    assert "text through EN and BERT" in told().detail
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert told() == Finding(
        "voice", ok=False, detail='A voice with BERT needs tokenizers. Install it with `pip install "melo-edge[bert]"`.'
    )


def test_what_is_too_far_from_fp32_is_a_loss(bundle: Path) -> None:
    entry = read_manifest(bundle).bert
    assert entry is not None
    refuse_loss(None)
    refuse_loss(entry)
    with pytest.raises(BundleError, match=r"0\.9980.*--allow-quality-loss"):
        refuse_loss(msgspec.structs.replace(entry, cosine_worst=0.998))


class Hub(BaseHTTPRequestHandler):
    """As much of the model hub as fetching a BERT takes."""

    folder: Path
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        file = self.folder / path.rpartition("/")[2]
        if path == f"/api/models/{NAME}/revision/main":
            siblings = [{"rfilename": file.name} for file in self.folder.iterdir()]
            self._answer(json.dumps({"id": NAME, "sha": COMMIT, "siblings": siblings}).encode(), "application/json")
        elif path == f"/{NAME}/resolve/{COMMIT}/{file.name}" and file.is_file():
            self._answer(file.read_bytes(), "application/octet-stream")
        else:
            self.send_error(404)

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        tag = f'"{sha256(content).hexdigest()}"'
        headers = {"Content-Type": kind, "Content-Length": str(len(content)), "X-Repo-Commit": COMMIT, "ETag": tag}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *message: Any) -> None:
        pass


@pytest.fixture
def hub(bert: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ItsHub", (Hub,), {"folder": bert}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


FIND = """
import sys
from edge.build.bert import find
from edge.errors import CheckpointError
try:
    source = find(sys.argv[1])
except CheckpointError as error:
    sys.exit(f"CheckpointError: {error}")
print(source.name, source.origin, *sorted(path.name for path in source.folder.iterdir()))
"""


def find_there(hub: str, name: str, home: Path) -> subprocess.CompletedProcess[str]:
    """In a fresh process, as the hub's library reads the environment when it is imported."""
    env = os.environ | {"HF_HOME": str(home), "HF_ENDPOINT": hub, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    return subprocess.run([sys.executable, "-c", FIND, name], env=env, capture_output=True, text=True, check=False)


def test_a_bert_comes_from_one_commit_of_the_hub(hub: str, bert: Path, tmp_path: Path) -> None:
    done = find_there(hub, NAME, tmp_path)
    assert done.returncode == 0, done.stderr
    name, origin, *files = done.stdout.split()
    assert (name, origin) == (NAME, f"{NAME}@{COMMIT}")
    assert files == ["config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"]


def test_without_the_hub_the_error_says_what_to_do(hub: str, tmp_path: Path) -> None:
    done = find_there(hub, "nobody/bert", tmp_path)
    assert done.stderr.startswith("CheckpointError: There is no folder nobody/bert")
    assert "model.safetensors" in done.stderr
