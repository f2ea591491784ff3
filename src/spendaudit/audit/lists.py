"""What do the reference lists of a run say of its rows? Made ready once, and looked up row by row.

A party is known by a valid number, its `party_key`. Where a name alone agrees, it may be another of that
name: its key is the entry's `lead_key` then, so that no rule takes one for the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

import polars as pl

from spendaudit.engine.local import collect
from spendaudit.enrich.calendar import by_source, holiday, next_of
from spendaudit.model.codelists import NAMED, ORGANISATION, PARTY_KIND
from spendaudit.model.lists import LISTS, LOOKED_UP
from spendaudit.model.run import Input
from spendaudit.model.tables import PROVENANCE, Tables

#: Who is paid in which table, and what its day is called.
_ROLES: Final = {"contracts": "supplier", "payments": "payee"}
_SIGNED: Final = {"contracts": "date_signed", "payments": "date"}
#: Lists that speak of persons, and those of them in which a name alone is a lead.
_OF_PARTIES: Final = ("sanctions", "connections")
_LEADING: Final = frozenset({"sanctions"})
#: A scheme at the beginning of a key that was made of a valid number.
_SCHEME: Final = r"^([A-Z]{2}-[^-:]+)-"

#: Dates beyond are slips of the pen.
_YEARS: Final = (1950, 2100)

_Days = Mapping[str, Mapping[date, str]]


@dataclass(frozen=True, slots=True)
class Lists:
    """What is looked up beside the rows of a run."""

    #: Of the register, those who are in the data: `key`, `registered_on`, `registered_to`; None without one.
    registry: pl.DataFrame | None = None
    #: Keys of names that a list says are persons'.
    persons: pl.Series = field(default_factory=lambda: pl.Series([], dtype=ORGANISATION))
    holidays: _Days = field(default_factory=dict)
    elections: Mapping[str, Sequence[date]] = field(default_factory=dict)

    def join(self, table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Add the columns of `LOOKED_UP` to a table, unless it brings its own. Rows keep their order."""
        have = frame.collect_schema()
        wanted = LOOKED_UP.get(LISTS.get(table, table), pl.Schema())
        if set(wanted) <= set(have):
            return frame
        if table in _ROLES:
            frame = self._beside(table, frame)
        there = frame.collect_schema()
        return frame.select(
            *(name for name in have if name not in wanted),
            *(name if name in there else pl.lit(None, dtype).alias(name) for name, dtype in wanted.items()),
        )

    def _beside(self, table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        role = _ROLES[table]
        if any(self.holidays.values()):
            frame = frame.with_columns(holiday=holiday(_SIGNED[table], self.holidays))
        if self.elections and table == "contracts":
            frame = frame.with_columns(next_election=next_of("decision_date", self.elections))
        if not self.persons.is_empty():
            listed = pl.col(f"{role}_key").is_in(self.persons.implode())
            person = pl.when(listed).then(pl.lit("person", PARTY_KIND)).otherwise(f"{role}_kind")
            frame = frame.with_columns(person.alias(f"{role}_kind"))
        return frame if self.registry is None else self._registered(table, frame, self.registry)

    @staticmethod
    def _registered(table: str, frame: pl.LazyFrame, registry: pl.DataFrame) -> pl.LazyFrame:
        role = _ROLES[table]
        names = {name: name.replace("supplier", role) for name in LOOKED_UP["contracts"] if "regist" in name}
        known = registry.rename(
            {
                "registered_on": names["supplier_registered_on"],
                "registered_to": names["supplier_registered_to"],
            }
        ).with_columns(pl.lit(value=True).alias(names["supplier_in_registry"]))
        frame = frame.join(
            known.lazy(), left_on=f"{role}_key", right_on="key", how="left", maintain_order="left"
        )
        if table == "contracts":
            found = pl.col("supplier_in_registry").fill_null(value=False)
            return frame.with_columns(supplier_in_registry=pl.when("supplier_id_valid").then(found))
        return frame.drop(name for name in names.values() if name not in LOOKED_UP[table])


def look_up(tables: Tables, inputs: Sequence[Input]) -> tuple[Tables, Lists]:
    """Make the reference lists among the tables ready for the rest of them.

    Returns the tables, with those lists that rules read, their leads and keys beside them; and what is looked
    up row by row.
    """
    given = {name: tables[name] for name in LISTS if name in tables}
    if not given:
        return tables, Lists()
    frames = {name: frame for name, frame in tables.frames.items() if name not in given}
    jurisdictions = {file.source: file.jurisdiction for file in inputs}
    lists = Lists()
    if "registry" in given:
        lists = replace(lists, registry=_registry(given["registry"], _paid(tables, "key")))
    if "holidays" in given:
        lists = replace(lists, holidays=by_source(collect(given["holidays"]), jurisdictions))
    if "election_dates" in given:
        elections = by_source(collect(given["election_dates"]), jurisdictions)
        lists = replace(lists, elections={source: [*days] for source, days in elections.items()})
    for name in _OF_PARTIES:
        if name in given:
            entries = collect(given[name])
            persons = entries.filter(pl.col("kind") == "person")["name_key"].drop_nulls().unique()
            lists = replace(lists, persons=pl.concat([lists.persons, persons]).unique())
            frames[name] = entries.lazy()
            if name in _LEADING:
                frames[name] = _with_leads(entries, _paid(tables, "key", "name")).lazy()
    if "plan" in given:
        frames["plan"] = _of_buyers(collect(given["plan"]), tables).lazy()
    if "registry" in given:
        frames["registry"] = given["registry"]
    return Tables(frames), lists


def years(tables: Tables) -> range:
    """Tell which years the days of the data are of, as far as calendars reach."""
    spans = [
        collect(tables[table].select(first=pl.col(day).min().dt.year(), last=pl.col(day).max().dt.year()))
        for table, day in _SIGNED.items()
        if table in tables
    ]
    found = pl.concat(spans).drop_nulls() if spans else pl.DataFrame(schema=["first", "last"])
    if found.is_empty():
        return range(0)
    first, last = found.select(pl.col("first").min(), pl.col("last").max()).row(0)
    return range(max(first, _YEARS[0]), min(last, _YEARS[1]) + 1)


def _paid(tables: Tables, *columns: Literal["key", "name"]) -> pl.DataFrame:
    """List who is paid in the data: each `key`, once, or once with each `name` beside it."""
    spelt = [
        tables[table].select(key=f"{role}_key", name=f"{role}_name").select(columns).unique()
        for table, role in _ROLES.items()
        if table in tables
    ]
    nobody = pl.LazyFrame(schema={"key": ORGANISATION, "name": pl.String()}).select(columns)
    return collect(pl.concat([nobody, *spelt]).filter(pl.col("key").is_not_null()).unique())


def _registry(registry: pl.LazyFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Take of the register those who are paid; of several entries of one, its whole time in it."""
    still = pl.col("valid_to").is_null().any()
    return collect(
        registry.rename({"party_key": "key"})
        .join(paid.lazy(), on="key", how="semi")
        .group_by("key")
        .agg(
            registered_on=pl.coalesce("registered_on", "valid_from").min(),
            registered_to=pl.when(~still).then(pl.col("valid_to").max()),
        )
    )


def _with_leads(entries: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Put each party in the data beside an entry whose name, and no number, it shares: a row for each."""
    named = paid.hstack(_keys(paid["name"]))
    # A party whose key is its name may have been named in another way in the same row.
    by_key = pl.when(pl.col("key").cast(pl.String).str.starts_with(NAMED)).then("key").otherwise("name_key")
    named = named.select(lead_key="key", name_key=by_key).drop_nulls().unique()
    # Two valid numbers of one scheme that differ are two parties.
    theirs, ours = (pl.col(key).cast(pl.String).str.extract(_SCHEME) for key in ("party_key", "lead_key"))
    leads = (
        entries.select(*PROVENANCE, "party_key", "name_key")
        .join(named, on="name_key")
        .filter((theirs != ours).fill_null(value=True))
        .select(*PROVENANCE, "lead_key")
    )
    return (
        entries.drop("lead_key", strict=False)
        .join(leads, on=[*PROVENANCE], how="left")
        .sort(*PROVENANCE, "lead_key")
    )


def _of_buyers(plan: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Find the buyer of each line of a plan: by the number that the data have for it, else by its name."""
    if "contracts" not in tables:
        return plan.with_columns(buyer_key=pl.lit(None, ORGANISATION))
    buyers = collect(tables["contracts"].select("buyer_key", "buyer_id", "buyer_name").unique())
    buyers = buyers.hstack(_keys(buyers["buyer_name"]))
    plan = plan.hstack(_keys(plan["buyer_name"]))
    for column, found in (("buyer_id", "by_id"), ("name_key", "by_name")):
        # What names two buyers names neither.
        one = pl.col("buyer_key").drop_nulls().unique()
        known = (
            buyers.drop_nulls(column)
            .group_by(column)
            .agg(pl.when(one.len() == 1).then(one.first()).alias(found))
        )
        plan = plan.join(known, on=column, how="left", maintain_order="left")
    return plan.with_columns(buyer_key=pl.coalesce("by_id", "by_name")).drop("by_id", "by_name", "name_key")


def _keys(names: pl.Series) -> pl.DataFrame:
    """Read names, row by row: `name_key`."""
    from spendaudit.enrich.keys import name_keys  # noqa: PLC0415 few runs have a list

    return name_keys(names).select(name_key="key")
