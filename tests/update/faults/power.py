"""What a disk may have on it after the power failed: only what was forced there is sure.

A model of the most that a file system may lose and still keep to fsync(2): what was written into a file since its
last fsync, and what happened to the names in a folder since that folder's. Changes of one folder's names come to the
disk in their order, as journals have it; different folders know nothing of each other. A rename inside one folder is
one change. (What a symbolic link holds comes with its name.)
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias


class Call(NamedTuple):
    """One line of what faults.so writes down."""

    point: int
    name: str
    path: Path
    other: str
    bytes_written: int


@dataclass
class File:
    """`source` has its bytes; so many of them are `written`, and `synced`."""

    source: Path
    written: int = 0
    synced: int = 0


class Link(NamedTuple):
    target: str


@dataclass
class Folder:
    """`history`: the names it has had since the last fsync. The first of them are on the disk, the last are now's."""

    history: list[dict[str, Node]] = field(default_factory=lambda: [{}])

    @property
    def names(self) -> dict[str, Node]:
        return self.history[-1]

    def change(self, **changes: Node | None) -> None:
        """Gives names, or with None takes them."""
        now = {name: node for name, node in (self.names | changes).items() if node is not None}
        self.history.append(now)


Node: TypeAlias = File | Link | Folder
Shape: TypeAlias = tuple[tuple[str, object], ...]
"""A folder as it may be found: names and, for files, the source and how much of it."""


def read_calls(log: Path) -> list[Call]:
    rows = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
    return [Call(int(point), name, Path(path), other, int(size)) for point, name, path, other, size in rows]


class Disk:
    """The folder `root`, on which calls act.

    Args:
        root: where the calls say that it is.
        template: what was there, all of it on the disk.
        source: what the files that are written are copies of.
    """

    def __init__(self, root: Path, template: Path, source: Path | None) -> None:
        self._root = root
        self._source = source
        self._folder = _existing_folder(template)

    def act(self, call: Call) -> None:
        """Does what the call did."""
        name = call.path.name
        if call.name == "write":
            self._file(call.path).written += call.bytes_written
        elif call.name in {"fsync", "fdatasync"}:
            self._sync(self._node(call.path))
        elif call.name in {"rename", "exchange"}:
            self._rename(call.path, Path(call.other), swap=call.name == "exchange")
        elif call.name in {"unlink", "rmdir"}:
            self._parent(call.path).change(**{name: None})
        elif call.name == "mkdir":
            self._parent(call.path).change(**{name: Folder()})
        elif call.name == "symlink":
            self._parent(call.path).change(**{name: Link(call.other)})
        elif call.name == "link":
            self._parent(call.path).change(**{name: _existing(Path(call.other))})
        elif call.name == "open":
            assert self._source is not None
            inside = Path(*call.path.relative_to(self._root).parts[1:])
            self._parent(call.path).change(**{name: File(self._source / inside)})
        else:
            assert call.name in {"chmod", "fchmod"}, call

    def shapes(self) -> Iterator[Shape]:
        """All that may be found if the power fails now."""
        for names in self._folder.history:
            for which in (0, -1):
                yield _shape(names, which)

    def _node(self, path: Path) -> Node:
        node: Node = self._folder
        for part in path.relative_to(self._root).parts:
            assert isinstance(node, Folder)
            node = node.names[part]
        return node

    def _file(self, path: Path) -> File:
        node = self._node(path)
        assert isinstance(node, File)
        return node

    def _parent(self, path: Path) -> Folder:
        node = self._node(path.parent)
        assert isinstance(node, Folder)
        return node

    def _rename(self, source: Path, target: Path, *, swap: bool) -> None:
        moved, other = self._node(source), self._node(target) if swap else None
        assert source.parent == target.parent, "a rename between folders is more than one change"
        self._parent(source).change(**{source.name: other, target.name: moved})

    @staticmethod
    def _sync(node: Node) -> None:
        if isinstance(node, File):
            node.synced = node.written
        elif isinstance(node, Folder):
            node.history = node.history[-1:]


def build(shape: Shape, folder: Path) -> None:
    """Makes `folder` be what was found, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, what in shape:
        path = folder / name
        if isinstance(what, Link):
            path.symlink_to(what.target)
        elif isinstance(what, _Part):
            if what.size == what.source.stat().st_size:
                path.hardlink_to(what.source)
            else:
                path.write_bytes(what.source.read_bytes()[: what.size])
        else:
            assert isinstance(what, tuple)
            build(what, path)


class _Part(NamedTuple):
    source: Path
    size: int


def _shape(names: dict[str, Node], which: int) -> Shape:
    """`which`: of all folders below, what is on the disk (0) or all that happened (-1). Of files, what is there."""

    def of(node: Node) -> object:
        if isinstance(node, File):
            return _Part(node.source, node.synced)
        return node if isinstance(node, Link) else _shape(node.history[which], which)

    return tuple((name, of(node)) for name, node in sorted(names.items()))


def _existing(path: Path) -> Node:
    if path.is_symlink():
        return Link(str(path.readlink()))
    if path.is_dir():
        return _existing_folder(path)
    size = path.stat().st_size
    return File(path, size, size)


def _existing_folder(path: Path) -> Folder:
    return Folder([{child.name: _existing(child) for child in path.iterdir()}])
