"""What must hold for any rule. A new rule is covered the moment its file exists."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pydantic import ValidationError

from spendaudit.audit.message import BESIDES_FACTS, sentence
from spendaudit.model.findings import Severity
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules import load_rules
from spendaudit.rules._example import read_example
from spendaudit.rules._page import SECTIONS, SETTLES, sections
from spendaudit.rules._rule import CEILING, Params, Precision, Rule, Stage

RULES: Final = tuple(load_rules().values())
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)

#: A finding is a question. These words answer it.
ACCUSING: Final = (
    r"\b(fraud|corrupt|illegal|unlawful|guilt|crim|steal|stole|theft|brib|cheat|abus|violat|offen)"
)

Engine = Literal["streaming", "in-memory"]


def ask(
    rule: Rule[Any], tables: Tables, params: Params | None = None, engine: Engine = "streaming"
) -> pl.DataFrame:
    settings = params or rule.params()
    found = rule.check(rule.plan(tables, settings).collect(engine=engine))
    whole = tables[rule.subject].with_columns(number="row")
    return rule.tell(found.lazy(), whole, settings).collect(engine=engine)


def rows(found: pl.DataFrame) -> Counter[frozenset[int]]:
    """The row numbers that each finding names; twice the same finding counts twice."""
    return Counter(frozenset(member["row"] for member in members) for members in found["members"])


def example(rule: Rule[Any]) -> Tables:
    return read_example(rule.page).tables


def with_only(tables: Tables, table: str, frame: pl.LazyFrame) -> Tables:
    """The same tables with another frame in the place of one."""
    return Tables({**tables.frames, table: frame})


def facts(found: pl.DataFrame) -> pl.Schema:
    return found.select("facts").unnest("facts").schema


def by_members(found: pl.DataFrame) -> pl.DataFrame:
    """In an order that does not lean on the rule's own."""
    place = pl.col("members").list.eval(
        pl.concat_str(pl.element().struct.field("file"), pl.element().struct.field("row"), separator="#")
    )
    return found.sort(place.list.join(" "))


def in_halves(rule: Rule[Any], tables: Tables) -> Iterator[Tables]:
    """Rows that share the values of `shard_by` stay together, in every table that has them."""
    keys = list(rule.shard_by or ())
    sharded = {
        name: frame for name, frame in tables.frames.items() if {*keys} <= {*frame.collect_schema().names()}
    }
    known = pl.concat([frame.select(keys).collect() for frame in sharded.values()]).unique().sort(keys)
    for start in (0, 1):
        half = known.gather_every(2, start).lazy()
        mine = {
            name: frame.join(half, on=keys, how="semi", nulls_equal=True) for name, frame in sharded.items()
        }
        yield Tables({**tables.frames, **mine})


def allowed_values(rule: Rule[Any], name: str) -> Iterator[Any]:
    """Both bounds of a setting, or each of its choices; of texts none and one."""
    field = rule.params.model_fields[name]
    for kind in (field.annotation, *get_args(field.annotation)):
        if get_origin(kind) is Literal:
            yield from get_args(kind)
        elif kind is bool:
            yield from (True, False)
        elif kind is NoneType:
            yield None
    if field.annotation == tuple[str, ...]:
        yield from ((), ("another=1",))
    elif str in get_args(field.annotation):
        yield "ABC"
    for bound in field.metadata:
        yield from (getattr(bound, side) for side in ("ge", "le") if hasattr(bound, side))
        if hasattr(bound, "gt"):
            yield bound.gt + (1 if field.annotation is int else Decimal("0.0001"))


def allowed_settings(rule: Rule[Any]) -> Iterator[dict[str, Any]]:
    for name in rule.params.model_fields:
        yield from ({name: value} for value in allowed_values(rule, name))


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.subject == "contracts"], ids=lambda rule: rule.id
)
def test_contracts_that_came_to_nothing_are_no_spending(rule: Rule[Any]) -> None:
    tables = example(rule)
    void = with_only(tables, "contracts", tables["contracts"].with_columns(is_void=pl.lit(value=True)))

    asked_anyway = rule.stage is Stage.DATA_QUALITY
    assert rows(ask(rule, void)) == (rows(ask(rule, tables)) if asked_anyway else Counter())


