"""When and how shows are sold: on-sale rules, terms, opening and closing."""
