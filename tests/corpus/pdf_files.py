"""Small PDF files made by hand, plain and locked."""

from __future__ import annotations

__all__ = ["pdf"]


def pdf(text: str, *, locked: bool = False, pages: int = 1) -> bytes:
    """A PDF with `text` on each page; locked with a password that nobody has."""
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET"
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + pages))
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        *[page] * pages,
    ]
    trailer = "/Root 1 0 R"
    if locked:
        objects.append(f"<</Filter/Standard/V 1/R 2/P -4/O<{'ab' * 32}>/U<{'cd' * 32}>>>")
        trailer += f"/Encrypt {len(objects)} 0 R/ID[<{'01' * 16}><{'01' * 16}>]"
    out, places = "%PDF-1.4\n", list[int]()
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    head = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}{trailer}>>"
    return f"{out}{head}\nstartxref\n{len(out)}\n%%EOF".encode()