@every_rule
def test_finds_what_its_page_says(rule: Rule[Any]) -> None:
    expected = read_example(rule.page).expected

    assert rows(ask(rule, example(rule))) == Counter(expected)


@every_rule
def test_row_order_changes_nothing(rule: Rule[Any]) -> None:
    turned = example(rule).map(lambda _, frame: frame.reverse())
    shuffled = example(rule).map(
        lambda _, frame: frame.collect().sample(fraction=1, shuffle=True, seed=7).lazy()
    )

    assert_frame_equal(ask(rule, turned), ask(rule, example(rule)))
    assert_frame_equal(ask(rule, shuffled), ask(rule, example(rule)))


#: Rules to which a file is one state of the figures: rows of two files are not compared, or are for that.
BY_FILE: Final = ("BUD015", "BUD016")


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.id not in BY_FILE], ids=lambda rule: rule.id)
def test_rows_of_one_number_in_two_files_are_two_rows(rule: Rule[Any]) -> None:
    half = example(rule)[rule.subject].collect().height // 2
    second = pl.col("row") > half
    halves = {
        "file": pl.when(second).then(pl.col("file") + " 2").otherwise("file"),
        "row": pl.col("row") - second.cast(pl.UInt32) * half,
    }
    found = ask(rule, example(rule).map(lambda _, frame: frame.with_columns(**halves)))

    told = Counter(
        frozenset(one["row"] + half * one["file"].endswith(" 2") for one in members)
        for members in found["members"]
    )
    assert told == Counter(read_example(rule.page).expected)


@every_rule
def test_both_engines_give_the_same_answer(rule: Rule[Any]) -> None:
    assert_frame_equal(ask(rule, example(rule), engine="in-memory"), ask(rule, example(rule)))


@every_rule
def test_shards_add_up_to_the_whole(rule: Rule[Any]) -> None:
    if rule.shard_by is None:
        pytest.skip("needs the whole table")
    apart = pl.concat([ask(rule, half) for half in in_halves(rule, example(rule))])

    assert_frame_equal(by_members(apart), by_members(ask(rule, example(rule))))


@every_rule
def test_empty_tables_give_no_finding(rule: Rule[Any]) -> None:
    empty = example(rule).map(lambda _, frame: frame.clear())

    assert ask(rule, empty).is_empty()


@every_rule
def test_reads_only_the_columns_it_declares(rule: Rule[Any]) -> None:
    # Where a reader finds a row is read for any rule.
    declared = Tables(
        {
            table: example(rule)[table].select({*rule.columns(table), "url"} & {*SCHEMAS[table]})
            for table in {*rule.needs, *rule.uses}
        }
    )

    assert_frame_equal(ask(rule, declared), ask(rule, example(rule)))


@every_rule
def test_declares_no_column_in_vain(rule: Rule[Any]) -> None:
    tables = example(rule)
    for table, columns in rule.uses.items():
        for column in sorted(columns - rule.needs.get(table, frozenset())):
            without = with_only(tables, table, tables[table].drop(column))

            with pytest.raises(pl.exceptions.ColumnNotFoundError, match=column):
                rule.search(without, rule.params()).collect_schema()


@every_rule
def test_a_row_that_lacks_what_is_needed_is_as_if_it_were_not_there(rule: Rule[Any]) -> None:
    tables = example(rule)
    stays = pl.col("row") % 2 == 0
    for table in rule.needs:
        judged = ask(rule, with_only(tables, table, tables[table].filter(stays)))
        gaps = [[column] for column in rule.needed(table, rule.params())]
        if rule.either and table == rule.subject:
            gaps.append(sorted(rule.either))
        for columns in gaps:
            holed = tables[table].with_columns(pl.when(stays).then(pl.col(columns)))

            assert_frame_equal(ask(rule, with_only(tables, table, holed)), judged)


