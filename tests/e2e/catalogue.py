"""A support team's templates, in Spanish, as they stand in the catalogue of the named stage."""

from bot.templates import Category, Template
from bot.templates.params import Kind, Param

CITA = Template(
    name="Recordatorio de cita",
    id="CiTa2026aBcDeFgHiJkL",
    language="es",
    category=Category.UTILITY,
    header="Su cita",
    body="*Hola* {{client_name}}, su cita es el {{Fecha de cita}} en {{Sede}}. _Le esperamos_.",
    footer="Clínica Vida",
    group="Citas",
    params=(
        Param("client_name", label="Nombre del cliente", example="Rosa"),
        Param("Fecha de cita", kind=Kind.DATE, help="El día de la cita"),
        Param("Sede", kind=Kind.CHOICE, choices=("Centro", "Costa"), default="Centro"),
    ),
)
PAGO = Template(
    name="Recordatorio de pago",
    id="PaGoPeNdIeNtE2026aBc",
    language="es",
    category=Category.UTILITY,
    body="Hola {{client_name}}: debe *{{Monto}}*. Puede pagar en {{Enlace}} o en caja.",
    group="Cobros",
    assign=True,
    params=(
        Param("client_name", label="Nombre del cliente", example="Rosa"),
        Param("Monto", kind=Kind.NUMBER, example="25.50"),
        Param("Enlace", kind=Kind.LINK, required=False),
    ),
)
ENTREGA = Template(
    name="Entrega en camino",
    id="EnTrEgA2026aBcDeFgHi",
    language="es",
    category=Category.UTILITY,
    body="Hola {{Nombre}}, su pedido {{Pedido}} sale hoy con {{Mensajero}}. Gracias.",
    params=(
        Param("Nombre", example="Rosa"),
        Param("Pedido", example="A-1042", max_length=60),
        Param("Mensajero", help="Quien lo lleva"),
    ),
)
MANY = tuple(Param(f"Dato {number}") for number in range(1, 31))
FICHA = Template(
    name="Ficha completa",
    id="FiChA2026aBcDeFgHiJk",
    language="es",
    category=Category.UTILITY,
    body=f"Sus datos: {', '.join(f'{{{{{each.name}}}}}' for each in MANY)}. Gracias.",
    params=MANY,
)
CATALOGUE = (CITA, PAGO, ENTREGA, FICHA)
