"""When shows are on sale: rules for many, and one opened or closed by hand."""
