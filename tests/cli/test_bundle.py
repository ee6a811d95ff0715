"""`melo-edge bundle`: the voices of a machine, from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge.update.store import identity
from edge.voice.bundle import MODEL
from edge.voice.manifest import read_manifest
from edge.voice.signature import sign
from tests.daemons import assert_explained, melo_edge, quiet
from tests.update.bundles import make_bundle, make_keys


def bundle(store: Path, action: str, *arguments: str | Path, config: Path | None = None) -> str:
    settings = () if config is None else ("--config", config)
    done = melo_edge("bundle", action, "--store", store, *settings, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def rows(store: Path) -> dict[str, str]:
    return {row["bundle"]: row["role"] for row in json.loads(bundle(store, "list", "--json"))}


def test_a_voices_whole_life(melo_bundle: Path, english_bundle: Path, tmp_path: Path) -> None:
    store = tmp_path / "voices"
    spanish, english = (identity(read_manifest(source)) for source in (melo_bundle, english_bundle))
    bundle(store, "install", melo_bundle)
    bundle(store, "install", "--link", "--use", english_bundle)
    assert rows(store) == {english: "default", spanish: "previous"}
    assert (store / english / MODEL).samefile(english_bundle / MODEL)
    bundle(store, "rollback")
    assert rows(store) == {english: "previous", spanish: "default"}
    table = bundle(store, "list")
    assert all(word in table for word in (spanish, english, "default", "previous", "ES", "EN", "MB"))
    assert set(bundle(store, "verify").splitlines()) == {f"{english}: whole", f"{spanish}: whole"}
    bundle(store, "remove", read_manifest(melo_bundle).name)
    assert rows(store) == {english: "default"}


def test_a_bundle_that_does_not_speak_is_not_taken_in(tmp_path: Path) -> None:
    store = tmp_path / "voices"
    done = melo_edge("bundle", "install", "--store", store, make_bundle(tmp_path / "anna"))
    assert_explained(done, f"cannot load {store}", MODEL)
    assert list(store.iterdir()) == []


def test_with_a_key_only_what_its_owner_signed_is_taken_in(melo_bundle: Path, tmp_path: Path) -> None:
    keys, store, config = make_keys(tmp_path / "keys"), tmp_path / "voices", tmp_path / "config.toml"
    config.write_text(f"bundle_key = '{keys.public}'\n", encoding="utf-8")
    signed = tmp_path / "signed"
    subprocess.run(["cp", "-r", melo_bundle, signed], check=True)
    unsigned = melo_edge("bundle", "install", "--store", store, "--config", config, signed)
    assert_explained(unsigned, "not signed", str(keys.public))
    assert list(store.iterdir()) == []
    sign(signed, keys.private)
    bundle(store, "install", signed, config=config)
    assert bundle(store, "verify", config=config).endswith(": whole\n")
    config.write_text(f"bundle_key = '{make_keys(tmp_path / 'others').public}'\n", encoding="utf-8")
    done = melo_edge("bundle", "verify", "--store", store, "--config", config)
    assert done.returncode == 1
    assert "not by the owner" in done.stdout.decode()


def test_damage_is_told_with_status_1(tmp_path: Path) -> None:
    store = tmp_path / "voices"
    make_bundle(store / "anna", "anna")
    make_bundle(store / "bert", "bert")
    (store / "anna" / MODEL).write_bytes(b"cut")
    (store / "bert" / "manifest.json").write_bytes(b"")
    done = melo_edge("bundle", "verify", "--store", store)
    assert done.returncode == 1
    [anna, bert] = done.stdout.decode().splitlines()
    assert "cut short" in anna
    assert "damaged manifest.json" in bert
    listed = bundle(store, "list")
    assert "damaged" in listed
    assert melo_edge("bundle", "verify", "--store", store, "bert").returncode == 1


@pytest.mark.parametrize("arguments", [[], ["list", "extra"], ["install"], ["dance"], ["use"]], ids=" ".join)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    assert_explained(melo_edge("bundle", *arguments), "usage:", status=2)


def test_a_store_without_voices_lists_none(tmp_path: Path) -> None:
    assert rows(tmp_path / "nothing") == {}
    assert_explained(melo_edge("bundle", "use", "--store", tmp_path / "voices", "anna"), "no voice 'anna'", "none")
    assert_explained(melo_edge("bundle", "rollback", "--store", tmp_path / "voices"), "no voice before")


def test_who_may_not_change_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "voices").mkdir(mode=0o555)
    done = melo_edge("bundle", "install", "--store", tmp_path / "voices", make_bundle(tmp_path / "anna"))
    assert_explained(done, "You may not change", "sudo")


@pytest.mark.parametrize("action", ["list", "verify"])
def test_looking_needs_no_torch(tmp_path: Path, action: str) -> None:
    make_bundle(tmp_path / "voices" / "anna")
    probe = (
        "import sys; from edge.cli import main; status = main(sys.argv[1:]); "
        "sys.exit(status or 'torch' in sys.modules or 'numpy' in sys.modules)"
    )
    command = [sys.executable, "-c", probe, "bundle", action, "--store", tmp_path / "voices"]
    subprocess.run(command, env=quiet(), check=True)
