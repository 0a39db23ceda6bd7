"""The one spelling of an order number: a field's `form`, such as `BN-######`."""

from __future__ import annotations

import re


def in_form(value: str, form: str) -> str | None:
    """The digits of the value in the form, None when it is for another number of digits."""
    digits = re.sub(r"\D", "", value)
    if not form or len(digits) != form.count("#"):
        return None
    signs = iter(digits)
    return re.sub("#", lambda _: next(signs), form)
