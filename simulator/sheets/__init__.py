"""Lists as people keep them: cells of workbooks and CSV files, their numbers and their headers."""
