"""The mistakes that could be made in a rule: one small change of its code at a time."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

_COMPARED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
_PAIRS: Final = (
    ("min", "max"),
    ("min_horizontal", "max_horizontal"),
    ("first", "last"),
    ("any", "all"),
    ("any_horizontal", "all_horizontal"),
    ("is_null", "is_not_null"),
)
#: Methods and functions that stand in each other's place.
_SWAPPED: Final = {
    **dict(_PAIRS),
    **{second: first for first, second in _PAIRS},
    "eq_missing": "eq",
    "ne_missing": "ne",
    "n_unique": "len",
    "sum": "max",
    "starts_with": "ends_with",
}
#: Methods without which an expression or a frame is still one.
_DROPPED: Final = frozenset(
    {
        *("filter", "drop_nulls", "fill_null", "unique", "abs", "clip", "otherwise"),
        *("to_lowercase", "to_uppercase", "strip_chars"),
    }
)
#: Functions whose arguments can be fewer.
_LISTED: Final = frozenset({"filter", "coalesce", "all_horizontal", "any_horizontal"})
_KINDS: Final = {"left": "inner", "semi": "anti", "anti": "semi"}
_EDGES: Final = ("both", "left", "right", "none")
#: What these are given tells nothing of what is found: the order of rows, types, names.
_PASSED_OVER: Final = frozenset({"sort", "sort_by", "cast", "names", "Rule"})

Names = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One node of a module, by its number in `ast.walk`, and what to put in its place."""

    node: int
    line: int
    function: str
    #: What becomes of what.
    change: str
    put: ast.expr


@dataclass(frozen=True, slots=True)
class _Change:
    put: ast.expr
    said: str = ""


def mutants(tree: ast.Module, names: Names) -> list[Mutant]:
    """List the mutants of a module, in the order of its lines; `names` are what it calls things by."""
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    found = [
        Mutant(
            numbers[id(node)],
            node.lineno,
            function,
            change.said or f"{ast.unparse(node)} -> {ast.unparse(change.put)}",
            change.put,
        )
        for function, root in _roots(tree)
        for node in _expressions(root)
        for change in _changes(node, names)
    ]
    return sorted(found, key=lambda mutant: (mutant.line, mutant.node))


def _roots(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Find what tells what a rule does: functions, defaults of settings, constants and the rule."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name, statement
        elif isinstance(statement, ast.ClassDef):
            yield from _of_class(statement)
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            value = statement.value
            called = isinstance(value, ast.Call) and _called(value) in {"Decimal", "Rule"}
            if called or isinstance(value, ast.Constant | ast.Tuple | ast.List | ast.BinOp):
                yield ast.unparse(statement.target), value


def _of_class(settings: ast.ClassDef) -> Iterator[tuple[str, ast.AST]]:
    """Find methods, and the default of each setting: the first argument of its Field."""
    for part in settings.body:
        if isinstance(part, ast.FunctionDef):
            yield f"{settings.name}.{part.name}", part
        elif isinstance(part, ast.AnnAssign) and isinstance(part.value, ast.Call) and part.value.args:
            yield f"{settings.name}.{ast.unparse(part.target)}", part.value.args[0]


def _expressions(root: ast.AST) -> Iterator[ast.expr]:
    """Walk down, past what no mutant may touch: annotations, docstrings, slices, the order of rows."""
    if isinstance(root, ast.Expr):
        return
    if isinstance(root, ast.expr):
        yield root
    for name, value in ast.iter_fields(root):
        unread = isinstance(root, ast.Call) and name != "func" and _called(root) in _PASSED_OVER
        if unread or name in {"annotation", "slice", "targets", "target", "returns", "args"} - _args(root):
            continue
        parts = value if isinstance(value, list) else [value]
        if isinstance(root, ast.JoinedStr):
            parts = [part.value for part in parts if isinstance(part, ast.FormattedValue)]
        for part in parts:
            if isinstance(part, ast.AST):
                yield from _expressions(part)


def _args(root: ast.AST) -> set[str]:
    """Name what a call and a function both have, but only a call evaluates where it stands."""
    return {"args"} if isinstance(root, ast.Call) else set()


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


def _changes(node: ast.expr, names: Names) -> Iterator[_Change]:
    match node:
        case ast.Compare() | ast.BinOp():
            yield from map(_Change, _operated(node))
        case ast.UnaryOp(ast.Invert() | ast.Not(), operand):
            yield _Change(operand)
        case ast.Tuple(items) | ast.List(items) if len(items) > 1 and all(map(_is_text, items)):
            for item in items:
                yield _Change(type(node)([one for one in items if one is not item], ast.Load()))
        case ast.Constant():
            yield from map(_Change, _beside(node))
        case ast.Call(ast.Name("Decimal"), [ast.Constant(str() as number)]):
            yield from (_Change(_call("Decimal", ast.Constant(other))) for other in _near(number))
        case ast.Call():
            for changes in (_swapped, _dropped, _fewer, _edged):
                yield from changes(node)
            for keyed in (_keyed, _merged, _joined):
                yield from keyed(node, names)


def _operated(node: ast.Compare | ast.BinOp) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, [operator], compared):
            yield ast.Compare(left, [_COMPARED[type(operator)]()], compared)
        case ast.BinOp(left, operator, right) if type(operator) in _COMPUTED:
            yield ast.BinOp(left, _COMPUTED[type(operator)](), right)
            if isinstance(operator, ast.BitAnd | ast.BitOr):
                yield from (left, right)


