"""Results on disk: Parquet columns, the manifest, a folder replaced whole or not at all."""
