"""Catalogues as large as one likes, with names that begin alike, as they do in a real one."""

from bot.templates import Category, Template
from bot.templates.params import Kind, Param

WHAT = (
    "Recordatorio de cita", "Recordatorio de pago", "Confirmación de cita", "Cambio de cita",
    "Cita cancelada", "Pago recibido", "Pago rechazado", "Factura lista", "Pedido en camino",
    "Pedido entregado", "Pedido demorado", "Resultados listos", "Encuesta de servicio",
    "Bienvenida", "Renovación de póliza", "Documentos pendientes", "Visita técnica",
    "Turno asignado", "Garantía por vencer", "Oferta del mes",
)  # fmt: skip
WHERE = (
    "Centro", "Costa del Este", "San Francisco", "El Dorado", "Albrook", "David", "Santiago",
    "Chitré", "Colón", "Penonomé", "Coronado", "La Chorrera", "Arraiján", "Boquete", "Aguadulce",
    "Las Tablas", "Changuinola", "Tocumen", "Brisas", "Condado", "Obarrio", "Bella Vista",
    "Paitilla", "Marbella", "Transístmica",
)  # fmt: skip
WHO = (
    "", "adultos", "niños", "empresas", "socios", "nuevos", "jubilados", "estudiantes",
    "proveedores", "urgente",
)  # fmt: skip
SHORT, LONG = 250, 251
"""The numbers of a template with few parameters and of one with many."""
FEW, MANY = 3, 30
MEDIUM = 500
"""Templates: many, for a team."""


def name(number: int) -> str:
    """Name a template; there are names for so many."""
    what, rest = WHAT[number % len(WHAT)], number // len(WHAT)
    where, who = WHERE[rest % len(WHERE)], WHO[rest // len(WHERE)]
    return f"{what} {where} {who}".strip()


MOST = len(WHAT) * len(WHERE) * len(WHO)


def template(number: int) -> Template:
    """Make a template; every tenth has many parameters."""
    names = [f"dato {each}" for each in range(MANY if number % 10 == LONG % 10 else FEW)]
    return Template(
        name=name(number),
        id=f"{number:020}",
        language="es",
        category=Category.UTILITY,
        body="Estimado cliente: "
        + ", ".join(f"{{{{{each}}}}} ok" for each in names)
        + ". Gracias.",
        group=f"Grupo {number % 9}",
        params=tuple(Param(each, kind=Kind.TEXT) for each in names),
    )


def templates(count: int) -> tuple[Template, ...]:
    """Make a catalogue."""
    return tuple(template(number) for number in range(count))
