"""Which rows does each rule find? Puts rules to tables, each of which several of them read."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl
import polars.selectors as cs

from spendaudit.audit.codes import CODES, PARTIES, alike_coded, by_number, compared, with_codes
from spendaudit.audit.counting import Counting
from spendaudit.audit.coverage import Coverage, measure
from spendaudit.engine.local import Held, collect, compact
from spendaudit.model.findings import FINDING
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules._rule import Params, Rule

#: Bytes of a part, where tables are searched part by part, and those of a value in memory, about.
_PART: Final = 2**25
_TEXT: Final = 32
_NUMBER: Final = 8

#: A table that fewer of many rules read stays where it is stored: items are three times as many as contracts.
_OFTEN: Final = 4

#: What is made of a table, by its name.
Change = Callable[[str, pl.LazyFrame], pl.LazyFrame]

#: What rules can judge, and what they found, by id.
Searched = tuple[dict[str, Coverage], dict[str, pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class Search:
    """Rules, their settings, and who is told of each in turn."""

    rules: Sequence[Rule[Any]]
    settings: Mapping[str, Params]
    progress: Callable[[Rule[Any]], None]
    #: How many search at the same time: while one waits for its last row, another may use what is idle.
    beside: int = 2
    #: Codes stand for texts that are compared and put in groups: see `codes`.
    codes: bool = True

    def whole(self, tables: Tables, counting: Counting) -> Searched:
        """Count what each rule can judge, and put those that can judge anything to the tables.

        Numbers, dates and codes of a table that many rules read are in memory from the first of them to the
        last.
        """
        readers = Counter(table for rule in self.rules for table in _read(rule))
        tables = tables.map(by_number)
        if self.codes:
            tables = tables.map(with_codes(tables, readers)).map(alike_coded)
            if "bids" in tables and "bids" in readers:
                tables = compared(tables, everywhere=self._of_all_parties())
        coverage: dict[str, Coverage] = {}
        found: dict[str, pl.DataFrame] = {}
        held: dict[str, Held] = {}
        few = len(self.rules) < _OFTEN
        often = {table for table in readers if few or readers[table] >= _OFTEN or table not in tables}
        for alike, later in _in_turn(_of_same_tables(self.rules), often):
            read = sorted(tables.frames.keys() & _read(alike[0]))
            for table in read:
                sharing = self.rules if table in later else alike
                if table not in held and (table in often or len(read) == 1):
                    held[table] = Held.of(tables[table], self._sought(table, sharing))
                    counting.know(table, held[table].rows, held[table].nulls)
            covered = measure(self._of(tables, held, read, alike), alike, self.settings, counting)
            coverage |= covered
            able = [rule for rule in alike if covered[rule.id].state is None]
            found |= self._asked(
                able,
                [self._of(tables, held, read, [rule]) for rule in able],
                self.beside if often.issuperset(read) else 1,
            )
            left = [rule for rule in self.rules if rule.id not in coverage]
            held = {table: held[table].only(self._sought(table, left)) for table in held.keys() & later}
        return coverage, found

    def _asked(
        self, rules: Sequence[Rule[Any]], of: Sequence[Tables], beside: int
    ) -> dict[str, pl.DataFrame]:
        """Put rules to tables, to each its own, so many at the same time; what they begin with goes after."""
        begun = self._begun(zip(rules, of, strict=True))
        found = {}
        with ThreadPoolExecutor(beside) as pool:
            answers = pool.map(partial(self._found, begun=begun), rules, of)
            for rule in rules:
                self.progress(rule)
                found[rule.id] = next(answers)
        return found

    def in_parts(self, tables: Tables, join: Change, counting: Counting) -> Searched:
        """Do the same with as little memory as can be, which takes longer; `join` makes tables whole.

        Rules that allow it (`Rule.shard_by`) search one part of a table after the other. For the others the
        tables are read from where they are stored, once for each rule.
        """
        read = {table for rule in self.rules for table in _read(rule)}
        coded = with_codes(tables, read) if self.codes else None

        def whole(table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
            rows = by_number(table, join(table, frame))
            return coded(table, rows) if coded else rows

        coverage = measure(tables.map(whole), self.rules, self.settings, counting)
        able = [rule for rule in self.rules if coverage[rule.id].state is None]
        found: dict[str, list[pl.DataFrame]] = defaultdict(list)
        for alike in _of_same_tables(able):
            for keys, rules in _of_same_keys(alike).items():
                for part in self._parts(tables, whole, keys, rules):
                    self._search(part, tables.map(whole), rules, found)
        return coverage, {name: pl.concat(several) for name, several in found.items()}

    def _parts(
        self, tables: Tables, whole: Change, keys: tuple[str, ...], rules: Sequence[Rule[Any]]
    ) -> Iterator[dict[str, pl.LazyFrame]]:
        """Cut every table that has these keys into parts; nothing is read yet but how many rows there are."""
        if not keys:
            yield {}
            return
        cut = {
            table: self._cuttable(table, frame, keys, rules)
            for table, frame in sorted(tables.frames.items())
            if table in _read(rules[0]) and {*keys} <= {*SCHEMAS[table]}
        }
        sought = {table: self._sought(table, rules) for table in cut}
        sizes = [_size(whole(table, frame).select(sought[table])) for table, frame in cut.items()]
        count = max(-(-size // _PART) for size in sizes) or 1
        part_of = pl.struct(pl.col(keys).to_physical()).hash() % count
        for number in range(count):
            # Of what is stored: a condition on what is made of it would be asked of all rows, read whole.
            yield {
                table: whole(table, frame.filter(part_of == number)).select(sought[table])
                for table, frame in cut.items()
            }

    def _cuttable(
        self, table: str, frame: pl.LazyFrame, keys: tuple[str, ...], rules: Sequence[Rule[Any]]
    ) -> pl.LazyFrame:
        """Leave out rows that lack a key that all these rules need: they would stand in one part together."""
        needed = set(keys).intersection(*(rule.needed(table, self.settings[rule.id]) for rule in rules))
        return frame.drop_nulls(sorted(needed)) if needed else frame

    def _search(
        self,
        part: Mapping[str, pl.LazyFrame],
        tables: Tables,
        rules: Sequence[Rule[Any]],
        found: dict[str, list[pl.DataFrame]],
    ) -> None:
        """Add what rules find in a part of tables, in memory meanwhile, beside all others whole."""
        held = {table: collect(plan).lazy() for table, plan in part.items()}
        here = Tables({**tables.frames, **held})
        begun = self._begun((rule, here) for rule in rules)
        for rule in rules:
            if rule.id not in found:
                self.progress(rule)
            found[rule.id].append(self._found(rule, here, begun))

    def _of(
        self, tables: Tables, held: Mapping[str, Held], read: Sequence[str], rules: Sequence[Rule[Any]]
    ) -> Tables:
        """Give rules what they read of these tables, from memory where it is there."""
        return Tables(
            {table: (held.get(table) or tables[table]).select(self._sought(table, rules)) for table in read}
        )

    def _of_all_parties(self) -> bool:
        """Tell whether a rule asks for references of parties that have a number, too."""
        read = (self.settings[rule.id].reads() for rule in self.rules)
        references = {name for names in PARTIES.values() for name in names[1:]}
        return any(references & columns for tables in read for columns in tables.values())

    def _sought(self, table: str, rules: Sequence[Rule[Any]]) -> list[str]:
        reading = [rule for rule in rules if table in _read(rule)]
        names = {name for rule in reading for name in rule.sought(table, self.settings[rule.id])}
        return [name for name in SCHEMAS[table].names() if name in names]

    def _begun(self, asked: Iterable[tuple[Rule[Any], Tables]]) -> dict[Hashable, pl.DataFrame]:
        """Work out what rules begin with in these tables, once for those that begin alike, by its name."""
        begun: dict[Hashable, pl.DataFrame] = {}
        for rule, tables in asked:
            params = self.settings[rule.id]
            name, first = rule.beginning(params), rule.begin(tables, params)
            if first is not None and name not in begun:
                begun[name] = collect(first)
        return begun

    def _found(self, rule: Rule[Any], tables: Tables, begun: Mapping[Hashable, pl.DataFrame]) -> pl.DataFrame:
        """Put a rule to these tables; `begun` holds what rules begin with in the same ones."""
        params = self.settings[rule.id]
        first = begun.get(rule.beginning(params))
        found = collect(rule.plan(tables, params, None if first is None else first.lazy()))
        # Files are told by their names again: while rules search, a code stands for each.
        named = cs.by_name("members", require_all=False).cast(FINDING["members"])
        worded = cs.by_dtype(*CODES).cast(pl.String)
        return rule.check(compact(found.with_columns(named, worded)))


def _size(frame: pl.LazyFrame) -> int:
    """Reckon how many bytes a table takes in memory."""
    width = sum(_TEXT if dtype == pl.String() else _NUMBER for dtype in frame.collect_schema().dtypes())
    return int(collect(frame.select(pl.len())).item()) * width


def _read(rule: Rule[Any]) -> set[str]:
    return {*rule.needs, *rule.uses}


def _of_same_tables(rules: Sequence[Rule[Any]]) -> list[list[Rule[Any]]]:
    """Put rules together that read the same tables: what can be judged of a table is counted once for all."""
    alike = defaultdict(list)
    for rule in rules:
        alike[frozenset(_read(rule))].append(rule)
    return list(alike.values())


def _in_turn(
    groups: Collection[list[Rule[Any]]], often: AbstractSet[str]
) -> Iterator[tuple[list[Rule[Any]], set[str]]]:
    """Order groups so that few tables are in memory at once; with each, the tables that later ones read.

    Groups that read a table which is not read often take the most memory. They come first, and leave nothing
    to later ones: what they hold is only what they read themselves.
    """
    left = {frozenset(_read(alike[0])): alike for alike in groups}
    held: set[str] = set()

    def cost(tables: frozenset[str]) -> tuple[bool, int, list[str]]:
        return tables <= often, len(tables - held) - len(tables & held), sorted(tables)

    while left:
        read = min(left, key=cost)
        alike = left.pop(read)
        later = {table for tables in left for table in tables} & often
        yield alike, later
        held = (held | read) & later


def _of_same_keys(rules: Sequence[Rule[Any]]) -> dict[tuple[str, ...], list[Rule[Any]]]:
    """Put rules together that can search the same parts; `()` stands for the whole.

    What stays together by few keys does so by more. A source has too many rows for a part.
    """
    cut_by = {rule.id: tuple(name for name in rule.shard_by or () if name != "source") for rule in rules}
    keys = sorted({names for names in cut_by.values() if names}, key=lambda names: (len(names), names))
    alike = defaultdict(list)
    for rule in rules:
        own = cut_by[rule.id]
        alike[next((names for names in keys if {*names} <= {*own}), ())].append(rule)
    return alike
