"""Imported once by the process from which workers branch off: the language model and all tables then lie in memory that they share.

Ctrl-C reaches every process of a terminal: it is for the one that gives out the work, which ends its workers."""

import signal
from contextlib import suppress

from onrecord import dossier
from onrecord.article import Article

signal.signal(signal.SIGINT, signal.SIG_IGN)
with suppress(Exception):  # what is wrong shows, and is told, in a worker
    next(dossier.drafts([Article("Ann Lee, the mayor of Ayr, said: “We will stay.”")]))
