"""Trained weights from elsewhere into a `Synthesizer`: MeloTTS checkpoints and Piper voices."""

from edge.checkpoints.melo import MeloConfig, load_melo, read_melo_config
from edge.checkpoints.piper import PiperConfig, load_piper, read_piper_config

__all__ = ["MeloConfig", "PiperConfig", "load_melo", "load_piper", "read_melo_config", "read_piper_config"]
