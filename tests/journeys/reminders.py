"""Two templates of a clinic: one for an appointment, one for what is owed."""

from bot.templates.params import Kind, Param
from tests.builders import make_template

CITA = make_template(
    name="Recordatorio de cita",
    body="*Hola* {{client_name}}, su cita es el {{Fecha de cita}} en {{Sede}}. _Le esperamos_.",
    header="Su cita",
    footer="Clínica Vida",
    group="Citas",
    params=(
        Param("client_name", label="Nombre del cliente", example="Rosa"),
        Param("Fecha de cita", kind=Kind.DATE, help="El día de la cita"),
        Param("Sede", kind=Kind.CHOICE, choices=("Centro", "Costa"), default="Centro"),
    ),
)
PAGO = make_template(
    name="Recordatorio de pago",
    id="PaGoPeNdIeNtE2026aBc",
    body="Hola {{client_name}}, debe {{Monto}}: {{Enlace}} Gracias.",
    group="Cobros",
    assign=True,
    params=(
        Param("client_name"),
        Param("Monto", kind=Kind.NUMBER),
        Param("Enlace", kind=Kind.LINK, required=False),
    ),
)
