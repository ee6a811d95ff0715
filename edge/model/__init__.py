"""Inference-only VITS and VITS2, from one set of modules chosen by configuration.

VITS: Kim, Kong and Son, "Conditional Variational Autoencoder with Adversarial Learning for End-to-End
Text-to-Speech", 2021, as Piper trains it. VITS2: Kong et al., 2023, as MeloTTS trains it.

Everything here runs one sentence at a time (batch 1, so there are no masks) and can be compiled by
`torch.jit.script`. Letters in shapes: `L` symbols, `T` frames, `C` channels, `H` latent channels, `G` speaker
channels.
"""

from edge.model.config import SynthesizerConfig
from edge.model.synthesizer import Synthesizer

__all__ = ["Synthesizer", "SynthesizerConfig"]
