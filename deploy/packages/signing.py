"""Signatures of what is published, by GnuPG."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.packages.tools import PackagingError, need, run

_OWN = "melo-edge repository"


@dataclass(frozen=True)
class Signer:
    """A secret key."""

    gpg: tuple[str, ...]
    key: str

    def sign(self, file: Path, out: Path, *how: str) -> None:
        """Writes the signature of a file, of the kind that an option of gpg's names, in one moment."""
        part = out.with_name(f".{out.name}.part")
        run(*self.gpg, "--local-user", self.key, "--output", part, *how, file)
        part.replace(out)

    def export(self, keyring: Path) -> None:
        """Writes the public key, by which others verify."""
        run(*self.gpg, "--output", keyring, "--export", self.key)


@contextmanager
def signer(key: str | None) -> Iterator[Signer]:
    """One of the caller's keys, or this machine's own, which is made the first time.

    Raises:
        PackagingError: GnuPG is missing, or the caller has no such key.
    """
    need({"gpg": "gpg", "gpg-agent": "gpg-agent", "gpgconf": "gpgconf"})
    if key:
        yield _callers(key)
        return
    home = ("--homedir", str(_own_home()))
    try:
        yield Signer(("gpg", "--batch", "--yes", *home), _OWN)
    finally:
        run("gpgconf", *home, "--kill", "gpg-agent")


def _callers(key: str) -> Signer:
    gpg = ("gpg", "--batch", "--yes")
    try:
        run(*gpg, "--list-secret-keys", key)
    except PackagingError as error:
        message = f"GnuPG has no secret key {key!r} here to sign with; `gpg --list-secret-keys` shows which it has."
        raise PackagingError(message) from error
    return Signer(gpg, key)


def _own_home() -> Path:
    """GnuPG's folder with this machine's own key: who publishes again signs with it again."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    home = data / "melo-edge" / "repository-key"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    gpg = ("gpg", "--batch", "--homedir", str(home))
    if not run(*gpg, "--list-secret-keys", "--with-colons"):
        making = ("--quick-generate-key", _OWN, "ed25519", "sign", "never")
        run(*gpg, "--pinentry-mode", "loopback", "--passphrase", "", *making)
    return home
