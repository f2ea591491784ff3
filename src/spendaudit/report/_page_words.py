"""Says what the script of a page says, in the reader's language."""

from spendaudit.i18n import t


def words() -> dict[str, str]:
    """Return its texts by the names that it knows them by; it fills in what stands in braces."""
    return {
        "high": t("high"),
        "medium": t("medium"),
        "low": t("low"),
        "found": t("{some} of {all} findings"),
        "none": t("No finding fits. Take a filter away to see others."),
        "more": t("Show {number} more"),
        "cut": t("{number} findings are printed; filter to print others."),
        "q": t("Search"),
        "severity": t("severity"),
        "rule": t("rule"),
        "buyer": t("buyer"),
        "supplier": t("supplier"),
        "month": t("month"),
        "finding": t("finding"),
        "remove": t("Take away: {filter}"),
        "every": t("every rule"),
        "rows": t("The rows and their sum"),
        "row": t("1 row"),
        "many": t("{number} rows"),
        "largest": t(
            "{some} of {all} rows are shown, those of the largest amounts; a CSV of the run has all."
        ),
        "date": t("date"),
        "id": t("id"),
        "about": t("about"),
        "sum": t("sum"),
        "limit": t("limit"),
        "published": t("published in"),
        "place": t("{file}, row {row}"),
        "record": t("published record"),
        "inForce": t("limit in force: "),
        "law": t("{limit}, by {law}"),
        "noSum": t(" is no plain sum of these rows: see the formula below."),
        "total": t("all {number} rows add up to {total}"),
        "facts": t("What else the rule measured"),
        "beside": t("What else is asked about these rows"),
        "page": t("About this rule"),
        "link": t("Link to this finding"),
    }
