"""From a YAML node tree to plain data: the half of safe reading that meets tags, aliases, merges and duplicate keys.

Nothing is constructed from a tag; what aliases and merge keys expand to is counted, so that a small file cannot grow
without bound.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tuopin.sim.study.document import Document
from tuopin.sim.study.problems import WHOLE, Index, Path, Problem, StudyError

MAX_NODES = 300_000
MAX_DEPTH = 60
YAML_TAG = "tag:yaml.org,2002:"
TEXT_TAGS = {YAML_TAG + name for name in ("str", "timestamp", "merge")}
SCALAR_TAGS = TEXT_TAGS | {YAML_TAG + name for name in ("null", "bool", "int", "float")}
PLAIN_DATA = "allowed: plain YAML data (mappings, lists, numbers, text, true, false)"


class NodeReader:
    """Turns a node tree into plain data, noting lines and mistakes of form in a Document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0
        self.open: set[int] = set()
        self.scalars = YAML(typ="safe", pure=True).constructor

    def value(self, node: Node, path: Path, depth: int) -> Any:
        """Plain data of `node`, which stands at `path`.

        Raises
        ------
        StudyError
            Where the file is too deep or too large.
        """
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self._refusal("expands to too much through its aliases", f"allowed: {MAX_NODES} values")
        if depth > MAX_DEPTH:
            raise self._refusal("is nested too deeply", f"allowed: up to {MAX_DEPTH} levels")
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if id(node) in self.open:
            self._broken(path, "is an alias that contains itself")
            return None
        if str(node.tag) not in (YAML_TAG + "seq", YAML_TAG + "map"):
            self._broken(path, f"carries the tag {_tag(node)}")
        self.open.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, path, depth)
            return self._sequence(node, path, depth)
        finally:
            self.open.discard(id(node))

    def _refusal(self, wrong: str, allowed: str) -> StudyError:
        return StudyError([*self.document.problems, Problem(self.document.file, 1, WHOLE, wrong, allowed)])

    def _broken(self, path: Path, wrong: str) -> None:
        self.document.add(path, wrong, PLAIN_DATA)
        self.document.broken.add(path)

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        tag = str(node.tag)
        if tag not in SCALAR_TAGS:
            self._broken(path, f"carries the tag {_tag(node)}")
        if tag == YAML_TAG + "null" and not node.value:
            self.document.blank.add(path)
        if tag not in SCALAR_TAGS or tag in TEXT_TAGS:
            return node.value
        try:
            return self.scalars.construct_object(node)
        except (YAMLError, ValueError, LookupError, ArithmeticError):
            self._broken(path, f"cannot be read as {tag.removeprefix(YAML_TAG)}")
            return node.value

    def _sequence(self, node: Node, path: Path, depth: int) -> list[Any]:
        items = []
        for position, child in enumerate(node.value):
            here = (*path, Index(position))
            self._locate(here, child)
            items.append(self.value(child, here, depth + 1))
        return items

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> dict[Any, Any]:
        merged: dict[Any, Any] = {}
        for key_node, value_node in node.value:  # merges first: explicit keys then override their values and lines
            if _is_merge(key_node):
                self._merge(value_node, merged, path, depth)
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = None if _is_merge(key_node) else self._key(key_node, path)
            if key is None:
                continue
            here = (*path, key)
            if key in result:
                self._duplicate(here, key_node)
                continue
            self._locate(here, key_node)
            result[key] = self.value(value_node, here, depth + 1)
        return {**merged, **result}

    def _key(self, node: Node, path: Path) -> str | int | None:
        line = node.start_mark.line + 1
        if isinstance(node, ScalarNode):
            key = self._scalar(node, path)
            if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
                return key
            said = "empty" if key is None else f"'{node.value}'"
        else:
            said = "a list" if isinstance(node, SequenceNode) else "a mapping"
        self.document.add(path, f"has a key that is {said}", "allowed: names and years as keys", line)
        self.document.broken.add(path)
        return None

    def _merge(self, node: Node, merged: dict[Any, Any], path: Path, depth: int) -> None:
        for part in node.value if isinstance(node, SequenceNode) else [node]:
            value = self.value(part, path, depth + 1)
            if isinstance(value, dict):
                for key, item in value.items():
                    merged.setdefault(key, item)
            else:
                line = part.start_mark.line + 1
                self.document.add(path, "merges (<<) what is not a mapping", "allowed: <<: *name of a mapping", line)

    def _locate(self, path: Path, node: Node) -> None:
        self.document.lines[path] = node.start_mark.line + 1
        self.document.columns[path] = node.start_mark.column

    def _duplicate(self, path: Path, node: Node) -> None:
        kind = "scenario name" if path[:-1] == ("scenarios",) else "key"
        wrong = f"duplicate {kind} '{path[-1]}' (first on line {self.document.line(path)})"
        self.document.add(path, wrong, f"allowed: each {kind} once", node.start_mark.line + 1)


def _is_merge(node: Node) -> bool:
    return isinstance(node, ScalarNode) and str(node.tag) == YAML_TAG + "merge"


def _tag(node: Node) -> str:
    return str(node.tag).replace(YAML_TAG, "!!")
