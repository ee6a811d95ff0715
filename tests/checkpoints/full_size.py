"""A MeloTTS checkpoint of full size, with random weights, in upstream's format."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from tests import golden


def write_full_size(folder: Path) -> tuple[Path, Path]:
    """Writes `checkpoint.pth` and `config.json`, and returns their paths."""
    full = json.loads(golden.FULL_STATE_DICT.read_text())
    generator = torch.Generator().manual_seed(0)
    tensors = {name: torch.randn(shape, generator=generator) * 0.02 for name, shape in full["state_dict"].items()}
    for name, tensor in tensors.items():
        if name.endswith(".gamma"):
            tensor.add_(1)
        elif name.endswith(".weight_g"):
            # As when training starts: the magnitude of the direction.
            tensor.copy_(torch.linalg.vector_norm(tensors[name[:-1] + "v"], dim=(1, 2), keepdim=True))
    checkpoint, config = folder / "checkpoint.pth", folder / "config.json"
    torch.save({"model": tensors, "iteration": 0, "optimizer": None, "learning_rate": 3e-4}, checkpoint)
    content = {
        "data": {
            "sampling_rate": 44100,
            "hop_length": 512,
            "add_blank": True,
            "n_speakers": full["state_dict"]["emb_g.weight"][0],
            "spk2id": {"ES": 0},
        },
        "model": full["config_model"],
        "num_languages": full["num_languages"],
        "num_tones": full["num_tones"],
        "symbols": json.loads(golden.CONFIG.read_text(encoding="utf-8"))["symbols"],
    }
    config.write_text(json.dumps(content))
    return checkpoint, config
