"""What is wrong with a number that was typed into the search, so that it can be mended. It says nothing about persons."""

from datetime import date

from hub.intake.numbers import IDENTIFIER_TYPES, NumberRefused, read_identifier

_FORMS = {
    "personal_number": "Skriv personnumret som ÅÅÅÅMMDD-NNNN.",
    "coordination_number": "Skriv samordningsnumret som ÅÅÅÅMMDD-NNNN, med 60 lagt till dagen.",
    "interim_number": "Skriv interimsnumret som ÅÅÅÅMMDD-XNNN, med en bokstav efter strecket.",
    "lma_number": "Skriv LMA-numret som NN-NNNNNN.",
}
_FAULTS = {
    "personal_number_checksum": "Sista siffran stämmer inte. Kontrollera att numret är rätt skrivet.",
    "personal_number_date": "Datumet i numret finns inte. Kontrollera att numret är rätt skrivet.",
    "identifier_type_mismatch": "Numret är av en annan typ. Välj rätt typ av nummer.",
}


def number_error(kind: str, number: str, on: date) -> str:
    """What to do about the number; empty when it is one of its type."""
    if kind not in IDENTIFIER_TYPES:
        return "Välj en typ av nummer."
    read = read_identifier(kind, number, on)
    return _FAULTS.get(read.reason, _FORMS[kind]) if isinstance(read, NumberRefused) else ""
