"""The Chilean ceilings that planted cases lean on, written down apart from the package on purpose.

A benchmark that read the package's own tables would find every mistake in them correct.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
Whole = NDArray[np.int64]
Places = NDArray[np.intp]

FIRST_MONTH: Final = np.datetime64("2022-01", "M")
MONTHS: Final = 36

#: Pesos to one UTM, January 2022 to December 2024; the tax authority sets it month by month.
UTM: Final = np.array(
    [
        *(54442, 54878, 55537, 55704, 56762, 57557, 58248, 58772, 59595, 60310, 60853, 61157),
        *(61769, 61954, 62450, 62388, 63074, 63263, 63326, 63199, 63452, 63515, 63960, 64216),
        *(64666, 64343, 64793, 65182, 65443, 65770, 65967, 65901, 66362, 66561, 66628, 67294),
    ],
    dtype=np.int64,
)

#: How an order came about: agile purchase, tenders by size, framework agreement, direct award.
METHODS: Final = ("AG", "L1", "LE", "LP", "LQ", "LR", "CM", "TD")
AG, L1, LE, LP, LQ, LR, CM, TD = range(len(METHODS))

#: What was open to whom: a tender of any size is one way to buy. Parts of a split were bought in one way.
FAMILY: Final = np.array([0, 1, 1, 1, 1, 1, 2, 3], dtype=np.int64)

#: The most that each method allows, in UTM; 0 where there is no ceiling.
_CEILINGS: Final = np.array([30, 100, 1_000, 2_000, 5_000, 0, 0, 0], dtype=np.int64)

#: Law 21.634 raised the agile purchase on this day.
_RAISED: Final = np.datetime64("2024-12-12", "D")
_RAISED_TO: Final = 100

#: Money is counted in ten-thousandths, so that a unit of account with a tax on it is still whole.
PLACES: Final = 10_000


def month_number(day: Days) -> Whole:
    """Months since January 2022."""
    return (day.astype("datetime64[M]") - FIRST_MONTH).astype(np.int64)


def ceiling(day: Days, method: NDArray[np.int8]) -> Whole:
    """Tell what the method allows on that day, in ten-thousandths of a peso; 0 where there is no ceiling."""
    allowed = _CEILINGS[method]
    allowed = np.where((method == AG) & (day >= _RAISED), _RAISED_TO, allowed)
    return allowed * UTM[month_number(day)] * PLACES
