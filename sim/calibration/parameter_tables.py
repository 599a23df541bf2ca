"""Tables of a document, made from YAML and code: `python -m tuopin.sim.calibration.parameter_tables docs/odd.md`.

A document marks where a table belongs by `<!-- parameters: GROUP -->` and `<!-- end -->`; what stands between is
replaced. GROUP is a group of the model, `common` (every programme) or a policy's name (its own file only). The mark
`<!-- rules -->` stands for the table of the rules of every mechanism: the functions marked `@rule`, with the first line
of what they say.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tuopin import agents, policies
from tuopin.agents.parameters import Parameter, model_parameters, read_parameters

_TABLE = re.compile(r"(<!-- parameters: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_RULES = re.compile(r"(<!-- rules -->\n).*?(<!-- end -->)", re.DOTALL)
_POLICIES = Path(policies.__file__).parent
_AGENTS = Path(agents.__file__).parent


def groups() -> dict[str, dict[str, Parameter]]:
    """Every group of parameters by name: the model's, `common`, and one per shipped policy."""
    found: dict[str, dict[str, Parameter]] = {}
    for parameter in model_parameters().values():
        found.setdefault(parameter.group, {})[parameter.name] = parameter
    found["common"] = read_parameters(_POLICIES / "common.yaml", "common")
    for path in sorted(_POLICIES.glob("*/*/parameters.yaml")):
        found[path.parent.name] = read_parameters(path, path.parent.name)
    return found


def renewed(text: str) -> str:
    """Return a document with every marked table made anew.

    Raises
    ------
    ValueError
        For a group there is not.
    """
    known = groups()

    def table(match: re.Match[str]) -> str:
        if match[2] not in known:
            raise ValueError(f"no parameters are called {match[2]}; known are {', '.join(known)}")
        return match[1] + table_of(known[match[2]]) + match[3]

    return _RULES.sub(lambda match: match[1] + table_of_rules() + match[2], _TABLE.sub(table, text))


def rules() -> dict[str, dict[str, str]]:
    """What every rule of the model says, by file and name: the functions marked `@rule` in agents/ and policies/."""
    found: dict[str, dict[str, str]] = {}
    for folder in (_AGENTS, _POLICIES):
        for path in sorted(folder.rglob("*.py")):
            said = dict(_marked(path))
            if said:
                found[f"{folder.name}/{path.relative_to(folder).as_posix()}"] = said
    return found


def _marked(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(d) == "rule" for d in node.decorator_list):
            yield node.name, (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")


def table_of_rules() -> str:
    """Return the rules as a Markdown table: rule, what it says, file."""
    lines = ["| rule | what it gives | file |", "|---|---|---|"]
    lines += [f"| `{name}` | {says} | `{file}` |" for file, said in rules().items() for name, says in said.items()]
    return "\n".join(lines) + "\n"


def table_of(parameters: Mapping[str, Parameter]) -> str:
    """Return parameters as a Markdown table: name, value, unit, prior range, confidence (free ones in bold), source."""
    lines = ["| parameter | value | unit | range | confidence | source |", "|---|---|---|---|---|---|"]
    for p in parameters.values():
        bounds = "" if p.low is None or p.high is None else f"{p.low:g} to {p.high:g}"
        confidence = f"**free** ({p.confidence})" if p.free else p.confidence
        lines.append(f"| {p.name} | {_value(p)} | {p.unit} | {bounds} | {confidence} | {p.source} |")
    return "\n".join(lines) + "\n"


def _value(parameter: Parameter) -> str:
    value = parameter.value
    if isinstance(value, Mapping):
        return _by_year(value)
    return "unlimited" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _by_year(values: Mapping[int, float]) -> str:
    """Years of equal value are one run: `2017-2025: 4.5e+07`."""
    runs: list[tuple[int, int, float]] = []
    for year, value in sorted(values.items()):
        if runs and runs[-1][2] == value and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year, value)
        else:
            runs.append((year, year, value))
    return "; ".join(f"{a}: {_plain(v)}" if a == b else f"{a}-{b}: {_plain(v)}" for a, b, v in runs)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1e5 else f"{value:g}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        file = Path(name)
        file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")
