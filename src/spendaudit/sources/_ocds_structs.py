"""What of a release of OCDS becomes cells, as types: a parser that knows them skips the rest.

A value of another kind than the standard has (a number where text belongs, a list for an object) is an error
of the parser's: such releases are laid out with more patience. Only numbers come as they may: whole ones as
such, others as the text they were published in.
"""

from typing import Any

from msgspec import Raw, Struct

Text = str | None


class Identifier(Struct, gc=False):
    """The number that a register gave to a party."""

    scheme: Text = None
    id: Text = None
    legalName: Text = None  # noqa: N815 the standard's name, like those below


class Address(Struct, gc=False):
    """Where a party is."""

    region: Text = None


class Party(Struct, gc=False):
    """A party, or a reference to one."""

    id: Text = None
    name: Text = None
    identifier: Identifier | None = None
    address: Address | None = None


class Value(Struct, gc=False):
    """An amount of money."""

    amount: Any = None
    currency: Text = None


class Period(Struct, gc=False):
    """From when until when."""

    startDate: Text = None  # noqa: N815
    endDate: Text = None  # noqa: N815
    durationInDays: Any = None  # noqa: N815
    maxExtentDate: Any = None  # noqa: N815


class Unit(Struct, gc=False):
    """What an item is counted in, and the price of one."""

    name: Text = None
    value: Value | None = None


class Code(Struct, gc=False):
    """A place in a classification."""

    scheme: Text = None
    id: Text = None
    description: Text = None


class Item(Struct, gc=False):
    """Something that is bought."""

    id: Text = None
    description: Text = None
    classification: Code | None = None
    quantity: Any = None
    unit: Unit | None = None


class Amendment(Struct, gc=False):
    """A change of an award or contract."""

    id: Text = None
    date: Text = None
    rationale: Text = None
    description: Text = None


class Tender(Struct, gc=False):
    """What was asked for."""

    id: Text = None
    title: Text = None
    description: Text = None
    status: Text = None
    procurementMethod: Text = None  # noqa: N815
    procurementMethodDetails: Text = None  # noqa: N815
    mainProcurementCategory: Text = None  # noqa: N815
    additionalProcurementCategories: list[str] | None = None  # noqa: N815
    procuringEntity: Party | None = None  # noqa: N815
    value: Value | None = None
    tenderPeriod: Period | None = None  # noqa: N815
    contractPeriod: Period | None = None  # noqa: N815
    numberOfTenderers: Any = None  # noqa: N815
    tenderers: list[Party] | None = None
    items: list[Item] | None = None
    classification: Code | None = None
    datePublished: Text = None  # noqa: N815
    url: Text = None


class Bid(Struct, gc=False):
    """An offer."""

    date: Text = None
    status: Text = None
    tenderers: list[Party] | None = None
    value: Value | None = None


class Bids(Struct, gc=False):
    """All offers."""

    details: list[Bid] | None = None


class Award(Struct, gc=False):
    """A decision for somebody."""

    id: Text = None
    title: Text = None
    description: Text = None
    status: Text = None
    date: Text = None
    datePublished: Text = None  # noqa: N815
    value: Value | None = None
    suppliers: list[Party] | None = None
    items: list[Item] | None = None
    contractPeriod: Period | None = None  # noqa: N815
    amendments: list[Amendment] | None = None
    amendment: Raw = Raw()
    uri: Text = None
    url: Text = None


class Contract(Struct, gc=False):
    """What was signed."""

    id: Text = None
    awardID: Text = None  # noqa: N815
    title: Text = None
    description: Text = None
    status: Text = None
    dateSigned: Text = None  # noqa: N815
    value: Value | None = None
    suppliers: list[Party] | None = None
    items: list[Item] | None = None
    period: Period | None = None
    amendments: list[Amendment] | None = None
    amendment: Raw = Raw()
    uri: Text = None
    url: Text = None


class Related(Struct, gc=False):
    """Another process that has to do with this one."""

    identifier: Text = None
    relationship: list[str] | None = None


class Release(Struct, gc=False):
    """What is known of one contracting process."""

    ocid: str
    date: Raw = Raw()
    tag: Raw = Raw()
    compiledRelease: Raw = Raw()  # noqa: N815
    versionedRelease: Raw = Raw()  # noqa: N815
    releases: Raw = Raw()
    relatedProcesses: list[Related] | None = None  # noqa: N815
    parties: list[Party] | None = None
    buyer: Party | None = None
    tender: Tender | None = None
    bids: Bids | None = None
    awards: list[Award] | None = None
    contracts: list[Contract] | None = None
