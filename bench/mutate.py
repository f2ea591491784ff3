"""Tells how many mistakes the worked example of each rule would show: changes the rule, asks it again.

    python bench/mutate.py SPL001 COM005
    python bench/mutate.py --jobs 2 --brief

A mutant is one small change of a rule, or of what it shares with others (see `mutants`). It is found out when
the rows that the example's findings name are no longer those the page expects, or when the rule stops. What
only alters the amounts, dates or facts of a finding is counted apart as `told`. Code that the example does
not reach, because it belongs to other settings, is not mutated.
"""

import argparse
import ast
import os
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from pkgutil import iter_modules
from types import CodeType, ModuleType
from typing import Any, Final

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl

import spendaudit.rules
from mutants import Mutant, mutants
from spendaudit.rules._example import Example, read_example
from spendaudit.rules._rule import Rule

_RULES: Final = "spendaudit.rules"
#: What every rule is made of, and no rule's own.
_GIVEN: Final = frozenset(f"{_RULES}.{name}" for name in ("_rule", "_page", "_example"))
_EQUAL: Final = Path(__file__).with_name("equal_mutants.toml")

#: What may become of a mutant, the best first.
_FATES: Final = ("found", "stopped", "told", "equal", "survived")

Rows = Counter[frozenset[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mutant in one rule's hands."""

    rule: str
    module: str
    line: int
    function: str
    change: str
    fate: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says of its example."""

    rows: Rows
    told: pl.DataFrame


@cache
def _source(module: str) -> str:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return Path(spec.origin).read_text("utf-8")


@cache
def _modules() -> Mapping[str, str]:
    """Name the module of each rule, importing none: one that is half written keeps no other waiting."""
    found = {}
    for module in iter_modules(spendaudit.rules.__path__, f"{_RULES}."):
        called = re.search(r"^    id=\"(\w+)\",$", _source(module.name), re.MULTILINE)
        if called:
            found[called[1]] = module.name
    return dict(sorted(found.items()))


def _order(module: str, seen: tuple[str, ...] = ()) -> tuple[str, ...]:
    """List what a rule shares with others, and the rule, each after what it imports."""
    for node in ast.walk(ast.parse(_source(module))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{_RULES}._"):
            name = str(node.module)
            if name not in _GIVEN and name not in seen:
                seen = _order(name, seen)
    return (*seen, module)


def _made(order: Iterable[str], codes: Mapping[str, CodeType], extra: Mapping[str, Any]) -> Rule[Any]:
    """Make a rule anew of this code."""
    kept = {name: sys.modules[name] for name in order}
    try:
        for name in order:
            module = ModuleType(name)
            vars(module).update(extra)
            sys.modules[name] = module
            exec(codes[name], vars(module))  # noqa: S102 this project's own code
        rule: Rule[Any] = vars(module)["RULE"]
        return rule
    finally:
        sys.modules.update(kept)


def _found(rule: Rule[Any], example: Example) -> pl.DataFrame:
    return rule.check(rule.plan(example.tables, rule.params()).collect(engine="in-memory"))


def _answer(rule: Rule[Any], example: Example) -> Answer:
    found = _found(rule, example)
    rows = Counter(frozenset((one["file"], one["row"]) for one in members) for members in found["members"])
    whole = example.tables[rule.subject].with_columns(number="row")
    told = rule.tell(found.lazy(), whole, rule.params()).collect(engine="in-memory")
    return Answer(rows, told.with_columns(pl.col("currency").cast(pl.String)))


class _Marked(ast.NodeTransformer):
    """Lets nodes say when they are reached."""

    def __init__(self, numbers: Mapping[int, int], wanted: frozenset[int]) -> None:
        self.numbers = numbers
        self.wanted = wanted

    def visit(self, node: ast.AST) -> ast.AST:
        """Put a mark around the node."""
        number = self.numbers.get(id(node))
        changed = self.generic_visit(node)
        if number not in self.wanted or not isinstance(changed, ast.expr):
            return changed
        mark = ast.Call(ast.Name("_reached", ast.Load()), [ast.Constant(number)], [])
        return ast.Subscript(ast.Tuple([mark, changed], ast.Load()), ast.Constant(1), ast.Load())


def _compiled(tree: ast.AST, module: str) -> CodeType:
    return compile(ast.unparse(tree), module, "exec")


def _reached(
    module: str, order: tuple[str, ...], codes: Mapping[str, CodeType], found: list[Mutant], example: Example
) -> set[int]:
    """Find the nodes of a module that the example reaches while it searches."""
    tree = ast.parse(_source(module))
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    marked = _Marked(numbers, frozenset(mutant.node for mutant in found)).visit(tree)
    reached: set[int] = set()
    rule = _made(order, {**codes, module: _compiled(marked, module)}, {"_reached": reached.add})
    _found(rule, example)
    return reached


class _Changed(ast.NodeTransformer):
    def __init__(self, node: ast.AST, put: ast.expr) -> None:
        self.node = node
        self.put = put

    def visit(self, node: ast.AST) -> ast.AST:
        """Put another node in the place of one."""
        return self.put if node is self.node else self.generic_visit(node)


def _with(module: str, mutant: Mutant) -> CodeType:
    tree = ast.parse(_source(module))
    node = next(node for number, node in enumerate(ast.walk(tree)) if number == mutant.node)
    return _compiled(_Changed(node, mutant.put).visit(tree), module)


def _fate(rule: Rule[Any], example: Example, right: Answer) -> str:
    answer = _answer(rule, example)
    if answer.rows != right.rows:
        return "found"
    return "survived" if answer.told.equals(right.told) else "told"


@cache
def _equal() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """Read which changes change no answer, by module."""
    listed = tomllib.loads(_EQUAL.read_text("utf-8"))
    return {
        module: tuple(re.compile(re.escape(change).replace(r"\*", ".*")) for change in reasons)
        for module, reasons in listed.items()
    }


def _is_equal(module: str, change: str) -> bool:
    listed = (*_equal().get("*", ()), *_equal().get(module, ()))
    return any(pattern.fullmatch(change) for pattern in listed)


def _stale(results: Iterable[Result]) -> Iterator[str]:
    """Name what is listed as equal but is like no change that survives: the code has moved on."""
    equal = [one for one in results if one.fate == "equal"]
    listed = tomllib.loads(_EQUAL.read_text("utf-8"))
    for module, patterns in _equal().items():
        changes = [f"{one.function}: {one.change}" for one in equal if module in {"*", one.module}]
        for written, pattern in zip(listed[module], patterns, strict=True):
            if not any(pattern.fullmatch(change) for change in changes):
                yield f"{_EQUAL.name}: [{module}] {written}"


def mutated(identifier: str) -> list[Result]:
    """Try every mutant of one rule."""
    own = _modules()[identifier]
    order = _order(own)
    for name in order:
        import_module(name)
    rule: Rule[Any] = vars(sys.modules[own])["RULE"]
    example = read_example(rule.page)
    codes = {name: _compiled(ast.parse(_source(name)), name) for name in order}
    right = _answer(rule, example)
    if Counter(frozenset(row for _, row in rows) for rows in right.rows.elements()) != Counter(
        example.expected
    ):
        raise ValueError("finds other rows than its page says")
    results = []
    for module in order:
        short = module.rpartition(".")[2]
        found = mutants(ast.parse(_source(module)), vars(sys.modules[module]))
        reached = _reached(module, order, codes, found, example)
        again = order if module != own else (own,)
        for mutant in (mutant for mutant in found if mutant.node in reached):
            try:
                fate = _fate(_made(again, {**codes, module: _with(module, mutant)}, {}), example, right)
            except (Exception, pl.exceptions.PanicException):  # noqa: BLE001
                fate = "stopped"
            if fate == "survived" and _is_equal(short, f"{mutant.function}: {mutant.change}"):
                fate = "equal"
            results.append(Result(identifier, short, mutant.line, mutant.function, mutant.change, fate))
    return results


def _lines(name: str, results: list[Result], *, brief: bool) -> Iterator[str]:
    fates = Counter(result.fate for result in results)
    out = fates["found"] + fates["stopped"]
    share = 100 * out / (out + fates["survived"]) if fates["survived"] else 100.0
    counts = ", ".join(f"{fates[fate]} {fate}" for fate in _FATES)
    yield f"{name}: {share:.1f} % ({counts})"
    if not brief:
        for one in results:
            if one.fate == "survived":
                yield f"    {one.module}:{one.line} {one.function}: {one.change}"


def _shared(results: Iterable[Result]) -> Iterator[Result]:
    """Say of what rules share the best that any of them made of each mutant."""
    best: dict[tuple[str, int, str, str], Result] = {}
    for one in results:
        key = (one.module, one.line, one.function, one.change)
        if key not in best or _FATES.index(one.fate) < _FATES.index(best[key].fate):
            best[key] = one
    yield from best.values()


def main() -> int:
    """Mutate the rules that are asked for, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rules", nargs="*", metavar="ID", help="rules (all)")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--brief", action="store_true", help="the scores alone")
    asked = parser.parse_args()
    rules = asked.rules or list(_modules())
    everything: list[Result] = []
    survived = 0
    with ProcessPoolExecutor(asked.jobs) as pool:
        for rule, asked_for in [(rule, pool.submit(mutated, rule)) for rule in rules]:
            if error := asked_for.exception():
                survived += 1
                print(f"{rule}: cannot be asked: {str(error).partition(chr(10))[0]}", flush=True)
                continue
            results = asked_for.result()
            own = [one for one in results if not one.module.startswith("_")]
            everything += results
            survived += sum(one.fate == "survived" for one in own)
            print("\n".join(_lines(rule, own, brief=asked.brief)), flush=True)
    shared = [one for one in everything if one.module.startswith("_")]
    together = sorted(_shared(shared), key=lambda one: (one.module, one.line))
    survived += sum(one.fate == "survived" for one in together)
    for module, of_module in groupby(together, key=lambda one: one.module):
        print("\n".join(_lines(module, list(of_module), brief=asked.brief)))
    fates = Counter(one.fate for one in everything if not one.module.startswith("_"))
    print(f"{len(rules)} rules: {', '.join(f'{fates[fate]} {fate}' for fate in _FATES)}")
    if not asked.rules:
        stale = list(_stale(everything))
        survived += len(stale)
        print(*stale, sep="\n", end="\n" if stale else "")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
