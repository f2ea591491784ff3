"""Lays out many ordinary releases at once: contracts and awards, their items and amendments, the bids."""

from collections.abc import Callable
from typing import Final

import polars as pl
import pyarrow as pa

from spendaudit.sources import _ocds_cells as cells
from spendaudit.sources._ocds_acting import joint, named
from spendaudit.sources._ocds_parts import (
    OF,
    RELEASE,
    Objects,
    Strange,
    at,
    counted,
    flat,
    listed,
    times,
)
from spendaudit.sources._ocds_rows import UNOPENED
from spendaudit.sources._ocds_shares import ROW, classified, rows, under

#: Numbers from here on have more digits than tables hold, and of far larger ones the parser loses some.
_LARGEST: Final = 10**16


class Releases:
    """Releases that are taken apart: their lists of parts, each of which knows its release by its row."""

    def __init__(self, read: pa.StructArray) -> None:
        """Take releases as the parser gives them."""
        self._strange = Strange()
        releases = flat(read, {RELEASE: counted(len(read)).alias(RELEASE)}, self._strange)
        self._releases = releases.told
        undated = self._releases["date"].is_null() & self._releases["tag"].is_null()
        self._strange.add(self._releases[RELEASE], undated | self._releases["ocid"].is_null())
        bids, contracts, awards = (
            self._listed(releases, name) for name in ("bids/details", "contracts", "awards")
        )
        self._bids = bids.told
        self._rows = rows(contracts.told, awards.told, len(read))
        self._refuse_empty(contracts.told, awards.told)
        self._items = under(
            self._rows,
            contract=self._listed(contracts, "items").told,
            award=self._listed(awards, "items").told,
            tender=self._listed(releases, "tender/items").told,
        )
        self._amendments = under(
            self._rows.filter(~self._rows["shared"]),
            contract=self._listed(contracts, "amendments").told,
            award=self._listed(awards, "amendments").told,
        )
        self._related = self._listed(releases, "relatedProcesses").told
        self._entities = _referred(self._releases, "tender/procuringEntity")
        buyers = _referred(self._releases, "buyer")
        self._buyers = pl.DataFrame(
            [one.zip_with(self._releases["buyer"], self._entities[one.name]) for one in buyers]
        )
        self._buyer, self._entity, suppliers, awarded, self._bidders, self._tenderers = named(
            [
                self._buyers,
                self._entities,
                self._listed(contracts, "suppliers").told,
                self._listed(awards, "suppliers").told,
                self._listed(bids, "tenderers").told,
                self._listed(releases, "tender/tenderers").told,
            ],
            self._listed(releases, "parties").told,
        )
        self._contracts = contracts.told.hstack(joint(suppliers, contracts.told.height))
        self._awards = awards.told.hstack(joint(awarded, awards.told.height))

    def _listed(self, owners: Objects, name: str) -> Objects:
        return listed(owners, name, self._strange)

    def _refuse_empty(self, contracts: pl.DataFrame, awards: pl.DataFrame) -> None:
        """Leave releases that have nothing but plans to who says so."""
        idle = pl.all_horizontal(pl.col("^tender/.*$").exclude(pl.Boolean).is_null())
        empty = self._releases[RELEASE].filter(self._releases.select(idle).to_series())
        if len(empty):
            busy = pl.concat([part[RELEASE] for part in (contracts, awards, self._bids)])
            self._strange.add(empty, ~empty.is_in(busy.implode()))

    def cells(self) -> dict[str, pl.DataFrame]:
        """Give the cells of each grain, and the release (`RELEASE`) that each row is of."""
        contracts = self._contract_rows()
        found = {
            "contract": contracts.filter(~self._rows["shared"]) if self._rows["shared"].any() else contracts,
            # What was asked for classifies a contract, and does not yet tell what it consists of.
            "item": _under(contracts, self._items.filter(~pl.col("borrowed")), cells.of_items),
            "bid": self._bid_rows(),
            "amendment": _under(contracts, self._amendments, cells.of_amendments),
        }
        for frame in found.values():
            for number in (one for one in frame.iter_columns() if one.dtype.is_decimal()):
                self._strange.add(frame[RELEASE], number.abs() >= _LARGEST)
        return found

    @property
    def names(self) -> pl.Series:
        """Name the contracting processes."""
        return self._releases["ocid"]

    @property
    def strange(self) -> pl.Series:
        """Releases that hold something out of the ordinary, as far as it showed in what was asked for."""
        return self._strange.rows

    def _contract_rows(self) -> pl.DataFrame:
        release = self._rows[RELEASE]
        code = classified(self._items, self._rows.height)
        stated = (
            self._rows.select(RELEASE, "alone")
            .hstack(at(self._rows["contract"], _of("contracts", self._contracts)))
            .hstack(at(self._rows["award"], _of("awards", self._awards)))
            .hstack(at(release, _of("tender", self._releases)))
            .hstack(code.select(pl.all().name.prefix("items/")))
            .hstack([times(self._amendments[ROW], self._rows.height).alias("amendments")])
        )
        return cells.of_contracts(stated).hstack(at(release, self._processes())).hstack([release])

    def _processes(self) -> pl.DataFrame:
        """Give what holds for every row of a release."""
        buyer, unit = self._buyer["name"], self._entity["name"]
        nothing = pl.Series([None], dtype=pl.String)
        listed = self._buyer["listed"].fill_null(value=False)
        return cells.of_releases(self._releases).with_columns(
            buyer_id=self._buyer["number"],
            buyer_name=buyer,
            buyer_unit=unit.zip_with(unit.ne_missing(buyer), nothing),
            buyer_region=self._buyer["region"].zip_with(listed, self._buyers["address/region"]),
            buyer_ref=self._releases["buyer/id"],
            entity_ref=self._entities["id"],
            tenderers=self._counts(),
            framework_id=cells.frameworks(self._related, len(buyer)),
        )

    def _counts(self) -> pl.Series:
        """Count those who made an offer, where the publisher did not."""
        stated = self._releases["tender/numberOfTenderers"]
        opened = ~self._bids["status"].is_in(sorted(UNOPENED)).fill_null(value=False)
        unlisted = times(self._tenderers[RELEASE], len(stated)) == 0
        bidders = self._bidders.filter(opened[self._bidders[OF]] & unlisted[self._bidders[RELEASE]])
        offering = pl.concat([one.select(RELEASE, "number", "name") for one in (self._tenderers, bidders)])
        uncounted = offering.filter(stated.is_null()[offering[RELEASE]]).unique()
        found = times(uncounted[RELEASE], len(stated)).cast(pl.Int64)
        return stated.zip_with(found == 0, found).cast(pl.String)

    def _bid_rows(self) -> pl.DataFrame:
        release = self._bids[RELEASE]
        bidders = joint(self._bidders, self._bids.height)
        return cells.of_bids(self._bids.hstack(bidders).hstack(at(release, self._releases.select("ocid"))))


def _of(owner: str, objects: pl.DataFrame) -> pl.DataFrame:
    """Name what objects say by the path of who says it."""
    start = f"{owner}/"
    if owner == "tender":
        return objects[["ocid", *(name for name in objects.columns if name.startswith(start))]]
    said = objects[[name for name in objects.columns if name not in {RELEASE, OF}]]
    said.columns = [f"{start}{name}" for name in said.columns]
    return said


def _referred(releases: pl.DataFrame, path: str) -> pl.DataFrame:
    """Give the references to parties at one place of each release."""
    start = f"{path}/"
    said = releases[[RELEASE, *(name for name in releases.columns if name.startswith(start))]]
    said.columns = [name.removeprefix(start) for name in said.columns]
    return said


def _under(
    contracts: pl.DataFrame, parts: pl.DataFrame, cells_of: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """Give the cells of parts, and the name of the contract that they stand under."""
    return cells_of(parts).hstack(at(parts[ROW], contracts.select("contract_id", RELEASE)))
