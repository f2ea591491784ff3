"""Draws money and findings by rule, buyer, supplier and month: tables with bars, and columns over time.

Each bar filters the findings of the page: the script makes it a link, by what is charted and the text of the
bar. Numbers stand beside the bars, so that nothing is told by a drawing alone; lengths are attributes of SVG,
as the page allows no style but its own sheet.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from spendaudit.i18n import number, t
from spendaudit.report._page_markup import text
from spendaudit.report._page_tallies import Tally, between
from spendaudit.report.words import count, money

#: Bars of one table; what has less is told in a line.
BARS: Final = 8
#: Signs of numbers for which a table has room that stands beside another one.
_BESIDE: Final = 40
#: Columns over time.
_COLUMNS: Final = 60
#: Labels below the columns; they must not overlap on a phone.
_LABELS: Final = 6
#: How high columns grow, in pixels.
_HEIGHT: Final = 96


def bars(
    title: str, facet: str, tallies: Sequence[Tally], shown: Sequence[str], named: Mapping[str, str]
) -> Iterator[str]:
    """Draw a table of bars; `named` tells what stands for a tally's name, `shown` the currencies."""
    if not tallies:
        return
    first = tallies[:BARS]
    filled = [one for one in shown if any(tally.money.get(one) for tally in first)]
    most = max(tally.findings for tally in first)
    largest = {one: max(tally.money.get(one, Decimal(0)) for tally in first) for one in filled}
    headings = (title, t("findings"), *filled)
    told = {(tally.name, one): money(tally.money.get(one) or None, None) for tally in first for one in filled}
    wide = " wide" if max(map(len, told.values()), default=0) * (1 + len(filled)) > _BESIDE else ""
    yield f'<section class="chart{wide}" data-of={facet}><h3>{text(t("By {what}", what=title))}</h3>'
    yield "<table class=bars><thead><tr>"
    yield "".join(f"<th scope=col>{text(one)}" for one in headings)
    yield "<tbody>"
    for tally in first:
        label = text(named.get(tally.name, tally.name))
        yield f"\n<tr><th scope=row><a>{label}</a>"
        yield _cell(Decimal(tally.findings), Decimal(most), number(tally.findings))
        for one in filled:
            amount = tally.money.get(one, Decimal(0))
            yield _cell(amount, largest[one], told[tally.name, one])
    yield "</table>"
    if len(tallies) > BARS:
        yield f"<p class=note>{text(t('and {number} more', number=number(len(tallies) - BARS)))}"
    yield "</section>"


def _cell(value: Decimal, most: Decimal, shown: str) -> str:
    if not shown:
        return "<td>"
    share = _share(value, most)
    return f"<td>{f'<svg><rect width={share} /></svg>' if share else ''}{text(shown)}"


def _share(value: Decimal, most: Decimal) -> str:
    """Write a length so that something never looks like nothing; empty for nothing, and for less."""
    if value <= 0:
        return ""
    return f"{max(1, round(value / most * 100))}%"


def columns(tallies: Sequence[Tally], shown: Sequence[str]) -> Iterator[str]:
    """Draw columns over time: findings, and the money of each currency."""
    if not tallies:
        return
    time = between(tallies[0].name, tallies[-1].name)
    if len(time) > _COLUMNS:
        # A year that was typed wrong.
        time = [one.name for one in tallies]
    title = t("By month") if "-" in time[0] else t("By year")
    yield f"<section class=chart data-of=month><h3>{text(title)}</h3>"
    counts = {one.name: Decimal(one.findings) for one in tallies}
    told = {one.name: count(one.findings, "finding") for one in tallies}
    yield from _over_time(t("findings"), time, counts, told)
    for currency in shown:
        sums = {one.name: one.money[currency] for one in tallies if one.money.get(currency)}
        if sums:
            told = {when: money(total, currency) for when, total in sums.items()}
            yield from _over_time(currency, time, sums, told)
    yield from _in_numbers(title, tallies, shown)
    yield "</section>"


def _over_time(
    what: str, time: Sequence[str], values: Mapping[str, Decimal], told: Mapping[str, str]
) -> Iterator[str]:
    most = max(values.values())
    peak = next(when for when in time if values.get(when) == most)
    caption = t("{what}; most in {when}: {most}", what=what, when=peak, most=told[peak])
    yield f"\n<figure><figcaption>{text(caption)}</figcaption>"
    # A column is a unit wide, whatever the width of the page.
    size = f'viewBox="-.05 0 {len(time)} {_HEIGHT}" preserveAspectRatio=none'
    yield f'<svg class=columns {size} role=group aria-label="{text(what)}">'
    for place, when in enumerate(time):
        value = values.get(when, Decimal(0))
        if value > 0 and most > 0:
            high = max(1, round(value / most * _HEIGHT))
            yield f"<a><title>{text(f'{when}: {told[when]}')}</title>"
            yield f"<rect x={place} y={_HEIGHT - high} /></a>"
    yield "</svg><svg class=labels aria-hidden=true>"
    for place in range(0, len(time), -(-len(time) // _LABELS)):
        yield f"<text x={place * 100 // len(time)}% y=12>{time[place]}</text>"
    yield "</svg></figure>"


def _in_numbers(title: str, tallies: Sequence[Tally], shown: Sequence[str]) -> Iterator[str]:
    filled = [one for one in shown if any(tally.money.get(one) for tally in tallies)]
    yield f"<details><summary>{text(t('the same in numbers'))}</summary><table class=numbers><thead><tr>"
    yield "".join(f"<th scope=col>{text(one)}" for one in (title, t("findings"), *filled))
    yield "<tbody>"
    for tally in tallies:
        yield f"\n<tr><th scope=row>{tally.name}<td>{number(tally.findings)}"
        yield "".join(f"<td>{text(money(tally.money.get(one), None))}" for one in filled)
    yield "</table></details>"