def _beside(node: ast.Constant) -> Iterator[ast.Constant]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield from (ast.Constant(node.value + step) for step in (-1, 1))


def _near(number: str) -> Iterator[str]:
    """Give the numbers next to one, in its last place."""
    value = Decimal(number)
    step = Decimal((0, (1,), int(value.as_tuple().exponent)))
    yield from (f"{value - step}", f"{value + step}")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.parse(name, mode="eval").body, list(arguments), [])


def _method(on: ast.expr, name: str, node: ast.Call) -> ast.Call:
    return ast.Call(ast.Attribute(on, name, ast.Load()), node.args, node.keywords)


def _owner(node: ast.Call) -> ast.expr | None:
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def _is_polars(owner: ast.expr | None) -> bool:
    return isinstance(owner, ast.Name) and owner.id == "pl"


def _swapped(node: ast.Call) -> Iterator[_Change]:
    name, owner = _called(node), _owner(node)
    if owner is None:
        return
    # No answer may lean on the order of rows, so the first of a column is as good as the last.
    any_row = isinstance(owner, ast.Call) and ast.unparse(owner.func) == "pl.col"
    if name in _SWAPPED and not (any_row and name in {"first", "last"}):
        yield _Change(_method(owner, _SWAPPED[name], node))
    if name == "shift" and not node.args:
        yield _Change(ast.Call(node.func, [ast.UnaryOp(ast.USub(), ast.Constant(1))], []))
    if _is_polars(owner) and name == "when":
        yield _Change(ast.Call(node.func, [_call("pl.lit", ast.Constant(value=True))], []))


def _dropped(node: ast.Call) -> Iterator[_Change]:
    name, owner = _called(node), _owner(node)
    if owner is not None and not _is_polars(owner) and name in _DROPPED:
        given = ", ".join(ast.unparse(one) for one in [*node.args, *node.keywords])
        yield _Change(owner, f"no .{name}({given})")
    if name == "Rule":
        for keyword in node.keywords:
            if keyword.arg in {"scope", "either"}:
                left = [one for one in node.keywords if one is not keyword]
                yield _Change(ast.Call(node.func, node.args, left), f"no {keyword.arg}")


def _fewer(node: ast.Call) -> Iterator[_Change]:
    if _called(node) in _LISTED and len(node.args) > 1:
        for dropped in node.args:
            left = [one for one in node.args if one is not dropped]
            put = ast.Call(node.func, left, node.keywords)
            yield _Change(put, f"{_called(node)}(...) without {ast.unparse(dropped)}")


def _edged(node: ast.Call) -> Iterator[_Change]:
    given = {keyword.arg: place for place, keyword in enumerate(node.keywords)}
    if "closed" in given:
        edge = node.keywords[given["closed"]].value
        now = edge.value if isinstance(edge, ast.Constant) else None
        yield from (
            _Change(_with_keyword(node, given["closed"], ast.Constant(other)), f"closed={other!r}")
            for other in _EDGES
            if other != now
        )
    elif _called(node) == "is_between":
        for half in ("left", "right"):
            closed = ast.keyword("closed", ast.Constant(half))
            yield _Change(ast.Call(node.func, node.args, [*node.keywords, closed]))


