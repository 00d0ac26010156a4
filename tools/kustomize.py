"""Read `deploy/kubernetes` as Kustomize would, by the part of its rules that is used there.

It adds no hash to the names of generated ConfigMaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from tools.processes import PROJECT

MANIFESTS = PROJECT / "deploy" / "kubernetes"
KNOWN = {
    "apiVersion", "kind", "namespace", "resources", "components", "images", "configMapGenerator", "patches",
}  # fmt: skip
# By which field the entries of a list are told apart in a patch; a patch replaces any other list.
MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
}

Manifest = dict[str, Any]


def build(folder: Path) -> list[Manifest]:
    """Return the manifests that the folder's `kustomization.yaml` makes."""
    return _extend([], folder)


def read_manifests(file: Path) -> list[Manifest]:
    return [one for one in yaml.safe_load_all(file.read_text()) if one]


def read_settings(file: Path) -> dict[str, str]:
    return dict(re.findall(r"(?m)^(\w+)=(.*)$", file.read_text()))


def _extend(made: list[Manifest], folder: Path) -> list[Manifest]:
    [wish] = read_manifests(folder / "kustomization.yaml")
    if unknown := set(wish) - KNOWN:
        raise ValueError(f"{folder.name}: {sorted(unknown)} is not read here.")
    for name in wish.get("resources", ()):
        made += build(folder / name) if (folder / name).is_dir() else read_manifests(folder / name)
    for name in wish.get("components", ()):
        made = _extend(made, folder / name)
    for one in wish.get("configMapGenerator", ()):
        _generate(made, one, folder)
    _change(made, wish, folder)
    return made


def _change(made: list[Manifest], wish: dict[str, Any], folder: Path) -> None:
    for one in wish.get("patches", ()):
        found = list(_find(made, one["target"]))
        if not found:
            raise ValueError(f"{folder.name}: nothing is {one['target']}.")
        for manifest in found:
            patch = yaml.safe_load(one["patch"]) if "patch" in one else read_manifests(folder / one["path"])[0]
            _patch(manifest, patch)
    for one in wish.get("images", ()):
        for container in _containers(made):
            if container["image"] == one["name"]:
                container["image"] = f"{one['newName']}:{one['newTag']}"
    if "namespace" in wish:
        for manifest in made:
            if manifest["kind"] != "Namespace":
                manifest["metadata"]["namespace"] = wish["namespace"]


def _generate(made: list[Manifest], wish: dict[str, Any], folder: Path) -> None:
    data = {name: value for file in wish["envs"] for name, value in read_settings(folder / file).items()}
    if wish.get("behavior") == "merge":
        [known] = _find(made, {"kind": "ConfigMap", "name": wish["name"]})
        known["data"] |= data
    else:
        made.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": wish["name"]}, "data": data})


def _find(made: list[Manifest], target: dict[str, str]) -> Iterator[Manifest]:
    label, _, value = target.get("labelSelector", "").partition("=")
    for one in made:
        metadata = one["metadata"]
        if (
            one["kind"] == target["kind"]
            and target.get("name") in {None, metadata["name"]}
            and (not label or metadata.get("labels", {}).get(label) == value)
        ):
            yield one


def _containers(made: list[Manifest]) -> Iterator[dict[str, Any]]:
    for one in made:
        pod = one.get("spec", {}).get("template", {}).get("spec", {})
        yield from [*pod.get("initContainers", ()), *pod.get("containers", ())]


def _patch(manifest: Manifest, patch: Any) -> None:
    """Apply a list of operations (RFC 6902), or merge what looks like a manifest of its own."""
    if isinstance(patch, list):
        for one in patch:
            _operate(manifest, one)
    else:
        _merge(manifest, {name: value for name, value in patch.items() if name == "spec"})


def _operate(manifest: Manifest, wish: dict[str, Any]) -> None:
    *path, last = (part.replace("~1", "/").replace("~0", "~") for part in wish["path"].split("/")[1:])
    place: Any = manifest
    for part in path:
        place = place[int(part) if isinstance(place, list) else part]
    key: Any = int(last) if isinstance(place, list) else last
    if wish["op"] != "add":
        # What is not there cannot be replaced or removed.
        place.pop(key)
    if wish["op"] == "remove":
        return
    if isinstance(place, list):
        place.insert(key, wish["value"])
    else:
        place[key] = wish["value"]


def _merge(known: dict[str, Any], patch: dict[str, Any]) -> None:
    for name, value in deepcopy(patch).items():
        if isinstance(value, dict) and isinstance(known.get(name), dict):
            _merge(known[name], value)
        elif name in MERGE_KEYS and name in known:
            _merge_list(known[name], value, MERGE_KEYS[name])
        else:
            known[name] = value


def _merge_list(known: list[dict[str, Any]], patch: list[dict[str, Any]], key: str) -> None:
    """Merge the entries of a patch, which come first then, in its order."""
    entries = {entry[key]: entry for entry in known}
    first = []
    for entry in patch:
        own = entries.pop(entry[key], {})
        _merge(own, entry)
        first.append(own)
    known[:] = [*first, *entries.values()]
