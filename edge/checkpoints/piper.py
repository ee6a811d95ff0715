"""Piper voices: the weights inside an exported ONNX file, and the JSON beside it.

Source of the format: piper-tts 1.x, `piper/train/export_onnx.py` and `piper/train/vits/models.py`. The exporter
folds and renames some initialisers (a single-speaker voice calls its symbol embedding `sid`; the flow's
convolutions are `onnx::Conv_8168`), so weights are taken from the nodes, whose names say where they belong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import torch
from torch import Tensor

from edge.checkpoints.weights import load_strictly, read_json
from edge.errors import CheckpointError
from edge.model import Synthesizer, SynthesizerConfig
from edge.model.config import DurationKind, ResBlockKind

if TYPE_CHECKING:
    import onnx


class PiperAudio(msgspec.Struct, frozen=True):
    """Section `audio`."""

    sample_rate: Annotated[int, msgspec.Meta(ge=1)]


class PiperEspeak(msgspec.Struct, frozen=True):
    """Section `espeak`."""

    voice: str


class PiperInference(msgspec.Struct, frozen=True):
    """Section `inference`: the scales that the voice was tuned for."""

    noise_scale: float = 0.667
    length_scale: float = 1.0
    noise_w: float = 0.8


class PiperLanguage(msgspec.Struct, frozen=True):
    """Section `language`."""

    code: str = ""


class PiperConfig(msgspec.Struct, frozen=True):
    """What the `.onnx.json` beside a Piper voice says."""

    audio: PiperAudio
    phoneme_id_map: dict[str, list[int]]
    espeak: PiperEspeak = PiperEspeak("en-us")
    inference: PiperInference = PiperInference()
    language: PiperLanguage = PiperLanguage()
    phoneme_type: str = "espeak"
    num_speakers: int = 1
    speaker_id_map: dict[str, int] = {}


def read_piper_config(path: str | Path) -> PiperConfig:
    """Reads a Piper voice's JSON.

    Raises:
        CheckpointError: unreadable, not JSON, or a field is missing or of another type.
    """
    return read_json(path, PiperConfig)


def load_piper(onnx_path: str | Path, config: str | Path) -> Synthesizer:
    """A Piper ONNX voice, single- or multi-speaker, as an FP32 `Synthesizer`.

    Raises:
        CheckpointError: a file cannot be read, the graph is no Piper voice, a tensor is missing or misshapen, or
            the graph and the JSON disagree about the speakers.
    """
    voice = read_piper_config(config)
    source = f"The voice {onnx_path}"
    try:
        graph = _Graph.read(onnx_path)
        shape = graph.synthesizer()
    except KeyError as error:
        message = f"{source} is not a Piper VITS voice: its graph has no {error}."
        raise CheckpointError(message) from error
    except (IndexError, TypeError, ValueError, ZeroDivisionError) as error:
        message = f"{source} is not a Piper VITS voice: {error}."
        raise CheckpointError(message) from error
    if max(1, shape.n_speakers) != max(1, voice.num_speakers):
        message = f"{source} has {max(1, shape.n_speakers)} speakers, but {config} says {voice.num_speakers}."
        raise CheckpointError(message)
    return load_strictly(shape, graph.tensors, source)


@dataclass
class _Graph:
    """An ONNX graph's weights under the names that they had in PyTorch, and its convolutions' attributes."""

    tensors: dict[str, Tensor]
    dilations: dict[str, int]
    strides: dict[str, int]

    @classmethod
    def read(cls, path: str | Path) -> _Graph:
        graph = _parse(path)
        constants = _constants(graph)
        tensors = {name: value for name, value in constants.items() if _PARAMETER.match(name)}
        dilations, strides = {}, {}
        for node in graph.node:
            module = ".".join(node.name.strip("/").split("/")[:-1])
            if node.op_type in ("Conv", "ConvTranspose"):
                attributes = {attribute.name: attribute.ints for attribute in node.attribute}
                dilations[module], strides[module] = (attributes.get(n, [1])[0] for n in ("dilations", "strides"))
            for parameter, value in _parameters(node, module, constants):
                tensors[f"{module}.{parameter}"] = value
        return cls(tensors, dilations, strides)

    def synthesizer(self) -> SynthesizerConfig:
        """The shape of the model, read off its tensors. A `KeyError` names what is not there."""
        kind, kernels, rates = self._resblock_kind(), self._indices("dec.resblocks"), self._indices("dec.ups")
        per_stage = kernels // rates
        n_symbols, hidden = self.tensors["enc_p.emb.weight"].shape
        filters, _, kernel_size = self.tensors["enc_p.encoder.ffn_layers.0.conv_1.weight"].shape
        n_speakers, gin = self.tensors["emb_g.weight"].shape if "emb_g.weight" in self.tensors else (0, 0)
        ups = [f"dec.ups.{i}" for i in range(rates)]
        convs = "convs1" if kind == "1" else "convs"
        blocks = [f"dec.resblocks.{i}.{convs}" for i in range(per_stage)]
        return SynthesizerConfig(
            n_symbols=n_symbols,
            n_tones=0,
            n_languages=0,
            n_speakers=n_speakers,
            inter_channels=self.tensors["enc_p.proj.weight"].shape[0] // 2,
            hidden_channels=hidden,
            filter_channels=filters,
            n_heads=hidden // self.tensors["enc_p.encoder.attn_layers.0.emb_rel_k"].shape[2],
            n_layers=self._indices("enc_p.encoder.attn_layers"),
            kernel_size=kernel_size,
            gin_channels=gin,
            speaker_conditioned_encoder=False,
            flow="residual",
            n_flow_layers=self._indices("flow.flows.0.enc.in_layers"),
            n_flows=(self._indices("flow.flows") + 1) // 2,
            durations=self._duration_kind(),
            resblock=kind,
            resblock_kernel_sizes=tuple(self.tensors[f"{block}.0.weight"].shape[2] for block in blocks),
            resblock_dilation_sizes=tuple(
                tuple(self.dilations[f"{block}.{i}"] for i in range(self._indices(block))) for block in blocks
            ),
            upsample_rates=tuple(self.strides[up] for up in ups),
            upsample_kernel_sizes=tuple(self.tensors[f"{up}.weight"].shape[2] for up in ups),
            upsample_initial_channel=self.tensors["dec.conv_pre.weight"].shape[0],
        )

    def _indices(self, module: str) -> int:
        """How many children `module.0`, `module.1` … there are, by the highest index."""
        pattern = re.compile(rf"{re.escape(module)}\.(\d+)\.")
        found = [int(match[1]) for name in self.tensors if (match := pattern.match(name))]
        if not found:
            raise KeyError(module)
        return max(found) + 1

    def _resblock_kind(self) -> ResBlockKind:
        return "1" if any(".convs1." in name for name in self.tensors) else "2"

    def _duration_kind(self) -> DurationKind:
        return "stochastic" if any(name.startswith("dp.flows.") for name in self.tensors) else "deterministic"


# A parameter that kept its PyTorch name through the export. The embedding does not: see `_parameters`.
_PARAMETER = re.compile(r"(enc_p|flow|dec|dp|emb_g)\.")


def _parse(path: str | Path) -> onnx.GraphProto:
    # Only a build machine has onnx: the device must start without it.
    import onnx
    from google.protobuf.message import DecodeError
    from onnx.checker import ValidationError

    try:
        return onnx.load(str(path)).graph
    except OSError as error:
        message = f"The voice {path} cannot be read: {error.strerror or error}."
        raise CheckpointError(message) from error
    except (DecodeError, ValidationError) as error:
        message = f"The voice {path} is not an ONNX file: {error}."
        raise CheckpointError(message) from error


def _constants(graph: onnx.GraphProto) -> dict[str, Tensor]:
    """Every constant of the graph by name: initialisers, `Constant` nodes, and `Identity` copies of either.

    The exporter merges equal initialisers and leaves an `Identity` under the other's name.
    """
    constants = {initializer.name: _tensor(initializer) for initializer in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            constants[node.output[0]] = _tensor(node.attribute[0].t)
        elif node.op_type == "Identity" and node.input[0] in constants:
            constants[node.output[0]] = constants[node.input[0]]
    return constants


def _tensor(proto: onnx.TensorProto) -> Tensor:
    from onnx import numpy_helper

    return torch.from_numpy(numpy_helper.to_array(proto).copy())


def _parameters(node: onnx.NodeProto, module: str, constants: dict[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """The parameters that `node` shows, by the name that they have in `module`."""
    inputs = [constants.get(name) for name in node.input]
    if node.op_type in ("Conv", "ConvTranspose"):
        yield from _named(("weight", "bias"), inputs[1:])
    elif node.op_type == "Gather" and module in ("enc_p.emb", "emb_g"):
        yield from _named(("weight",), inputs[:1])
    elif "norm" in module and node.op_type in ("Mul", "Add"):
        vectors = [value for value in inputs if value is not None and value.dim() == 1]
        yield from _named(("gamma" if node.op_type == "Mul" else "beta",), vectors)
    elif module == "dp.flows.0" and node.op_type == "Sub":
        yield from _named(("m",), inputs[1:])
    elif module == "dp.flows.0" and node.op_type == "Mul" and inputs[1] is not None:
        # Older exporters fold exp(-logs), torch 2.13's folds the minus alone.
        yield "logs", -torch.log(inputs[1])
    elif module == "dp.flows.0" and node.op_type == "Exp" and inputs[0] is not None:
        yield "logs", -inputs[0]


def _named(names: tuple[str, ...], values: Sequence[Tensor | None]) -> Iterator[tuple[str, Tensor]]:
    for name, value in zip(names, values, strict=False):
        if value is not None:
            yield name, value
