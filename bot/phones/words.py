"""What people call telephones, and the other things that have a number, in three languages."""

import re

START, END = r"(?<![^\W\d_])", r"(?![^\W\d_])"


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"{START}(?:{'|'.join(words)}){END}\.?", re.IGNORECASE)


# Never what they call anything else that has a number.
LABEL = _any(
    r"tel[eé]f(?:ono?|one)?s?|tels?|t[eé]l|fono|fones?|phone|cel(?:u|s|ular(?:es)?)?|cell",
    r"m[oó]vil(?:es)?|mobile|mob|wh?ats(?:\s?app?)?|wsp|wpp|wapp|wasap|guasap|zap|wa",
)
NUMBER = re.compile(
    rf"{START}(?:n\.?\s?[º°]|(?:n[uú]m(?:ero)?|number|nro|no(?=\.)){END})\.?\s?[º°]?", re.IGNORECASE
)
EXTENSION = r"ext\w*|anexo|int|interno|ramal|op(?:ci[oó]n|[cç][aã]o)?|poste"
# Papers, people's and companies' own numbers, what is kept under a number, and how much it costs.
IS_NO_PHONE = _any(
    r"c\. ?c\.?|cc|c\. ?i\.?|ci|t\. ?i\.?|c\. ?e\.?|c[eé]dulas?|dni|d\. ?n\. ?i\.?|doc(?:umento)?s?|id",
    r"identi(?:dad|dade|ficaci[oó]n|fica[cç][aã]o|ty)|pasaporte|passaporte|passport|curp|rfc|rut|run",
    r"ruc|r\. ?u\. ?c\.?|nit|n\. ?i\. ?t\.?|cui[tl]|cpf|cnpj|rg|nss|imss|nis|nic|d\. ?v\.?|ein|ssn|cuil",
    r"p[oó]lizas?|ap[oó]lices?|policy|folios?|contratos?|contracts?|tickets?|tiquetes?|casos?|cases?",
    r"facturas?|faturas?|invoices?|notas?|boletas?|recibos?|receipts?|comprobantes?|remitos?|remisi[oó]n",
    r"[oó]rden(?:es)?|orders?|ordem|ordens|pedidos?|compras?|expedientes?|processos?|procesos?|radicados?",
    r"gu[ií]as?|tracking|rastre(?:o|io)|env[ií]os?|paquetes?|ref(?:erencia|er[eê]ncia|erence|s)?",
    r"c[oó]d(?:igo|s)?|code|cuentas?|contas?|account|cta|acct|iban|clabe|cbu|cvu|pix|tarjetas?|card|"
    r"cart[aã]o|reservas?|bookings?|protocolos?|solicitud(?:es)?|solicita[cç][aã]o|matr[ií]culas?|placas?",
    r"serie|s[eé]rie|serial|imei|lotes?|lot|siniestros?|sinistros?|claim|chamados?|turnos?|medidor|"
    r"suscripci[oó]n|afiliad[oa]|usuario|socio|transacci[oó]n|transa[cç][aã]o|transaction|operaci[oó]n|"
    r"autorizaci[oó]n|aprobaci[oó]n|voucher|cheque|legajo|historia|prontu[aá]rio|cup[oó]n|pin|otp|token",
    r"total|monto|valor|saldo|importe|precio|pre[cç]o|costo|custo|amount|balance|deuda|d[ií]vida|pago",
    r"debe|deve|pagamento|payment|(?=#)",
)
AMOUNT = re.compile(
    r"(?:[$€£₡₲#%]|\b(?:usd|us|eur|cop|mxn|clp|ars|brl|pen|crc|gtq|hnl|dop|bs|b/|s/|rd|gs)\.?)",
    re.IGNORECASE,
)
