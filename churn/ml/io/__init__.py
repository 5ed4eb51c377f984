"""Files to text cells: dialect, blocks, roles of columns, rejected rows."""
