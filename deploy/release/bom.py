"""The list of an archive's components as CycloneDX, which vulnerability scanners read. Source: https://cyclonedx.org."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import AttachedText
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component as Described
from cyclonedx.model.component import ComponentType
from cyclonedx.model.license import DisjunctiveLicense, License
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import fixup_id
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from deploy.packages.tools import PackagingError
from deploy.release.components import PROGRAM, Component, components

_TYPES = {
    "deb": ComponentType.LIBRARY,
    "pypi": ComponentType.LIBRARY,
    "voice": ComponentType.MACHINE_LEARNING_MODEL,
}
_NAMESPACES = {"deb": "debian"}


def write(archive: Path, version: str, moment: int, out: Path) -> Path:
    """Writes the list of an archive's components into the folder `out`: the same bytes for the same archive.

    Raises:
        PackagingError: the list is not what CycloneDX's schema asks for.
    """
    bom = _bom(archive, version, moment)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise PackagingError(f"The list of {archive.name}'s components is not valid CycloneDX: {wrong.data}")
    file = out / f"{archive.name.removesuffix('.tar')}.cdx.json"
    file.write_text(f"{text}\n", encoding="utf-8")
    return file


def _bom(archive: Path, version: str, moment: int) -> Bom:
    whole = Described(
        name=PROGRAM, version=version, type=ComponentType.APPLICATION, bom_ref=PROGRAM, licenses=_licences(("MIT",), "")
    )
    parts = [_described(component) for component in components(archive)]
    bom = Bom(components=parts, serial_number=_serial(archive))
    bom.metadata.component = whole
    bom.metadata.timestamp = datetime.fromtimestamp(moment, timezone.utc)
    bom.register_dependency(whole, parts)
    return bom


def _serial(archive: Path) -> uuid.UUID:
    """Another number for another archive, and the same for the same."""
    return uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(archive.read_bytes()).hexdigest())


def _described(component: Component) -> Described:
    url = _url(component)
    return Described(
        name=component.name,
        version=component.version or None,
        type=_TYPES[component.kind],
        bom_ref=str(url or f"{component.kind}:{component.name}"),
        purl=url,
        licenses=_licences(component.licences, component.terms),
    )


def _url(component: Component) -> PackageURL | None:
    if component.kind not in {"pypi", "deb"}:
        return None
    where = {"arch": component.arch, "distro": component.suite} if component.kind == "deb" else {}
    return PackageURL(component.kind, _NAMESPACES.get(component.kind), component.name, component.version, where)


def _licences(names: Sequence[str], terms: str) -> list[License]:
    """One expression, or any number of licences: that is what CycloneDX allows."""
    factory = LicenseFactory()
    if not names:
        return [DisjunctiveLicense(name="see the text", text=AttachedText(content=terms))] if terms else []
    if len(names) == 1:
        return [factory.make_from_string(names[0])]
    return [factory.make_with_id(name) if fixup_id(name) else factory.make_with_name(name) for name in names]
