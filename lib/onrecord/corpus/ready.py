"""Imported once by the process from which workers branch off: the language model and all tables then lie in memory that they share."""

from contextlib import suppress

from onrecord import dossier
from onrecord.article import Article

with suppress(Exception):  # what is wrong shows, and is told, in a worker
    next(dossier.drafts([Article("Ann Lee, the mayor of Ayr, said: “We will stay.”")]))
