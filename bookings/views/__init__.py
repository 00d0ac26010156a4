"""The customers' way: choose seats (`show`), pay for them (`checkout`), and what comes after (`after`)."""
