"""The command line of `scripts/build_torchscript.py`."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from rich.console import Console
from rich.table import Table

from edge.build.bundle import Result, build
from edge.build.phrases import read_lines
from edge.build.progress import ConsoleProgress
from edge.build.sources import Source, local, named
from edge.errors import EdgeError
from edge.voice.bundle import BERT, TOKENIZER
from edge.voice.manifest import PHRASES

USAGE = """
examples:
  %(prog)s --voice joe --out dist/joe
  %(prog)s --voice melo:ES --bert dccuchile/bert-base-spanish-wwm-uncased --out dist/es
  %(prog)s --checkpoint checkpoint.pth --config config.json --language ES --no-bert --out dist/es
  %(prog)s --voice joe --phrases phrases.txt --out dist/joe
  %(prog)s --checkpoint voice.onnx --config voice.onnx.json --out dist/voice.tar
"""


def main(arguments: list[str] | None = None) -> int:
    """Builds one bundle; returns the exit status."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=True)
    try:
        source = _source(options)
        lines = read_lines(options.phrases) if options.phrases else []
        command = f"build_torchscript.py {_how(options)} --out {options.out.name}"
        result = build(
            source,
            options.out,
            ConsoleProgress(console),
            command,
            phrases=lines,
            bert=options.bert,
            without_bert=options.no_bert,
            allow_quality_loss=options.allow_quality_loss,
            key=options.sign,
        )
    except EdgeError as error:
        # Whole, for whoever looks for it in a log: a terminal breaks lines by itself.
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted. What was there is as it was.", highlight=False)
        return 130
    _show(console, options.out, result)
    return 0


def _show(console: Console, out: Path, result: Result) -> None:
    manifest, nearness = result.manifest, result.fidelity
    size = sum(entry.size for entry in manifest.files.values())
    ready = sum(name.startswith(PHRASES) for name in manifest.files)
    scores = Table("judge", "INT8", "worst", "FP32, other noise", "white noise", title="INT8 against FP32")
    for name, score in result.quality.items():
        numbers = (score.mean, score.worst, score.other_noise, score.white_noise)
        scores.add_row(name, *(f"{number:.3f}" for number in numbers))
    console.print(scores)
    console.print(
        f"{out}: voice {manifest.name}, {size / 1e6:.1f} MB, {manifest.sample_rate} Hz, {ready} ready-made phrases, "
        f"{manifest.quantisation['layers']} layers in INT8; against FP32 {nearness.z_snr_db:.1f} dB in the latent, "
        f"{nearness.audio_snr_db:.1f} dB in the sound. report/quality.md and .png in it tell more.",
        highlight=False,
    )
    if manifest.bert is not None:
        entry, weight = manifest.bert, manifest.files[BERT].size + manifest.files[TOKENIZER].size
        console.print(
            f"{BERT}: {weight / 1e6:.1f} MB of it, {entry.layers} layers, {entry.products_int8} products in INT8 and "
            f"{entry.products_float} in FP32; the cosine against FP32's features is {entry.cosine_mean:.4f}, at worst "
            f"{entry.cosine_worst:.4f}.",
            highlight=False,
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Builds a voice bundle with an INT8 TorchScript model.",
        epilog=USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--voice", help="joe, or an official MeloTTS voice: melo:ES, melo:EN@REVISION")
    source.add_argument("--checkpoint", type=Path, help="a MeloTTS checkpoint.pth, or a Piper voice.onnx")
    parser.add_argument("--config", type=Path, help="the checkpoint's configuration")
    parser.add_argument("--language", default="", help="a MeloTTS checkpoint's language, such as ES")
    parser.add_argument("--out", type=Path, required=True, help="the bundle: a folder, or a file ending in .tar")
    parser.add_argument("--phrases", type=Path, help="a text file: each line is spoken now and kept in the bundle")
    bert = parser.add_mutually_exclusive_group()
    bert.add_argument("--bert", default="", help="whose features the voice gets: a folder, or a name on the model hub")
    bert.add_argument("--no-bert", action="store_true", help="build without, though the voice was trained with them")
    parser.add_argument("--allow-quality-loss", action="store_true", help="keep a bundle whose INT8 can be heard")
    parser.add_argument("--sign", type=Path, metavar="KEY", help="sign with an ed25519 private key, a PEM file")
    return parser


def _source(options: argparse.Namespace) -> Source:
    if options.voice:
        return named(options.voice)
    config = options.config or options.checkpoint.with_name(
        f"{options.checkpoint.name}.json" if options.checkpoint.suffix == ".onnx" else "config.json"
    )
    return local(options.checkpoint, config, options.language, options.out.stem)


def _how(options: argparse.Namespace) -> str:
    phrases = f" --phrases {shlex.quote(options.phrases.name)}" if options.phrases else ""
    rest = f"{_how_bert(options)}{phrases}"
    if options.voice:
        return f"--voice {shlex.quote(options.voice)}{rest}"
    language = f" --language {shlex.quote(options.language)}" if options.language else ""
    return f"--checkpoint {shlex.quote(options.checkpoint.name)}{language}{rest}"


def _how_bert(options: argparse.Namespace) -> str:
    if options.no_bert:
        return " --no-bert"
    if not options.bert:
        return ""
    # Of a folder its name alone: a manifest tells no place of the build machine.
    name = Path(options.bert).resolve().name if Path(options.bert).is_dir() else options.bert
    return f" --bert {shlex.quote(name)}"
