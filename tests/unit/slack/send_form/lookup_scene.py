"""Catalogues, and words that a command may have."""

from hypothesis import strategies as st

from bot.templates import Template
from tests.builders import TEMPLATE, make_template

OTHER_ID, UNKNOWN_ID = "PaGoPeNdIeNtE2026aBc", "ZzYyXxWwVvUuTtSsRrQq"
PHONE = "6123-4567"


def called(name: str, **changes: str) -> Template:
    return make_template(**{"name": name, "id": "Q" * 20, **changes})


CITA = make_template()
PAGO = called("Recordatorio de pago", id=OTHER_ID)
DAY = called("Cita 24 horas", id="H" * 20)
SHORT = called("Cita", id="K" * 20)
EQUALS = called("Pago = hoy", id="E" * 20)
QUOTED = called('Aviso "VIP" & <más>', id="V" * 20)
TWO = (CITA, PAGO)
CATALOGUE = (CITA, PAGO, DAY, SHORT, EQUALS, QUOTED)

# What is typed before or after the name, and what it is.
WHOLE = [
    ("recordatorio de cita", CITA),
    ("RECORDATORIO  de cíta", CITA),
    ("Cita", SHORT),
    ("cita 24 horas", DAY),
    ("Pago = hoy", EQUALS),
    ('aviso "vip" & <mas>', QUOTED),
]
tokens = st.lists(
    st.sampled_from(
        [
            *("recordatorio", "de", "cita", "cíta", "24", "horas", "Cita", "pago", "=", "hoy"),
            *("Rosa", "zzz", "recordatoro", "😀", "3,50", "-", "payload", "&", "<b>", "Q", "'"),
            *(TEMPLATE, UNKNOWN_ID, "Q" * 20, PHONE, "+507", "client=Ana", "client=Eva", "x=1"),
            *(
                "assign=no",
                "assign=quizás",
                "group=Citas",
                "=",
                "=1",
                '"a b"',
                '"x y"=z',
                "O'Brien",
            ),
        ]
    ),
    max_size=8,
)
catalogues = st.sampled_from([(), TWO, CATALOGUE, (DAY,), (EQUALS, SHORT)])
