"""The failures a person can act on.

Each is a sentence: what happened, with what value, and what to do. `code` is the machine-readable half that
the socket's `error` events carry.
"""

from __future__ import annotations


class EdgeError(Exception):
    """Base of every error that melo-edge raises on purpose."""

    code = "failed"


class TextError(EdgeError):
    """The text cannot be spoken: empty, or nothing in it has a sound."""

    code = "unspeakable"


class MissingFrontendError(EdgeError):
    """The voice's text frontend, or a library that it needs, is not installed."""

    code = "missing-frontend"


class RequestError(EdgeError):
    """A value in a request is out of range or names what does not exist."""

    code = "bad-request"


class LexiconError(EdgeError):
    """A user's lexicon has a line that is not right."""

    code = "bad-lexicon"


class CheckpointError(EdgeError):
    """A checkpoint or its configuration is not what its format promises."""

    code = "bad-checkpoint"


class BundleError(EdgeError):
    """A voice bundle is missing, damaged, unsafe or from a newer version."""

    code = "bad-bundle"


class SoundCardError(EdgeError):
    """The sound card cannot be opened or went away."""

    code = "no-sound-card"


class DaemonError(EdgeError):
    """The daemon cannot be reached, or cannot start."""

    code = "no-daemon"