def _with_keyword(node: ast.Call, place: int, value: ast.expr) -> ast.Call:
    keywords = list(node.keywords)
    keywords[place] = ast.keyword(keywords[place].arg, value)
    return ast.Call(node.func, node.args, keywords)


def _keys(arguments: Iterable[ast.expr], names: Names) -> Iterator[ast.expr]:
    """List keys one by one, where they can be told from the module alone."""
    for argument in arguments:
        inner = argument.value if isinstance(argument, ast.Starred) else argument
        value = names.get(inner.id) if isinstance(inner, ast.Name) else None
        if isinstance(value, tuple):
            yield from (ast.Constant(name) for name in value)
        elif isinstance(inner, ast.Tuple | ast.List):
            yield from _keys(inner.elts, names)
        else:
            yield argument


def _without(node: ast.Call, keys: list[ast.expr], key: ast.expr) -> str:
    return f"{_called(node)}({', '.join(map(ast.unparse, keys))}) without {ast.unparse(key)}"


def _keyed(node: ast.Call, names: Names) -> Iterator[_Change]:
    keys = list(_keys(node.args, names)) if _called(node) == "over" else []
    for key in keys if len(keys) > 1 else []:
        left = [one for one in keys if one is not key]
        yield _Change(ast.Call(node.func, left, node.keywords), _without(node, keys, key))


def _merged(node: ast.Call, names: Names) -> Iterator[_Change]:
    """Drop each key of a group; what was a key is taken of one of the rows instead."""
    grouped = _owner(node)
    if _called(node) != "agg" or not isinstance(grouped, ast.Call) or _called(grouped) != "group_by":
        return
    keys = list(_keys(grouped.args, names))
    named = grouped.keywords
    if len(keys) + len(named) == 1:
        return
    for key in (key for key in keys if isinstance(key, ast.Constant)):
        call = ast.Call(grouped.func, [one for one in keys if one is not key], named)
        taken = ast.keyword(str(key.value), _first(_call("pl.col", key)))
        put = _method(call, "agg", ast.Call(node.func, node.args, [*node.keywords, taken]))
        yield _Change(put, _without(grouped, keys, key))
    for keyword in named:
        call = ast.Call(grouped.func, keys, [one for one in named if one is not keyword])
        value = _call("pl.col", keyword.value) if _is_text(keyword.value) else keyword.value
        taken = ast.keyword(keyword.arg, _first(value))
        put = _method(call, "agg", ast.Call(node.func, node.args, [*node.keywords, taken]))
        yield _Change(put, f"group_by(...) without {keyword.arg}")


def _first(value: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(value, "first", ast.Load()), [], [])


def _joined(node: ast.Call, names: Names) -> Iterator[_Change]:
    owner = _owner(node)
    given = {keyword.arg: place for place, keyword in enumerate(node.keywords)}
    if owner is None or _called(node) != "join" or "on" not in given:
        return
    other = ast.unparse(node.args[0]) if node.args else ""
    how = node.keywords[given["how"]].value if "how" in given else ast.Constant("inner")
    kind = str(how.value) if isinstance(how, ast.Constant) else ""
    if kind == "inner":
        left = ast.keyword("how", ast.Constant("left"))
        yield _Change(ast.Call(node.func, node.args, [*node.keywords, left]), f"left join with {other}")
    else:
        put = _with_keyword(node, given["how"], ast.Constant(_KINDS[kind]))
        yield _Change(put, f"{_KINDS[kind]} join with {other}")
    if kind in {"semi", "anti"}:
        yield _Change(owner, f"no {kind} join with {other}")
    keys = list(_keys([node.keywords[given["on"]].value], names))
    for key in keys if len(keys) > 1 else []:
        rest = ast.List([one for one in keys if one is not key], ast.Load())
        said = _without(node, keys, key)
        yield _Change(_with_keyword(node, given["on"], rest), said if kind == "inner" else f"{kind} {said}")
