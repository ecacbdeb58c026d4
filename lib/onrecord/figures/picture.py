"""A figure as a picture: its PNG, and how a notebook shows it."""

import base64
import io

from onrecord.figures.style import house


def png(fig) -> bytes:
    """The figure as PNG at 144 dots per inch, without date or version: the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with house():
        fig.savefig(buffer, format="png", dpi=fig.dpi, metadata={"Software": None})
    return buffer.getvalue()


def show(fig, **other: object) -> None:
    """Display the figure in a notebook as a PNG with its text alternative. Returns nothing, so that a cell ends clean.

    other: media type -> what a program that knows this type shows instead."""
    from IPython.display import display

    bundle = {"image/png": encoded(fig), "text/plain": fig.alt, **other}
    display(bundle, raw=True, metadata={"image/png": {"alt": fig.alt, "width": width(fig)}})


def encoded(fig) -> str:
    """The PNG in base64."""
    return base64.b64encode(png(fig)).decode("ascii")


def width(fig) -> int:
    """Pixels of a page."""
    return round(fig.get_figwidth() * 96)
