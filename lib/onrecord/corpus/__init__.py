"""Many articles: a source of them read one after another, their tables as Parquet, the same actors joined across them, and questions put to it all."""
