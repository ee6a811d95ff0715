"""Whose bundle is it? An ed25519 signature of the manifest, which has the checksum of every other file.

openssl's command signs and verifies, because every Debian has it: a device needs no further library for what it does
once a voice, and the keys are those that `openssl genpkey -algorithm ed25519` makes.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

from edge.errors import BundleError
from edge.voice.manifest import NAME

SIGNATURE = f"{NAME}.sig"
"""Beside the manifest: 64 bytes, as `openssl pkeyutl -sign -rawin` writes them."""


def sign(folder: Path, key: Path) -> None:
    """Signs the bundle in `folder` with a private key, a PEM file.

    Raises:
        BundleError: the key is none of ed25519, or openssl is missing.
    """
    refuse_other_keys(key, "private")
    files = ("-inkey", key, "-in", folder / NAME, "-out", folder / SIGNATURE)
    done = _openssl("pkeyutl", "-sign", "-rawin", *files)
    if done.returncode:
        message = f"openssl cannot sign {folder / NAME}: {_reason(done)}."
        raise BundleError(message)


def check_signature(folder: Path, key: Path) -> None:
    """Refuses a bundle whose manifest was not signed with the private half of `key`, a public key in a PEM file.

    Raises:
        BundleError: it is not signed, or by somebody else, or the manifest was changed; or the key cannot be used.
    """
    refuse_other_keys(key, "public")
    if not (folder / SIGNATURE).is_file():
        message = f"The bundle is not signed, and {key} is to say whose bundles are taken: it has no {SIGNATURE}."
        raise BundleError(message)
    files = ("-inkey", key, "-in", folder / NAME, "-sigfile", folder / SIGNATURE)
    if _openssl("pkeyutl", "-verify", "-rawin", "-pubin", *files).returncode:
        message = f"The bundle's signature is not by the owner of {key}, or {NAME} was changed afterwards: refused."
        raise BundleError(message)


def refuse_other_keys(key: Path, half: Literal["private", "public"]) -> None:
    """Refuses what is not that half of an ed25519 key.

    Raises:
        BundleError: with how to make one.
    """
    if not key.is_file():
        message = f"There is no key at {key}."
        raise BundleError(message)
    # From 3.5 on, openssl takes a private key for its public half, too.
    is_half = f"-----BEGIN {half.upper()} KEY-----".encode() in key.read_bytes()
    public = ["-pubin"] if half == "public" else []
    done = _openssl("pkey", *public, "-in", key, "-noout", "-text_pub")
    if not is_half or done.returncode or not done.stdout.startswith("ED25519"):
        message = f"{key} is no {half} ed25519 key in PEM. openssl genpkey -algorithm ed25519 makes a private one, "
        raise BundleError(message + "openssl pkey -pubout its public half.")


def _openssl(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["openssl", *arguments]
    try:
        # Without a terminal: a key with a password is refused rather than waited for.
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        message = "openssl is not installed, and signatures need it: apt install openssl."
        raise BundleError(message) from error


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"status {done.returncode}"
