"""`python -m onrecord.report`: execute the repository's notebooks again and keep their outputs."""

from onrecord import data
from onrecord.report import execute_in_place

if __name__ == "__main__":
    execute_in_place(
        sorted((data.root() / "notebooks").glob("*.ipynb")),
        lambda name, done, total: print(f"{done}/{total} {name}", flush=True),
    )
