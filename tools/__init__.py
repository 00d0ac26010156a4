"""What runs, tests and proves the project; needs nothing but Python until the environment stands."""
