"""What the README and the pages say is true: commands parse and run, names and files that are named exist."""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from tuopin.sim.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
SETS_UP = ("docs/cluster.md",)
"""Pages whose commands need machines that are not here: they are parsed, not run."""
PLACEHOLDER = re.compile(r"\b(STUDY|DIR|HOST|FILE|NAME|SCENARIO|my-study\.yaml|study\.yaml|DRAWN|UNDRAWN)\b")


def shell_blocks(text: str) -> list[str]:
    return re.findall(r"^```(?:sh|powershell)?\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Every `tuopin ...` of a page, in a block or in the text, as arguments."""
    lines = [line for block in shell_blocks(text) for line in block.splitlines()]
    lines += re.findall(r"`((?:\.venv/bin/)?tuopin [^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    found = []
    for line in lines:
        for part in re.split(r"&&|\|", line):
            if re.match(r"\s*(\.venv/bin/)?tuopin ", part):
                found.append(shlex.split(part.partition(" > ")[0], comments=True)[1:])
    return found


def all_commands() -> list[tuple[str, list[str]]]:
    return [(str(page.relative_to(ROOT)), words) for page in PAGES for words in commands(page.read_text("utf-8"))]


def test_there_are_commands_to_look_at() -> None:
    assert len({words[0] for _, words in all_commands()}) >= 8


@pytest.mark.parametrize(("page", "words"), all_commands(), ids=lambda value: value if isinstance(value, str) else None)
def test_every_command_of_a_page_is_one_that_the_program_knows(page: str, words: list[str]) -> None:
    group = typer.main.get_command(app)
    if words[0].startswith("--"):
        return
    assert words[0] in group.commands, words  # type: ignore[attr-defined]
    command = group.commands[words[0]]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    options = [word.partition("=")[0] for word in words[1:] if word.startswith("--")]
    assert set(options) - {"--help"} <= known, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_names_and_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for name in set(re.findall(r"`(tuopin(?:\.\w+)+)`", text)) - {"tuopin.policies", "tuopin.yaml"}:
        assert resolves(name), f"{page.name} names {name}"
    folders = "agents|policies|sim|scenarios|tests|docs|notebooks|tuopin"
    for path in set(re.findall(rf"`((?:{folders})/[\w./-]+\.(?:py|md|yaml|csv|ipynb))`", text)):
        assert (ROOT / path).exists(), f"{page.name} names {path}"
    for target in set(re.findall(r"\]\(([\w./-]+\.md)(?:#[\w-]*)?\)", text)):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_plan_of_the_house_shows_every_room_and_file_of_the_model() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    files = [path.name for room in ("agents", "policies") for path in (ROOT / room).glob("*.py")]
    rooms = [f"{path.parent.name}/" for path in (ROOT / "sim").glob("*/__init__.py")]
    assert not sorted(name for name in {*files, *rooms} - {"__init__.py"} if name not in page)
    named = set(re.findall(r"\b[a-z_]+\.py\b", page))
    assert not named - {
        path.name for room in ("agents", "policies", "sim", "tests") for path in (ROOT / room).rglob("*.py")
    }


def resolves(name: str) -> bool:
    """Whether `a.b.C.d` is a module or an attribute of one."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return part in getattr(found, "__dataclass_fields__", ())
            found = getattr(found, part)
        return True
    return False


@pytest.mark.slow
def test_the_commands_of_the_pages_run(tmp_path: Path) -> None:
    """On a small scale, in the order of the pages, in a folder that holds the shipped studies."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    shutil.copy(ROOT / "scenarios" / "lushi.yaml", tmp_path / "my-study.yaml")
    after = "baseline: none\nscenarios:\n  none: {}\n  next: {low_income_support: {}}\n"
    (tmp_path / "next.yaml").write_text(after)
    small = ["--scale", "0.02", "--replicates", "2", "--workers", "1"]
    for page, words in all_commands():
        if (
            len(words) == 1
            or page in SETS_UP
            or page.startswith("docs/decisions")
            or any(map(PLACEHOLDER.search, words))
        ):
            continue
        if "country" in " ".join(words) or "province" in " ".join(words):  # tests of their own
            continue
        given = [word for word in words if word != "--panel"]
        if given[0] == "run":
            given = [*without(given, "--scale", "--replicates", "--workers"), *small]
        if given[:1] == ["init"] and (tmp_path / given[1]).exists():
            continue
        done = subprocess.run([sys.executable, "-m", "tuopin", *given], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, (page, words, done.stderr[-500:])


def without(words: list[str], *options: str) -> list[str]:
    """The words less these options and their values."""
    kept, skip = [], False
    for word in words:
        if not skip and word not in options:
            kept.append(word)
        skip = word in options
    return kept


def studies_of_pages() -> list[tuple[str, str]]:
    """Every YAML block of a page that is a whole study."""
    blocks = [
        (page, block)
        for page in PAGES
        for block in re.findall(r"^```yaml\n(name:.*?)^```", page.read_text("utf-8"), flags=re.M | re.S)
    ]
    return [(str(page.relative_to(ROOT)), block) for page, block in blocks if "scenarios:" in block]


def test_the_readme_has_a_study() -> None:
    assert "README.md" in {page for page, _ in studies_of_pages()}


@pytest.mark.parametrize(("page", "text"), studies_of_pages(), ids=lambda value: value[:20])
def test_every_study_of_a_page_passes_check(tmp_path: Path, page: str, text: str) -> None:
    from tuopin.sim.study.study import Study

    name = re.search(r"^name: (\S+)", text, flags=re.M)
    assert name is not None
    path = tmp_path / f"{name[1]}.yaml"
    path.write_text(text, "utf-8")
    assert Study.load(path).scenarios, page
