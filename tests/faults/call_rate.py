"""How many calls may have come by a moment."""


def most_until(moment: float, moments: list[float], *, rate: int) -> float:
    """Count the calls that the rate allows until a moment, and one in twenty more.

    Of a second alone nothing is said: calls that left on time may arrive together, and the very
    first ones late. So it is counted from the one of the first second that was late the least.
    """
    began = min(at - number / rate for number, at in enumerate(moments[:rate]))
    return 1 + rate * 1.05 * (moment - began)
