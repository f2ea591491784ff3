"""The example of CI, played on a desk, and the files that the services read."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "ci"
SCRIPT = ROOT / "ci" / "audit.sh"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The command of this environment first on the path."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    command = bin_ / "spendaudit"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m spendaudit "$@"\n', "utf-8")
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "INPUT_"))}
    return kept | {"PATH": f"{bin_}{os.pathsep}{kept['PATH']}", "SPENDAUDIT_STORE": str(tmp_path / "store")}


def test_the_planted_overrun_fails_its_baseline_passes_and_the_restated_one_fails(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    work = tmp_path / "work"
    work.mkdir()

    ended = subprocess.run(  # noqa: S603 our own
        [str(EXAMPLE / "run.sh"), str(work)], env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.findall("exit code ([0-9])", ended.stdout) == ["0", "1", "0", "1"]
    reports = work / "spendaudit-reports"
    assert {path.name for path in reports.iterdir()} >= {
        "findings.sarif", "findings.csv", "findings.md", "junit.xml", "gl-code-quality-report.json",
        "changes.md",
    }  # fmt: skip
    assert "480,000 -\\> 620,000" in (reports / "changes.md").read_text("utf-8")
    assert json.loads((reports / "findings.sarif").read_text("utf-8"))["version"] == "2.1.0"


def test_on_github_findings_are_annotations_and_a_summary(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    summary = tmp_path / "summary.md"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "INPUT_DATA": "release"}

    ended = subprocess.run(  # noqa: S603 our own
        [str(SCRIPT)],
        cwd=EXAMPLE,
        env=environment | github | {"INPUT_REPORTS": str(tmp_path / "reports")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "::warning" in ended.stdout
    assert "BUD001" in summary.read_text("utf-8")


@pytest.mark.parametrize("data", ["", "\n\n", "release\nprevious"])
def test_the_script_says_what_it_needs(tmp_path: Path, environment: dict[str, str], data: str) -> None:
    given = {"INPUT_DATA": data, "INPUT_PREVIOUS": "previous", "INPUT_FAIL_ON": "never"}

    ended = subprocess.run(  # noqa: S603 our own
        [str(SCRIPT)],
        cwd=EXAMPLE,
        env=environment | given | {"INPUT_REPORTS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "error: " in ended.stderr


def test_the_action_hands_every_input_to_the_script() -> None:
    action = (ROOT / "action.yml").read_text("utf-8")
    script = SCRIPT.read_text("utf-8")
    read = set(re.findall(r"\$\{(INPUT_[A-Z_]+)", script)) | set(re.findall(r"\$(INPUT_[A-Z_]+)", script))

    handed = dict(re.findall(r"(INPUT_[A-Z_]+): \$\{\{ inputs\.([a-z-]+) }}", action))
    declared = set(re.findall(r"^  ([a-z-]+):\n    description", action, re.MULTILINE)) - {"reports"}

    assert handed.keys() == read
    assert {name.removeprefix("INPUT_").lower().replace("_", "-") for name in handed} == {*handed.values()}
    assert {*handed.values()} - {"reports"} == declared - {"sarif", "python-version"}


def test_examples_use_what_there_is() -> None:
    action = (ROOT / "action.yml").read_text("utf-8")
    workflow = (EXAMPLE / ".github" / "workflows" / "audit.yml").read_text("utf-8")
    gitlab = (EXAMPLE / ".gitlab-ci.yml").read_text("utf-8")
    hook = (EXAMPLE / ".pre-commit-config.yaml").read_text("utf-8")

    used = re.findall(r"^ {10}([a-z-]+):", workflow, re.MULTILINE)
    assert used
    assert all(f"\n  {name}:\n" in action for name in used)
    assert all(name in SCRIPT.read_text("utf-8") for name in re.findall("(INPUT_[A-Z_]+):", gitlab))
    assert "- id: spendaudit\n" in hook
    assert "- id: spendaudit\n" in (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")


def test_the_container_takes_what_the_package_is_built_from() -> None:
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]

    assert {"pyproject.toml", "src", "fixtures/demo", "ci", "requirements/run.txt"} <= {*copied}
    assert all((ROOT / name).exists() for name in copied)