@every_rule
def test_does_without_the_columns_it_can_do_without(rule: Rule[Any]) -> None:
    bare = example(rule).map(
        lambda name, frame: frame.with_columns(
            pl.lit(None, dtype).alias(column)
            for column, dtype in SCHEMAS[name].items()
            if column in {*rule.columns(name)} - rule.needs.get(name, frozenset()) - {"file", "row"}
        )
    )

    assert ask(rule, bare).schema == ask(rule, example(rule)).schema


@every_rule
def test_every_allowed_setting_gives_an_answer(rule: Rule[Any]) -> None:
    for setting in allowed_settings(rule):
        params = rule.params.model_validate(setting)

        assert params.waived() <= rule.needs[rule.subject] | rule.uses.get(rule.subject, frozenset())
        assert ask(rule, example(rule), params).schema == ask(rule, example(rule)).schema


@every_rule
def test_unknown_setting_is_refused(rule: Rule[Any]) -> None:
    with pytest.raises(ValidationError):
        rule.params.model_validate({"no_such_setting": 1})


@every_rule
def test_every_setting_is_bounded_described_and_on_the_page(rule: Rule[Any]) -> None:
    for name, field in rule.params.model_fields.items():
        values = {*allowed_values(rule, name)}

        assert len(values) > 1, f"{name} has neither bounds nor choices"
        assert field.description, f"{name} has no description"
        assert f"`{name}`" in rule.page, f"{name} is not on the page"


@every_rule
def test_is_called_what_its_file_is_called(rule: Rule[Any]) -> None:
    module = import_module(f"spendaudit.rules.{rule.name.replace('-', '_')}")

    assert module.RULE is rule
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert re.fullmatch(r"[A-Z]{2,3}\d{3}", rule.id)


@every_rule
def test_page_has_its_headings_in_order_and_fits_on_a_few_screens(rule: Rule[Any]) -> None:
    underlined = re.findall(r"^(.+)\n-{3,}$", rule.page, flags=re.MULTILINE)
    lengths = [len(line) for line in rule.page.splitlines()]

    assert tuple(underlined) == SECTIONS
    assert len(lengths) <= 115
    assert max(lengths) <= 120
    assert rule.summary.endswith(".")


@every_rule
def test_page_names_in_one_line_what_a_reader_can_ask_for(rule: Rule[Any]) -> None:
    settles = sections(rule.page)[SETTLES]

    assert re.fullmatch(r"[A-Z].{30,108}\.", settles), settles


def test_no_two_rules_would_be_settled_by_the_same_line() -> None:
    assert len({sections(rule.page)[SETTLES] for rule in RULES}) == len(RULES)


@every_rule
def test_a_ceiling_of_its_own_stands_on_the_page_with_its_reason(rule: Rule[Any]) -> None:
    threshold = " ".join(sections(rule.page)["Threshold"].split())
    warned = re.findall(r"[Tt]he run warns above (\d+) %", threshold)

    assert warned == ([] if rule.ceiling == CEILING else [f"{rule.ceiling * 100:.0f}"])


@every_rule
def test_what_is_grave_means_something_by_itself(rule: Rule[Any]) -> None:
    assert rule.severity is not Severity.HIGH or rule.precision is Precision.HIGH
    assert rule.precision is not Precision.LOW or rule.severity is Severity.LOW


@every_rule
def test_never_accuses(rule: Rule[Any]) -> None:
    said = f"{rule.summary} {rule.message} {rule.name}".lower()

    assert not re.findall(ACCUSING, said)


@every_rule
def test_message_names_only_what_a_finding_has(rule: Rule[Any]) -> None:
    known = facts(ask(rule, example(rule)))

    assert rule.placeholders <= {*known.names(), *BESIDES_FACTS}
    assert not BESIDES_FACTS & {*known.names()}


@every_rule
def test_facts_are_words_whole_numbers_money_or_dates(rule: Rule[Any]) -> None:
    for name, dtype in facts(ask(rule, example(rule))).items():
        assert dtype.is_integer() or dtype.is_decimal() or dtype in {pl.String(), pl.Date()}, name


