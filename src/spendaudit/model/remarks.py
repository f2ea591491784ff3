"""How is it put what became of a file's rows? Kept in English; what shows it says it in other languages."""

from typing import Final

#: Why a row was put aside.
UNREADABLE: Final = "{columns} cannot be read as {meaning}"
EMPTY: Final = "all columns that are read are empty"
CELLS: Final = "{count} cells instead of {all}"
OVERLONG: Final = "the line is longer than {count} MiB"
UNBALANCED: Final = "a quote is opened and never closed"
STRAY: Final = "{column} has text but no name in the header"
UNLIKE: Final = "other values than earlier lines of the same {order}, which stand apart"
NAMELESS: Final = "it has no {columns}"
CONTRADICTS: Final = "{column} is not what the first line of the same {order} says"
DAMAGED: Final = "the JSON is damaged ({what})"
NO_RELEASE: Final = "no release or record: {what}"
NOTHING_OF_OCDS: Final = "no release or record of OCDS"
ELSEWHERE: Final = "the record only says where its releases are"
NO_PROCESS: Final = "neither a tender nor an award nor a contract"
TOO_DEEP: Final = "it is nested too deeply"
NO_VERSIONS: Final = "a versioned release that is no object"
UNNAMED: Final = "column {count} has text but no name in the header"
ONLY_PROPOSED: Final = "only proposed"
NO_PHASE: Final = "its phase is none of {phases}"
BACKWARDS: Final = "it ends before it begins"
#: Why a file was passed over.
SAME_FILE: Final = "it is {file} once more"
SAME_ROWS: Final = "it holds the same rows as {file}"
#: Where JSON is damaged.
CUT: Final = "it ends in the middle"
#: What cells mean.
MEANINGS: Final = ("a date", "a number", "a count", "yes or no", "a currency", "a value")

#: What a reader should know of a file.
COUNTED: Final = "the {count} rows of the file hold {all} rows of {table}, which are what is counted"
VOID: Final = "{count} of {all} contracts came to nothing by their status: they count as no spending"
NO_ROW: Final = "nothing in the file is a row of {table}"
HEADER_ALONE: Final = "the file holds a header and no rows"
NO_PERIOD: Final = "no period stands in the file: --period 2016 (or 2016-05) states it"
EMPTIER: Final = "{column} is given in {count} % of the rows; at least {all} % was expected"
LATER: Final = "{count} of its rows in {table} do not count: {file} has a later version"
COPIED: Final = "the same rows stand in {files}, and count once"
UNEXPLAINED: Final = "columns that nobody has explained were left out: {columns}"
IS_UTF8: Final = "read as utf-8: the bytes are, although this portal is known to write {encoding}"
ONE_STRAY: Final = "mixed encodings: 1 line was read as {encoding}, the others as {other}"
NULS: Final = "NUL bytes were left out"
STRAYS: Final = "mixed encodings: {count} lines were read as {encoding}, the others as {other}"
GAP: Final = "rows {count} to {all} are empty, and count as none"
HIDDEN_SHEET: Final = "the sheet is hidden in its workbook"
HIDDEN_ROWS: Final = "rows that are hidden in the workbook: {count}; they were read like the others"
UNCOMPUTED: Final = "cells with a formula whose result was never stored: {count}"
FAILED: Final = "cells with an error of the spreadsheet, such as #REF!: {count}"
SPREAD: Final = "cells that span several rows: {count} ({cells}); only the first row of each has the value"
DESCRIBED: Final = "read as {descriptor} says"
DESCRIBED_OTHERWISE: Final = "read as {descriptor} says of {file}, whose columns these are"
PROPOSED_LEFT: Final = "amounts that are only proposed were left out: {amounts}"
NO_FACTOR: Final = "amounts are taken as they stand: the descriptor states no factor"
TAKEN: Final = "read {taken}; not used: {columns}"
ALL_TAKEN: Final = "read {taken}"
NOT_TAKEN: Final = "not used: {columns}"
OF_NO_COUNTRY: Final = (
    "{count} of {all} numbers cannot be judged, and match no supplier: the data are not of one country; "
    "a column `scheme` (CL) tells whose a number is"
)
ONE_LICENCE: Final = "the publisher states the licence {licence}"
LICENSED: Final = "{publisher} states the licence {licence}"
ONE_INVALID: Final = (
    "1 of {all} numbers is no valid tax number of {country}: no supplier is known by such a one"
)
INVALID: Final = (
    "{count} of {all} numbers are no valid tax numbers of {country}: no supplier is known by such a one"
)

#: Why a part of a file was passed over.
PACKED_WITHIN: Final = "what it is packed in is not read inside a zip; unpack it and give it by itself"
OTHER_SHEET: Final = "a sheet of another kind"

#: All of them; what begins alike stands with the longer first.
SENTENCES: Final = (
    *(UNREADABLE, EMPTY, CELLS, OVERLONG, UNBALANCED, UNNAMED, STRAY, UNLIKE, NAMELESS),
    *(CONTRADICTS, DAMAGED, NO_RELEASE, NOTHING_OF_OCDS, ELSEWHERE, NO_PROCESS),
    *(TOO_DEEP, BACKWARDS, CUT, NO_VERSIONS, ONLY_PROPOSED, NO_PHASE),
    *(COUNTED, VOID, NO_ROW, HEADER_ALONE, NO_PERIOD, EMPTIER, LATER),
    *(SAME_FILE, SAME_ROWS, COPIED),
    *(UNEXPLAINED, IS_UTF8, ONE_STRAY, STRAYS, NULS),
    *(GAP, HIDDEN_SHEET, HIDDEN_ROWS, UNCOMPUTED, FAILED, SPREAD),
    *(DESCRIBED_OTHERWISE, DESCRIBED, PROPOSED_LEFT, NO_FACTOR, TAKEN, ALL_TAKEN, NOT_TAKEN),
    *(OF_NO_COUNTRY, ONE_INVALID, INVALID, PACKED_WITHIN, OTHER_SHEET, ONE_LICENCE, LICENSED),
)
#: Fields that are numbers.
NUMBERS: Final = ("count", "all")
