"""A YAML file read safely into plain data, with the line of every key kept.

The file is composed to a node tree by ruamel.yaml, which builds no object, and turned into dicts, lists and scalars by
`tuopin.sim.study.nodes`.
"""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from tuopin.sim.study.document import Document, refusal
from tuopin.sim.study.nodes import MAX_DEPTH, PLAIN_DATA, NodeReader
from tuopin.sim.study.problems import StudyError

MAX_BYTES = 4_000_000
UTF8 = "allowed: a file in UTF-8; save it again with the encoding UTF-8"


def read_document(path: Path, *, what: str = "a study file") -> Document:
    """Read the YAML file `path`.

    Raises
    ------
    StudyError
        If it cannot be read as one YAML mapping in UTF-8; `what` names it in the message.
    """
    return parse_document(read_text(path, what), str(path), what=what)


def parse_document(text: str, file: str, *, what: str = "a study file") -> Document:
    """Parse YAML `text`; `file` is the name used in messages. Errors as `read_document`."""
    root = _compose(text, file)
    document = Document(file, None)
    if root is None:
        raise refusal(file, "is empty", f"allowed: {what} with its keys (`tuopin init` writes a template)")
    document.data = NodeReader(document).value(root, (), 0)
    if not isinstance(document.data, dict):
        kind = "a list" if isinstance(document.data, list) else "a single value"
        document.add((), f"is {kind}", f"allowed: {what}, a mapping of keys to values")
        document.raise_problems()
    return document


def read_text(path: Path, what: str, kind: str = "YAML") -> str:
    """The text of a file in UTF-8.

    Raises
    ------
    StudyError
        Naming `what` it should be, of which `kind`.
    """
    file = str(path)
    allowed = f"allowed: the path of {what} ({kind})"
    try:
        if path.is_dir():
            raise refusal(file, "is a directory", allowed)
        if not path.exists():
            raise refusal(file, "does not exist", allowed)
        if not path.is_file():
            raise refusal(file, "is not a regular file", allowed)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refusal(file, f"cannot be read ({reason})", allowed) from None
    if len(raw) > MAX_BYTES:
        raise refusal(file, "is too large", f"allowed: {what} of up to {MAX_BYTES // 1_000_000} MB")
    return _decode(raw, file)


def _decode(raw: bytes, file: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refusal(file, "is in UTF-16", UTF8)
    try:
        return raw.decode("utf-8-sig")  # a byte order mark, as Windows editors write it, is not a mistake
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            raw.decode("gb18030")
            guess = ", perhaps GBK"
        except UnicodeDecodeError:
            guess = ""
        wrong = f"is not in UTF-8{guess} (byte 0x{raw[error.start]:02x})"
        raise refusal(file, wrong, UTF8, line=line) from None


def _compose(text: str, file: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    if older := re.search(r"^%YAML[ \t]+1\.[01]\b", text, flags=re.MULTILINE):
        line = text.count("\n", 0, older.start()) + 1
        allowed = "allowed: YAML 1.2; take this line out (yes, no, on, off are text, 010 is ten)"
        raise refusal(file, f"asks for the older rules of {older[0][1:]}", allowed, line)
    try:
        root: Node | None = yaml.compose(text)
        return root
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        character = error.character if isinstance(error.character, int) else ord(error.character)
        wrong = f"holds the control character U+{character:04X}"
        raise refusal(file, wrong, "allowed: text without control characters", line=line) from None
    except MarkedYAMLError as error:
        raise _syntax(error, text, file) from None
    except RecursionError:
        raise refusal(file, "is nested too deeply", f"allowed: up to {MAX_DEPTH} levels") from None
    except (YAMLError, ValueError, AttributeError, TypeError, LookupError, AssertionError) as error:
        # ruamel.yaml raises bare Python errors on a few malformed directives and escapes
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise refusal(file, f"is not YAML ({reason})", PLAIN_DATA) from None


def _syntax(error: MarkedYAMLError, text: str, file: str) -> StudyError:
    mark = error.problem_mark or error.context_mark
    last = max(text.count("\n") + (not text.endswith("\n")), 1)
    line = min(mark.line + 1, last) if mark is not None else 1
    said = error.problem or error.context or "not understood"
    if "\\t" in said or "tab" in said.lower():
        return refusal(file, "YAML syntax: a tab is used to indent", "allowed: spaces only", line)
    if "another document" in said:
        return refusal(file, "holds a second YAML document (a line ---)", "allowed: one document a file", line)
    context = f" {error.context}" if error.context and error.problem else ""
    return refusal(file, f"YAML syntax: {said}{context}", PLAIN_DATA, line)