@every_rule
def test_every_finding_reads_as_a_sentence(rule: Rule[Any]) -> None:
    for finding in ask(rule, example(rule)).with_columns(pl.col("currency").cast(pl.String)).to_dicts():
        about = {name: finding[name] for name in ("amount", "currency", "starts", "ends")}
        said = sentence(rule.message, finding["facts"], members=len(finding["members"]), **about)

        assert re.fullmatch(r"\S.{20,280}\S", said), said
        assert not re.search(r"\bNone\b|[{}]|\dE\+", said), said


@every_rule
def test_a_finding_names_its_rows_once_and_in_order(rule: Rule[Any]) -> None:
    for members in ask(rule, example(rule))["members"]:
        places = [(one["id"] is not None, one["id"], one["file"], one["row"]) for one in members]

        assert places
        assert places == sorted({*places})


@every_rule
def test_money_has_a_currency_and_a_period_an_end(rule: Rule[Any]) -> None:
    for finding in ask(rule, example(rule)).iter_rows(named=True):
        assert finding["amount"] is None or finding["currency"] is not None
        assert (finding["starts"] is None) == (finding["ends"] is None)
        assert finding["starts"] is None or finding["starts"] <= finding["ends"]


def test_no_two_rules_share_a_name() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


#: What else may stand in a cell: amounts about zero, days apart, a second name, nothing.
CELLS: Final[dict[type[pl.DataType], tuple[Any, ...]]] = {
    pl.Decimal: (Decimal(-100), Decimal("-0.5"), Decimal(0), Decimal("0.5"), Decimal(100), None),
    pl.Date: (date(2024, 1, 1), date(2024, 1, 31), date(2024, 12, 31), None),
    pl.Datetime: (*map(datetime.fromisoformat, ("2024-01-01T12:00", "2024-01-31T00:00:01")), None),
    pl.Boolean: (True, False, None),
    pl.String: ("a", "b", None),
    pl.Categorical: ("a", "b", None),
}


def cells(column: str, dtype: pl.DataType) -> tuple[Any, ...]:
    if column in {"source", "file"}:
        return ("one", "two")
    return (*dtype.categories, None) if isinstance(dtype, pl.Enum) else CELLS.get(type(dtype), (1, 2, None))


def rows_like(frame: pl.DataFrame) -> st.SearchStrategy[pl.LazyFrame]:
    """The example's rows, of which some are left out, some stand twice, and some have another cell."""
    changes = [
        {column: cell}
        for column, dtype in frame.schema.items()
        for cell in cells(column, dtype)
        if column != "row"
    ]
    place = st.integers(0, frame.height - 1)
    change: st.SearchStrategy[dict[str, Any] | None] = st.one_of(
        st.none(), st.just({}), st.sampled_from(changes)
    )
    return st.lists(st.tuples(place, change), max_size=16).map(lambda edits: edited(frame, edits))


def edited(frame: pl.DataFrame, edits: list[tuple[int, dict[str, Any] | None]]) -> pl.LazyFrame:
    rows = dict(enumerate(frame.to_dicts()))
    for number, (place, change) in enumerate(edits, start=frame.height):
        if change is None:
            rows.pop(place, None)
        elif place in rows and change:
            rows[place] = rows[place] | change
        elif place in rows:
            rows[number] = rows[place]
    numbered = [{**row, "row": number} for number, row in enumerate(rows.values(), start=2)]
    return pl.LazyFrame(numbered, schema=frame.schema)


@every_rule
@settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_rows_give_the_same_answer_in_any_order_and_in_shards(
    rule: Rule[Any], data: st.DataObject
) -> None:
    params = rule.params.model_validate(data.draw(st.sampled_from([{}, *allowed_settings(rule)])))
    tables = Tables(
        {
            table: data.draw(
                rows_like(
                    example(rule)[table]
                    .select({*rule.columns(table), *rule.sought(table, params), "url"} & {*SCHEMAS[table]})
                    .collect()
                )
            )
            for table in rule.needs
        }
    )
    found = ask(rule, tables, params)
    turned = tables.map(lambda _, frame: frame.reverse())

    assert_frame_equal(ask(rule, turned, params, engine="in-memory"), found)
    if rule.shard_by is not None:
        apart = pl.concat([ask(rule, half, params) for half in in_halves(rule, tables)])
        assert_frame_equal(by_members(apart), by_members(found))
