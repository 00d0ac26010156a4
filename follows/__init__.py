"""Who wants to be told of what: followed events, people, theaters and labels, and shows that go on sale later."""
