"""YAML with line numbers: what a key says, and on which line it says so."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from attitudes.errors import AttitudesError, StudyError, raise_all
from attitudes.study.tables import read_text

__all__ = ["YamlFile", "read_yaml"]

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A YAML file as read.

    Attributes
    ----------
    path
        The file.
    data
        What it says.
    node
        Its tree, which knows the lines.
    """

    path: Path
    data: dict[str, Any]
    node: yaml.Node

    def where(self, key: Sequence[str | int]) -> str:
        """Return file, line and key for an error, the line of the deepest part that is there."""
        node, line = self.node, self.node.start_mark.line
        for part in key:
            found = _child(node, part)
            if found is None:
                break
            mark, node = found
            line = mark.line
        dotted = ".".join(str(part) for part in key)
        return f"{self.path}, line {line + 1}" + (f", key {dotted}" if dotted else "")


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(part):
                return name.start_mark, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    return None


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file that holds a mapping.

    Raises
    ------
    StudyError
        No such file, not UTF-8, not YAML (with the line), keys that stand twice, no mapping.
    """
    text = read_text(path, kind=StudyError)
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                raise StudyError(
                    str(path), "no mapping of keys", "a study: id, title, responses, …"
                )
            raise_all(list(_repeated_keys(path, node)))
            data = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise _broken(path, error) from error
    except yaml.YAMLError as error:
        raise StudyError(str(path), f"no YAML ({error})", "a study in YAML") from error
    return YamlFile(path, data, node)


def _broken(path: Path, error: yaml.MarkedYAMLError) -> StudyError:
    mark = error.problem_mark or error.context_mark
    where = f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
    found = f"broken YAML ({error.problem or error.context})"
    return StudyError(where, found, "YAML", "check indentation, colons and quotes there")


def _repeated_keys(path: Path, node: yaml.Node) -> Iterator[AttitudesError]:
    if isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated_keys(path, value)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[Hashable, int] = {}
    for name, value in node.value:
        line = name.start_mark.line + 1
        if name.value in seen:
            where = f"{path}, line {line}, key {name.value}"
            yield StudyError(where, f"the key of line {seen[name.value]} again", "each key once")
        seen[name.value] = line
        yield from _repeated_keys(path, value)
