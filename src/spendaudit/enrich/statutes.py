"""How a country's ceilings are written down: a closed form without room for gaps, overlaps and hearsay."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import combinations, pairwise, product
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_DAY: Final = timedelta(days=1)

Text = Annotated[str, Field(min_length=1)]
Texts = tuple[Text, ...]
Source = Annotated[str, Field(pattern=r"^https://\S+$")]


class Comparison(StrEnum):
    """Whether an amount equal to the ceiling is still under it."""

    AT_MOST = "at most"
    BELOW = "below"


class Vat(StrEnum):
    """Whether value-added tax counts when an amount is held against the ceiling."""

    INCLUDED = "included"
    EXCLUDED = "excluded"
    NOT_STATED = "not stated"


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scope(_Closed):
    """The contracts that a ceiling is for: each column holds one of the values; no values, no condition.

    A value that ends in * stands for all texts that begin so, one that begins with * for all that end so:
    portals add reasons to a procedure's name.
    """

    procurement_method: Texts = ()
    procurement_method_details: Texts = ()
    main_procurement_category: Texts = ()
    main_procurement_category_details: Texts = ()
    buyer_level: Texts = ()
    #: In the law's words: `central`. No portal publishes it; see `Statute.tiers`.
    buyer_tier: Texts = ()
    #: A user's own ceilings may be for some buyers only.
    buyer_id: Texts = ()

    def meets(self, other: "Scope") -> bool:
        """Tell whether one contract could be in both."""
        ours, theirs = self.model_dump(), other.model_dump()
        return all(
            not a or not b or any(_alike(one, another) for one, another in product(a, b))
            for a, b in zip(ours.values(), theirs.values(), strict=True)
        )

    def covers(self, traits: Mapping[str, str | None]) -> bool:
        """Tell whether a contract of these traits is in it."""
        return all(
            not values or any(is_one(traits.get(column), value) for value in values)
            for column, values in self.model_dump().items()
        )

    def allows(self, traits: Mapping[str, str]) -> bool:
        """Tell whether a contract of these traits could be in it, whatever its other traits are."""
        return all(
            not values or column not in traits or any(is_one(traits[column], value) for value in values)
            for column, values in self.model_dump().items()
        )


def is_one(text: str | None, value: str) -> bool:
    """Tell whether a text is a value of a scope."""
    if text is None or "*" not in (value[:1], value[-1:]):
        return text == value
    return text.endswith(value[1:]) if value.startswith("*") else text.startswith(value[:-1])


def _alike(one: str, other: str) -> bool:
    """Tell whether one text can be both; a beginning and an end can."""
    ends = one.startswith("*"), other.startswith("*")
    begins = one.endswith("*"), other.endswith("*")
    if (ends[0] and begins[1]) or (begins[0] and ends[1]):
        return True
    if all(begins):
        return one.startswith(other[:-1]) or other.startswith(one[:-1])
    if all(ends):
        return one.endswith(other[1:]) or other.endswith(one[1:])
    return is_one(one, other) or is_one(other, one)


class Step(_Closed):
    """An amount, the days (both included) on which it held, the law and where it was read."""

    valid_from: date
    #: None: still in force when the file was checked.
    valid_to: date | None = None
    amount: Annotated[Decimal, Field(gt=0)]
    law: Text
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]


class Series(_Closed):
    """One ceiling through time: its steps follow one another without overlap or gap."""

    id: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z0-9]+)+$")]
    procedure: Text
    #: The unit that the law counts in, when it is not the currency.
    unit: Text | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    comparison: Comparison
    vat: Vat
    #: What a reader of a finding must know, in a few words.
    caveat: str = ""
    #: In the law's terms.
    scope: Scope
    #: How the portals' words tell such contracts, where the law's terms are not enough.
    found_by: Scope | None = None
    #: Whether contracts are held against it. Not where no portal tells which contracts are under it.
    joined: bool = True
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @property
    def under(self) -> Scope:
        """The contracts that are held against it."""
        return self.found_by or self.scope

    @model_validator(mode="after")
    def _follow_one_another(self) -> Self:
        for step in self.steps:
            if step.valid_to is not None and step.valid_to < step.valid_from:
                raise ValueError(f"{self.id}: ends on {step.valid_to}, before it begins")
        for step, later in pairwise(self.steps):
            if step.valid_to is None or step.valid_to + _DAY != later.valid_from:
                raise ValueError(
                    f"{self.id}: {later.valid_from} does not follow {step.valid_to or 'an open end'}"
                )
        return self


class Statute(_Closed):
    """The file of one country: its series, and the day until which nothing newer was known."""

    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    checked: date
    #: What a reader must know of all its series, and of those that are missing.
    notes: Texts = ()
    #: Level of a buyer -> the tier it is of, unless the user says another.
    tiers: Mapping[str, str] = Field(default_factory=dict)
    series: tuple[Series, ...]

    @model_validator(mode="after")
    def _one_ceiling_for_one_contract(self) -> Self:
        for one, other in combinations(self.series, 2):
            if one.id == other.id:
                raise ValueError(f"two series are called {one.id}")
            joined = one.joined and other.joined and one.currency == other.currency
            if joined and one.under.meets(other.under) and self._overlap(one, other):
                raise ValueError(f"{one.id} and {other.id} hold for the same contracts on the same days")
        return self

    def _overlap(self, one: Series, other: Series) -> bool:
        starts = max(one.steps[0].valid_from, other.steps[0].valid_from)
        return starts <= min(one.steps[-1].valid_to or self.checked, other.steps[-1].valid_to or self.checked)
