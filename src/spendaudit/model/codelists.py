"""Closed lists of codes, spelled as the Open Contracting Data Standard spells them."""

from typing import Final

import polars as pl

#: OCDS `method`, with `unknown` for a method that was published but not understood.
METHOD: Final = pl.Enum(["open", "selective", "limited", "direct", "unknown"])

#: OCDS `procurementCategory`.
CATEGORY: Final = pl.Enum(["goods", "services", "works", "unknown"])

#: Who a supplier is, as far as its identifier or its name tells.
PARTY_KIND: Final = pl.Enum(["company", "person", "public", "unknown"])

#: Which side of a budget a line stands on.
DIRECTION: Final = pl.Enum(["expense", "revenue", "unknown"])

#: Level of government of a buyer.
LEVEL: Final = pl.Enum(["national", "regional", "local", "unknown"])

#: Which published date `decision_date` was taken from, in this order.
DATE_BASIS: Final = pl.Enum(["award_date", "date_signed", "contract_start", "published_date"])

#: Organisations of every table share one dictionary, so that keys compare as integers.
ORGANISATION: Final = pl.Categorical(pl.Categories("organisation", namespace="spendaudit"))

#: How a key begins that rests on a name.
NAMED: Final = "name:"

#: ISO 4217 codes and the published units of account (CLF, UTM).
CURRENCY: Final = pl.Categorical(pl.Categories("currency", namespace="spendaudit"))
